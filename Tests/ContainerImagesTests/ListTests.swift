import FoundationEssentials
import Testing

@testable import ContainerImages

/// Holds the lists of the room against its folders.
struct ListTests {
    @Test(arguments: [
        ("Transports", imageTransports.map { "\($0)" }), ("PackageDatabases", packageDatabases.map { "\($0)" }),
    ])
    func eachFileIsInItsList(folder: String, types: [String]) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = root.appending(path: "Sources/ContainerImages/\(folder)").path
        let files = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".swift") }
        #expect(files.map { String($0.dropLast(".swift".count)) }.sorted() == types.sorted())
    }
}
