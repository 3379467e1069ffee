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
            #expect(CheckReportFormats.named(words[index + 1]) != nil, "\(path): \(words[index + 1])")
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
