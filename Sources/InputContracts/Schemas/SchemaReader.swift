import EnvironmentInventory
import SourceDocuments

/// Reads a schema that lies beside a model: JSON Schema, OpenAPI 3.x, pandera's YAML, an Open Data Contract, TFDV's
/// `schema.pbtxt`. What kind it is, its content says.
package enum SchemaReader {
    /// What could not be read of a schema.
    struct Unreadable: Error {
        let reason: String
        var line: Int?
    }

    /// Returns what a schema says; its gaps name what could not be read, and then it says nothing.
    ///
    /// - Parameters:
    ///   - text: the file.
    ///   - fragment: what follows `#` in the reference: a JSON pointer (RFC 6901), or the name of a table of a data contract.
    package static func read(_ text: SourceText, fragment: String? = nil) -> ContractPart {
        var part = ContractPart(kind: .schema, file: text.name, contract: InputContract())
        do throws(Unreadable) {
            part.contract = try contract(text, fragment: fragment)
            part.findings = ContractPart.duplicateColumns(part.contract.inputs, file: text.name)
            part.findings += impossible(part.contract, file: text.name)
        } catch {
            part.contract.gaps.append(
                Gap(
                    fragment.map { "#\($0)" } ?? "", reason: error.reason,
                    source: FileLocation(file: text.name, line: error.line)))
        }
        return part
    }

    /// The findings about columns that a schema requires and refuses, so that no row fits.
    private static func impossible(_ contract: InputContract, file: String) -> [Finding] {
        guard contract.extraColumns == .error else { return [] }
        return contract.inputs.compactMap { input in
            guard let name = input.name, let source = input.sources.first, source.says == JSONSchemaReader.required
            else { return nil }
            return ContradictingContract.finding(
                "\(name) is required, and no property of this name is allowed: no row fits", file: file,
                line: source.line, subject: name)
        }
    }

    private static func contract(_ text: SourceText, fragment: String?) throws(Unreadable) -> InputContract {
        guard text.bytes.count <= ContractLimits.maximumSignatureBytes else {
            throw Unreadable(reason: "the schema is too long")
        }
        var contract: InputContract
        do throws(DocumentError) {
            if text.name.hasSuffix(".pbtxt") {
                contract = try DataValidationSchema.read(try ProtobufText.read(text), file: text.name)
            } else {
                let first = text.bytes.first { $0 > UInt8(ascii: " ") && $0 < 0x80 }
                let root = try first == UInt8(ascii: "{") ? JSONReader.read(text) : YAMLReader.read(text)
                contract = try read(root, file: text.name, fragment: fragment)
            }
        } catch {
            throw Unreadable(reason: error.reason, line: error.place?.line)
        }
        guard !contract.inputs.isEmpty else { throw Unreadable(reason: "the schema names no columns") }
        guard contract.inputs.count <= ContractLimits.maximumColumns else {
            throw Unreadable(reason: "it has more than \(ContractLimits.maximumColumns) columns")
        }
        contract.binding = .name
        return contract
    }

    private static func read(
        _ root: DocumentNode, file: String, fragment: String?
    ) throws(DocumentError) -> InputContract {
        guard let table = root.table else {
            throw DocumentError(file: file, place: root.place, reason: "\(root.typeName) is not a schema")
        }
        if table["openapi"] != nil { return try OpenAPISchema.read(root, file: file, fragment: fragment) }
        if table["schema_type"]?.string == "dataframe" { return try PanderaSchema.read(table, file: file) }
        if table["kind"]?.string == "DataContract" {
            return try DataContractSchema.read(table, file: file, table: fragment)
        }
        return try JSONSchemaReader(root: root, file: file).contract(at: fragment)
    }
}
