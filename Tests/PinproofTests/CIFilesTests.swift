import FindingReports
import FoundationEssentials
import Testing

@testable import Pinproof

/// The files that bring `check` into CI speak of options and rules that are there.
struct CIFilesTests {
    private static func text(_ path: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(decoding: Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    }

    @Test(
        "rules and formats named in the documents exist",
        arguments: ["docs/ci.md", "docs/configuration.md", "action.yml"])
    func names(path: String) throws {
        let text = try Self.text(path)
        let words = text.split { $0.isWhitespace || "`,()".contains($0) }.map(String.init)
        for (index, word) in words.enumerated() where word == "--format" && index + 1 < words.count {
            let name = words[index + 1]
            let exists = CheckReportFormats.named(name) != nil || VerificationReportFormats.named(name) != nil
            // `--report FORMAT=FILE` beside `--format` names none.
            #expect(exists || name.hasPrefix("."), "\(path): \(name)")
        }
    }

    @Test("what the action uses is pinned by a commit")
    func pinnedAction() throws {
        for line in try Self.text("action.yml").split(separator: "\n") where line.contains("uses: ") {
            let reference = line.split(separator: "@").dropFirst().first?.prefix { $0 != " " } ?? ""
            #expect(line.contains("using:") || reference.utf8.count == 40, "\(line)")
        }
    }
}

/// The documents for contributors name files, targets and list entries that exist.
struct DocumentedNamesTests {
    private static let documents = ["README.md", "CONTRIBUTING.md", "docs/adding.md", "docs/architecture.md"]

    /// The names between backticks, outside of code blocks.
    private static func names(in text: String) -> [String] {
        var names: [String] = []
        var isCode = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") { isCode.toggle() }
            guard !isCode, !line.hasPrefix("```") else { continue }
            let parts = line.split(separator: "`", omittingEmptySubsequences: false)
            names += stride(from: 1, to: parts.count, by: 2).map { String(parts[$0]) }
        }
        return names
    }

    /// The files that the examples of docs/adding.md create, which do not exist here.
    private static func exampleFiles() throws -> Set<String> {
        Set(names(in: try HouseRulesTests.text("docs/adding.md")).filter { $0.contains("/Example") })
    }

    private static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: HouseRulesTests.root.appending(path: path).path)
    }

    @Test("each file that a document names exists", arguments: documents)
    func filesExist(document: String) throws {
        let text = try HouseRulesTests.text(document)
        let examples = try Self.exampleFiles()
        let roots = ["Sources/", "Tests/", "docs/", "Benchmarks/", ".ci/", "lockfiles/"]
        var named = Self.names(in: text).filter { name in
            roots.contains { name.hasPrefix($0) } && !name.contains("<") && !name.contains(" ")
        }
        // Links are relative to the document.
        let directory = document.contains("/") ? "docs/" : ""
        for piece in text.split(separator: "](", omittingEmptySubsequences: false).dropFirst() {
            let target = piece.prefix { $0 != ")" && $0 != "#" }
            if !target.isEmpty, !target.contains(":") { named.append(directory + String(target)) }
        }
        #expect(!named.isEmpty, "\(document) names no file")
        for path in named where !examples.contains(path) { #expect(Self.exists(path), "\(document): \(path)") }
    }

    @Test("each make target that a document names exists", arguments: documents)
    func targetsExist(document: String) throws {
        let makefile = try HouseRulesTests.lines("Makefile")
        for name in Self.names(in: try HouseRulesTests.text(document)) where name.hasPrefix("make ") {
            for target in name.split(separator: " ").dropFirst() {
                #expect(makefile.contains { $0.hasPrefix("\(target):") }, "\(document): \(name)")
            }
        }
    }

    /// A change of a list in docs/adding.md: `+` before a new line; the line without it is in the file exactly once.
    @Test("the files that docs/adding.md changes have the lines that it shows")
    func listLinesExist() throws {
        var file = ""
        var isChange = false
        var count = 0
        for line in try HouseRulesTests.lines("docs/adding.md") {
            if line.hasPrefix("```") {
                isChange = !isChange && line == "```diff"
            } else if isChange, line.hasPrefix(" ") {
                let source = try HouseRulesTests.lines(file)
                #expect(source.filter { $0 == line.dropFirst() }.count == 1, "\(file) has not exactly one line \(line)")
                count += 1
            } else if !isChange, let name = Self.names(in: String(line)).first(where: { $0.hasSuffix(".swift") }) {
                file = name
            }
        }
        #expect(count >= 6, "one list for each kind of addition")
    }

    @Test("the drawing of the rooms agrees with Package.swift")
    func drawingAgrees() throws {
        let drawn = Self.arrows(try HouseRulesTests.text("docs/architecture.md"))
        let declared = Self.declaredRooms(try HouseRulesTests.text("Package.swift"))
        let wrong = declared.keys.filter { Self.below($0, drawn) != Self.below($0, declared) }
        #expect(wrong.isEmpty, "rooms that import other rooms than those drawn")
        let names = drawn.values.reduce(into: Set(drawn.keys)) { $0.formUnion($1) }
        #expect(names.isSuperset(of: declared.keys), "rooms that are not drawn")
    }

    private static func below(_ room: String, _ arrows: [String: Set<String>]) -> Set<String> {
        (arrows[room] ?? []).reduce(into: arrows[room] ?? []) { $0.formUnion(below($1, arrows)) }
    }

    /// `A["..."] --> B & C` of a mermaid drawing.
    private static func arrows(_ text: String) -> [String: Set<String>] {
        var arrows: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") where line.contains(" --> ") {
            let sides = line.split(separator: " --> ", omittingEmptySubsequences: false)
            let room = sides[0].drop { $0 == " " }.prefix { $0 != "[" && $0 != " " }
            let targets = sides[1].split(separator: "&").map { String($0.filter { $0 != " " }) }
            arrows[String(room), default: []].formUnion(targets)
        }
        return arrows
    }

    /// `room("A", ["B", "C"])` of the manifest.
    private static func declaredRooms(_ text: String) -> [String: Set<String>] {
        var rooms: [String: Set<String>] = [:]
        for piece in text.split(separator: "room(", omittingEmptySubsequences: false).dropFirst() {
            let quoted = piece.prefix { $0 != "]" }.split(separator: "\"", omittingEmptySubsequences: false)
            guard quoted.count > 1, !piece.hasPrefix("_") else { continue }
            let names = stride(from: 1, to: quoted.count, by: 2).map { String(quoted[$0]) }
            rooms[names[0]] = Set(names.dropFirst())
        }
        return rooms
    }
}
