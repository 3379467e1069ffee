/// Reads TOML 1.0 (https://toml.io/en/v1.0.0) and keeps the order and the position of every key and value.
///
/// A text that violates the grammar is refused, with the position. Beyond TOML, these are refused: escaped NUL characters,
/// integers that do not fit 64 bits, leap seconds, the year 0, values nested more than 128 levels deep, and keys of one table
/// that differ only in Unicode normalization. CR LF in a string becomes LF; a date or time is kept as written.
package enum TOMLReader {
    /// Reads a whole text.
    package static func read(_ text: SourceText) throws(DocumentError) -> DocumentNode {
        let start = try UnicodeChecking.start(of: text)
        if let offset = UnicodeChecking.firstNUL(text.bytes) {
            throw DocumentError(file: text.name, place: text.place(at: offset), reason: "a NUL character")
        }
        let count = TextPieces.count(forBytes: text.bytes.count)
        if let document = TOMLPieces(text, at: start, count: count).read() { return document }
        var scanner = TOMLScanner(text, at: start, places: PlaceCursor(text))
        do throws(TOMLScanner.Failure) { return TOMLScanner.node(try scanner.statements()) } catch { throw error.error }
    }
}
