/// Builtins by which a script makes later words mean something else, and what a shell runs at its end.
///
/// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_29 (`trap`),
/// https://www.gnu.org/software/bash/manual/html_node/Bash-Builtins.html (`enable`, `hash -p`, `shopt`)
extension ShellSimulation {
    /// Names what changes the meaning of a later word, which is not followed.
    mutating func changesMeaning(_ name: String, _ arguments: [String?], _ simple: ShellSimple) {
        let reason: String? =
            switch name {
            // dash and busybox replace aliases in scripts, bash does where `expand_aliases` is set.
            case "alias":
                arguments.contains { $0?.contains("=") ?? true } ? "an alias gives a command another meaning" : nil
            case "hash":
                arguments.contains { $0.map { $0.hasPrefix("-") && $0.contains("p") } ?? true }
                    ? "a program is looked for at another place" : nil
            case "enable": arguments.isEmpty ? nil : "builtins are turned off or loaded"
            case "shopt":
                arguments.contains { $0 == nil || $0 == "nocasematch" }
                    ? "comparisons that ignore case are not followed" : nil
            default: nil
            }
        if let reason { gap(written(simple), reason, at: simple.range) }
    }

    /// The words of `exec`, `command` and `builtin` behind their options; what these change is named.
    mutating func withoutOptions(_ name: String, _ arguments: [String?], _ simple: ShellSimple) -> [String?] {
        var rest = arguments[...]
        while case let option?? = rest.first, option.count > 1, option.hasPrefix("-") {
            rest.removeFirst()
            if option == "--" { break }
            if name == "exec", option.hasSuffix("a") { rest = rest.dropFirst() }
            if name == "exec", option.contains("c") {
                gap(written(simple), "the environment of this program is emptied", at: simple.range)
            }
            if name == "command", option.contains("p") {
                gap(written(simple), "a program is looked for at another place", at: simple.range)
            }
        }
        return Array(rest)
    }

    /// Keeps what runs at the end of the shell. A function may be defined behind the `trap` that names it.
    mutating func trap(_ arguments: [String?], _ simple: ShellSimple) {
        let words = Array(arguments.drop { $0 == "--" })
        guard words.count > 1, words[1...].contains(where: { $0.map(isEvent) ?? true }) else { return }
        guard let action = words[0] else {
            return gap(written(simple), "what this runs at the end is not known", at: simple.range)
        }
        // `-` takes a trap away, and options only list them.
        if !action.hasPrefix("-"), !action.isEmpty, !traps.contains(action) { traps.append(action) }
    }

    /// Runs what was kept, once the script is at its end; a later `trap` may have taken its place.
    mutating func runTraps() {
        let (actions, ended) = (traps, hasEnded)
        traps = []
        for action in actions {
            setEnded(false)
            _ = either([
                { shell in
                    shell.inSubshell {
                        $0.run(Array(action.utf8), name: $0.source.name)
                        return nil
                    }
                },
                { _ in nil },
            ])
        }
        setEnded(ended)
    }
}

/// Whether a trap's condition comes without a signal from outside: the end of the shell, and what bash adds.
private func isEvent(_ name: String) -> Bool {
    let name = name.uppercased()
    return ["EXIT", "0", "DEBUG", "ERR", "RETURN"].contains(name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name)
}
