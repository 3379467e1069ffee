import EnvironmentVerification
import FindingReports
import FoundationEssentials
import LockFormats
import PinRules
import Testing

@testable import Pinproof

/// Holds the sources against the architecture: the lists against their folders, the imports against the arrows.
struct HouseTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func swiftFiles(_ folder: String) throws -> [String] {
        let path = root.appending(path: folder).path
        let names = try FileManager.default.subpathsOfDirectory(atPath: path)
        return names.filter { $0.hasSuffix(".swift") }.sorted()
    }

    private static func typeNames(_ types: [Any.Type]) -> [String] {
        types.map { String("\($0)".split(separator: ".").last ?? "") }.sorted()
    }

    private static let lists: [(folder: String, types: [String])] = [
        ("Sources/FindingReports/Formats", typeNames(CheckReportFormats.all)),
        ("Sources/FindingReports/EnvironmentFormats", typeNames(EnvironmentReportFormats.all)),
        ("Sources/FindingReports/DifferenceFormats", typeNames(DifferenceReportFormats.all)),
        ("Sources/FindingReports/VerificationFormats", typeNames(VerificationReportFormats.all)),
        ("Sources/PinRules/Rules", typeNames(PinRules.all)),
        ("Sources/EnvironmentVerification/ImportHazards", ImportHazards.typeNames),
        ("Sources/LockFormats/Formats", typeNames(LockReader.formats)),
    ]

    @Test("each file of a folder of formats is in its list", arguments: lists.indices)
    func listsHoldTheirFolders(index: Int) throws {
        let (folder, types) = Self.lists[index]
        let files = try Self.swiftFiles(folder).map { String($0.dropLast(".swift".count)) }
        #expect(files == types, "\(folder)")
    }

    /// The table of docs/architecture.md: what each room may import besides the system's own modules.
    private static let arrows: [String: Set<String>] = [
        "ParallelWork": [],
        "SourceDocuments": ["ParallelWork", "CYAML"],
        "EnvironmentInventory": ["SourceDocuments"],
        "ContentHashing": ["EnvironmentInventory", "COpenSSL", "CSodium"],
        "ArchiveReading": ["ContentHashing", "CArchive"],
        "PythonPackaging": ["ArchiveReading"],
        "DockerfileSyntax": ["EnvironmentInventory"],
        "LockFormats": ["PythonPackaging"],
        "ContainerImages": ["ArchiveReading", "PythonPackaging", "CCurl"],
        "ModelArchives": ["ArchiveReading", "LockFormats"],
        "PinRules": ["DockerfileSyntax", "LockFormats"],
        "DockerfileFreezing": ["DockerfileSyntax", "LockFormats", "ContainerImages"],
        "EnvironmentVerification": ["ContainerImages", "ModelArchives", "LockFormats"],
        "FindingReports": ["EnvironmentInventory"],
        "Pinproof": [
            "SourceDocuments", "EnvironmentInventory", "ContentHashing", "ArchiveReading", "PythonPackaging",
            "DockerfileSyntax", "LockFormats", "ContainerImages", "ModelArchives", "PinRules", "DockerfileFreezing",
            "EnvironmentVerification", "FindingReports",
        ],
        "PinproofCommand": ["Pinproof", "FindingReports", "ArgumentParser"],
    ]

    /// The rooms that the arrows of a room lead to, directly or through others; a system library only directly.
    private static func roomsBelow(_ room: String) -> Set<String> {
        let direct = arrows[room] ?? []
        return direct.reduce(into: direct) { result, name in
            result.formUnion(roomsBelow(name).filter { arrows[$0] != nil })
        }
    }

    /// What every room may import: the standard library's modules and the part of Foundation that starts fast.
    private static let everywhere: Set<String> = ["Glibc", "Dispatch", "Synchronization", "FoundationEssentials"]

    @Test("each room imports only what its arrows allow", arguments: arrows.keys.sorted())
    func importsFollowTheArrows(room: String) throws {
        let allowed = Self.roomsBelow(room).union(Self.everywhere)
        for file in try Self.swiftFiles("Sources/\(room)") {
            let text = try String(
                decoding: Data(contentsOf: Self.root.appending(path: "Sources/\(room)/\(file)")), as: UTF8.self)
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
                    words[..<index].allSatisfy({ ["internal", "public", "private", "package"].contains($0) })
                else { continue }
                #expect(allowed.contains(String(words[index + 1])), "\(room)/\(file): \(line)")
            }
        }
    }

    @Test("each room has its folder and its tests")
    func roomsAreThere() throws {
        for room in Self.arrows.keys {
            #expect(try !Self.swiftFiles("Sources/\(room)").isEmpty, "\(room)")
            if room != "PinproofCommand" { #expect(try !Self.swiftFiles("Tests/\(room)Tests").isEmpty, "\(room)") }
        }
    }

    @Test("libraries never print, and nothing traps on purpose")
    func librariesNeverPrint() throws {
        let forbidden = ["print(", "fatalError(", "preconditionFailure(", "try!", "TODO", "FIXME"]
        for room in Self.arrows.keys.sorted() where room != "PinproofCommand" {
            for file in try Self.swiftFiles("Sources/\(room)") {
                let text = try String(
                    decoding: Data(contentsOf: Self.root.appending(path: "Sources/\(room)/\(file)")), as: UTF8.self)
                for line in text.split(separator: "\n") where !line.contains("//") {
                    for word in forbidden where line.contains(word) && !line.contains(".\(word)") {
                        // `fingerprint(` is another name.
                        let before = line.split(separator: word, maxSplits: 1, omittingEmptySubsequences: false)[0].last
                        let isOtherName = before.map { $0.isLetter || $0 == "_" } ?? false
                        #expect(isOtherName, "\(room)/\(file): \(line)")
                    }
                }
            }
        }
    }
}
