import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

extension Downloads {
    /// What a step does to know that a download is the right one.
    ///
    /// A check counts when its hash does not come from the network in the same build, it names the file, its failure ends the
    /// build, and it stands before anything of the file is run or unpacked.
    enum Checks {
        private static let sums: Set<String> = ["sha224sum", "sha256sum", "sha384sum", "sha512sum", "b2sum", "shasum"]
        private static let weakSums: Set<String> = ["md5sum", "sha1sum"]
        private static let checkers = sums.union(weakSums).union([
            "gpg", "gpg2", "gpgv", "minisign", "signify", "signify-openbsd", "cosign", "openssl",
        ])
        private static let fetchers: Set<String> = ["curl", "wget", "aria2c", "gsutil", "aws", "gcloud"]
        private static let users: Set<String> = [
            "tar", "unzip", "dpkg", "rpm", "sh", "bash", "dash", "ash", "zsh", "python", "python3", "perl", "gunzip",
            "bsdtar", "7z", "apt-get", "apt", "pip", "pip3", "source", ".",
        ]

        /// The checks of a step that count, by what they speak of.
        struct Table {
            /// The indexes of the checks that are believed to speak of all files: with a hash, and weaker ones.
            private(set) var hashedOfAll: [Int] = []
            private(set) var exactOfAll: [Int] = []
            /// The checks whose text says of which files they speak.
            private(set) var hashed = ChecksOfFiles()
            private(set) var exact = ChecksOfFiles()

            init(_ facts: CommandFacts, stopsAtFailure: Bool) {
                for (index, command) in facts.commands.enumerated() {
                    guard let found = kind(of: command, facts), !hashIsFetched(command, facts),
                        endsBuild(index, facts, stopsAtFailure: stopsAtFailure)
                    else { continue }
                    switch (text(of: command, facts), found == .hashed) {
                    case (nil, true): hashedOfAll.append(index)
                    case (nil, false): exactOfAll.append(index)
                    case (let text?, true): hashed.append(index, text)
                    case (let text?, false): exact.append(index, text)
                    }
                }
            }
        }

        /// Checks, in their order, by the names of the files of which they speak.
        struct ChecksOfFiles {
            private var all: [Int] = []
            private var byName: [String: [Int]] = [:]

            mutating func append(_ index: Int, _ text: String) {
                all.append(index)
                for name in NamedFiles.names(inCheck: text) { byName[name, default: []].append(index) }
            }

            /// Whether one of those that stand in a range speaks of one of some files. A name that a variable gives may be any.
            func covers(_ files: Set<String>, _ range: Range<Int>) -> Bool {
                files.contains { file in
                    let checks = file.contains("$") ? all : byName[file] ?? []
                    return checks.first(from: range.lowerBound).map { $0 < range.upperBound } ?? false
                }
            }
        }

        /// The strength that the checks after a download give it.
        static func strength(
            of names: [String], after index: Int, _ facts: CommandFacts, stopsAtFailure: Bool = false
        ) -> PinStrength {
            let files = Set(names.map { PosixPath.lastComponent($0) }.filter { !$0.isEmpty })
            // A check that comes after the file was run or unpacked comes too late.
            let end = facts.firstUse(of: files, after: index)
            let table = facts.checks(stopsAtFailure: stopsAtFailure)
            func isIn(_ indices: [Int]) -> Bool { indices.first(from: index).map { $0 < end } ?? false }
            if isIn(table.hashedOfAll) || table.hashed.covers(files, index..<end) { return .hashed }
            return isIn(table.exactOfAll) || table.exact.covers(files, index..<end) ? .exact : .floating
        }

        /// The names of the files that a command runs or unpacks.
        static func usedFiles(_ command: ShellCommand) -> Set<String> {
            guard let name = command.name else { return [] }
            let words = command.words.prefix(users.contains(name) ? command.words.count : 1)
            return Set(words.map { PosixPath.lastComponent($0.partialText) })
        }

