import EnvironmentInventory
import Testing

@testable import PinRules

/// Every rule does what its documentation shows.
struct RuleExamplesTests {
    private struct Case {
        let rule: Rule
        let example: Rule.Example
        let isBad: Bool
    }

    private static let cases = PinRules.all.map { $0.rule }.flatMap { rule in
        rule.bad.map { Case(rule: rule, example: $0, isBad: true) }
            + rule.good.map { Case(rule: rule, example: $0, isBad: false) }
    }

    @Test("a bad example fires where it is marked, a good one is silent", arguments: cases.indices)
    func examples(index: Int) {
        let (rule, example) = (Self.cases[index].rule, Self.cases[index].example)
        #expect(example.text.contains("«") == Self.cases[index].isBad)
        expectMarks(
            rule.name, example.file, example.text, beside: example.context, require: example.require)
    }

    @Test("every rule has examples of both kinds and its words", arguments: PinRules.all.map { $0.rule })
    func documented(rule: Rule) {
        #expect(!rule.bad.isEmpty && !rule.good.isEmpty, "\(rule.name)")
        for text in [rule.summary, rule.why, rule.help] {
            #expect(text.hasSuffix(".") || text.hasSuffix("?"), "\(rule.name): \(text)")
        }
    }

    @Test("names are unique and can be written in a pragma")
    func names() {
        let names = PinRules.all.map { $0.rule.name }
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D } })
    }
}
