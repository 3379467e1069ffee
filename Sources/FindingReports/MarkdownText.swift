/// Text for GitHub's Markdown (https://github.github.com/gfm/): nothing that was read can end a table's cell, start a tag, a
/// link or a mention, and what is too long is folded or cut.
enum MarkdownText {
    /// What a comment holds: 65,536 characters; bytes are counted, of which no character has fewer than one.
    static let maximumCommentSize = 65_000
    /// From so many rows on a table is folded.
    static let maximumOpenRows = 20
    /// The longest text of one cell, in characters.
    private static let maximumCellLength = 400

    /// Text as text.
    ///
    /// - Parameter keepsLinks: whether an address in it becomes a link: only where the program wrote it.
    static func cell(_ text: String, keepsLinks: Bool = false) -> String {
        // The word joiners come last: in what was read they become escapes.
        let safe = shown(cut(text))
        let text = keepsLinks ? safe : withoutLinks(safe)
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "|", "\\", "`", "*", "_", "[", "]", "<", ">", "#", "~", "!": output += "\\\(scalar)"
            case "&": output += "&amp;"
            // A backslash does not hold GitHub back from telling a person who has that name.
            case "@": output += "@&#8203;"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    /// Separates what GitHub would join to a link: `http://`, `www.`.
    private static func withoutLinks(_ text: String) -> String {
        var output = ""
        var rest = text[...]
        while let mark = ["://", "www."].compactMap({ rest.firstRange(of: $0) }).min(by: {
            $0.lowerBound < $1.lowerBound
        }) {
            // A word joiner has no width. It stands before the last character of the mark.
            let last = rest.index(before: mark.upperBound)
            output += rest[..<last] + "\u{2060}" + rest[last..<mark.upperBound]
            rest = rest[mark.upperBound...]
        }
        return output + rest
    }

    /// Text as code, which GitHub looks at for neither mentions nor links.
    static func code(_ text: String) -> String {
        let text = shown(cut(text))
        if text.isEmpty { return "" }
        if text.utf8.allSatisfy(isPlain) { return "`\(text)`" }
        // What a backslash or a fence could not keep apart is written by its number: that starts nothing.
        var output = "<code>"
        for scalar in text.unicodeScalars {
            // In an element of HTML an underline still begins emphasis.
            let isPlain = scalar.isASCII ? scalar != "_" && isPlain(UInt8(truncatingIfNeeded: scalar.value)) : true
            if isPlain { output.unicodeScalars.append(scalar) } else { output += "&#\(scalar.value);" }
        }
        return output + "</code>"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true  // digits, letters
        case UInt8(ascii: " "), UInt8(ascii: "%"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "_"):
            true  //  %+,-./:=_
        default: false
        }
    }

    private static func cut(_ text: String) -> String {
        text.count > maximumCellLength ? text.prefix(maximumCellLength) + "…" : text
    }

    /// A table with its heading, folded when it has many rows, cut off with a count when it does not fit into `room` bytes.
    ///
    /// - Parameter what: one row's noun, `package`.
    static func table(_ what: String, _ columns: [String], _ rows: some Collection<[String]>, room: inout Int) -> String
    {
        guard !rows.isEmpty else { return "" }
        let isLong = rows.count > maximumOpenRows
        var output = isLong ? "\n<details><summary>\(plural(rows.count, what))</summary>\n" : ""
        output += "\n| " + columns.joined(separator: " | ") + " |\n"
        output += "|" + columns.map { _ in "---|" }.joined() + "\n"
        // What ends the table always has its place.
        room -= output.utf8.count + 100
        var written = 0
        for row in rows {
            let line = "| " + row.joined(separator: " | ") + " |\n"
            guard line.utf8.count <= room else { break }
            room -= line.utf8.count
            output += line
            written += 1
        }
        let left = rows.count - written
        if left > 0 { output += "\nand \(plural(left, what)) more (`--format json` lists all)\n" }
        return output + (isLong ? "\n</details>\n" : "")
    }
}