        private static func kind(of command: ShellCommand, _ facts: CommandFacts) -> PinStrength? {
            guard let name = command.name, checkers.contains(name) else { return nil }
            let words = command.words.dropFirst().compactMap(\.text)
            let isCheck = words.contains { word in
                word == "--check" || word == "--status"
                    || (word.hasPrefix("-") && !word.hasPrefix("--") && word.contains("c"))
            }
            if name == "openssl", words.first == "dgst", !words.contains("-verify") {
                let isWeak = words.contains("-md5") || words.contains("-sha1")
                return isCompared(command, facts) ? isWeak ? .exact : .hashed : nil
            }
            if sums.contains(name) { return isCheck || isCompared(command, facts) ? .hashed : nil }
            if weakSums.contains(name) { return isCheck || isCompared(command, facts) ? .exact : nil }
            switch name {
            case "gpg", "gpg2": return words.contains("--verify") ? .exact : nil
            case "gpgv", "minisign", "signify", "signify-openbsd": return .exact
            case "cosign": return words.first?.hasPrefix("verify") ?? false ? .exact : nil
            case "openssl": return words.contains("-verify") ? .exact : nil
            default: return nil
            }
        }

        /// `[ "$(sha256sum file)" = "HASH  file" ]`: a sum inside of a substitution that a test looks at.
        private static func isCompared(_ command: ShellCommand, _ facts: CommandFacts) -> Bool {
            let commands = facts.commands
            if searcher(of: command, facts) != nil { return true }
            guard command.origin == .substitution, let parent = command.parent, commands.indices.contains(parent) else {
                return false
            }
            return ["test", "[", "[["].contains(commands[parent].name ?? "")
        }

        /// The `grep` at the end of a pipeline that looks for a written hash in what a sum prints:
        /// `sha256sum file | grep HASH`; nil when there is none.
        private static func searcher(of command: ShellCommand, _ facts: CommandFacts) -> Int? {
            guard command.pipelinePosition + 1 < command.pipelineCount else { return nil }
            return facts.indices(at: command.pipelineCount - 1, ofPipelineOf: command).last { index in
                let other = facts.commands[index]
                guard ["grep", "egrep", "fgrep"].contains(other.name ?? "")
                else { return false }
                return !other.words.contains { $0.text == "-v" }
                    && other.words.dropFirst().contains { word in
                        (word.text ?? "").utf8.filter { $0.isASCIIDigit || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0 }
                            .count >= 32
                    }
            }
        }

        // MARK: Where the hash comes from

        /// Whether the hash that a check compares with is fetched in the same step: a server that gives another file gives
        /// another hash with it. A signature's file may be fetched, for the key decides.
        private static func hashIsFetched(_ command: ShellCommand, _ facts: CommandFacts) -> Bool {
            guard let name = command.name, sums.contains(name) || weakSums.contains(name) || name == "openssl" else {
                return false
            }
            let fetched = facts.fetchedFiles
            var words = command.words.dropFirst().filter { !$0.partialText.hasPrefix("-") }
            for feeder in facts.feeders(of: command) {
                if fetchers.contains(feeder.name ?? "") { return true }
                words += feeder.words.dropFirst()
            }
            for redirection in command.redirections {
                if let target = redirection.target { words.append(target) }
            }
            if command.origin == .substitution, isCompared(command, facts), let parent = command.parent {
                // The sum of the file itself stands on one side, the hash on the other.
                words = ArraySlice(facts.commands[parent].words.dropFirst()).filter {
                    !$0.raw.contains("sum ") && !$0.raw.contains(" dgst ")
                }
            }
            return words.contains { word in
                let text = word.partialText
                // `$(cat x.sha256)`, `$(curl URL)`, `$(awk ... SHA256SUMS)`
                if text.contains("$(") || text.contains("`") {
                    return text.contains("curl ") || text.contains("wget ")
                        || NamedFiles.names(inScript: text[...]).contains { fetched.contains($0) }
                }
                let last = PosixPath.lastComponent(text)
                return fetched.contains(last) && isListOfHashes(last)
            }
        }

        /// Whether a file's name says that it holds hashes and is not the file that is checked.
        private static func isListOfHashes(_ name: String) -> Bool {
            let name = name.lowercased()
            return ["sha", "md5", "sum", "digest"].contains { name.contains($0) }
        }

