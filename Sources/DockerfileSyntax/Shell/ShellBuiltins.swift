import SourceDocuments

/// What the builtins of the shell change for the commands behind them.
enum ShellBuiltins {
    /// Files that set an environment up, and nothing that a script compares: those of conda, virtualenv, nvm, Intel's and ROS'
    /// tools, login shells, and os-release (https://www.freedesktop.org/software/systemd/man/latest/os-release.html).
    private static let environmentFiles: Set<String> = [
        "activate", "conda.sh", "mamba.sh", "os-release", "lsb-release", "nvm.sh", "setvars.sh", "setup.bash",
        "profile", ".profile", ".bash_profile", ".bashrc", "bashrc", "bash.bashrc",
    ]

    static func apply(
        _ command: ShellCommand, _ simple: ShellSimple, _ expander: ShellExpander, to state: inout ShellEvaluator.State
    ) {
        guard let name = command.words.first?.text else { return }
        let arguments = command.words.dropFirst()
        switch name {
        case "cd":
            guard let target = arguments.first(where: { $0.text?.hasPrefix("-") != true || $0.text == "-" }) else {
                state.workingDirectory = nil
                return
            }
            state.workingDirectory = target.text.flatMap {
                $0 == "-" || $0.hasPrefix("~") ? nil : ContainerPath.join(state.workingDirectory, $0)
            }
        case "pushd", "popd":
            let target = name == "pushd" ? arguments.first?.text : nil
            state.workingDirectory = target.flatMap { ContainerPath.join(state.workingDirectory, $0) }
        case "export", "declare", "local", "readonly", "typeset":
            for word in arguments { declare(word, &state) }
        case "unset":
            for word in arguments {
                if let text = word.text, !text.hasPrefix("-") { state.variables.values[text] = .scalar(.unset) }
            }
        case "read", "mapfile", "readarray", "getopts", "printf":
            if name == "printf", arguments.first?.text != "-v" { return }
            for word in arguments {
                if let text = word.text { state.variables.values[text] = .scalar(.dynamic) }
            }
        case "let":
            for name in arguments.flatMap({ ShellArithmetic.assigned(in: $0.partialText) }) {
                state.variables.values[name] = .scalar(.dynamic)
            }
        case ".", "source", "eval":
            state.variables.mayHoldMore = true
            if name != "eval" {
                // The file may set anything again. What the script itself has said is still the best knowledge of a value, and
                // not enough to leave a branch out, unless the file is one that everybody knows.
                let path = arguments.first?.partialText ?? ""
                let isKnown = environmentFiles.contains(PosixPath.lastComponent(path)) || path.hasSuffix(".cargo/env")
                if !isKnown { state.variables.mayHaveChanged = true }
                return
            }
        case "shopt":
            // `nocasematch` decides comparisons otherwise.
            if !arguments.allSatisfy({ $0.text.map { $0 != "nocasematch" } ?? false }) {
                state.variables.mayHaveChanged = true
            }
        case "set":
            guard let dashes = arguments.firstIndex(where: { $0.text == "--" }) else { return }
            let words = arguments[(dashes + 1)...]
            // An unknown word in quotes is one argument, unless it stands for all of them; any other may be many.
            let isCounted = words.allSatisfy { word in
                word.text != nil || (word.raw.hasPrefix("\"") && !word.raw.contains("@"))
            }
            state.variables.setArguments(isCounted ? Array(words) : nil)
        case "shift":
            let count = arguments.first.map { $0.text.flatMap { Int($0) } } ?? 1
            let words = count.flatMap { count in
                state.variables.arguments.flatMap { $0.count >= count && count >= 0 ? Array($0.dropFirst(count)) : nil }
            }
            state.variables.setArguments(words, standElsewhere: state.variables.argumentsStandElsewhere)
        default:
            // NAME=value words of a wrapper do not outlive it.
            break
        }
    }

    private static func declare(_ word: ShellWord, _ state: inout ShellEvaluator.State) {
        guard let equals = word.partialText.firstIndex(of: "="), !word.partialText.hasPrefix("-") else { return }
        var name = String(word.partialText[..<equals])
        let isAppend = name.hasSuffix("+")
        if isAppend { name.removeLast() }
        guard let text = word.text, !text[text.index(after: equals)...].hasPrefix("(") else {
            state.variables.values[name] = .scalar(.dynamic)
            return
        }
        var value = String(text[text.index(after: equals)...])
        if isAppend {
            guard case .known(let old) = state.variables[name], old.utf8.count < 100_000 else {
                state.variables.values[name] = .scalar(.dynamic)
                return
            }
            value = old + value
        }
        state.variables.values[name] = .scalar(.known(value))
    }
}

/// The names that a script's own statements assign.
enum AssignedNames {
    static func of(_ body: ShellBody) -> Set<String> {
        var names: Set<String> = []
        add(body, &names)
        return names
    }

    private static func add(_ body: ShellBody, _ names: inout Set<String>) {
        for statement in body.statements {
            for element in statement.elements {
                for node in element.pipeline.commands { add(node, &names) }
            }
        }
    }

    private static func add(_ node: ShellNode, _ names: inout Set<String>) {
        switch node {
        case .simple(let simple):
            if simple.words.isEmpty { for assignment in simple.assignments { names.insert(assignment.name) } }
        case .group(let body, _), .subshell(let body, _): add(body, &names)
        case .ifClause(let branches, let otherwise, _):
            for branch in branches {
                add(branch.condition, &names)
                add(branch.body, &names)
            }
            if let otherwise { add(otherwise, &names) }
        case .loop(let condition, let body, _):
            add(condition, &names)
            add(body, &names)
        case .forEach(let name, _, let body, _):
            names.insert(name)
            add(body, &names)
        case .caseClause(_, let items, _): for item in items { add(item.body, &names) }
        case .function(_, let body): add(body, &names)
        case .test(_, let body, _): if let body { add(body, &names) }
        }
    }
}

/// Paths inside of an image.
package enum ContainerPath {
    /// The longest path that Linux takes, in bytes. Of a working directory that grows with each command all would be kept.
    static let maximumLength = 4095
    static let tooLong = "the working directory becomes longer than a path can be, \(maximumLength) bytes"

    /// A path below a directory, `.` and `..` taken out; nil when it is relative and the directory is not known.
    package static func join(_ directory: String?, _ path: String) -> String? {
        if PosixPath.isAbsolute(path) { return PosixPath.clamped(path) }
        return directory.map { PosixPath.clamped(path, in: $0) }
    }
}
