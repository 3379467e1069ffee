import ArchiveReading
import EnvironmentInventory

/// numpy's files of one array (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): numbers hold no code,
/// an array of objects is a pickle behind the header.
enum NumpyFormat: ModelFormat {
    static let name = "numpy"

    static func detects(_ head: FileHead) -> Bool { head.bytes.starts(with: [0x93] + Array("NUMPY".utf8)) }

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        let watched = WatchedByteSource(source)
        var content: ModelFileContent?
        do throws(ArchiveReadingError) { content = try read(PickleInput(watched, size: head.size), file: file) } catch {
            content = unread(file)
        }
        if let failure = watched.failure { throw failure }
        return content
    }

    private static func read(_ input: PickleInput, file: String) throws(ArchiveReadingError) -> ModelFileContent? {
        try input.skip(6)
        let isLong = try input.number(2) & 0xFF >= 2
        let length = try input.number(isLong ? 4 : 2)
        guard length <= 1 << 20 else { return unread(file) }
        return mayHoldObjects(try input.bytes(length)) ? try TentativePickle.read(input, file: file) : nil
    }

    private static func unread(_ file: String) -> ModelFileContent {
        // It does not make a model of what is none.
        var content = ModelFileContent("")
        content.leaveOut("", "the array may hold objects, and is not read", in: file)
        return content
    }

    /// Whether a type is none that numpy writes for numbers, texts and records of them. The header is Python, in which an `O`
    /// can be spelled in many ways.
    static func mayHoldObjects(_ header: [UInt8]) -> Bool {
        let text = String(decoding: header, as: UTF8.self)
        let start = "{'descr': "
        guard text.hasPrefix(start), let end = text.firstRange(of: ", 'fortran_order': ") else { return true }
        let description = text[text.index(text.startIndex, offsetBy: start.count)..<end.lowerBound]
        // A key that is there twice has its last value.
        let rest = text[end.upperBound...].split(separator: "'", omittingEmptySubsequences: false)
        guard rest.count == 3, rest[1] == "shape" else { return true }
        guard !text.contains("\\"), !text.contains("\"") else { return true }
        if description.first == "'" {
            guard description.count >= 2, description.last == "'" else { return true }
            return !isPlain(description.dropFirst().dropLast())
        }
        return description.first != "[" || !isRecord(description)
    }

    /// Whether each field of a record, `[('x', '<f8'), ('y', '<f4', (2,))]`, is plain: a text behind the parenthesis that
    /// opens an element of a list is a name, every other one a type.
    private static func isRecord(_ description: Substring) -> Bool {
        let parts = description.split(separator: "'", omittingEmptySubsequences: false)
        // Texts are the odd parts; between them stands what Python needs.
        guard parts.count % 2 == 1 else { return false }
        for index in stride(from: 1, to: parts.count, by: 2) {
            let before = parts[index - 1].filter { $0 != " " }
            guard parts[index - 1].allSatisfy({ "[](), 0123456789".contains($0) }), !before.isEmpty else {
                return false
            }
            let isName = before.hasSuffix("[(") || before.hasSuffix("),(")
            if !isName, !isPlain(parts[index]) { return false }
        }
        return parts.last.map { $0.allSatisfy { "[](), 0123456789".contains($0) } } ?? false
    }

    /// Whether a type is one of numbers or text: `<f8`, `|S12`, `<M8[ns]`.
    private static func isPlain(_ type: Substring) -> Bool {
        let code = type.first.map { "<>|=".contains($0) } ?? false ? type.dropFirst() : type
        guard let kind = code.first, "biufcSUVmMa?".contains(kind) else { return false }
        let rest = code.dropFirst().drop { $0.isASCII && $0.isNumber }
        let isTime = "mM".contains(kind) && rest.hasPrefix("[") && rest.hasSuffix("]")
        return rest.isEmpty
            || isTime && rest.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "[]/".contains($0)) }
    }
}
