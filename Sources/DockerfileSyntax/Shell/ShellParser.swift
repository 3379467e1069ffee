/// Reads a script into its statements; what it could read before an error is kept.
struct ShellParser {
    let text: MappedText
    let bytes: [UInt8]
    let end: Int
    var index: Int
    var heredocs: [ShellSyntaxHeredoc] = []
    /// The here-documents whose content stands behind the next line feed.
    var pendingHeredocs: [Int] = []
    var depth: Int
    /// Where `((` turned out to be no arithmetic, so that nested ones are not tried again and again.
    var noArithmetic: Set<Int> = []
    static let maximumDepth = 48

    init(_ text: MappedText, depth: Int) {
        self.text = text
        bytes = text.bytes
        index = 0
        end = text.count
        self.depth = depth
    }

    /// Reads a script; never fails, what is wrong is its ``ShellScript/problem``.
    static func parse(_ text: MappedText, depth: Int = 0) -> (script: ShellScript, heredocs: [ShellSyntaxHeredoc]) {
        var parser = ShellParser(text, depth: depth)
        var body = ShellBody()
        var problem: ShellSyntaxError?
        do throws(ShellSyntaxError) {
            try parser.statements(into: &body)
            if parser.index < parser.end { throw parser.error("unexpected '\(parser.near)'") }
            if !parser.pendingHeredocs.isEmpty { try parser.readHeredocs() }
        } catch {
            problem = error
        }
        return (ShellScript(text: text, body: body, problem: problem), parser.heredocs)
    }

    func error(_ reason: String) -> ShellSyntaxError { ShellSyntaxError(reason: reason, offset: min(index, end)) }

    /// A few characters from here, for an error.
    var near: String {
        String(
            decoding: bytes[min(index, end)..<min(index + 12, end)].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    var peek: UInt8? { index < end ? bytes[index] : nil }
    func peek(_ distance: Int) -> UInt8? { index + distance < end ? bytes[index + distance] : nil }

    mutating func enter() throws(ShellSyntaxError) {
        depth += 1
        if depth > Self.maximumDepth { throw error("the script is nested too deeply") }
    }

    static func isNameStart(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte == UInt8(ascii: "_")
    }
    static func isName(_ byte: UInt8) -> Bool { isNameStart(byte) || byte.isASCIIDigit }
    /// Whether a byte ends a word.
    static func isMeta(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x09, 0x0A, UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "<"),
            UInt8(ascii: ">"), UInt8(ascii: "("), UInt8(ascii: ")"):
            true
        default: false
        }
    }

