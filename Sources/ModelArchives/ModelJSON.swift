import SourceDocuments

/// Reads the documents of a model as the libraries that load it do, with Python's json: `NaN` and `Infinity` are numbers to it
/// (https://docs.python.org/3/library/json.html#infinite-and-nan-number-values), and stand in honest models:
/// https://huggingface.co/nvidia/Nemotron-H-8B-Base-8K/blob/main/config.json has `"time_step_limit": [0.0, Infinity]`.
enum ModelJSON {
    /// The values that a document has at most: a tokenizer of 200 000 added tokens has fewer, and they take some 200 MB.
    static let maximumValues = 2_000_000

    static func read(_ text: SourceText) throws(DocumentError) -> DocumentNode {
        try JSONReader.read(text, acceptsPythonNumbers: true, maximumValues: maximumValues)
    }

    /// Reads a document; returns nil, and leaves a gap, for one that has too many values.
    static func read(
        _ text: SourceText, into content: inout ModelFileContent
    ) throws(DocumentError) -> DocumentNode? {
        do throws(DocumentError) { return try read(text) } catch {
            guard JSONReader.hasTooManyValues(error) else { throw error }
            content.leaveOut("", "it is not read: it \(error.reason)", in: text.name)
            return nil
        }
    }
}
