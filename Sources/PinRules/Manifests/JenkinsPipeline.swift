import DockerfileSyntax
import SourceDocuments

/// Pipelines of Jenkins (https://www.jenkins.io/doc/book/pipeline/syntax/): images of agents, and commands of `sh`. Groovy is
/// not run: what code puts together, shared libraries and pods in strings are reported as not read.
enum JenkinsPipeline: Manifest {
    static let kind = "jenkins pipeline"

    static func matches(path: String) -> Bool {
        let name = ManifestPath.name(of: path)
        let parts = name.split { ".-_".contains($0) }
        guard parts.contains("jenkinsfile") else { return false }
        return !["md", "txt", "json", "yml", "yaml", "py", "sh", "html", "rst"].contains(parts.last)
    }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        let tokens = GroovyTokens.read(reader.text)
        reader.startJob()
        for index in tokens.indices {
            guard case .word(let word) = tokens[index].kind else { continue }
            let before = index > 0 ? tokens[index - 1].kind : .symbol(0)
            switch word {
            case "sh", "bat", "powershell", "pwsh":
                guard before != .symbol(UInt8(ascii: ".")) else { continue }
                readCommand(word, tokens, index, &reader)
            case "image", "docker": readImage(tokens, index, &reader)
            case "Library", "library":
                guard word == "library" || before == .symbol(UInt8(ascii: "@")) else { continue }
                addUnread("library", "what a shared library does", tokens, index, &reader)
            case "load":
                addUnread("load", "what another file does", tokens, index, &reader)
            case "yaml":
                addUnread("yaml", "a pod that a string holds", tokens, index, &reader)
            default: continue
            }
        }
    }

    /// The token behind a word, and behind an opening parenthesis or a colon.
    private static func argument(_ tokens: [GroovyTokens.Token], _ index: Int) -> Int? {
        var next = index + 1
        while next < tokens.count, next <= index + 2,
            tokens[next].kind == .symbol(UInt8(ascii: "(")) || tokens[next].kind == .symbol(UInt8(ascii: ":"))
        {
            next += 1
        }
        return next < tokens.count ? next : nil
    }

    private static func readImage(_ tokens: [GroovyTokens.Token], _ index: Int, _ reader: inout ManifestReader) {
        guard let next = argument(tokens, index), case .string(let text, let isKnown) = tokens[next].kind else {
            return
        }
        // Without the quotes, as it is written where code puts it together.
        let written = reader.text.string(tokens[next].range).filter { $0 != "\"" && $0 != "'" }
        reader.addImage(
            isKnown ? text.string : written, isKnown: isKnown, at: reader.text.range(tokens[next].range),
            requestedBy: "image")
    }

    private static func addUnread(
        _ word: String, _ what: String, _ tokens: [GroovyTokens.Token], _ index: Int, _ reader: inout ManifestReader
    ) {
        guard let next = argument(tokens, index), case .string(let text, _) = tokens[next].kind else { return }
        let first = text.string.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        reader.addUnread(
            first, requestedBy: word, "\(what) is not read", at: reader.text.range(tokens[next].range))
    }

    /// `sh 'x'`, `sh("x")`, `sh script: 'x', returnStdout: true`.
    private static func readCommand(
        _ word: String, _ tokens: [GroovyTokens.Token], _ index: Int, _ reader: inout ManifestReader
    ) {
        // `sh` is also a name of other things: `def sh = ..`, `[sh: 1]`.
        let isName = [UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: ".")].contains { symbol in
            index + 1 < tokens.count && tokens[index + 1].kind == .symbol(symbol)
        }
        guard !isName, var next = argument(tokens, index) else { return }
        if case .word = tokens[next].kind {
            // A named argument, else a variable that holds the command.
            let line = tokens[next...].prefix(24)
            if let script = line.indices.first(where: { line[$0].kind == .word("script") }), script + 2 < tokens.count,
                tokens[script + 1].kind == .symbol(UInt8(ascii: ":"))
            {
                next = script + 2
            }
        }
        let range = reader.text.range(tokens[index].range.lowerBound..<tokens[next].range.upperBound)
        guard case .string(let text, _) = tokens[next].kind else {
            if case .word = tokens[next].kind {
                reader.addUnread(word, requestedBy: "", "its text is made in the build", at: range)
            }
            return
        }
        if next + 1 < tokens.count, tokens[next + 1].kind == .symbol(UInt8(ascii: "+")) {
            reader.addUnread(word, requestedBy: "", "its text is put together in the build", at: range)
        }
        var place = ManifestReader.Place()
        if word != "sh" { place.interpreter = word == "bat" ? .commandPrompt : .powerShell }
        let string = DocumentNode(.string(text.string), range: reader.text.range(tokens[next].range))
        reader.addCommands(string, place) { _ in text }
    }
}

