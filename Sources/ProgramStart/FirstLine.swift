import ContainerImages
import SourceDocuments

/// The first line of a script, as Linux reads it
/// (https://github.com/torvalds/linux/blob/v6.6/fs/binfmt_script.c, `load_script`).
enum FirstLine {
    /// The interpreter's path as it is written, and all words after it as one.
    case program(String, argument: String?)
    /// What keeps it from being followed.
    case gap(String)

    /// What every Linux reads of a line, `#!` counted: 255 bytes from 5.1 on, and 127 before, which installers of Python keep to
    /// (https://github.com/torvalds/linux/commit/6eb3c3d0a52dca337e327ae8868ca1f44a712e02).
    private static let maximumLength = 127

    /// Reads a script's first bytes.
    init(_ entry: FileSystemIndex.Entry) {
        let end = entry.head.firstIndex(of: UInt8(ascii: "\n"))
        var line = entry.head[2..<(end ?? entry.head.count)]
        guard line.count + 2 <= Self.maximumLength, end != nil || entry.head.count >= entry.size else {
            self = .gap("its first line is longer than what every Linux reads of it")
            return
        }
        if line.contains(0) {
            self = .gap("its first line has a zero byte")
            return
        }
        // A carriage return is no blank: it belongs to the interpreter's name, or to the argument.
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        while let last = line.last, isBlank(last) { line.removeLast() }
        line = line.drop(while: isBlank)
        let name = line.prefix { !isBlank($0) }
        let argument = line[name.endIndex...].drop(while: isBlank)
        let text = String(decoding: name, as: UTF8.self)
        let words = String(decoding: argument, as: UTF8.self)
        if name.isEmpty {
            self = .gap("its first line names no interpreter")
        } else if !text.utf8.elementsEqual(name) || !words.utf8.elementsEqual(argument) {
            self = .gap("its first line is not UTF-8")
        } else {
            // The kernel opens a name without a slash in the working directory.
            self = .program(
                text.utf8.contains(UInt8(ascii: "/")) ? text : "./" + text, argument: words.isEmpty ? nil : words)
        }
    }
}

/// The first lines by which installers start a Python whose path has blanks or is too long for a first line:
/// `#!/bin/sh`, `'''exec' "/a b/python" "$0" "$@"`
/// (https://github.com/pypa/distlib/blob/0.3.9/distlib/scripts.py, `_build_shebang`;
/// https://github.com/astral-sh/uv/blob/0.5.0/crates/uv-install-wheel/src/wheel.rs, `format_shebang`).
enum Trampoline {
    /// The shell that runs it.
    static let shell = "/bin/sh"

    /// Returns the Python; nil for lines in which a shell may find anything but a plain absolute path.
    static func target(_ bytes: [UInt8]) -> String? {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
        let start = Array("'''exec' ".utf8)
        let end = Array(" \"$0\" \"$@\"".utf8)
        guard lines.count == 3, lines[0].elementsEqual("#!\(shell)".utf8), lines[1].starts(with: start),
            lines[1].count > start.count + end.count, lines[1].suffix(end.count).elementsEqual(end)
        else { return nil }
        var path = lines[1].dropFirst(start.count).dropLast(end.count)
        var isQuoted = false
        if let quote = path.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            guard path.count > 2, path.last == quote else { return nil }
            path = path.dropFirst().dropLast()
            isQuoted = true
        }
        guard path.first == UInt8(ascii: "/"), path.allSatisfy({ isPlain($0) || (isQuoted && $0 == UInt8(ascii: " ")) })
        else { return nil }
        return String(decoding: path, as: UTF8.self)
    }

    /// Whether a byte means itself for every shell, in and out of quotes.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || "_./+@-%,:".utf8.contains(byte)
    }
}
