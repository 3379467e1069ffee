/// The shell that reads a script, where shells differ.
package enum ShellDialect: Sendable, Hashable {
    /// bash under its own name.
    case bash
    /// bash that is called `sh`, in its POSIX mode
    /// (https://www.gnu.org/software/bash/manual/html_node/Bash-POSIX-Mode.html).
    case posixBash
    case dash
    case busybox
    /// Any other program that is called a shell.
    case other

    /// Whether bash reads the script, by whatever name.
    package var isBash: Bool { self == .bash || self == .posixBash }

    /// Whether `{a,b}` may give several words.
    var mayExpandBraces: Bool { self != .dash && self != .busybox }

    /// Whether `NAME=value` before a builtin may be there after it
    /// (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_14).
    func mayKeepAssignments(before name: String) -> Bool {
        Self.declarations.contains(name) || (self != .bash && Self.special.contains(name))
    }

    /// Variables that a shell sets to something that only a run tells, whatever the environment says
    /// (https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html).
    var ownVariables: [String] {
        let all = ["$", "-", "_", "PPID", "LINENO", "OPTIND"]
        if self == .dash { return all }
        let more =
            all + [
                "RANDOM", "SECONDS", "SHLVL", "UID", "EUID", "GROUPS", "FUNCNAME", "SRANDOM", "EPOCHSECONDS",
                "EPOCHREALTIME", "OPTERR", "DIRSTACK", "PIPESTATUS", "HISTCMD", "COMP_WORDBREAKS",
            ]
        if !isBash { return more + ["GID", "EGID", "BASH_SOURCE", "BASH_VERSION", "BASH_VERSINFO"] }
        return more + [
            "SHELLOPTS", "BASHOPTS", "BASHPID", "BASH_ALIASES", "BASH_ARGC", "BASH_ARGV", "BASH_ARGV0", "BASH_CMDS",
            "BASH_COMMAND", "BASH_LINENO", "BASH_LOADABLES_PATH", "BASH_MONOSECONDS", "BASH_SUBSHELL",
            "BASH_TRAPSIG", "BASH_VERSINFO", "BASH_SOURCE",
        ]
    }

    /// Variables that a container runtime or the shell sets where the image does not.
    var defaultVariables: [String] {
        let all = ["HOSTNAME", "TERM", "container", "PS4"]
        if self == .dash { return all + ["PS1", "PS2"] }
        let more = all + ["OSTYPE", "HOSTTYPE", "MACHTYPE", "SHELL", "LINES", "COLUMNS"]
        return !isBash ? more + ["PS1", "PS2", "LOGNAME", "USERNAME"] : more + ["BASH_VERSION"]
    }

    /// Variables that cannot be assigned.
    var readOnlyVariables: Set<String> {
        isBash ? ["UID", "EUID", "PPID", "SHELLOPTS", "BASHOPTS", "BASH_VERSINFO"] : []
    }

    /// Variables by which bash reads scripts in another way.
    package var meaningfulVariables: Set<String> {
        isBash ? ["SHELLOPTS", "BASHOPTS", "POSIXLY_CORRECT", "BASH_COMPAT", "GLOBIGNORE", "EXECIGNORE"] : []
    }

    /// Whether the shell has no builtin of this name, which bash has; nil when that is not known.
    func lacks(_ builtin: String) -> Bool? {
        let common: Set<String> = ["let", "source"]
        guard Self.ofBash.contains(builtin), !isBash else { return false }
        switch self {
        case .busybox where common.contains(builtin): return false
        case .other: return nil
        default: return true
        }
    }

    private static let ofBash: Set<String> = [
        "pushd", "popd", "declare", "typeset", "source", "mapfile", "readarray", "shopt", "enable", "builtin", "let",
        "logout", "disown",
    ]

    /// Whether the shell may have no such modifier of an expansion, or index.
    func mayRefuse(_ modifier: String, index: String?) -> Bool {
        if isBash { return false }
        if self == .busybox, index == nil, [":", "/", "//"].contains(modifier) { return false }
        return index != nil || [":", "/", "//", "/#", "/%", "^", "^^", ",", ",,", "@"].contains(modifier)
    }

    private static let declarations: Set<String> = ["export", "readonly", "declare", "typeset", "local"]

    /// The special builtins of POSIX.
    static let special: Set<String> = [
        ":", ".", "source", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set",
        "shift", "times", "trap", "unset",
    ]
}

/// Braces and tildes that a shell may replace (https://www.gnu.org/software/bash/manual/html_node/Brace-Expansion.html).
enum ShellBraces {
    /// Whether a word as it is written may give other words by its braces.
    static func mayExpand(_ written: String) -> Bool {
        guard written.utf8.contains(UInt8(ascii: "{")) else { return false }
        let plain = unquoted(written)
        guard let open = plain.firstIndex(of: UInt8(ascii: "{")),
            let close = plain.lastIndex(of: UInt8(ascii: "}")), open < close
        else { return false }
        let inner = plain[(open + 1)..<close]
        return inner.contains(UInt8(ascii: ",")) || zip(inner, inner.dropFirst()).contains { $0 == 0x2E && $1 == 0x2E }
    }

    /// Whether a word that is an assignment, as it is written, may have a `~` that is replaced.
    static func mayHaveTilde(_ written: String) -> Bool {
        guard written.utf8.contains(UInt8(ascii: "~")) else { return false }
        let plain = unquoted(written)
        return zip(plain, plain.dropFirst()).contains {
            ($0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":")) && $1 == UInt8(ascii: "~")
        }
    }

    /// Whether a word as it is written has `$'..'` or `$".."`, which not every shell reads.
    static func hasDollarQuote(_ written: String) -> Bool {
        guard written.utf8.contains(UInt8(ascii: "$")) else { return false }
        let plain = unquoted(written)
        return zip(plain, plain.dropFirst()).contains { $0 == UInt8(ascii: "$") && $1 == UInt8(ascii: "\"") }
    }

    /// The bytes of a word that stand outside of quotes and substitutions; of a quote one is left, of all else an `x`.
    private static func unquoted(_ written: String) -> [UInt8] {
        let bytes = Array(written.utf8)
        var result: [UInt8] = []
        var index = 0
        /// Goes behind what closes a quote or a substitution.
        func skip(to close: UInt8, open: UInt8?) {
            var depth = 1
            index += 1
            while index < bytes.count, depth > 0 {
                if bytes[index] == UInt8(ascii: "\\"), close != UInt8(ascii: "'") {
                    index += 1
                } else if bytes[index] == close {
                    depth -= 1
                } else if let open, bytes[index] == open {
                    depth += 1
                }
                index += 1
            }
            result.append(open == nil ? UInt8(ascii: "\"") : UInt8(ascii: "x"))
        }
        while index < bytes.count {
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            switch bytes[index] {
            case UInt8(ascii: "\\"):
                index += 2
                result.append(UInt8(ascii: "x"))
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"): skip(to: bytes[index], open: nil)
            case UInt8(ascii: "$") where next == UInt8(ascii: "{") || next == UInt8(ascii: "("):
                index += 1
                skip(to: next == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: ")"), open: next)
            default:
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
