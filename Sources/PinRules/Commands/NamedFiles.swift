import SourceDocuments

/// The names of the files of which a text speaks, without the folders in front of them.
enum NamedFiles {
    /// The names in what a checker of sums reads: lines of a hash and a name (https://www.gnu.org/software/coreutils/manual/html_node/cksum-output-modes.html),
    /// `SHA256 (NAME) = HASH`, or words of any other order.
    static func names(inCheck text: String) -> Set<String> {
        var names = Set<String>()
        for line in lines(of: text) {
            names.formUnion(self.names(inScript: line))
            // A name may hold spaces: all behind the hash.
            guard let space = line.firstIndex(where: { $0 == " " || $0 == "\t" }) else { continue }
            insert(String(trimmed(line[space...], where: { " \t*".utf8.contains($0) })), into: &names)
        }
        return names
    }

    /// The names in the words of a command or a line.
    static func names(inScript text: Substring) -> Set<String> {
        var names = Set<String>()
        for word in text.utf8.split(whereSeparator: { " \t\n\r*()'\"`<>|;&=".utf8.contains($0) }) {
            insert(String(Substring(word)), into: &names)
        }
        return names
    }

    /// The lines of a text, also of one that `printf` and `echo -e` break at a written `\n`.
    private static func lines(of text: String) -> [Substring] {
        var lines: [Substring] = []
        var start = text.startIndex
        var index = start
        while index < text.endIndex {
            let next = text.utf8.index(after: index)
            let isWritten =
                text.utf8[index] == UInt8(ascii: "\\") && next < text.endIndex && text.utf8[next] == UInt8(ascii: "n")
            if isWritten || text.utf8[index] == UInt8(ascii: "\n") {
                lines.append(text[start..<index])
                start = isWritten ? text.utf8.index(after: next) : next
                index = start
            } else {
                index = next
            }
        }
        return lines + [text[start...]]
    }

    private static func trimmed(_ text: Substring, where isLeftOut: (UInt8) -> Bool) -> Substring {
        guard let first = text.utf8.firstIndex(where: { !isLeftOut($0) }),
            let last = text.utf8.lastIndex(where: { !isLeftOut($0) })
        else { return "" }
        return text[first...last]
    }

    private static func insert(_ word: String, into names: inout Set<String>) {
        let name = PosixPath.lastComponent(word)
        if !name.isEmpty { names.insert(name) }
    }
}
