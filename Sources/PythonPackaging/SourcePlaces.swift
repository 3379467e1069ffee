internal import Glibc

/// Tells whether a place of a source is code, and what stands around it.
struct SourcePlaces {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var depth = 0
    /// The quote of the string that is open, and whether it is a triple one.
    private var quote: (byte: UInt8, isTriple: Bool)?

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Returns whether a place behind those that were asked about is outside of strings, brackets and comments.
    mutating func isCode(at place: Int) -> Bool { isOutsideText(at: place) && depth == 0 }

    /// Returns whether a place behind those that were asked about is outside of strings and comments.
    mutating func isOutsideText(at place: Int) -> Bool {
        while position < place {
            let byte = bytes[position]
            position += 1
            if let open = quote {
                if byte == UInt8(ascii: "\\") {
                    position += 1
                } else if byte == open.byte {
                    if !open.isTriple {
                        quote = nil
                    } else if isRepeated(byte) {
                        position += 2
                        quote = nil
                    }
                } else if byte == 0x0A, !open.isTriple {
                    quote = nil
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                let isTriple = isRepeated(byte)
                if isTriple { position += 2 }
                quote = (byte, isTriple)
            case UInt8(ascii: "#"):
                guard let base = bytes.baseAddress, let end = memchr(base + position, 0x0A, bytes.count - position)
                else { return false }
                position = UnsafeRawPointer(end) - base
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
            default: break
            }
        }
        return position == place && quote == nil
    }

    private func isRepeated(_ byte: UInt8) -> Bool {
        position + 1 < bytes.count && bytes[position] == byte && bytes[position + 1] == byte
    }

    /// Returns when an indented statement runs, by the line at the left margin above it.
    func place(of statement: Int, indent: Int, top: Int) -> ImportStatement.Place {
        // What is deeper stands in another block, which may be anything.
        guard indent <= 4, top < statement else { return .handled }
        let head = bytes[top...]
        if head.starts(with: "try:".utf8) { return handlersRaise(after: statement) ? .always : .handled }
        for word in ["if ", "if(", "elif ", "else:", "with ", "for ", "while "] where head.starts(with: word.utf8) {
            let line = bytes[top..<min(statement, top + 256)].prefix { $0 != 0x0A }
            return Self.isTypeChecking(line) ? .handled : .block
        }
        return .handled
    }

    private static func isTypeChecking(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
        line.indices.contains { line[$0] == UInt8(ascii: "T") && line[$0...].starts(with: "TYPE_CHECKING".utf8) }
    }

    /// Returns whether each handler of the `try` around a place raises at the level of its block.
    private func handlersRaise(after place: Int) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        var line = place
        var handlers = 0
        var raising = 0
        var isHandler = false
        var indent: Int?
        for _ in 0..<1000 {
            guard let end = memchr(base + line, 0x0A, bytes.count - line) else { break }
            line = UnsafeRawPointer(end) - base + 1
            guard line < bytes.count else { break }
            let first = bytes[line]
            if first == 0x0A || first == 0x0D || first == UInt8(ascii: "#") { continue }
            if first != UInt8(ascii: " "), first != UInt8(ascii: "\t") {
                guard bytes[line...].starts(with: "except".utf8) else {
                    // What follows `else` and `finally` does not take a failure.
                    if bytes[line...].starts(with: "else:".utf8) || bytes[line...].starts(with: "finally:".utf8) {
                        isHandler = false
                        continue
                    }
                    break
                }
                handlers += 1
                isHandler = true
                indent = nil
                continue
            }
            guard isHandler else { continue }
            var start = line
            while start < bytes.count, bytes[start] == UInt8(ascii: " ") || bytes[start] == UInt8(ascii: "\t") {
                start += 1
            }
            guard start < bytes.count, bytes[start] != 0x0A, bytes[start] != UInt8(ascii: "#") else { continue }
            if indent == nil { indent = start - line }
            if start - line == indent, bytes[start...].starts(with: "raise".utf8) {
                raising += 1
                isHandler = false
            }
        }
        return handlers > 0 && raising == handlers
    }
}
