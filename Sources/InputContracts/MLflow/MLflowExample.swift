import EnvironmentInventory
import SourceDocuments

/// Reads the examples beside an `MLmodel`: `input_example.json`, for a DataFrame `{"columns", "data"}`, and
/// `serving_input_example.json`, the body of a request.
package enum MLflowExample {
    /// Returns the rows of an example; nothing for a form that names no columns.
    package static func read(_ text: SourceText) -> [ContractPart] {
        var part = ContractPart(kind: .example, file: text.name, contract: InputContract())
        let root: DocumentNode
        do throws(DocumentError) { root = try JSONReader.read(text) } catch {
            part.findings.append(
                ContradictingContract.finding(
                    "the example cannot be read: \(error.reason)", file: text.name, line: error.place?.line))
            return [part]
        }
        guard let table = root.table else { return [] }
        let isSplit = table["columns"]?.array != nil && table["data"]?.array != nil
        let isBody = ["dataframe_split", "dataframe_records", "instances", "inputs"].contains { table[$0] != nil }
        guard isSplit || isBody else { return [] }
        part.rows = RequestReader.body(root, isSplit: isSplit)
        return [part]
    }
}
