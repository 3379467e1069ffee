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

    /// Whether a header is not exactly as numpy writes it for numbers, texts and records of them. It is Python, in which an
    /// `O` can be spelled in many ways (`ast.literal_eval` in
    /// https://github.com/numpy/numpy/blob/v2.4.0/numpy/lib/_format_impl.py): of other spellings nothing is said.
    static func mayHoldObjects(_ header: [UInt8]) -> Bool {
        var spelling = NumpySpelling(header)
        return !spelling.isPlainHeader { isPlain($0) }
    }

    /// Whether a type is one of numbers or text: `<f8`, `|S12`, `<M8[ns]`.
    private static func isPlain(_ text: String) -> Bool {
        let type = text[...]
        let code = type.first.map { "<>|=".contains($0) } ?? false ? type.dropFirst() : type
        guard let kind = code.first, "biufcSUVmMa?".contains(kind) else { return false }
        let rest = code.dropFirst().drop { $0.isASCII && $0.isNumber }
        let isTime = "mM".contains(kind) && rest.hasPrefix("[") && rest.hasSuffix("]")
        return rest.isEmpty
            || isTime && rest.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "[]/".contains($0)) }
    }
}

/// The header of an array, in the one spelling that numpy has for it.
private struct NumpySpelling {
    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether it is `{'descr': ..., 'fortran_order': False, 'shape': (2, 3), }`, blanks and a line end; other libraries
    /// leave the last comma out.
    mutating func isPlainHeader(_ isPlain: (String) -> Bool) -> Bool {
        guard take("{'descr': "), isType(isPlain), take(", 'fortran_order': "), take("True") || take("False"),
            take(", 'shape': "), isShape()
        else { return false }
        _ = take(",")
        takeAll(" ")
        guard take("}") else { return false }
        takeAll(" ")
        _ = take("\n")
        return index == bytes.count
    }

    /// `'<f8'`, or a list of fields.
    private mutating func isType(_ isPlain: (String) -> Bool) -> Bool {
        guard take("[") else { return text().map(isPlain) ?? false }
        depth += 1
        defer { depth -= 1 }
        guard depth <= 64 else { return false }
        if take("]") { return true }
        repeat { if !isField(isPlain) { return false } } while take(", ")
        return take("]")
    }

    /// `('name', '<f8')`, `(('title', 'name'), '<f8')`, `('name', '<f8', (2, 3))`.
    private mutating func isField(_ isPlain: (String) -> Bool) -> Bool {
        guard take("(") else { return false }
        if take("(") {
            guard text() != nil, take(", "), text() != nil, take(")") else { return false }
        } else if text() == nil {
            return false
        }
        guard take(", "), isType(isPlain) else { return false }
        if take(", "), !isShape() { return false }
        return take(")")
    }

    /// Numbers in parentheses, of Python 2 with an L.
    private mutating func isShape() -> Bool {
        guard take("(") else { return false }
        while index < bytes.count, "0123456789L, ".utf8.contains(bytes[index]) { index += 1 }
        return take(")")
    }

    /// A text in single quotes, without an escape.
    private mutating func text() -> String? {
        guard take("'"), let end = bytes[index...].firstIndex(of: UInt8(ascii: "'")) else { return nil }
        let piece = bytes[index..<end]
        guard !piece.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") || $0 < 0x20 }) else {
            return nil
        }
        index = end + 1
        return String(decoding: piece, as: UTF8.self)
    }

    private mutating func take(_ text: String) -> Bool {
        guard bytes[index...].starts(with: text.utf8) else { return false }
        index += text.utf8.count
        return true
    }

    private mutating func takeAll(_ letter: Unicode.Scalar) {
        while index < bytes.count, bytes[index] == UInt8(ascii: letter) { index += 1 }
    }
}
