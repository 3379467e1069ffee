import ContainerImages
import DockerfileSyntax

/// The command line of a shell (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/sh.html).
struct ShellCall {
    /// What a shell runs.
    enum Program {
        /// `-c`: the text, then `$0` and the others.
        case text(String, [String])
        case file(String, [String])
        case nothing
    }

    let program: Program
    /// `-l`, `--login`, or a name that begins with a hyphen.
    let isLogin: Bool
    /// Words of `set` and of `shopt` that stand before the script.
    private(set) var options: [String] = []
    private(set) var shopt: [String] = []
    /// An option that is not followed.
    private(set) var unread: String?
    private let isBash: Bool
    private let skipsProfiles: Bool

    /// Reads the words, the shell itself first.
    init(_ words: [String], _ dialect: ShellDialect) {
        var rest = words.dropFirst()
        var isLogin = words.first?.hasPrefix("-") ?? false
        var takesText = false
        var skipsProfiles = false
        // Commands come from a terminal or from standard input.
        var isAsked = false
        var options: [String] = []
        var shopt: [String] = []
        var unread: String?
        while let word = rest.first, word.count > 1, word.hasPrefix("-") || word.hasPrefix("+") {
            rest.removeFirst()
            if word == "--" { break }
            if word.hasPrefix("--") {
                switch word {
                case "--login": isLogin = true
                case "--noprofile": skipsProfiles = true
                case "--rcfile", "--init-file": rest = rest.dropFirst()
                case "--norc", "--noediting", "--verbose": break
                default: unread = word
                }
                continue
            }
            if word.hasPrefix("-") {
                if word.contains("l") { isLogin = true }
                if word.contains("c") { takesText = true }
                if word.contains("i") || word.contains("s") { isAsked = isAsked || word.contains("i") || !takesText }
            }
            if word.contains("O") {
                shopt += [word.hasPrefix("-") ? "-s" : "-u"] + (rest.popFirst().map { [$0] } ?? [])
            }
            // Letters that only a call has.
            let letters = word.dropFirst().filter { !"lcisrDOp".contains($0) }
            if letters.isEmpty { continue }
            let long = letters.contains("o") ? rest.popFirst().map { [$0] } ?? [] : []
            options += ["\(word.prefix(1))\(letters.filter { $0 != "o" })\(letters.contains("o") ? "o" : "")"] + long
        }
        self.options = options
        self.shopt = shopt
        self.unread = unread
        self.isLogin = isLogin
        self.skipsProfiles = skipsProfiles
        isBash = dialect == .bash
        if isAsked {
            program = .nothing
        } else if takesText {
            guard let text = rest.popFirst() else {
                program = .nothing
                return
            }
            program = .text(text, rest.isEmpty ? [words.first ?? "sh"] : Array(rest))
        } else if let file = rest.popFirst(), file != "-" {
            program = .file(file, Array(rest))
        } else {
            program = .nothing
        }
    }

    /// Returns the files that the shell reads before its script
    /// (https://www.gnu.org/software/bash/manual/html_node/Bash-Startup-Files.html).
    func profiles(_ files: FileSystemIndex, _ command: StartFollower.Command) -> [String] {
        let home = (command.environment["HOME"] ?? nil) ?? command.user.home
        if isLogin, !skipsProfiles {
            let own = isBash ? [".bash_profile", ".bash_login", ".profile"] : [".profile"]
            let first = own.map { ImportPath.join(home, $0) }.first { files.lookup($0)?.kind == .file }
            return ["/etc/profile"] + [first].compactMap { $0 }
        }
        // A bash that is not interactive reads the file that BASH_ENV names.
        guard isBash, let file = command.environment["BASH_ENV"] ?? nil, !file.isEmpty else { return [] }
        return [file]
    }
}
