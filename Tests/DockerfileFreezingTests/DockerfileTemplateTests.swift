import Testing

@testable import DockerfileFreezing

struct DockerfileTemplateTests {
    private static func render(_ text: String, _ values: [String: String]) throws -> String {
        try DockerfileTemplate(SourceText(name: "t", text: text), names: ["a", "b"]).render(values)
    }

    @Test(arguments: [
        ("x {{a}} {{{b}}} {{& a }}", "x 1 <2> 1"), ("{{! note }}x", "x"), ("{{#a}}y{{/a}}{{^a}}n{{/a}}", "y"),
        ("1\n{{#a}}\n  2\n{{/a}}\n3\n", "1\n  2\n3\n"), ("1\n  {{^a}}  \r\n2\n{{/a}}\n3", "1\n3"),
        ("{{#a}}{{#b}}x{{/b}}{{/a}}", "x"), ("", ""),
        ("{ {a} }", "{ {a} }"),
    ])
    func renders(template: String, text: String) throws {
        #expect(try Self.render(template, ["a": "1", "b": "<2>"]) == text)
    }

    @Test(arguments: [
        ("x\n {{c}}", 2, 2), ("{{a", 1, 1), ("{{{a}}", 1, 1), ("{{#a}}", 1, 7), ("{{/a}}", 1, 1),
        ("{{#a}}{{/b}}", 1, 7), ("{{> a}}", 1, 1),
        ("{{=<% %>=}}", 1, 1), ("{{}}", 1, 1),
    ])
    func refusesWithThePlace(template: String, line: Int, column: Int) {
        #expect {
            try Self.render(template, [:])
        } throws: { error in
            (error as? DocumentError)?.place == SourcePlace(line: line, column: column)
        }
    }

    @Test("the template of the program compiles and uses only documented names")
    func standardTemplate() throws {
        _ = try DockerfileTemplate(DockerfileTemplate.standard)
    }

    private static func plan(_ packages: [Package]) throws -> FreezePlan {
        let digest = try #require(Digest("sha256:" + String(repeating: "ab", count: 32)))
        return FreezePlan(
            lock: .init(name: "uv.lock", sha256: digest),
            base: ImageReference(repository: "python", tag: "3.11.9", digest: digest),
            requirements: try HashedRequirements(Environment(packages: packages)), target: ["python": "3.11"],
            entrypoint: ["python", "-c", "print(\"x\")"])
    }

    private static func package(_ name: String, _ version: String?, _ hashes: [String], file: String? = nil) -> Package
    {
        var package = Package(ecosystem: .pypi, name: name, version: version)
        package.artifacts = [Artifact(name: file, url: nil, hashes: hashes.compactMap { Digest($0) })]
        return package
    }

    private static let hash = "sha256:" + String(repeating: "0", count: 64)

    @Test("a frozen Dockerfile is one that BuildKit's grammar accepts, and every image in it is pinned")
    func frozenDockerfile() throws {
        let plan = try Self.plan([Self.package("b", "2", [Self.hash]), Self.package("a", "1", [Self.hash])])
        let files = plan.files(template: try DockerfileTemplate(DockerfileTemplate.standard))
        #expect(
            files.map(\.name) == [
                "Dockerfile", "requirements.frozen.txt", "lockstep.lock.json", "lockstep.source-policy.json",
                ".dockerignore",
            ])
        let dockerfile = Dockerfile.parse(SourceText(name: "Dockerfile", text: files[0].text))
        #expect(dockerfile.problems.isEmpty)
        let model = DockerfileModel(dockerfile)
        #expect(!model.images.isEmpty)
        #expect(model.images.allSatisfy { $0.strength == .hashed })
        #expect(files[0].text.contains(#"ENTRYPOINT ["python", "-c", "print(\"x\")"]"#))
        #expect(
            files[1].text
                == "--only-binary :all:\n--require-hashes\na==1 \\\n    --hash=\(Self.hash)\nb==2 \\\n    --hash=\(Self.hash)\n"
        )
        let lock = try FreezeLock(json: SourceText(name: "l", text: files[2].text))
        #expect(
            try lock.digest(of: #require(ImageReference("docker.io/library/python:3.11.9")))?.hex.hasPrefix("abab")
                == true)
        #expect(files[3].text.contains("docker-image://docker.io/library/python:3.11.9@sha256:abab"))
    }

    @Test("what is not pinned is refused with all the reasons")
    func refusals() throws {
        #expect {
            try HashedRequirements(
                Environment(packages: [
                    Self.package("a", nil, [Self.hash]), Self.package("b", "1", []),
                    Self.package("c", "1", ["md5:" + String(repeating: "0", count: 32)]),
                    Self.package("d", "1", [Self.hash], file: "d-1.tar.gz"),
                ]))
        } throws: { error in
            (error as? FreezeError)?.reasons.count == 4
        }
        #expect(throws: FreezeError.self) { try HashedRequirements(Environment()) }
        #expect(throws: FreezeError.self) {
            try HashedRequirements(
                Environment(packages: [Self.package("a", "1", [Self.hash]), Self.package("a", "2", [Self.hash])]))
        }
    }
}
