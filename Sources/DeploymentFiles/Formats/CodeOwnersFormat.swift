import EnvironmentInventory
import SourceDocuments

/// Reads CODEOWNERS in the syntax of GitHub and GitLab.
///
/// One rule a line: a pattern and its owners; `#` starts a comment, `\#` and `\ ` stand for themselves. GitLab's sections `[Name]`,
/// `^[Name][2] @owner` give rules without owners their own.
enum CodeOwnersFormat {
    /// The size from which on GitHub ignores the file.
    private static let maximumSize = 3 << 20

    static func read(_ file: DeploymentFile, isGitLab: Bool, into reading: inout Reading<Deployment>) {
        guard let text = DeploymentReading.text(of: file, gaps: &reading.gaps) else { return }
        func leaveOut(_ subject: String, _ reason: String, _ line: Int?) {
            reading.gaps.append(
                Gap(subject, reason: reason, source: FileLocation(file: file.name, line: line)))
        }
        guard text.bytes.count <= maximumSize else {
            return leaveOut("", "it has more than \(maximumSize) bytes, and GitHub ignores it", nil)
        }
        guard String(validating: text.bytes, as: UTF8.self) != nil, !text.bytes.contains(0) else {
            return leaveOut("", "is not UTF-8 text", nil)
        }
        let directory = PosixPath.directory(file.name)
        let isNested = [".github", ".gitlab", "docs"].contains(PosixPath.lastComponent(directory))
        var owners = CodeOwners(file: file.name, base: isNested ? PosixPath.directory(directory) : directory)
        var lines: [(words: [String], range: Range<Int>, line: Int)] = []
        for line in 1...max(text.lineCount, 1) {
            guard let range = text.offsets(ofLine: line) else { continue }
            let words = words(text.string(range))
            if !words.isEmpty { lines.append((words, range, line)) }
        }
        let hasSections = isGitLab || lines.contains { isSection($0.words) }
        var section = ""
        var defaults: [String] = []
        for (words, range, line) in lines {
            if hasSections, isSection(words) {
                (section, defaults) = readSection(words)
                for owner in defaults where !isOwner(owner) { leaveOut(owner, "it is not an owner", line) }
                continue
            }
            guard let pattern = words.first else { continue }
            let named = words.dropFirst().filter { isOwner($0) }
            for other in words.dropFirst() where !isOwner(other) {
                leaveOut(other, "it is not an owner: @user, @organization/team or an address", line)
            }
            if pattern.hasPrefix("!") {
                leaveOut(pattern, "a pattern that excludes is not supported", line)
                continue
            }
            owners.rules.append(
                CodeOwners.Rule(
                    pattern: pattern, owners: words.count == 1 ? defaults : named, section: section,
                    range: text.range(range), matcher: CodeOwnersPattern(pattern, isGitLab: hasSections)))
        }
        reading.value.codeOwners.append(owners)
        reading.value.files.append(Deployment.RecognisedFile(name: file.name, format: "codeowners"))
    }

    /// The words of a line without its comment.
    private static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        var isEscaped = false
        for byte in line.utf8 {
            if isEscaped {
                word.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "#"), word.isEmpty {
                break
            } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") {
                if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
                word = []
            } else {
                word.append(byte)
            }
        }
        if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }

    private static func isSection(_ words: [String]) -> Bool {
        guard let first = words.first, first.hasPrefix("[") || first.hasPrefix("^[") else { return false }
        return words.contains { $0.contains("]") }
    }

    /// The name of a section and the owners of its rules.
    private static func readSection(_ words: [String]) -> (name: String, owners: [String]) {
        let line = words.joined(separator: " ")
        let start = line.firstIndex(of: "[").map { line.index(after: $0) } ?? line.startIndex
        let end = line[start...].firstIndex(of: "]") ?? line.endIndex
        let name = line[start..<end].lowercased()
        guard let close = line.lastIndex(of: "]") else { return (name, []) }
        return (name, line[line.index(after: close)...].split(separator: " ").map(String.init))
    }

    /// Whether a word is of the form of an owner. A placeholder is one too: it is judged as such.
    private static func isOwner(_ word: String) -> Bool { word.contains("@") || PlaceholderText.matches(word) }
}
