import EnvironmentInventory

/// Whether MLflow lets values of one type through where another one is declared, for callers with a DataFrame and callers with
/// JSON alike (`_enforce_schema` of mlflow 3.17.2 and 2.22.0, measured over all pairs of types).
enum MLflowAcceptance {
    /// Whether every value of a declared type passes as another one.
    static func passes(_ sent: ContractType, as declared: ContractType) -> Bool {
        if sent == declared || declared == .any { return true }
        switch (sent, declared) {
        case (.int32, .int64), (.int32, .float64), (.float32, .float64): return true
        // Bytes are objects to pandas, which MLflow hands on.
        case (.binary, .string), (.binary, .boolean): return true
        default: return false
        }
    }

    /// The same for values with parts; documents limit the depth.
    static func passes(_ sent: ContractStructure, as declared: ContractStructure) -> Bool {
        switch (sent, declared) {
        case (_, .scalar(.any)): true
        case (.scalar(let left), .scalar(let right)): passes(left, as: right)
        case (.array(let left), .array(let right)), (.map(let left), .map(let right)): passes(left, as: right)
        case (.object(let left), .object(let right)): passes(left, as: right)
        default: false
        }
    }

    /// A property that is not declared is refused, one that is required has to be there.
    private static func passes(
        _ sent: [ContractStructure.Property], as declared: [ContractStructure.Property]
    ) -> Bool {
        let known = Dictionary(declared.map { ($0.name, $0) }) { first, _ in first }
        let present = Dictionary(sent.map { ($0.name, $0) }) { first, _ in first }
        for property in sent {
            guard let other = known[property.name], passes(property.structure, as: other.structure) else {
                return false
            }
        }
        return declared.allSatisfy { !$0.isRequired || present[$0.name]?.isRequired ?? false }
    }

    /// Whether every tensor of one shape has the other one.
    static func passes(_ sent: [Int?], as declared: [Int?]) -> Bool {
        sent.count == declared.count && zip(sent, declared).allSatisfy { $1 == nil || $0 == $1 }
    }
}

extension ContractInput {
    /// The type with its parts.
    var fullType: ContractStructure { structure ?? .scalar(type) }
}
