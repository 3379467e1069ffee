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
}
