import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Git repositories are taken at a commit: `git clone` gets a checkout behind it or in the checkout that is there, ADD and
/// pip get it behind the URL.
extension RewritingPlan {
    mutating func pinRepository(_ finding: Finding) -> PinFailure? {
        guard let range = finding.range, let subject = finding.subject else {
            return PinFailure("its position in the file is not known")
        }
        if let copy = added(at: range), let added = copy.sources.first(where: { source.range($0.range) == range }) {
            guard let text = added.text else { return PinFailure("its URL depends on a variable") }
            return pinURL(text, in: added.range, finding, separator: "#", at: "#", ends: ":")
        }
        guard let (run, index, word) = command(with: range) else {
            return PinFailure("it is in no command that can be edited")
        }
        let command = run.commands[index]
        let found = command.words[word]
        guard let text = found.text, text == subject, found.standsInFile, found.alternatives.isEmpty else {
            return PinFailure("its URL depends on a variable", remedy: "Check out the commit by its full id")
        }
        if command.name == "git" { return pinClone(run, index, url: word) }
        if text.hasPrefix("git+") {
            return pinURL(text, in: found.range, finding, separator: "@", at: "@", ends: "#")
        }
        return PinFailure("only git clone, ADD and pip's git+URL can be given a commit here")
    }

    // MARK: a URL with its reference

    /// Writes the commit where the reference of `URL#REFERENCE:FOLDER` or `git+URL@REFERENCE#egg=NAME` stands.
    private mutating func pinURL(
        _ text: String, in range: Range<Int>, _ finding: Finding, separator: Character, at mark: Character,
        ends: Character
    ) -> PinFailure? {
        let bytes = Array(text.utf8)
        guard let start = literal(bytes, in: range) else {
            return PinFailure(
                "a part of its URL comes out of a variable",
                remedy: "Write the URL without variables, and with the commit")
        }
        // Where the address ends: for pip at the fragment; an @ before the path is a user's.
        let limit = mark == "@" ? text.firstIndex(of: ends) ?? text.endIndex : text.endIndex
        var address = text[..<limit]
        var reference: Substring?
        if mark == "#", let hash = text.firstIndex(of: "#") {
            address = text[..<hash]
            reference = text[text.index(after: hash)...].prefix { $0 != ends }
        } else if mark == "@", let at = address.lastIndex(of: "@"), let scheme = text.range(ofText: "://"),
            scheme.upperBound < at, text[scheme.upperBound..<at].contains("/")
        {
            reference = address[address.index(after: at)...]
            address = address[..<at]
        }
        let url = address.hasPrefix("git+") ? String(address.dropFirst(4)) : String(address)
        let wanted = reference.flatMap { $0.isEmpty ? nil : String($0) }
        let commit: String
        switch facts.commit(url, wanted) {
        case .success(let found): commit = found
        case .failure(let failure): return failure
        }
        let end = start + address.utf8.count
        if let reference {
            let begin = end + 1
            add(TextEdit(range: begin..<(begin + reference.utf8.count), replacement: commit))
        } else {
            insert("\(separator)\(commit)", at: end)
        }
        record.repositories[Self.key(url, wanted)] = commit
        noteChange(finding.range?.start.line ?? 1, text, "commit \(commit)")
        return nil
    }

    /// Where a text stands as it is in a stretch of the file; nil when quoting, a continuation or a variable changes it.
    private func literal(_ text: [UInt8], in range: Range<Int>) -> Int? {
        guard !text.isEmpty, text.count <= range.count else { return nil }
        return (range.lowerBound...(range.upperBound - text.count)).first {
            source.bytes[$0..<($0 + text.count)].elementsEqual(text)
        }
    }

    private static func key(_ url: String, _ reference: String?) -> String {
        reference.map { "\(url)#\($0)" } ?? url
    }

    // MARK: git clone

