import EnvironmentInventory
import SourceDocuments
import Testing

@testable import FindingReports

@Suite("JSON Schema of one row")
struct ContractSchemaTests {
    private static func schema(_ change: (inout ContractInput) -> Void) -> String {
        var input = ContractInput(name: "a", position: 0)
        change(&input)
        var contract = InputContract()
        contract.inputs = [input]
        return contract.rowSchema.text().split(whereSeparator: \.isWhitespace).joined()
    }

    @Test("a null that breaks a value without a type is refused; one of which nothing is known is not")
    func nullWithoutType() {
        for outcome in [ValueOutcome.error, .rejected, .silent] {
            #expect(Self.schema { $0.onNull = outcome }.contains("\"not\":{\"type\":\"null\"}"))
        }
        for outcome in [ValueOutcome.accepted, .unknown] {
            #expect(!Self.schema { $0.onNull = outcome }.contains("\"not\""))
        }
    }

    @Test("a column without a type says that more than its schema may break the model")
    func noType() {
        #expect(Self.schema { $0.type = .any }.contains("\"$comment\":\"Notypeisknown:"))
        #expect(!Self.schema { $0.type = .float64 }.contains("$comment"))
    }

    @Test("a number takes null where the model does")
    func nullOfNumber() {
        #expect(
            Self.schema {
                $0.type = .float64
                $0.onNull = .accepted
            }.contains("\"type\":[\"number\",\"null\"]"))
        #expect(
            Self.schema {
                $0.type = .float64
                $0.onNull = .error
            }.contains("\"type\":\"number\""))
    }
}
