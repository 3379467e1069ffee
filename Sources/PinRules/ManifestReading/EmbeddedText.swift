import DockerfileSyntax
import SourceDocuments

/// Texts that a YAML or JSON document holds, with the way back to the bytes of the file.
enum EmbeddedText {
    /// The text of a string; every byte knows its place where the string is written as it is, and the whole string's
    /// place where escapes or folding change it.
    static func text(of node: DocumentNode, in file: SourceText) -> MappedText {
        let value = node.string ?? node.text ?? ""
        let range = file.offsets(of: node.range)
        let bytes = Array(value.utf8)
        for inner in [range, (range.lowerBound + 1)..<max(range.lowerBound + 1, range.upperBound - 1)]
        where inner.upperBound <= file.bytes.count && file.bytes[inner].elementsEqual(bytes) {
            return MappedText(file.bytes, inner)
        }
        if let block = block(range, bytes, file) { return block }
        return MappedText(value, standingFor: range)
    }

    /// The YAML that a string holds, with the positions of the file; nil for a text that is none.
    static func document(of node: DocumentNode, in file: SourceText) -> DocumentNode? {
        let mapped = text(of: node, in: file)
        let inner = SourceText(name: file.name, bytes: mapped.bytes)
        return try? YAMLReader.read(inner).moved { file.range(mapped.fileRange(inner.offsets(of: $0))) }
    }

    /// A block scalar, `|`: its lines without the indentation; nil when they are not the value.
    private static func block(_ range: Range<Int>, _ value: [UInt8], _ file: SourceText) -> MappedText? {
        guard range.lowerBound < file.bytes.count, file.bytes[range.lowerBound] == UInt8(ascii: "|") else { return nil }
        let first = file.place(at: range.lowerBound).line + 1
        var result = MappedText()
        var indentation: Int?
        var line = first
        while result.count < value.count, let offsets = file.offsets(ofLine: line) {
            let bytes = file.bytes[offsets]
            let blanks = bytes.prefix { $0 == UInt8(ascii: " ") }.count
            if indentation == nil, blanks < bytes.count { indentation = blanks }
            let start = offsets.lowerBound + min(indentation ?? blanks, blanks)
            var end = offsets.upperBound
            if end > start, file.bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
            result.append(file.bytes[start..<end], at: start)
            if result.count < value.count { result.append([UInt8(ascii: "\n")][...], at: offsets.upperBound) }
            line += 1
        }
        return result.bytes == value ? result : nil
    }
}

/// The documents of a YAML stream, which are divided by `---` and ended by `...`; directives (`%YAML 1.1`) belong to the
/// document behind them.
enum YAMLStream {
    /// Reads every document; positions are those of the whole text. Of a key that a mapping has twice the first is kept, for
    /// the tools of Kubernetes accept it.
    static func read(_ text: SourceText) throws(DocumentError) -> [DocumentNode] {
        var documents: [DocumentNode] = []
        var start = 0
        var startLine = 1
        func document(_ end: Int) throws(DocumentError) -> DocumentNode? {
            let bytes = Array(text.bytes[start..<max(start, end)])
            if bytes.allSatisfy({ $0.isASCIIBlank || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
                return nil
            }
            do throws(DocumentError) {
                let node = try Self.node(SourceText(name: text.name, bytes: bytes))
                return startLine == 1 ? node : node.moved(byLines: startLine - 1)
            } catch {
                throw DocumentError(
                    file: error.file,
                    place: error.place.map { SourcePosition(line: $0.line + startLine - 1, column: $0.column) },
                    reason: error.reason)
            }
        }
        var hasDirective = text.bytes.starts(with: [0xEF, 0xBB, 0xBF, UInt8(ascii: "%")])
        for line in 1...max(1, text.lineCount) {
            guard let offsets = text.offsets(ofLine: line) else { break }
            let bytes = text.bytes[offsets]
            if bytes.first == UInt8(ascii: "%"), isEmpty(text.bytes[start..<offsets.lowerBound]) { hasDirective = true }
            let isEnd = isMark(bytes, "...")
            guard isEnd || isMark(bytes, "---") else { continue }
            if hasDirective, !isEnd {
                hasDirective = false
                continue
            }
            if let node = try document(offsets.lowerBound) { documents.append(node) }
            hasDirective = false
            start = isEnd ? min(offsets.upperBound + 1, text.bytes.count) : offsets.lowerBound
            startLine = isEnd ? line + 1 : line
        }
        if let node = try document(text.bytes.count) { documents.append(node) }
        return documents
    }

    private static func isMark(_ line: ArraySlice<UInt8>, _ mark: String) -> Bool {
        line.starts(with: mark.utf8)
            && (line.count == 3 || [0x20, 0x09, 0x0D].contains(line[line.startIndex + 3]))
    }

    /// Whether lines are blank, comments or directives.
    private static func isEmpty(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.split(separator: UInt8(ascii: "\n")).allSatisfy { line in
            let first = line.first { !$0.isASCIIBlank && $0 != UInt8(ascii: "\r") }
            return first == nil || first == UInt8(ascii: "#") || line.first == UInt8(ascii: "%")
        }
    }

    private static func node(_ text: SourceText) throws(DocumentError) -> DocumentNode {
        do { return try YAMLReader.read(text) } catch { return try YAMLReader.readWithDuplicates(text).root }
    }
}

extension DocumentNode {
    /// The node with every position moved down.
    fileprivate func moved(byLines count: Int) -> DocumentNode {
        func moved(_ position: SourcePosition) -> SourcePosition {
            SourcePosition(line: position.line + count, column: position.column)
        }
        return self.moved { SourceRange(start: moved($0.start), end: moved($0.end)) }
    }

    /// The node with every range where a function puts it.
    fileprivate func moved(_ place: (SourceRange) -> SourceRange) -> DocumentNode {
        let range = place(range)
        if let table {
            var result = DocumentTable()
            for member in table.members {
                let key = place(SourceRange(start: member.keyPlace, end: member.keyPlace)).start
                _ = result.insert(.init(key: member.key, keyPlace: key, value: member.value.moved(place)))
            }
            return DocumentNode(.table(result), range: range)
        }
        if let array { return DocumentNode(.array(array.map { $0.moved(place) }), range: range) }
        return DocumentNode(value, range: range, raw: raw)
    }

    /// The member of a path of keys, `node["build", "args"]`; nil when one of them is not there.
    subscript(keys keys: String...) -> DocumentNode? {
        var node = self
        for key in keys {
            guard let next = node.table?[key] else { return nil }
            node = next
        }
        return node
    }

    /// The members of a mapping; none for anything else.
    var members: [DocumentTable.Member] { table?.members ?? [] }

    /// The items of a list, or the value alone.
    var items: [DocumentNode] { array ?? (isNull ? [] : [self]) }
}
