import EnvironmentInventory
import SourceDocuments

/// Reads the examples beside an `MLmodel`: `input_example.json`, for a DataFrame `{"columns", "data"}`, and
/// `serving_input_example.json`, the body of a request.
package enum MLflowExample {
    /// Returns the rows of an example; nothing for a form that names no columns.
    package static func read(_ text: SourceText) -> [ContractPart] {
        var part = ContractPart(kind: .example, file: text.name, contract: InputContract())
        let root: DocumentNode
        do throws(DocumentError) {
            root = try JSONReader.read(SourceText(name: text.name, bytes: Self.withoutNaN(text.bytes)))
        } catch {
            part.contract.gaps.append(
                Gap(
                    "", reason: "the example cannot be read: \(error.reason)",
                    source: FileLocation(file: text.name, line: error.place?.line)))
            return [part]
        }
        guard let table = root.table else { return [] }
        let isSplit = table["columns"]?.array != nil && table["data"]?.array != nil
        let isBody = ["dataframe_split", "dataframe_records", "instances", "inputs"].contains { table[$0] != nil }
        guard isSplit || isBody else { return [] }
        part.rows = RequestReader.body(root, isSplit: isSplit)
        return [part]
    }

    /// The text with null where Python's `json` writes a number that JSON does not have: NaN, Infinity, -Infinity.
    static func withoutNaN(_ bytes: [UInt8]) -> [UInt8] {
        let words = ["NaN", "-Infinity", "Infinity"].map { Array($0.utf8) }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = 0
        var isInString = false
        while index < bytes.count {
            let byte = bytes[index]
            if isInString {
                if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                    output += bytes[index...(index + 1)]
                    index += 2
                    continue
                }
                isInString = byte != UInt8(ascii: "\"")
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
            } else if let word = words.first(where: { bytes[index...].starts(with: $0) }) {
                output += Array("null".utf8)
                index += word.count
                continue
            }
            output.append(byte)
            index += 1
        }
        return output
    }
}
