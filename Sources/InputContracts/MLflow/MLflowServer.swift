import EnvironmentInventory

/// What MLflow's own scoring server makes of a JSON value, by the type of the column.
///
/// Measured with mlflow 3.17.2 and 2.22.0 (`Tests/InputContractsTests/Oracle/mlflow_cells.py`): a column that is required and
/// one that is not are treated alike, `dataframe_records` and `dataframe_split` too.
package enum MLflowServer {
    /// The JSON texts that probes send.
    package static let values = [
        "70", "3000000000", "70.0", "70.5", "null", "true", "\"70\"", "\"abc\"", "\"2020-01-01\"", "1e400", "[1]",
    ]

    /// What MLflow makes of values of a type that are not of it; nil for a type that it hands on or refuses.
    static func coercion(of type: ContractType) -> String? {
        switch type {
        case .boolean: "MLflow's server turns \"false\" into True and null into False"
        case .int32: "MLflow's server turns 3000000000 into -1294967296 and 70.5 into 70"
        case .int64: "MLflow's server turns 70.5 into 70 and \"70\" into 70"
        default: nil
        }
    }

    /// Returns what becomes of a value, and why, for one of ``values``; `unknown` for another value or type.
    ///
    /// - Parameter version: MLflow's version; 2.22 takes a boolean for a datetime, 3.17 refuses it.
    package static func outcome(
        of json: String, as type: ContractType, version: String?
    ) -> (outcome: ValueOutcome, why: String) {
        switch type {
        case .int32, .int64: integer(json, isLong: type == .int64)
        case .float32, .float64: number(json)
        case .string:
            values.contains(json)
                ? (.accepted, "MLflow hands on whatever is sent for a string") : (.unknown, "not measured")
        case .boolean: boolean(json)
        case .datetime: datetime(json, version: version)
        default: (.unknown, "not measured for this type")
        }
    }

    private static func integer(_ json: String, isLong: Bool) -> (outcome: ValueOutcome, why: String) {
        switch json {
        case "70", "70.0": (.accepted, "it arrives as 70")
        case "3000000000":
            isLong ? (.accepted, "it arrives as it is") : (.silent, "MLflow hands on -1294967296")
        case "70.5": (.silent, "MLflow hands on 70")
        case "true": (.silent, "MLflow hands on 1")
        case "\"70\"": (.silent, "MLflow hands on the number 70")
        case "null": (.rejected, "MLflow refuses a missing value in a column of integers")
        case "\"abc\"", "\"2020-01-01\"", "1e400", "[1]": (.rejected, "MLflow cannot convert it to an integer")
        default: (.unknown, "not measured")
        }
    }

    private static func number(_ json: String) -> (outcome: ValueOutcome, why: String) {
        switch json {
        case "70", "3000000000", "70.0", "70.5": (.accepted, "it arrives as a number")
        case "null": (.accepted, "it arrives as NaN")
        case "1e400": (.accepted, "it arrives as infinity, as JSON is read")
        case "true": (.silent, "MLflow hands on 1.0")
        case "\"70\"": (.silent, "MLflow hands on the number 70.0")
        case "\"abc\"", "\"2020-01-01\"", "[1]": (.rejected, "MLflow cannot convert it to a number")
        default: (.unknown, "not measured")
        }
    }

    private static func boolean(_ json: String) -> (outcome: ValueOutcome, why: String) {
        switch json {
        case "true": (.accepted, "it arrives as it is")
        case "null": (.silent, "MLflow hands on False")
        case _ where values.contains(json): (.silent, "MLflow hands on True")
        default: (.unknown, "not measured")
        }
    }

    private static func datetime(_ json: String, version: String?) -> (outcome: ValueOutcome, why: String) {
        switch json {
        case "\"2020-01-01\"": (.accepted, "it arrives as a timestamp")
        case "null": (.accepted, "it arrives as NaT")
        case "70", "3000000000", "70.0", "70.5": (.silent, "MLflow takes it for nanoseconds since 1970")
        case "1e400": (.silent, "MLflow hands on NaT")
        case "\"70\"", "\"abc\"", "[1]": (.rejected, "MLflow cannot convert it to a timestamp")
        case "true": boolean(version: version)
        default: (.unknown, "not measured")
        }
    }

    private static func boolean(version: String?) -> (outcome: ValueOutcome, why: String) {
        switch version.flatMap({ Int($0.prefix { $0 != "." }) }) {
        case 2?: (.silent, "MLflow 2 takes it for nanoseconds since 1970")
        case 3?: (.rejected, "MLflow 3 refuses a boolean for a timestamp")
        default: (.unknown, "MLflow 2 and 3 differ, and the version is not known")
        }
    }

    /// The probes of kind `json` for what a signature says, with the version of the serving environment, or else the one that
    /// saved the model.
    package static func probes(of part: ContractPart, serving: String?) -> [ContractProbe] {
        guard part.kind == .signature else { return [] }
        let saved = part.contract.library.flatMap { $0.name == "mlflow" ? $0.training : nil }
        return probes(of: part.contract, version: serving ?? saved)
    }

    /// The probes of kind `json` for each column of a signature.
    ///
    /// - Parameter version: MLflow's version, of the image where there is one, else the one that saved the model.
    package static func probes(of contract: InputContract, version: String?) -> [ContractProbe] {
        guard contract.enforcedBy.contains(.mlflow) else { return [] }
        return contract.inputs.flatMap { input -> [ContractProbe] in
            guard input.shape == nil, input.structure == nil, MLflowTypes.name(of: input.type) != nil else { return [] }
            return values.compactMap { value in
                let (outcome, why) = outcome(of: value, as: input.type, version: version)
                guard outcome != .unknown else { return nil }
                return ContractProbe(
                    column: input.name.map { .name($0) } ?? .position(input.position), kind: .json,
                    value: .text(value), outcome: outcome, why: why, version: version)
            }
        }
    }
}