    /// Skips blanks, continued lines and a comment, but no line feed.
    mutating func skipBlanks() {
        while let byte = peek {
            if byte.isASCIIBlank {
                index += 1
            } else if byte == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "\n") {
                index += 2
            } else if byte == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "\r"), peek(2) == UInt8(ascii: "\n") {
                index += 3
            } else if byte == UInt8(ascii: "\r"), peek(1) == UInt8(ascii: "\n") {
                index += 1
            } else if byte == UInt8(ascii: "#") {
                while index < end, bytes[index] != UInt8(ascii: "\n") { index += 1 }
            } else {
                return
            }
        }
    }

    /// Skips blanks, comments and line feeds; here-documents are read behind a line feed.
    mutating func skipLines() throws(ShellSyntaxError) {
        while true {
            skipBlanks()
            guard peek == UInt8(ascii: "\n") else { return }
            index += 1
            if !pendingHeredocs.isEmpty { try readHeredocs() }
        }
    }

    /// Whether an unquoted word stands here, followed by something that ends a word.
    func isReserved(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard index + count <= end else { return false }
        let wanted = UnsafeBufferPointer(start: word.utf8Start, count: count)
        guard bytes[index..<(index + count)].elementsEqual(wanted) else { return false }
        return index + count == end || Self.isMeta(bytes[index + count]) || bytes[index + count] == UInt8(ascii: "\r")
    }

    mutating func accept(_ word: StaticString) -> Bool {
        guard isReserved(word) else { return false }
        index += word.utf8CodeUnitCount
        return true
    }

    mutating func expect(_ word: StaticString) throws(ShellSyntaxError) {
        try skipLines()
        guard accept(word) else { throw error("expected '\(word)' at '\(near)'") }
    }

    func has(_ symbol: StaticString) -> Bool {
        let count = symbol.utf8CodeUnitCount
        guard index + count <= end else { return false }
        return bytes[index..<(index + count)].elementsEqual(
            UnsafeBufferPointer(start: symbol.utf8Start, count: count))
    }

    private static let closers: [StaticString] = ["then", "else", "elif", "fi", "do", "done", "esac", "}"]

    /// Reads statements up to `)`, `;;`, a reserved word that closes, or the end.
    mutating func statements(into body: inout ShellBody) throws(ShellSyntaxError) {
        while true {
            try skipLines()
            guard let byte = peek else { return }
            if byte == UInt8(ascii: ")") || has(";;") || has(";&") { return }
            for closer in Self.closers where isReserved(closer) { return }
            var statement = ShellStatement(elements: [], isBackground: false)
            do throws(ShellSyntaxError) {
                try andOr(into: &statement)
            } catch {
                if !statement.elements.isEmpty { body.statements.append(statement) }
                throw error
            }
            skipBlanks()
            if peek == UInt8(ascii: "&") {
                index += 1
                statement.isBackground = true
            } else if peek == UInt8(ascii: ";"), !has(";;"), !has(";&") {
                index += 1
            } else if let byte = peek, byte != 0x0A, byte != UInt8(ascii: ")"), !has(";;"), !has(";&") {
                body.statements.append(statement)
                // Behind a compound command a word that closes needs no separator: `fi fi`.
                if statement.endsWithCompound, Self.closers.contains(where: { isReserved($0) }) { return }
                throw error("unexpected '\(near)'")
            }
            body.statements.append(statement)
        }
    }

    private mutating func andOr(into statement: inout ShellStatement) throws(ShellSyntaxError) {
        var connector = ShellConnector.sequence
        while true {
            var pipeline = ShellPipeline(isNegated: false, commands: [])
            do throws(ShellSyntaxError) {
                try self.pipeline(into: &pipeline)
            } catch {
                if !pipeline.commands.isEmpty {
                    statement.elements.append(.init(connector: connector, pipeline: pipeline))
                }
                throw error
            }
            statement.elements.append(.init(connector: connector, pipeline: pipeline))
            skipBlanks()
            if has("&&") {
                connector = .and
            } else if has("||") {
                connector = .or
            } else {
                return
            }
            index += 2
            try skipLines()
        }
    }

    private mutating func pipeline(into pipeline: inout ShellPipeline) throws(ShellSyntaxError) {
        skipBlanks()
        while accept("!") {
            pipeline.isNegated.toggle()
            skipBlanks()
        }
        while true {
            pipeline.commands.append(try command())
            skipBlanks()
            guard peek == UInt8(ascii: "|"), !has("||") else { return }
            index += has("|&") ? 2 : 1
            try skipLines()
        }
    }

    /// The redirections behind a compound command.
    mutating func redirects() throws(ShellSyntaxError) -> [ShellRedirect] {
        var result: [ShellRedirect] = []
        while true {
            skipBlanks()
            guard let redirect = try redirect() else { return result }
            result.append(redirect)
        }
    }

    /// The content of the here-documents that were named on the line that has just ended.
    mutating func readHeredocs() throws(ShellSyntaxError) {
        let pending = pendingHeredocs
        pendingHeredocs = []
        for number in pending {
            let delimiter = Array(heredocs[number].delimiter.utf8)
            let start = index
            var contentEnd = index
            while index < end {
                var lineEnd = index
                while lineEnd < end, bytes[lineEnd] != UInt8(ascii: "\n") { lineEnd += 1 }
                var content = index..<lineEnd
                if content.upperBound > content.lowerBound, bytes[content.upperBound - 1] == UInt8(ascii: "\r") {
                    content = content.lowerBound..<(content.upperBound - 1)
                }
                if heredocs[number].stripsTabs {
                    let tabs = bytes[content].prefix { $0 == UInt8(ascii: "\t") }.count
                    content = (content.lowerBound + tabs)..<content.upperBound
                }
                index = min(lineEnd + 1, end)
                if bytes[content].elementsEqual(delimiter) { break }
                contentEnd = index
            }
            heredocs[number].content = start..<contentEnd
            if !heredocs[number].isQuoted {
                heredocs[number].parts = try heredocParts(start..<contentEnd)
            }
            // The line feed behind the delimiter ends the command's line, as the one before the content did.
        }
    }

    private func heredocParts(_ range: Range<Int>) throws(ShellSyntaxError) -> [ShellWordPart] {
        var inner = self
        inner.index = range.lowerBound
        var parts: [ShellWordPart] = []
        while inner.index < range.upperBound {
            let byte = inner.bytes[inner.index]
            if byte == UInt8(ascii: "\\") {
                inner.index += 2
            } else if byte == UInt8(ascii: "$") || byte == UInt8(ascii: "`") {
                if let part = try inner.substitution(isQuoted: true) { parts.append(part) } else { inner.index += 1 }
            } else {
                inner.index += 1
            }
        }
        return parts
    }
}