        /// The names of the files that the step fetches.
        static func fetchedFiles(_ commands: [ShellCommand]) -> Set<String> {
            var names = Set<String>()
            for command in commands where fetchers.contains(command.name ?? "") {
                for word in command.words.dropFirst() + command.redirections.compactMap(\.target) {
                    let last = PosixPath.lastComponent(word.partialText)
                    if !last.isEmpty { names.insert(last) }
                }
            }
            return names
        }

        /// The ends of the words of commands that fetch: of a path, of `NAME=VALUE`, of `-oFILE`.
        static func fetchedNames(_ commands: [ShellCommand]) -> Set<String> {
            var names = Set<String>()
            for command in commands where fetchers.contains(command.name ?? "") {
                for word in command.words.dropFirst() + command.redirections.compactMap(\.target) {
                    let text = word.partialText
                    let start = text.utf8.lastIndex { "/=".utf8.contains($0) }.map { text.utf8.index(after: $0) }
                    let end = text[(start ?? text.startIndex)...]
                    names.insert(String(end))
                    if start == nil, end.hasPrefix("-o") || end.hasPrefix("-O") {
                        names.insert(String(end.dropFirst(2)))
                    }
                }
            }
            return names
        }

        /// The text that says of which files a check speaks. What it reads is known only when it is written in the
        /// instruction; else, nil, it is believed to speak of all.
        private static func text(of command: ShellCommand, _ facts: CommandFacts) -> String? {
            var texts: [String] = []
            for feeder in facts.feeders(of: command) {
                guard feeder.name == "echo" || feeder.name == "printf" else { return nil }
                for word in feeder.words.dropFirst() {
                    guard let text = word.text else { return nil }
                    texts.append(text)
                }
            }
            for redirection in command.redirections {
                if let heredoc = redirection.heredoc { texts.append(heredoc.string) }
            }
            if texts.isEmpty { return nil }
            let joined = texts.joined(separator: " ")
            // `-` or `/dev/stdin` stands for what comes through a pipe.
            if joined.hasSuffix(" -") || joined.hasSuffix(" -\\n") { return nil }
            return joined
        }

        // MARK: What its failure does

        /// Whether the failure of a command ends the build: `&&` or nothing follows, `set -e` holds, or what follows exits.
        private static func endsBuild(_ index: Int, _ facts: CommandFacts, stopsAtFailure: Bool) -> Bool {
            let commands = facts.commands
            var outermost = searcher(of: commands[index], facts) ?? index
            // A sum in `[ "$(sha256sum x)" = y ]` fails with the test; one behind sudo with sudo.
            while let parent = commands[outermost].parent, parent < outermost, commands[outermost].origin != .heredoc {
                outermost = parent
            }
            let command = commands[outermost]
            // Only the last command of a pipeline decides how it ends.
            if command.pipelinePosition + 1 < command.pipelineCount { return false }
            let following = facts.following(outermost, atMost: 4)
            guard let next = following.first else { return true }
            let exits: Set<String> = ["exit", "false", "return", "kill"]
            let isTest =
                ["test", "[", "[[", "grep", "egrep", "fgrep"].contains(command.name ?? "") && next.connector == .and
            if next.connector == .or || next.isConditional && !command.isConditional && !isTest {
                return following.contains { exits.contains($0.name ?? "") }
            }
            if next.connector == .and {
                // `a && check && b || true`: what stands last decides.
                guard let other = facts.followingNotAnd(outermost), other.connector == .or else {
                    return true
                }
                return exits.contains(other.name ?? "")
            }
            return stopsAtFailure || facts.firstStop < outermost
        }

        /// `set -e`, `set -euxo pipefail`, `set -o errexit`.
        static func stopsShell(_ command: ShellCommand) -> Bool {
            guard command.name == "set" else { return false }
            return command.words.dropFirst().contains { word in
                guard let text = word.text else { return false }
                return text == "errexit" || text.hasPrefix("-") && !text.hasPrefix("--") && text.contains("e")
            }
        }
    }
}
