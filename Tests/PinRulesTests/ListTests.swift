import FoundationEssentials
import Testing

@testable import PinRules

/// Holds the list of installers against its folder; HouseTests does the same for the rules.
struct ListTests {
    @Test func eachInstallerIsInItsList() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = root.appending(path: "Sources/PinRules/Installers").path
        let files = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".swift") }
        #expect(files.map { String($0.dropLast(".swift".count)) }.sorted() == Installers.all.map { "\($0)" }.sorted())
    }
}
