import Testing

@testable import DeploymentFiles

@Suite("Names of owners")
struct OwnerNameTests {
    @Test(
        "the forms of one team are one owner",
        arguments: ["@acme/risk-ml", "group:risk-ml", "group:default/risk-ml", "risk-ml", "Risk-ML"])
    func canonical(name: String) {
        #expect(OwnerName(name).canonical == "risk-ml")
    }
}
