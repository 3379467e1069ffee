import EnvironmentInventory
import SourceDocuments

/// Reads the body of one operation of an OpenAPI 3.x document (https://spec.openapis.org/oas/v3.1.0).
enum OpenAPISchema {
    private static let methods = ["post", "put", "patch"]

    static func read(
        _ root: DocumentNode, file: String, fragment: String?
    ) throws(DocumentError) -> InputContract {
        let reader = JSONSchemaReader(root: root, file: file)
        let target: DocumentNode
        if let fragment {
            guard let node = reader.resolve(pointer: fragment) else {
                throw reader.error("nothing is at #\(fragment)", root)
            }
            target = node
        } else {
            let operations = (root.table?["paths"]?.table?.members ?? []).flatMap { path in
                methods.compactMap { path.value.table?[$0] }
            }
            guard operations.count == 1 else {
                throw reader.error(
                    "it has \(operations.count) operations with a body: name one, #/paths/~1predict/post", root)
            }
            target = operations[0]
        }
        guard let body = target.table?["requestBody"] else {
            // The reference leads to a schema itself.
            var contract = try reader.contract(of: target)
            contract.enforcedBy = [.openapi]
            return contract
        }
        let content = try reader.followed(body)["content"]?.table
        guard
            let media = content?.members.first(where: { $0.key.hasPrefix("application/json") })
                ?? content?.members.first,
            let schema = media.value.table?["schema"]
        else { throw reader.error("the operation has no JSON body with a schema", target) }
        var contract = try reader.contract(of: schema)
        contract.enforcedBy = [.openapi]
        return contract
    }
}
