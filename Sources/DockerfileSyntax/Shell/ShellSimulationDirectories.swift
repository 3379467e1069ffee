import EnvironmentInventory

/// The working directory, and what a script makes before it goes there
/// (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/cd.html).
extension ShellSimulation {
    /// Changes the directory; nil where only a run tells whether that succeeds and where it leads.
    mutating func changeDirectory(_ name: String, _ arguments: [String?]) -> Bool? {
        var rest = arguments[...]
        var isPhysical = false
        while case let option?? = rest.first, option.count > 1, option.hasPrefix("-") {
            rest.removeFirst()
            if option == "--" { break }
            guard option == "-P" || option == "-L", name == "cd" else { return forgetDirectory() }
            isPhysical = option == "-P"
        }
        guard rest.count <= 1 else { return forgetDirectory() }
        guard let target = destination(name, rest.first) else { return forgetDirectory() }
        // What an empty operand does differs; CDPATH and `+N` of pushd lead elsewhere.
        guard !target.isEmpty, name == "cd" || !target.hasPrefix("+"), !isSearched(target),
            !mayLeadBack(target), let path = ContainerPath.join(state.directory, target)
        else { return forgetDirectory() }
        if let entry = host.kind(of: path) {
            guard entry.isDirectory else { return false }
        } else if !state.madeDirectories.contains(path) {
            // It may be mounted, or made by a program.
            return forgetDirectory()
        }
        let directory = isPhysical ? host.realPath(of: path) ?? path : path
        let old = state.directory
        state.directory = directory
        state.variables.values["PWD"] = .scalar(.known(directory))
        state.variables.values["OLDPWD"] = .scalar(old.map { .known($0) } ?? .dynamic)
        return true
    }

    /// The directory that the operand of `cd` names; nil where it is not known.
    private func destination(_ name: String, _ operand: String??) -> String? {
        guard let operand else { return name == "cd" ? known("HOME") : nil }
        return operand == "-" ? (name == "cd" ? known("OLDPWD") : nil) : operand
    }

    private func known(_ name: String) -> String? {
        if case .known(let value) = state.variables[name] { value } else { nil }
    }

    /// Takes the working directory as unknown.
    mutating func forgetDirectory() -> Bool? {
        state.directory = nil
        state.variables.values["PWD"] = .scalar(.dynamic)
        state.variables.values["OLDPWD"] = .scalar(.dynamic)
        return nil
    }

    /// Whether `CDPATH` may say where a directory is looked for.
    private func isSearched(_ target: String) -> Bool {
        guard !target.hasPrefix("/"), target != ".", target != "..", !target.hasPrefix("./"), !target.hasPrefix("../")
        else { return false }
        switch state.variables["CDPATH"] {
        case .unset, .undeclared, .known(""): return false
        case .known, .dynamic: return true
        }
    }

    /// Whether `..` goes up from a directory of which the shell may know another name: the first one is a link.
    private func mayLeadBack(_ target: String) -> Bool {
        guard let directory = state.directory, directory == firstDirectory, !target.hasPrefix("/"),
            target.split(separator: "/").contains("..")
        else { return false }
        return host.realPath(of: directory).map { $0 != directory } ?? false
    }

    /// Notes what `mkdir` and `touch` make. The status of `mkdir -p` is known for root.
    mutating func make(_ name: String, _ arguments: [String?]) -> Bool? {
        var isPlain = name == "mkdir"
        var hasParents = false
        for word in arguments {
            guard let word else {
                state.writesAnywhere = true
                isPlain = false
                continue
            }
            if word.hasPrefix("-") {
                if word == "-p" || word == "--parents" { hasParents = true } else { isPlain = false }
            } else if let path = ContainerPath.join(state.directory, word) {
                state.written.insert(path)
                if Self.isCode(path), host.kind(of: path) == nil {
                    gap(path, "a script writes this file before the program starts")
                }
            } else {
                state.writesAnywhere = true
                isPlain = false
            }
        }
        guard isPlain, hasParents, host.userID == 0 else { return nil }
        for case let word? in arguments where !word.hasPrefix("-") {
            guard let path = ContainerPath.join(state.directory, word), !hasFile(on: path) else { return nil }
        }
        for case let word? in arguments where !word.hasPrefix("-") {
            var path = ""
            for part in (ContainerPath.join(state.directory, word) ?? "").split(separator: "/") {
                path += "/\(part)"
                state.madeDirectories.insert(path)
            }
        }
        return true
    }

