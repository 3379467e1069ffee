import EnvironmentInventory
import Testing

@testable import InputContracts

@Suite("Names of types")
struct ContractTypeNameTests {
    @Test(
        "NumPy's names",
        arguments: [
            ("int64", ContractType.int64), ("float32", .float32), ("bool", .boolean), ("object", .string),
            ("datetime64[ns]", .datetime),
        ])
    func numpy(name: String, type: ContractType) { #expect(ContractType(numpyName: name) == type) }

    @Test("a name that NumPy does not have", arguments: ["any", "array", "int", "complex128", ""])
    func unknown(name: String) { #expect(ContractType(numpyName: name) == nil) }
}
