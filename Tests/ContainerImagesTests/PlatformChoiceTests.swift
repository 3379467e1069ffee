import ArchiveReading
import EnvironmentInventory
import Testing

@testable import ContainerImages

/// Which image of several a platform means: the one that every runtime takes, or none.
struct PlatformChoiceTests {
    private static func descriptor(_ variant: String?, _ architecture: String, _ digit: Int) throws -> Descriptor {
        Descriptor(
            mediaType: nil, digest: try #require(Digest("sha256:" + String(repeating: "\(digit)", count: 64))), size: 1,
            platform: Platform(os: "linux", architecture: architecture, variant: variant), annotations: [:])
    }

    private static func choice(
        _ wanted: String, _ variants: [String?], takingFirst: Bool = true
    ) throws -> Int? {
        let parts = wanted.split(separator: "/").map(String.init)
        let platform = Platform(os: "linux", architecture: parts[0], variant: parts.count > 1 ? parts[1] : nil)
        let images = try variants.enumerated().map { try descriptor($1, parts[0], $0 + 1) }
        let request = ImageRequest(
            name: ImageName(transport: nil, location: "x", reference: nil), platform: nil, limits: ReadingLimits(),
            registry: RegistryOptions())
        return try request.choice(of: images, for: platform, takingFirst: takingFirst).flatMap { chosen in
            images.firstIndex { $0.digest == chosen.digest }
        }
    }

    @Test(
        "the variant that is meant wins, wherever it stands",
        arguments: [
            ("arm64", ["v9", "v8"], 1), ("arm64", ["v9", nil], 1), ("arm64", ["v8"], 0), ("arm64", ["v9"], 0),
            ("amd64", ["v3", nil], 1), ("amd64", [nil, nil], 0), ("amd64", ["v3"], 0),
            ("arm/v7", ["v5", "v7", "v6"], 1),
            ("arm", ["v5", "v7"], 1), ("arm/v7", ["v5"], nil),
        ] as [(String, [String?], Int?)])
    func choices(_ wanted: String, _ variants: [String?], _ expected: Int?) throws {
        #expect(try Self.choice(wanted, variants) == expected)
    }

    @Test(
        "what runtimes disagree about is refused",
        arguments: [
            ("arm64", ["v8", nil]), ("arm64", [nil, "v8"]), ("amd64", ["v3", "v2"]), ("arm/v7", ["v7", nil]),
        ]
            as [(String, [String?])])
    func refused(_ wanted: String, _ variants: [String?]) {
        #expect(throws: ImageReadingError.self) { try Self.choice(wanted, variants) }
    }

    @Test("of two images in a layout's own list none is the first")
    func lists() {
        #expect(throws: ImageReadingError.self) { try Self.choice("amd64", [nil, nil], takingFirst: false) }
    }

    private static func chosen(_ texts: [String], demands: [[String]]? = nil) throws -> Int? {
        let images = try texts.enumerated().map { number, text in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            return Descriptor(
                mediaType: nil,
                digest: try #require(Digest("sha256:" + String(repeating: "\(number + 1)", count: 64))), size: 1,
                platform: Platform(os: parts[0], architecture: parts[1], variant: parts.count > 2 ? parts[2] : nil),
                annotations: [:], systemDemands: demands?[number] ?? [])
        }
        let request = ImageRequest(
            name: ImageName(transport: nil, location: "x", reference: nil), platform: nil, limits: ReadingLimits(),
            registry: RegistryOptions())
        let choice = try request.choice(
            of: images, for: Platform(os: "linux", architecture: "amd64"), takingFirst: true)
        return choice.flatMap { choice in images.firstIndex { $0.digest == choice.digest } }
    }

    @Test(
        "where containerd and skopeo read a platform's text otherwise, there is no choice",
        arguments: [
            "Linux/AMD64", "linux/x86_64", "linux/x86-64", "/amd64", "linux/amd64/V1", "linux/amd64/v1", "LINUX/amd64",
        ])
    func spellings(_ text: String) throws {
        for texts in [[text, "linux/amd64"], ["linux/amd64", text]] {
            let error = #expect(throws: ImageReadingError.self) { try Self.chosen(texts) }
            // Both are named by their digests.
            let names = ["1", "2"].map { "sha256:" + String(repeating: $0, count: 64) }
            #expect(names.allSatisfy { error?.description.contains($0) == true }, "\(String(describing: error))")
        }
        // Alone it is what Docker runs.
        #expect(try Self.chosen(["linux/arm64", text]) == 1)
        #expect(try Self.chosen([text, text]) == 0)
    }

    @Test("images that differ in what they ask of the system are no choice")
    func demands() throws {
        let both = ["linux/amd64", "linux/amd64"]
        #expect(try Self.chosen(both, demands: [["10.0.17763"], ["10.0.17763"]]) == 0)
        #expect(throws: ImageReadingError.self) { try Self.chosen(both, demands: [["10.0.17763"], ["10.0.20348"]]) }
        #expect(throws: ImageReadingError.self) { try Self.chosen(both, demands: [[], ["", "x"]]) }
    }

    @Test(
        "platforms are compared as containerd compares them",
        arguments: [
            ("linux/aarch64", "linux/arm64"), ("linux/arm64/v8", "linux/arm64"), ("Linux/ARM64/V8", "linux/arm64"),
            ("linux/arm64/9", "linux/arm64/v9"), ("linux/armhf", "linux/arm/v7"), ("linux/armel/v7", "linux/arm/v6"),
            ("linux/arm", "linux/arm/v7"), ("linux/arm/6", "linux/arm/v6"), ("linux/i386", "linux/386"),
            ("linux/x86_64/v3", "linux/amd64/v3"), ("macos/aarch64", "darwin/arm64"), ("linux/s390x", "linux/s390x"),
        ])
    func normal(_ written: String, _ normal: String) throws {
        let platform = try #require(Platform(written))
        #expect(platform.normalized == Platform(normal))
        #expect(platform.normalized.normalized == platform.normalized)
    }
}
