/// Reads TOML 1.0 (https://toml.io/en/v1.0.0) and keeps the order and the place of every key and value.
///
/// What the grammar forbids is refused with its place. Beyond TOML, these are refused: escaped NUL characters, integers
/// that do not fit 64 bits, leap seconds, the year 0, values deeper than 128 levels, and keys of one table that differ only
/// in Unicode normalization. CR LF in a string becomes LF; a date or time is kept as written.
public enum TOMLReader {
    /// Reads a whole text.
    public static func read(_ text: SourceText) throws(DocumentError) -> DocumentNode {
        let start = try UnicodeChecking.start(of: text)
        if let offset = text.bytes.firstIndex(of: 0) {
            throw DocumentError(file: text.name, place: text.place(at: offset), reason: "a NUL character")
        }
        var scanner = TOMLScanner(text, at: start)
        let scanned: Result<DocumentNode, TOMLScanner.Failure> = Result { () throws(TOMLScanner.Failure) in
            try scanner.document()
        }
        switch scanned {
        case .success(let node): return node
        case .failure(let failure): throw failure.error
        }
    }
}
