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
}
