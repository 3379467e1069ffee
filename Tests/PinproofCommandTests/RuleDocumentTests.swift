import FoundationEssentials
import Pinproof
import Testing

@testable import PinproofCommand

/// docs/rules.md is made of the rules.
struct RuleDocumentTests {
    @Test("docs/rules.md is what `pinproof rules --format markdown` prints")
    func documentIsFresh() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/rules.md")
        let text = try String(decoding: Data(contentsOf: file), as: UTF8.self)
        #expect(text == RuleDocument.all(Rules.all), "make it anew: pinproof rules --format markdown > docs/rules.md")
    }
}