    private mutating func pinClone(_ run: RunStep, _ index: Int, url word: Int) -> PinFailure? {
        let command = run.commands[index]
        guard let clone = GitClone(command, url: word) else {
            return PinFailure(
                "only a plain git clone can be followed by a checkout", remedy: "Check out the commit by its full id")
        }
        guard run.interpreter == .shell, !run.isTrigger, command.origin == .script, command.parent == nil,
            command.pipelineCount == 1, !command.isConditional, let joint = joint(behind: index, in: run)
        else {
            return PinFailure(
                "a failing checkout after it would not end the build, or none can be written there",
                remedy: "Join the commands with &&, and check out the commit by its full id")
        }
        let later = model.runs.filter { $0.stageIndex == run.stageIndex && $0.instructionIndex > run.instructionIndex }
        if later.contains(where: { $0.commands.contains { clone.isMoved(by: $0) } }) {
            return PinFailure(
                "a later instruction checks out something else", remedy: "Check out the commit by its full id there")
        }
        let rest = run.commands[(index + 1)...]
        let end =
            rest.firstIndex { $0.name == "git" && $0.words.contains { $0.text == "clone" } } ?? run.commands.endIndex
        let moves = run.commands[(index + 1)..<end].filter { clone.isMoved(by: $0) }
        guard moves.count < 2 else {
            return PinFailure(
                "several commands after it move what is checked out", remedy: "Check out the commit by its full id")
        }
        if let move = moves.first { return pinCheckout(move, clone) }
        let commit: String
        switch facts.commit(clone.url, clone.reference) {
        case .success(let found): commit = found
        case .failure(let failure): return failure
        }
        var added = clone.isShallow ? "\(joint)git -C \(clone.folder) fetch --depth 1 origin \(commit)" : ""
        added += "\(joint)git -C \(clone.folder) checkout \(commit)"
        if clone.hasSubmodules { added += "\(joint)git -C \(clone.folder) submodule update --init --recursive" }
        var place = command.range.upperBound
        for redirection in command.redirections { place = max(place, redirection.target?.range.upperBound ?? place) }
        insert(added, at: place)
        record.repositories[Self.key(clone.url, clone.reference)] = commit
        noteChange(command.line, clone.url, "checkout \(commit)")
        return nil
    }

    /// The checkout that stands behind a clone gets the commit in the place of its branch or tag.
    private mutating func pinCheckout(_ move: ShellCommand, _ clone: GitClone) -> PinFailure? {
        let manually = PinFailure(
            "the command after it that moves what is checked out is not a plain git checkout",
            remedy: "Check out the commit by its full id")
        let words = move.words
        guard let verb = words.firstIndex(where: { $0.text == "checkout" || $0.text == "reset" }) else {
            return manually
        }
        let operands = words[(verb + 1)...].filter { !($0.text ?? "").hasPrefix("-") }
        guard operands.count == 1, let word = operands.first, let reference = word.text, word.standsInFile,
            word.uses.isEmpty, word.alternatives.isEmpty, reference != "FETCH_HEAD",
            !words[(verb + 1)...].contains(where: { ["-b", "-B", "--orphan", "--"].contains($0.text ?? "") })
        else { return manually }
        let name = reference.hasPrefix("origin/") ? String(reference.dropFirst("origin/".count)) : reference
        let commit: String
        switch facts.commit(clone.url, name) {
        case .success(let found): commit = found
        case .failure(let failure): return failure
        }
        add(TextEdit(range: word.range, replacement: commit))
        record.repositories[Self.key(clone.url, name)] = commit
        noteChange(move.line, reference, commit)
        return nil
    }

    /// What joins a further command to one so that a failure of either ends the build: `&&` where the next one is joined so or
    /// nothing follows, `;` where the shell was told to stop (`set -e`, which overlooks what fails in front of `&&`); nil where
    /// nothing does.
    func joint(behind index: Int, in run: RunStep) -> String? {
        let command = run.commands[index]
        let next = run.commands[(index + 1)...].first { $0.parent == nil && $0.pipeline != command.pipeline }
        guard let next, next.connector != .and else { return " && " }
        guard next.connector == .sequence else { return nil }
        let stops = run.commands[..<index].contains { earlier in
            earlier.name == "set" && earlier.parent == nil && !earlier.isConditional
                && earlier.words.dropFirst().contains { word in
                    let text = word.text ?? ""
                    return text == "errexit" || text.hasPrefix("-") && !text.hasPrefix("--") && text.contains("e")
                }
        }
        return stops ? "; " : nil
    }
}

/// What a `git clone` command fetches, and where to.
struct GitClone {
    let url: String
    /// The branch or tag that is said; nil for the default branch.
    let reference: String?
    /// The directory that it makes, as a later command of the same directory names it.
    let folder: String
    let isShallow: Bool
    let hasSubmodules: Bool
    private let base: String?

