import SourceDocuments

/// Reads the part of HCL that bake files use (https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md): blocks with
/// labels, attributes, strings, numbers, lists and objects.
///
/// An expression that is none of these has the value null. The blocks of one kind become a table by label.
struct HCLReader {
    private let text: SourceText
    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    private static let maximumDepth = 64

    private init(_ text: SourceText) {
        self.text = text
        bytes = text.bytes
    }

    /// Reads a whole file.
    static func read(_ text: SourceText) throws(DocumentError) -> DocumentNode {
        var reader = HCLReader(text)
        return DocumentNode(.table(try reader.body(isInner: false)), at: SourcePosition(line: 1, column: 1))
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func fail(_ reason: String) -> DocumentError {
        DocumentError(file: text.name, place: text.place(at: min(index, bytes.count)), reason: reason)
    }

    private mutating func skip(lineFeeds: Bool = true) {
        while let byte = peek {
            if byte.isASCIIBlank || byte == UInt8(ascii: "\r") || lineFeeds && byte == UInt8(ascii: "\n") {
                index += 1
            } else if byte == UInt8(ascii: "#") || bytes[index...].starts(with: "//".utf8) {
                while let byte = peek, byte != UInt8(ascii: "\n") {
                    _ = byte
                    index += 1
                }
            } else if bytes[index...].starts(with: "/*".utf8) {
                while index < bytes.count, !bytes[index...].starts(with: "*/".utf8) { index += 1 }
                index = min(index + 2, bytes.count)
            } else {
                return
            }
        }
    }

    private static func isName(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    private mutating func name() -> String? {
        let start = index
        while let byte = peek, Self.isName(byte) { index += 1 }
        return index > start ? text.string(start..<index) : nil
    }

    private mutating func body(isInner: Bool) throws(DocumentError) -> DocumentTable {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.maximumDepth else { throw fail("blocks are nested too deeply") }
        var table = DocumentTable()
        var blocks: [(key: String, place: SourcePosition, table: DocumentTable)] = []
        var positions: [String: Int] = [:]
        while true {
            skip()
            guard let byte = peek else {
                if isInner { throw fail("'}' is missing") }
                break
            }
            if byte == UInt8(ascii: "}"), isInner {
                index += 1
                break
            }
            let place = text.place(at: index)
            guard let key = try label() else { throw fail("a name was expected") }
            skip(lineFeeds: false)
            if peek == UInt8(ascii: "=") || peek == UInt8(ascii: ":") {
                index += 1
                _ = table.insert(.init(key: key, keyPlace: place, value: try value()))
                skip(lineFeeds: false)
                if peek == UInt8(ascii: ",") { index += 1 }
                continue
            }
            var labels: [String] = []
            while peek != UInt8(ascii: "{") {
                guard let next = try label() else { throw fail("'{' or '=' was expected") }
                labels.append(next)
                skip(lineFeeds: false)
            }
            index += 1
            let inner = DocumentNode(.table(try body(isInner: true)), at: place)
            // A table is changed where it is: a copy for each block would take quadratic time.
            let position = positions[key] ?? blocks.count
            if position == blocks.count {
                positions[key] = position
                blocks.append((key, place, DocumentTable()))
            }
            _ = blocks[position].table.insert(.init(key: labels.first ?? "", keyPlace: place, value: inner))
        }
        for (key, place, block) in blocks {
            _ = table.insert(.init(key: key, keyPlace: place, value: DocumentNode(.table(block), at: place)))
        }
        return table
    }

    private mutating func label() throws(DocumentError) -> String? {
        peek == UInt8(ascii: "\"") ? try string() : name()
    }

    private mutating func string() throws(DocumentError) -> String {
        index += 1
        var content: [UInt8] = []
        while let byte = peek, byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\n") { throw fail("the string is not closed") }
            if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                index += 1
                content.append(Self.escapes[bytes[index]] ?? bytes[index])
            } else {
                content.append(byte)
            }
            index += 1
        }
        guard peek != nil else { throw fail("the string is not closed") }
        index += 1
        return String(decoding: content, as: UTF8.self)
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "n"): UInt8(ascii: "\n"), UInt8(ascii: "r"): UInt8(ascii: "\r"),
        UInt8(ascii: "t"): UInt8(ascii: "\t"),
    ]

    /// Reads a here-document, `<<EOT` or `<<-EOT` without the indentation that all of its lines have; nil for anything else.
    private mutating func heredoc() throws(DocumentError) -> DocumentNode? {
        guard bytes[index...].starts(with: "<<".utf8) else { return nil }
        let start = index
        index += 2
        let isIndented = peek == UInt8(ascii: "-")
        if isIndented { index += 1 }
        guard let marker = name() else {
            index = start
            return nil
        }
        while let byte = peek, byte.isASCIIBlank || byte == UInt8(ascii: "\r") { index += 1 }
        guard peek == UInt8(ascii: "\n") else {
            index = start
            return nil
        }
        index += 1
        let content = index
        while index < bytes.count {
            let line = index
            index = bytes[line...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let word = text.string(line..<index).split { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\r\n" }
            if word.count == 1, word[0] == marker {
                let written = text.string(content..<line)
                return DocumentNode(
                    .string(isIndented ? Self.withoutIndentation(written) : written), range: text.range(content..<line))
            }
            index = min(index + 1, bytes.count)
        }
        throw fail("the here-document \(marker) is not closed")
    }

    private static func withoutIndentation(_ text: String) -> String {
        // A carriage return and a line feed are one character.
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        let widths = lines.filter { $0.contains { $0 != " " } }.map { $0.prefix { $0 == " " }.count }
        let width = widths.min() ?? 0
        return lines.map { $0.dropFirst(min(width, $0.prefix { $0 == " " }.count)) }.joined(separator: "\n")
    }

    private mutating func value() throws(DocumentError) -> DocumentNode {
        skip(lineFeeds: false)
        if let heredoc = try heredoc() { return heredoc }
        let start = index
        let node: DocumentNode
        switch peek {
        case UInt8(ascii: "\"")?: node = DocumentNode(.string(try string()), range: text.range(start..<index))
        case UInt8(ascii: "[")?:
            depth += 1
            defer { depth -= 1 }
            guard depth < Self.maximumDepth else { throw fail("lists are nested too deeply") }
            index += 1
            var items: [DocumentNode] = []
            while true {
                skip()
                if peek == UInt8(ascii: "]") { break }
                guard peek != nil else { throw fail("']' is missing") }
                let start = index
                items.append(try value())
                skip()
                // A bracket that closes nothing is no value.
                guard index > start else { throw fail("a value was expected") }
                if peek == UInt8(ascii: ",") { index += 1 }
            }
            index += 1
            node = DocumentNode(.array(items), range: text.range(start..<index))
        case UInt8(ascii: "{")?:
            index += 1
            node = DocumentNode(.table(try body(isInner: true)), range: text.range(start..<index))
        default: node = DocumentNode(.null, at: text.place(at: start))
        }
        // What stands behind a value makes it an expression.
        skip(lineFeeds: false)
        let isWhole = peek.map { ",]}\n#".utf8.contains($0) } ?? true
        if isWhole, !node.isNull { return node }
        if node.isNull, let number = name() {
            skip(lineFeeds: false)
            if peek.map({ ",]}\n#".utf8.contains($0) }) ?? true,
                number.utf8.allSatisfy(\.isASCIIDigit) || ["true", "false"].contains(number)
            {
                return DocumentNode(.string(number), range: text.range(start..<index))
            }
        }
        try skipExpression()
        return DocumentNode(.null, range: text.range(start..<index))
    }

    /// Goes to the end of an expression: the line's end, or a bracket that closes what is around it.
    private mutating func skipExpression() throws(DocumentError) {
        var open = 0
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                _ = try string()
                continue
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): open += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                if open == 0 { return }
                open -= 1
            case UInt8(ascii: ","), UInt8(ascii: "\n"): if open == 0 { return }
            default: break
            }
            index += 1
        }
    }
}
