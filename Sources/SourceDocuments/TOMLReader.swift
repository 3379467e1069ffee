internal import TOMLKit

/// Reads TOML 1.0 (https://toml.io/en/v1.0.0) and keeps the order and the place of every key and value.
///
/// toml++ (through TOMLKit) judges the grammar: what it refuses is refused, with its reason and place. It hands on neither
/// places nor the order of keys, and strings with a NUL lose their end, so ``TOMLScanner`` takes the values from the text.
/// Beyond TOML: NUL characters (raw or escaped) and values deeper than 128 levels are refused. A date or time is kept as
/// written.
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
        // toml++ recurses without a limit over tables inside of tables, and an assertion of it ends the program on a key such
        // as `[+x]`: it must not see what the scanner refuses.
        let document: DocumentNode
        switch scanned {
        case .success(let node): document = node
        case .failure(let failure): throw failure.error
        }
        do {
            _ = try TOMLTable(string: String(decoding: text.bytes[start...], as: UTF8.self))
        } catch let error as TOMLParseError {
            throw DocumentError(
                file: text.name,
                place: place(line: error.source.begin.line, scalar: error.source.begin.column, in: text),
                reason: "is not TOML: " + error.description)
        } catch {
            throw DocumentError(file: text.name, place: nil, reason: "is not TOML")
        }
        return document
    }

    /// toml++ counts columns in scalars; places count bytes.
    private static func place(line: Int, scalar column: Int, in text: SourceText) -> SourcePlace {
        guard let offsets = text.offsets(ofLine: line) else { return text.place(at: text.bytes.count) }
        var offset = offsets.lowerBound
        var left = column - 1
        while left > 0, offset < offsets.upperBound {
            offset += 1
            while offset < offsets.upperBound, text.bytes[offset] & 0xC0 == 0x80 { offset += 1 }
            left -= 1
        }
        return text.place(at: offset)
    }
}