    private static let valueOptions: Set<String> = [
        "-b", "--branch", "-o", "--origin", "--depth", "-c", "--config", "-j", "--jobs", "--filter", "--shallow-since",
        "--reference", "--template",
    ]
    private static let flags: Set<String> = [
        "-q", "--quiet", "-v", "--verbose", "--progress", "--single-branch", "--no-single-branch", "--no-tags",
        "--recursive", "--recurse-submodules", "--shallow-submodules", "--no-shallow-submodules",
    ]

    init?(_ command: ShellCommand, url word: Int) {
        guard command.words.allSatisfy({ $0.alternatives.isEmpty && $0.text != nil }) else { return nil }
        let texts = command.words.map { $0.text ?? "" }
        guard let verb = texts.firstIndex(of: "clone"), verb < word else { return nil }
        // `git -C DIR clone` makes it in another folder, `git -c KEY=VALUE clone` does not.
        var index = 1
        while index < verb {
            guard texts[index] == "-c" else { return nil }
            index += 2
        }
        var reference: String?
        var operands: [String] = []
        var (isShallow, hasSubmodules) = (false, false)
        index = verb + 1
        while index < texts.count {
            defer { index += 1 }
            let text = texts[index]
            guard text.hasPrefix("-") else {
                operands.append(text)
                continue
            }
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            let name = parts[0]
            if name.hasPrefix("--recurs") { hasSubmodules = true }
            if Self.flags.contains(name) { continue }
            guard Self.valueOptions.contains(name) else { return nil }
            var value = parts.count == 2 ? parts[1] : nil
            if value == nil {
                index += 1
                guard index < texts.count else { return nil }
                value = texts[index]
                // What a build argument may set cannot be held at one commit.
                if !command.words[index].uses.isEmpty, name == "-b" || name == "--branch" { return nil }
            } else if !command.words[index].uses.isEmpty {
                return nil
            }
            if name == "-b" || name == "--branch" { reference = value }
            if name == "-o" || name == "--origin" { return nil }
            if name == "--depth" || name == "--shallow-since" { isShallow = true }
        }
        guard let url = operands.first, operands.count <= 2, command.words[word].uses.isEmpty else { return nil }
        var folder = operands.count == 2 ? operands[1] : ""
        if folder.isEmpty {
            folder = url.split(whereSeparator: { $0 == "/" || $0 == ":" }).last.map(String.init) ?? ""
            if folder.hasSuffix(".git") { folder.removeLast(4) }
        }
        guard !folder.isEmpty, !folder.hasPrefix("-"),
            folder.utf8.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"),
                    UInt8(ascii: "_"), UInt8(ascii: "+"):
                    true
                default: false
                }
            })
        else { return nil }
        self.url = url
        base = command.workingDirectory
        self.reference = reference
        self.folder = folder
        self.isShallow = isShallow
        self.hasSubmodules = hasSubmodules
    }

    /// Whether a command moves what is checked out in the clone, or in a directory that cannot be known.
    func isMoved(by command: ShellCommand) -> Bool {
        let verbs = ["checkout", "reset", "switch", "pull", "merge"]
        guard command.name == "git", command.words.dropFirst().contains(where: { verbs.contains($0.text ?? "") }) else {
            return false
        }
        var place = command.workingDirectory
        if let option = command.words.firstIndex(where: { $0.text == "-C" }), option + 1 < command.words.count {
            place = command.words[option + 1].text.flatMap { Self.joined(place, $0) }
        }
        guard let place, let clone = Self.joined(base, folder) else { return true }
        let folder = Self.joined("/", place) ?? place
        return folder == clone || folder.hasPrefix(clone + "/")
    }

    private static func joined(_ base: String?, _ path: String) -> String? {
        if PosixPath.isAbsolute(path) { return PosixPath.clamped(path) }
        return base.map { PosixPath.clamped(path, in: $0) }
    }
}

/// The whole id of a commit, SHA-1 or SHA-256.
enum CommitID {
    static func isWhole(_ text: String) -> Bool {
        (text.utf8.count == 40 || text.utf8.count == 64)
            && text.utf8.allSatisfy { $0.isLowercaseHexDigit }
    }
}
