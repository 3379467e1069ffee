import EnvironmentVerification
import FindingReports
import FoundationEssentials
import Glibc
import LockFormats
import PinRules
import Preflight
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
        ("Sources/FindingReports/PreflightFormats", typeNames(PreflightReportFormats.all)),
        ("Sources/Preflight/Rules", PreflightRules.typeNames),
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
        "ContentHashing": ["EnvironmentInventory", "COpenSSL", "CSHA256", "CSodium"],
        "ArchiveReading": ["ContentHashing", "CArchive"],
        "BinaryLoading": ["EnvironmentInventory"],
        "PythonPackaging": ["ArchiveReading"],
        "DockerfileSyntax": ["EnvironmentInventory"],
        "LockFormats": ["PythonPackaging"],
        "ContainerImages": ["ArchiveReading", "BinaryLoading", "PythonPackaging", "CCurl"],
        "InputContracts": ["PythonPackaging"],
        "DataProfiles": ["ArchiveReading"],
        "DeploymentFiles": ["ArchiveReading"],
        "ModelArchives": ["ArchiveReading", "LockFormats", "InputContracts"],
        "PinRules": ["DockerfileSyntax", "LockFormats"],
        "DockerfileFreezing": ["DockerfileSyntax", "LockFormats", "ContainerImages"],
        "ProgramStart": ["DockerfileSyntax", "ContainerImages", "PythonPackaging"],
        "EnvironmentVerification": ["ProgramStart", "ContainerImages", "ModelArchives", "LockFormats"],
        "Preflight": ["EnvironmentVerification", "InputContracts", "DataProfiles", "DeploymentFiles"],
        "FindingReports": ["EnvironmentInventory"],
        "Pinproof": [
            "SourceDocuments", "EnvironmentInventory", "ContentHashing", "ArchiveReading", "PythonPackaging",
            "DockerfileSyntax", "LockFormats", "ContainerImages", "ModelArchives", "PinRules", "DockerfileFreezing",
            "ProgramStart", "EnvironmentVerification", "InputContracts", "DataProfiles", "DeploymentFiles", "Preflight",
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
            for line in text.utf8.split(separator: UInt8(ascii: "\n")).lazy.map({ Substring($0) })
            where line.utf8.first == UInt8(ascii: "i") || line.utf8.first == UInt8(ascii: "p") {
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
            #expect(try !Self.swiftFiles("Tests/\(room)Tests").isEmpty, "\(room)")
        }
    }

    @Test("libraries never print, and nothing traps on purpose")
    func librariesNeverPrint() throws {
        let forbidden = ["print(", "fatalError(", "preconditionFailure(", "try!", "TODO", "FIXME"]
        for room in Self.arrows.keys.sorted() where room != "PinproofCommand" {
            for file in try Self.swiftFiles("Sources/\(room)") {
                let text = try String(
                    decoding: Data(contentsOf: Self.root.appending(path: "Sources/\(room)/\(file)")), as: UTF8.self)
                // Nearly every file has none of them.
                guard holds(text[...], forbidden) else { continue }
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

/// Rules for every source file: names, access, sizes.
struct HouseRulesTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The Swift files below a directory, as paths relative to the repository.
    static func swiftFiles(_ directory: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: directory).path)
            .filter { $0.hasSuffix(".swift") && !$0.hasPrefix(".") && !$0.contains("/.") }
            .map { "\(directory)/\($0)" }.sorted()
    }

    static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: root.appending(path: path))) }

    static func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

    static func lines(_ path: String) throws -> [Substring] {
        try text(path).utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Substring($0) }
    }

    /// Every file of the repository but what builds and test runs create.
    private static func files(_ directory: String = "") throws -> [String] {
        let kept = [".ci", ".github", ".gitignore", ".pre-commit-hooks.yaml", ".swift-format", ".editorconfig"]
        var found: [String] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: root.appending(path: directory).path).sorted() {
            if name.hasPrefix(".") && !kept.contains(name) || ["dist", "__pycache__", "node_modules"].contains(name) {
                continue
            }
            let path = directory.isEmpty ? name : "\(directory)/\(name)"
            let attributes = try FileManager.default.attributesOfItem(atPath: root.appending(path: path).path)
            switch attributes[.type] as? FileAttributeType {
            case .typeDirectory?: found += try files(path)
            case .typeRegular?: found.append(path)
            default: continue
            }
        }
        return found
    }

    /// The program's first name; in pieces, as no file may contain it.
    /// The name as programs and people write it.
    private static let oldNames = [
        ("lock", "step"), ("Lock", "step"), ("Lock", "Step"), ("lock", "Step"), ("LOCK", "STEP"),
    ]
    .flatMap { [$0 + $1, "\($0)_\($1)", "\($0)-\($1)"] }

    @Test("the old name is in one line of the changelog and nowhere else")
    func oldNameIsGone() throws {
        var found: [String] = []
        for path in try Self.files() {
            let bytes = try Self.bytes(path)
            // Few files have it, and a search of the C library takes a hundredth of the time of one that is not optimized.
            if Self.containsOldName(bytes) {
                for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated()
                where Self.containsOldName(Array(line)) {
                    found.append("\(path):\(index + 1)")
                }
            }
            if Self.containsOldName(Array(path.utf8)) { found.append(path) }
        }
        #expect(found.count == 1 && found[0].hasPrefix("CHANGELOG.md:"), "\(found)")
    }

    /// Whether the name stands in bytes; a NUL ends a text for the C library, so that each text is searched.
    private static func containsOldName(_ bytes: [UInt8]) -> Bool {
        let bytes = bytes + [0]
        return bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self) else { return false }
            var place = 0
            while place < buffer.count {
                if oldNames.contains(where: { strstr(start + place, $0) != nil }) { return true }
                place += strlen(start + place) + 1
            }
            return false
        }
    }

    @Test("no room re-exports another")
    func nothingIsReexported() throws {
        for path in try Self.swiftFiles("Sources") {
            for line in try Self.lines(path) { #expect(!line.hasPrefix("@_exported"), "\(path): \(line)") }
        }
    }

    /// A client sees these; each one is a promise.
    private static let maximumPublicDeclarations = 500

    @Test("there are fewer than 500 public declarations")
    func publicDeclarationsAreFew() throws {
        var counts: [String: Int] = [:]
        for path in try Self.swiftFiles("Sources") {
            let room = String(path.split(separator: "/")[1])
            for line in try Self.lines(path)
            where holds(line, ["public ", "open "]) {
                // Attributes may stand before the access level; an import may have one too.
                let words = line.split(separator: " ").drop { $0.hasPrefix("@") }
                guard words.first == "public" || words.starts(with: ["open", "class"]), !words.contains("import") else {
                    continue
                }
                counts[room, default: 0] += 1
            }
        }
        let sum = counts.values.reduce(0, +)
        #expect(sum < Self.maximumPublicDeclarations, "\(counts)")
        let rooms = Set(counts.keys).subtracting([
            "SourceDocuments", "EnvironmentInventory", "Pinproof", "PinproofCommand",
        ])
        #expect(rooms.isEmpty, "public declarations in a room that no client sees")
    }

    /// C names no arguments: functions of libraries that are loaded, with the parameters of their manual pages.
    private static let callsToC = ["Sources/ContentHashing/OpenSSL.swift"]

    @Test("no function has four or more parameters without a label")
    func parametersHaveLabels() throws {
        for path in try Self.swiftFiles("Sources") where !Self.callsToC.contains(path) {
            for (line, count) in Self.unlabelledParameters(try Self.text(path)) {
                #expect(count < 4, "\(path):\(line): \(count) parameters without a label")
            }
        }
    }

    @Test(
        "parameters without a label are counted",
        arguments: [
            ("func a(_ b: Int, c: Int, _ d: Int) {}", [2]), ("init(\n  _ a: (Int, _ b: Int) -> Void, b: Int = 1)", [1]),
            ("func a<T>(_ b: [T: Int], _ c: inout T, _ d: @escaping (T) -> Void, _ e: Int)", [4]), ("b.a(_ c)", []),
            ("func a() {}\nfunc b(_ c: Int) {}", [0, 1]), ("x.init(a, b)", [0]), ("func == (_ a: T, _ b: T)", [2]),
        ])
    func parametersAreCounted(text: String, counts: [Int]) {
        #expect(Self.unlabelledParameters(text).map(\.count) == counts, "\(text)")
    }

    /// The lines of the functions and initializers of a text, and how many of their parameters have no label.
    private static func unlabelledParameters(_ text: String) -> [(line: Int, count: Int)] {
        var found: [(line: Int, count: Int)] = []
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.lazy.map({ Substring($0) }).enumerated()
        where holds(line, ["func ", "init(", "init?("]) {
            let start = line.firstRange(of: "func ") ?? line.firstRange(of: "init(") ?? line.firstRange(of: "init?(")
            guard let start, !line.prefix(upTo: start.lowerBound).contains("//") else { continue }
            // The list of parameters may go on over several lines.
            var depth = 0
            var count = 0
            var isStart = false
            scan: for character in text[start.lowerBound...] {
                switch character {
                case "(", "[":
                    depth += 1
                    isStart = character == "("
                case ")", "]":
                    depth -= 1
                    if depth == 0 { break scan }
                case ",": isStart = true
                case "_" where depth == 1 && isStart:
                    count += 1
                    isStart = false
                case " ", "\n": continue
                default: isStart = false
                }
            }
            found.append((index + 1, count))
        }
        return found
    }

    private static let maximumLines = 400

    @Test("no file has more than 400 lines", arguments: ["Sources", "Tests"])
    func filesAreShort(directory: String) throws {
        for path in try Self.swiftFiles(directory) {
            let count = try Self.lines(path).count - 1
            #expect(count <= Self.maximumLines, "\(path): \(count) lines")
        }
    }

    @Test("nothing ignores an error with try!", arguments: ["Sources", "Tests"])
    func noBareTry(directory: String) throws {
        let bare = "try" + "!"
        for path in try Self.swiftFiles(directory) where !path.hasSuffix("/HouseTests.swift") {
            guard holds(try Self.text(path)[...], [bare]) else { continue }
            for line in try Self.lines(path) where line.contains(bare) {
                #expect(line.prefix { $0 != "\"" }.contains(bare) == false, "\(path): \(line)")
            }
        }
    }
}

/// Whether a text has one of some words: Swift's own search is slow in a debug build, and these tests read all sources.
private func holds(_ text: Substring, _ words: [String]) -> Bool {
    let text = String(text)
    return words.contains { strstr(text, $0) != nil }
}
