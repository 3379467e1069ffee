/// Recognizes the scripts that installers generate from entry points.
///
/// Launchers are rewritten by every installer differently, so that no digest can be compared. They all consist of the
/// same few statements: pip and distlib, uv, `installer` (poetry, pdm), conda. A script with any other statement is not from an installer.
package enum LauncherScript {
    /// What is wrong with a launcher, or nil.
    ///
    /// - Parameters:
    ///   - bytes: the script; nil when it is missing or too large.
    ///   - target: what the entry point names, `package.module:object.attribute`.
    package static func problem(_ bytes: [UInt8]?, target: String) -> String? {
        guard let bytes, let body = body(bytes), let text = String(validating: body, as: UTF8.self) else {
            return "is not a script with the first line that installers write"
        }
        let reference = target.prefix { $0 != "[" }.split(separator: ":", maxSplits: 1).map { part in
            String(part.filter { $0 != " " && $0 != "\t" })
        }
        // No installer generates a script for an entry point without an object.
        guard reference.count == 2 else { return nil }
        let object = reference[1].split(separator: ".").first ?? ""
        let imports = "from \(reference[0]) import \(object)"
        let call = "sys.exit(\(reference[1])())"
        var imported = 0
        var called = 0
        var number = bytes.count > body.count ? bytes.dropLast(body.count).count { $0 == UInt8(ascii: "\n") } : 0
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            let statement = trimmed(String(line) ?? "").replacing("'", with: "\"")
            if statement.isEmpty || known.contains(statement) { continue }
            if statement == imports {
                imported += 1
            } else if statement == call {
                called += 1
            } else if !setsArgument(statement) {
                return "contains a statement that no installer writes for the entry point \(target), in line \(number)"
            }
        }
        return imported == 1 && called == 1 ? nil : "does not call the entry point \(target)"
    }

    /// Returns the bytes after the lines that name the interpreter; nil when an installer does not write these lines.
    ///
    /// `#!/path/python`, or for long paths and paths with blanks `#!/bin/sh`, `'''exec' /path/python "$0" "$@"`, `' '''`.
    static func body(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        guard bytes.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")]),
            let end = bytes.firstIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        let first = trimmed(String(decoding: bytes[2..<end], as: UTF8.self))
        let rest = bytes[(end + 1)...]
        // Linux takes a carriage return for a part of the name, and what follows a blank for an argument.
        if bytes[end - 1] == UInt8(ascii: "\r") { return nil }
        if isInterpreter(first, mayHaveBlanks: false) { return rest }
        guard first == "/bin/sh", let second = rest.firstIndex(of: UInt8(ascii: "\n")),
            let third = rest[(second + 1)...].firstIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        var command = String(decoding: rest[..<second], as: UTF8.self)[...]
        guard command.hasPrefix("'''exec' "), command.hasSuffix(" \"$0\" \"$@\""),
            rest[(second + 1)..<third].elementsEqual("' '''".utf8)
        else { return nil }
        command = command.dropFirst("'''exec' ".count).dropLast(" \"$0\" \"$@\"".count)
        var isQuoted = false
        if let quote = command.first, quote == "\"" || quote == "'", command.last == quote, command.count > 1 {
            command = command.dropFirst().dropLast()
            isQuoted = true
        }
        return isInterpreter(String(command), mayHaveBlanks: isQuoted) ? rest[(third + 1)...] : nil
    }

    /// A path to a Python, with or without options; `coding` in the first line would make Python read the rest as something
    /// else, `-m` and `-c` would make it run something else.
    private static func isInterpreter(_ text: String, mayHaveBlanks: Bool) -> Bool {
        let plain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x20, 0x2B, 0x2D, 0x2E, 0x2F, 0x40, 0x5F, 0x80...: true
            default: false
            }
        }
        guard plain, text.hasPrefix("/") || text.hasPrefix("python"), !text.contains("coding") else { return false }
        let words = text.split(separator: " -", omittingEmptySubsequences: false)
        let options = words.dropFirst().allSatisfy { $0.allSatisfy { "BEIOPRSbdqsuv ".contains($0) } }
        guard options else { return false }
        let path = words.first ?? ""
        if !mayHaveBlanks, path.contains(" ") { return false }
        let name = path.split(separator: "/").last ?? ""
        return name.hasPrefix("python") || name.hasPrefix("pypy")
    }

    private static let known: Set<String> = [
        "# -*- coding: utf-8 -*-", "import re", "import sys", "if __name__ == \"__main__\":",
        "if sys.argv[0].endswith(\"-script.pyw\"):", "elif sys.argv[0].endswith(\".exe\"):",
        "if sys.argv[0].endswith(\".exe\"):",
    ]

    /// `sys.argv[0] = ...` of itself: cut, by `re.sub`, or by `removesuffix`.
    private static func setsArgument(_ statement: String) -> Bool {
        guard statement.hasPrefix("sys.argv[0] = ") else { return false }
        let value = statement.dropFirst("sys.argv[0] = ".count)
        let forms: [(start: String, end: String)] = [
            ("re.sub(r\"(-script", "$\", \"\", sys.argv[0])"), ("sys.argv[0][:-", "]"),
            ("sys.argv[0].removesuffix(\"", "\")"),
        ]
        for form in forms where value.hasPrefix(form.start) && value.hasSuffix(form.end) {
            let middle = value.dropFirst(form.start.count).dropLast(form.end.count)
            // Only what installers write: a count, an ending, the two endings of scripts on Windows.
            switch form.start {
            case "sys.argv[0][:-":
                return !middle.isEmpty && middle.count <= 2 && middle.utf8.allSatisfy { $0.isASCIIDigit }
            case "sys.argv[0].removesuffix(\"": return middle == ".exe" || middle == "-script.pyw"
            default: return middle == "\\.pyw|\\.exe)?" || middle == "\\.pyw?|\\.exe)?" || middle == ".pyw|.exe)?"
            }
        }
        return false
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while let last = text.utf8.last, last.isASCIIBlank || last == UInt8(ascii: "\r") { text = text.dropLast() }
        return String(text.drop { $0 == " " || $0 == "\t" })
    }
}