/// The words, strings and symbols of Groovy code, without comments (https://groovy-lang.org/syntax.html).
enum GroovyTokens {
    struct Token {
        enum Kind: Equatable {
            case word(String)
            /// A string, with a variable in the place of each value that code computes.
            case string(MappedText, isKnown: Bool)
            case symbol(UInt8)

            static func == (left: Kind, right: Kind) -> Bool {
                switch (left, right) {
                case (.word(let left), .word(let right)): left == right
                case (.symbol(let left), .symbol(let right)): left == right
                default: false
                }
            }
        }

        let kind: Kind
        let range: Range<Int>
    }

    static func read(_ text: SourceText) -> [Token] {
        let bytes = text.bytes
        var tokens: [Token] = []
        var index = 0
        func starts(_ word: StaticString, _ at: Int) -> Bool {
            word.withUTF8Buffer { bytes[min(at, bytes.count)...].starts(with: $0) }
        }
        while index < bytes.count {
            let byte = bytes[index]
            if starts("//", index) || starts("#!", index) && index == 0 {
                index = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            } else if starts("/*", index) {
                index += 2
                while index < bytes.count, !starts("*/", index) { index += 1 }
                index = min(index + 2, bytes.count)
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                let isTriple = starts("'''", index) || starts("\"\"\"", index)
                let (token, end) = string(bytes, index, isTriple ? 3 : 1)
                tokens.append(token)
                index = end
            } else if isWord(byte) {
                let end = bytes[index...].firstIndex { !isWord($0) } ?? bytes.count
                tokens.append(Token(kind: .word(text.string(index..<end)), range: index..<end))
                index = end
            } else {
                if !byte.isASCIIBlank, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
                    tokens.append(Token(kind: .symbol(byte), range: index..<(index + 1)))
                }
                index += 1
            }
        }
        return tokens
    }

    private static func isWord(_ byte: UInt8) -> Bool { byte.isASCIIAlphanumeric || byte == UInt8(ascii: "_") }

    private static func string(_ bytes: [UInt8], _ start: Int, _ quotes: Int) -> (Token, Int) {
        let quote = bytes[start]
        let isTemplate = quote == UInt8(ascii: "\"")
        var content = MappedText()
        var isKnown = true
        var index = start + quotes
        while index < bytes.count {
            let byte = bytes[index]
            if byte == quote, bytes[index..<min(index + quotes, bytes.count)].allSatisfy({ $0 == quote }),
                index + quotes <= bytes.count
            {
                index += quotes
                break
            }
            if quotes == 1, byte == UInt8(ascii: "\n") { break }
            if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                content.append(escape(bytes[index + 1])[...], standingFor: index..<(index + 2))
                index += 2
            } else if isTemplate, byte == UInt8(ascii: "$"), let end = expression(bytes, index) {
                let name = bytes[index..<end].filter(isWord)
                let variable = Array(Expressions.prefix.utf8) + name + Array("}".utf8)
                content.append(variable[...], standingFor: index..<end)
                isKnown = false
                index = end
            } else {
                content.append(bytes[index...index], at: index)
                index += 1
            }
        }
        return (Token(kind: .string(content, isKnown: isKnown), range: start..<index), index)
    }

    private static func escape(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "n"): [UInt8(ascii: "\n")]
        case UInt8(ascii: "t"): [UInt8(ascii: "\t")]
        case UInt8(ascii: "r"): [UInt8(ascii: "\r")]
        case UInt8(ascii: "\n"): []
        default: [byte]
        }
    }

    /// The end of `${..}` or `$name`; nil where the sign stands for itself.
    private static func expression(_ bytes: [UInt8], _ start: Int) -> Int? {
        guard start + 1 < bytes.count else { return nil }
        if bytes[start + 1] == UInt8(ascii: "{") {
            var depth = 0
            for index in (start + 1)..<bytes.count {
                if bytes[index] == UInt8(ascii: "{") { depth += 1 }
                if bytes[index] == UInt8(ascii: "}") {
                    depth -= 1
                    if depth == 0 { return index + 1 }
                }
            }
            return nil
        }
        guard bytes[start + 1].isASCIILetter || bytes[start + 1] == UInt8(ascii: "_") else { return nil }
        return bytes[(start + 1)...].firstIndex { !isWord($0) && $0 != UInt8(ascii: ".") } ?? bytes.count
    }
}
