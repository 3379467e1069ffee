import SourceDocuments

/// Turns the bytes of a requirements file into UTF-8 as pip does: a byte order mark, else a coding line (PEP 263) among the
/// first two lines, else UTF-8. Places then count bytes of the UTF-8 text.
///
/// Of the codings: UTF-8, UTF-16 and UTF-32 with their marks, ASCII and Latin-1; any other is refused by name.
enum RequirementsEncoding {
    /// The text in UTF-8 and the offset after its byte order mark.
    static func decoded(_ text: SourceText) throws(LockReadingError) -> (text: SourceText, start: Int) {
        let bytes = text.bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return (try checked(text), 3) }
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) { return (try utf32(text, littleEndian: true), 0) }
        if bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return (try utf32(text, littleEndian: false), 0) }
        if bytes.starts(with: [0xFF, 0xFE]) { return (try utf16(text, littleEndian: true), 0) }
        if bytes.starts(with: [0xFE, 0xFF]) { return (try utf16(text, littleEndian: false), 0) }
        switch codingName(bytes) {
        case nil, "utf8", "ascii", "usascii", "u8", "utf", "utf8sig": return (try checked(text), 0)
        case "latin1", "iso88591", "l1", "88591":
            var output: [UInt8] = []
            for byte in bytes {
                if byte < 0x80 { output.append(byte) } else { output += [0xC0 | byte >> 6, 0x80 | byte & 0x3F] }
            }
            return (SourceText(name: text.name, bytes: output), 0)
        case .some(let name):
            throw LockReadingError(
                file: text.name, place: SourcePosition(line: 1, column: 1),
                reason: "the encoding \(name) is not supported"
            )
        }
    }

    private static func checked(_ text: SourceText) throws(LockReadingError) -> SourceText {
        do { try text.checkUTF8() } catch { throw LockReadingError(error) }
        return text
    }

    /// The name in `# -*- coding: NAME -*-`, lower case without `-` and `_`.
    private static func codingName(_ bytes: [UInt8]) -> String? {
        // pip searches all of both lines, however long they are, for the first `coding` with a name behind it
        // (https://github.com/pypa/pip/blob/main/src/pip/_internal/req/req_file.py, `_decode_req_file`).
        for line in bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false).prefix(2)
        {
            guard line.first == UInt8(ascii: "#") else { continue }
            var rest = line
            let word = Array("coding".utf8)
            while rest.count > word.count {
                if rest.starts(with: word), let sign = rest.dropFirst(word.count).first,
                    sign == UInt8(ascii: ":") || sign == UInt8(ascii: "=")
                {
                    let name = rest.dropFirst(word.count + 1).drop { RequirementsLines.isSpace($0) }.prefix {
                        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF)
                            || [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_")].contains($0)
                    }
                    if !name.isEmpty {
                        let letters = name.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
                        return String(decoding: letters, as: UTF8.self).lowercased()
                    }
                }
                rest = rest.dropFirst()
            }
        }
        return nil
    }

    private static func utf16(_ text: SourceText, littleEndian: Bool) throws(LockReadingError) -> SourceText {
        let bytes = text.bytes
        guard bytes.count % 2 == 0 else { throw malformed(text, "UTF-16") }
        var units: [UInt16] = []
        for index in stride(from: 2, to: bytes.count, by: 2) {
            let low = UInt16(bytes[littleEndian ? index : index + 1])
            let high = UInt16(bytes[littleEndian ? index + 1 : index])
            units.append(high << 8 | low)
        }
        guard let string = String(validating: units, as: UTF16.self) else { throw malformed(text, "UTF-16") }
        return SourceText(name: text.name, text: string)
    }

    private static func utf32(_ text: SourceText, littleEndian: Bool) throws(LockReadingError) -> SourceText {
        let bytes = text.bytes
        guard bytes.count % 4 == 0 else { throw malformed(text, "UTF-32") }
        var string = ""
        for index in stride(from: 4, to: bytes.count, by: 4) {
            let quad = littleEndian ? bytes[index..<index + 4].reversed() : Array(bytes[index..<index + 4])
            guard let scalar = Unicode.Scalar(quad.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }) else {
                throw malformed(text, "UTF-32")
            }
            string.unicodeScalars.append(scalar)
        }
        return SourceText(name: text.name, text: string)
    }

    private static func malformed(_ text: SourceText, _ encoding: String) -> LockReadingError {
        LockReadingError(file: text.name, place: nil, reason: "is not \(encoding), as its byte order mark says")
    }
}
