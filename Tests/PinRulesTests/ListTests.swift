import FoundationEssentials
import Testing

@testable import PinRules

/// Compares the lists of installers and manifests with their directories; HouseTests does the same for the rules.
struct ListTests {
    @Test func eachManifestIsInItsList() throws {
        #expect(try Self.types("Sources/PinRules/Manifests") == Manifests.all.map { "\($0)" }.sorted())
    }

    @Test func eachInstallerIsInItsList() throws {
        #expect(try Self.types("Sources/PinRules/Installers") == Installers.all.map { "\($0)" }.sorted())
    }

    /// The names of the files of a directory, which are those of the types in them.
    private static func types(_ directory: String) throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = root.appending(path: directory).path
        let files = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".swift") }
        return files.map { String($0.dropLast(".swift".count)) }.sorted()
    }
}
