import EnvironmentInventory
import Testing

@testable import Preflight

@Suite("The words of the questions")
struct QuestionWordsTests {
    @Test("five different questions")
    func sentences() {
        let sentences = PreflightResult.Question.allCases.map(\.sentence)
        #expect(Set(sentences).count == 5 && sentences.allSatisfy { $0.hasSuffix("?") })
    }
}
