import Testing

@testable import ContainerImages

struct ImageHistoryTests {
    @Test(
        "instructions as BuildKit, the builder before it, buildah and umoci note them",
        arguments: [
            ("COPY /opt/environment /opt/environment # buildkit", "COPY /opt/environment /opt/environment"),
            ("RUN /bin/sh -c pip install six # buildkit", "RUN pip install six"),
            ("/bin/sh -c pip install six", "RUN pip install six"),
            ("/bin/sh -c #(nop) COPY dir:abc in /opt ", "COPY dir:abc in /opt "),
            ("/bin/sh -c #(nop)  CMD [\"python\"]", "CMD [\"python\"]"),
            ("umoci insert", "umoci insert"), ("", ""), ("/bin/sh -c ", "RUN "), (" # buildkit", ""),
        ])
    func instruction(_ createdBy: String, _ expected: String) {
        #expect(ImageConfiguration.instruction(createdBy) == expected)
    }

    @Test("steps that made no layer are left out; a history of another length tells nothing")
    func steps() {
        var configuration = ImageConfiguration()
        configuration.history = [
            .init(createdBy: "ADD base.tar /", isEmptyLayer: false), .init(createdBy: "ENV A=b", isEmptyLayer: true),
            .init(createdBy: "COPY a /a", isEmptyLayer: false),
        ]
        #expect(configuration.steps(ofLayers: ["x", "y"]).map(\.instruction) == ["ADD base.tar /", "COPY a /a"])
        #expect(configuration.steps(ofLayers: ["x", "y"]).map(\.number) == [1, 2])
        #expect(configuration.steps(ofLayers: ["x"]).map(\.instruction) == [nil])
        #expect(configuration.steps(ofLayers: []).isEmpty)
        configuration.history = []
        #expect(configuration.steps(ofLayers: ["x"]).map(\.instruction) == [nil])
    }
}
