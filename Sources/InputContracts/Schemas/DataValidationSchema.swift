import EnvironmentInventory
import SourceDocuments

/// Reads TensorFlow Data Validation's `schema.pbtxt`
/// (https://github.com/tensorflow/metadata/blob/master/tensorflow_metadata/proto/v0/schema.proto): features with their type,
/// presence and domain.
enum DataValidationSchema {
    static func read(_ fields: [ProtobufText.Field], file: String) throws(DocumentError) -> InputContract {
        var domains: [String: [String]] = [:]
        for domain in fields.all("string_domain") {
            guard let name = domain.message.scalar("name") else { continue }
            domains[name] = domain.message.all("value").compactMap(\.scalar)
        }
        var contract = InputContract()
        // A label is not in a request, as https://www.tensorflow.org/tfx/data_validation/get_started#schema_environments shows it.
        let features = fields.all("feature").filter { field in
            !field.message.all("not_in_environment").contains { $0.scalar?.lowercased() == "serving" }
        }
        for (position, field) in features.enumerated() {
            guard let name = field.message.scalar("name") else {
                throw DocumentError(
                    file: file, place: SourcePosition(line: field.line, column: 1), reason: "a feature has no name")
            }
            var input = ContractInput(name: name, position: position)
            switch field.message.scalar("type") {
            case "INT": input.type = .int64
            case "FLOAT": input.type = .float64
            case "BYTES": input.type = .string
            default: break
            }
            let presence = field.message.first("presence")?.message
            // What is planned, deprecated or for debugging is not validated.
            let stage = field.message.scalar("lifecycle_stage") ?? "PRODUCTION"
            let isValidated = ["UNKNOWN_STAGE", "BETA", "PRODUCTION"].contains(stage)
            let isAlways = isValidated && presence?.scalar("min_fraction").flatMap { Double($0) } == 1
            input.required = isAlways
            input.nullable = !isAlways
            if isAlways { input.onNull = .rejected }
            for key in ["int_domain", "float_domain"] where isValidated {
                guard let domain = field.message.first(key)?.message else { continue }
                let range = ContractRange(
                    minimum: domain.scalar("min").flatMap { Double($0) },
                    maximum: domain.scalar("max").flatMap { Double($0) }, kind: .constraint)
                guard range.minimum != nil || range.maximum != nil else { continue }
                input.range = range
                input.onOutside = .rejected
            }
            if field.message.first("bool_domain") != nil { input.type = .boolean }
            let values =
                field.message.first("string_domain")?.message.all("value").compactMap(\.scalar)
                ?? field.message.scalar("domain").flatMap { domains[$0] }
            if let values, !values.isEmpty {
                // A fraction of values outside of the domain may be allowed.
                let mass = field.message.first("distribution_constraints")?.message.scalar("min_domain_mass")
                let isOpen = !isValidated || (mass.map { Double($0) ?? 0 } ?? 1) < 1
                input.categories = .init(values: values.map { .text($0) }, isOpen: isOpen)
                input.onUnseen = isOpen ? .unknown : .rejected
            }
            input.sources = [ContractSource(file: file, line: field.line, says: "feature", strength: "claimed")]
            contract.inputs.append(input)
        }
        contract.enforcedBy = [.schema]
        return contract
    }
}
