import FoundationEssentials
import Testing

@testable import Lockstep

/// docs/rules.md is made of the rules.
struct RuleDocumentTests {
    @Test("docs/rules.md is what `lockstep rules --format markdown` prints")
    func documentIsFresh() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/rules.md")
        let text = try String(decoding: Data(contentsOf: file), as: UTF8.self)
        #expect(text == RuleDocument.all(Rules.all), "make it anew: lockstep rules --format markdown > docs/rules.md")
    }
}
