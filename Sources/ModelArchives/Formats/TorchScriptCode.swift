import ArchiveReading
import EnvironmentInventory

/// The code in a TorchScript archive, a language of its own that looks like Python
/// (https://docs.pytorch.org/docs/stable/jit_language_reference.html): most operators compute, `aten::save` and
/// `aten::from_file` write and read a file. `__setstate__` runs when the archive is loaded, the rest when it is called.
///
/// What is found counts only where ``PyTorchFormat`` finds the archive to be one of TorchScript.
enum TorchScriptCode: ModelFormat {
    static let name = "torchscript-code"
    private static let largest = 64 << 20

    static func detects(_ head: FileHead) -> Bool {
        head.path.hasSuffix(".py") && head.path.pathNames.dropLast().contains("code")
    }

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        var content = ModelFileContent(name)
        content.isTentative = true
        guard (head.size ?? 0) <= largest else {
            content.leaveOut("", "the code is too long to be read", in: file)
            return content
        }
        for call in calls(try source.readAll(limit: largest)) {
            content.findings.append(
                Finding(
                    rule: ModelRules.dangerousGlobal.name, severity: .warning, file: file, range: nil,
                    message: "loading or calling the model may run \(call.name) (line \(call.line))",
                    help: "do not load this file; ask where it comes from", ecosystem: .model, subject: call.name))
            content.leaveOut(call.name, "what the code does with files is not read", in: file, at: .line(call.line))
        }
        return content
    }

    private enum Token: Equatable {
        case word(String)
        case text(String)
        case sign(UInt8)
    }

    private static let operators: Set<String> = ["save", "from_file"]
    private static let namespaces: Set<String> = ["torch", "aten"]

    /// The operators on files that a text names, each once.
    static func calls(_ bytes: [UInt8]) -> [(name: String, line: Int)] {
        var found: [(name: String, line: Int)] = []
        var last: [Token] = []
        func add(_ name: String, _ line: Int) {
            if !found.contains(where: { $0.name == name }) { found.append((name, line)) }
        }
        scan(bytes) { token, line in
            let before = last.last
            let twoBefore = last.dropLast().last
            switch token {
            case .word(let word) where operators.contains(word):
                if before == .sign(UInt8(ascii: ".")), case .word(let space)? = twoBefore, namespaces.contains(space) {
                    add("torch.\(word)", line)
                }
            case .text(let text):
                // getattr(torch, "save"); an escape in the text may spell anything.
                if last.contains(.word("getattr")), operators.contains(text) || text.contains("\\") {
                    add("getattr", line)
                }
            default: break
            }
            // A namespace that is given to a name is reached by that name.
            if case .word(let word)? = before, token != .sign(UInt8(ascii: ".")),
                word == "torch" || word == "aten" && twoBefore == .sign(UInt8(ascii: "."))
            {
                add(word, line)
            }
            last.append(token)
            if last.count > 8 { last.removeFirst() }
        }
        return found
    }

    /// Hands on the words, texts and signs, without blanks, comments and lines that go on.
    private static func scan(_ bytes: [UInt8], _ take: (Token, Int) -> Void) {
        var index = 0
        var line = 1
        func isWord(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...: true
            default: false
            }
        }
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0x0A:
                line += 1
                index += 1
            case 0x09, 0x0C, 0x0D, 0x20, UInt8(ascii: "\\"): index += 1
            case UInt8(ascii: "#"):
                while index < bytes.count, bytes[index] != 0x0A { index += 1 }
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                let start = index + 1
                index = start
                while index < bytes.count, bytes[index] != byte, bytes[index] != 0x0A {
                    index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
                }
                let end = min(index, bytes.count)
                take(.text(String(decoding: bytes[min(start, end)..<end], as: UTF8.self)), line)
                if end < bytes.count, bytes[end] == byte { index += 1 }
            case _ where isWord(byte):
                let start = index
                while index < bytes.count, isWord(bytes[index]) { index += 1 }
                take(.word(String(decoding: bytes[start..<index], as: UTF8.self)), line)
            default:
                take(.sign(byte), line)
                index += 1
            }
        }
        // The end of the text ends the last word.
        take(.sign(0x0A), line)
    }
}