    /// Whether a file stands where a path needs a directory, or something that the image does not tell.
    private func hasFile(on path: String) -> Bool {
        var prefix = ""
        for part in path.split(separator: "/") {
            prefix += "/\(part)"
            if let entry = host.kind(of: prefix), !entry.isDirectory { return true }
        }
        return ShellSimulationNames.mounted.contains { path.hasPrefix($0) }
    }

    /// Whether something may be at a path that the image does not have: made by the script, or by what runs the container.
    func mayAppear(_ path: String) -> Bool {
        state.writesAnywhere || ShellSimulationNames.temporary.contains { path.hasPrefix($0) }
            || ShellSimulationNames.ofRuntime.contains(path)
            || state.written.contains { path == $0 || path.hasPrefix($0 + "/") || $0.hasPrefix(path + "/") }
    }

    /// Reports what redirections write into the image's own directories.
    mutating func look(at redirects: [ShellRedirect], range: Range<Int>? = nil) {
        for redirect in redirects where redirect.symbol.contains(">") {
            let target = expand([redirect.target], globs: false).first ?? nil
            // `>&2` copies a descriptor, `>&file` of bash writes a file.
            let isCopy = redirect.symbol.hasSuffix("&")
            if isCopy, let target, target.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "-") }) { continue }
            guard let target, let path = ContainerPath.join(state.directory, target) else {
                gap("", "which file a redirection writes is not known", at: redirect.range)
                continue
            }
            let isTemporary = ShellSimulationNames.temporary.contains { path.hasPrefix($0) }
            if isTemporary, !path.hasPrefix("/dev/") || path.hasPrefix("/dev/shm/") { state.written.insert(path) }
            if !isTemporary || Self.isCode(path) {
                gap(path, "a script writes this file before the program starts", at: redirect.range)
            }
        }
    }

    /// Whether Python would load a file by its name.
    static func isCode(_ path: String) -> Bool {
        [".py", ".pyc", ".so", ".pth", "._pth", ".zip", ".egg", ".pyz", ".cfg"].contains { path.hasSuffix($0) }
    }

    /// Names a program that is told to run or to look into what the script has written.
    mutating func noteWritten(_ words: [String], _ environment: [String: String?], _ simple: ShellSimple) {
        let path = (environment["PYTHONPATH"] ?? nil) ?? ""
        let places = (words + path.split(separator: ":").map(String.init)).compactMap {
            ContainerPath.join(state.directory, $0)
        }
        for file in state.written.sorted() where places.contains(where: { file == $0 }) {
            gap(written(simple), "it uses \(file), which the script has written", at: simple.range)
        }
    }

    /// Whether a file that a command reads may not be there, so that the command does not run.
    func mayFailToRead(_ redirects: [ShellRedirect]) -> Bool {
        redirects.contains { redirect in
            let isProcess = redirect.target.parts.contains { if case .process = $0 { true } else { false } }
            guard redirect.symbol == "<", !isProcess else { return false }
            let target = expand([redirect.target], globs: false).first ?? nil
            guard let path = target.flatMap({ ContainerPath.join(state.directory, $0) }) else { return true }
            return !path.hasPrefix("/dev/") && host.kind(of: path)?.isDirectory != false
        }
    }
}

extension ShellNode {
    /// The redirections of a command.
    var redirects: [ShellRedirect] {
        switch self {
        case .simple(let simple): simple.redirects
        case .group(_, let redirects), .subshell(_, let redirects), .ifClause(_, _, let redirects),
            .loop(_, _, let redirects), .forEach(_, _, _, let redirects), .caseClause(_, _, let redirects),
            .test(_, _, let redirects):
            redirects
        case .function: []
        }
    }
}
