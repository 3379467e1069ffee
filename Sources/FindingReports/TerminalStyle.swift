import EnvironmentInventory
import SourceDocuments

/// Colours for text that a person reads in a terminal (ECMA-48 SGR), or none.
package struct TerminalStyle: Sendable {
    /// Whether escape sequences are written.
    package let isColored: Bool

    /// Whether long lists are written out and not folded into counts.
    package let isVerbose: Bool

    /// The width of the terminal in columns, into which text is wrapped; nil for lines of any length.
    package var width: Int?

    /// The URL of the directory that paths are relative to, for links in Markdown; nil for no links.
    package var linkBase: String?

    /// Whether the number of findings of each rule is shown.
    package var showsStatistics = false

    /// Creates a style.
    package init(isColored: Bool, isVerbose: Bool = false, width: Int? = nil) {
        self.isColored = isColored
        self.isVerbose = isVerbose
        self.width = width
    }

    /// No colours.
    package static let plain = TerminalStyle(isColored: false)

    func bold(_ text: String) -> String { paint(text, "1") }
    func faint(_ text: String) -> String { paint(text, "2") }
    func red(_ text: String) -> String { paint(text, "1;31") }
    func green(_ text: String) -> String { paint(text, "1;32") }
    func yellow(_ text: String) -> String { paint(text, "1;33") }
    func cyan(_ text: String) -> String { paint(text, "1;36") }

    func severity(_ severity: Severity) -> String {
        switch severity {
        case .error: red("error")
        case .warning: yellow("warning")
        case .note: cyan("note")
        }
    }

    private func paint(_ text: String, _ code: String) -> String {
        isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// Text that a file brought in, made safe to show: control characters, separators of lines, what turns the direction of
/// writing and what cannot be seen become escapes, `\u{202e}`, so that a file name or a Dockerfile can neither move the cursor
/// nor hide a line. A backslash before `u{` becomes `\u{5c}`, so that two texts are never shown alike: no text is to be made
/// safe twice.
///
/// - Parameter keepsLines: whether line feeds stay, for text of several lines.
package func shown(_ text: String, keepsLines: Bool = false) -> String {
    var text = text
    let isPlain = text.withUTF8 { bytes in
        bytes.allSatisfy {
            ($0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\")) || $0 == 0x09 || ($0 == 0x0A && keepsLines)
        }
    }
    if isPlain { return text }
    var output = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
        let isEscaped =
            switch scalar {
            case "\t": false
            case "\n": !keepsLines
            case "\\": rest.starts(with: "u{".unicodeScalars)
            default: scalar.isUnseen
            }
        if isEscaped {
            output.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
        } else {
            output.append(scalar)
        }
    }
    return String(output)
}

func plural(_ count: Int, _ noun: String, _ nouns: String? = nil) -> String {
    "\(count) \(count == 1 ? noun : nouns ?? noun + "s")"
}
