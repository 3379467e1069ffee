import DockerfileSyntax
import EnvironmentInventory

/// `conda install a b` and `conda create -n x a b` become an install from ``LockedCondaPackages``, an explicit file that is
/// mounted from the build context. A command is rewritten as a whole or not at all: an explicit file goes with nothing else.
extension RewritingPlan {
    mutating func pinCondaPackages(_ finding: Finding) -> PinFailure? {
        rewriteCommand(of: finding) { plan, run, command in plan.rewriteConda(run, command) }
    }

    private mutating func rewriteConda(_ run: RunStep, _ command: ShellCommand) -> PinFailure? {
        guard let packages = facts.condaPackages else {
            return PinFailure(
                "no lock of conda packages was given",
                remedy:
                    "Pass one: pinproof freeze --dockerfile FILE --lock conda-lock.yml (or an explicit file with sha256)"
            )
        }
        let instruction: Instruction
        let texts: [String]
        switch mountable(run, command) {
        case .failure(let failure): return failure
        case .success(let found): (instruction, texts) = found
        }
        guard ["conda", "mamba", "micromamba"].contains(command.name ?? ""), texts.count > 1,
            texts[1] == "install" || texts[1] == "create"
        else { return PinFailure("only conda, mamba and micromamba, install and create, take an explicit file") }
        var named: [ShellWord] = []
        var position = 2
        while position < texts.count {
            defer { position += 1 }
            let text = texts[position]
            let range = source.range(command.words[position].range)
            if Self.condaFlags.contains(text)
                || Self.condaValueOptions.contains(where: { text.hasPrefix($0 + "=") && $0.hasPrefix("--") })
            {
                continue
            } else if Self.condaValueOptions.contains(text) {
                position += 1
            } else if !text.hasPrefix("-") {
                // A package that is pinned by version and build is in the file as well.
                if let failure = Self.checkConda(text, packages) { return failure }
                named.append(command.words[position])
            } else if places.contains(range) {
                return PinFailure("'\(text)' cannot be named in an explicit file")
            } else {
                return PinFailure("its command also has \(text), which an install from an explicit file does not take")
            }
        }
        guard let last = named.last else { return PinFailure("its command names no package") }
        for word in named.dropLast() { add(TextEdit(range: removal(of: word), replacement: "")) }
        add(TextEdit(range: last.range, replacement: "--file \(LockedCondaPackages.mountedPath)"))
        mount(LockedCondaPackages.fileName, packages.text, at: LockedCondaPackages.mountedPath, in: instruction)
        noteChange(
            command.line, named.map { $0.text ?? $0.raw }.joined(separator: " "),
            "--file \(LockedCondaPackages.fileName) (from \(packages.lock))")
        return nil
    }

    private static func checkConda(_ text: String, _ packages: LockedCondaPackages) -> PinFailure? {
        var specification = text[...]
        if let colons = text.range(ofText: "::") { specification = text[colons.upperBound...] }
        let name = specification.prefix { !"=<>!~ [".contains($0) }.lowercased()
        guard let version = packages.versions[name] else {
            return PinFailure(
                "\(packages.lock) does not hold \(name)", remedy: "Lock it with the others, and freeze again")
        }
        let rest = specification.dropFirst(name.count)
        if rest.isEmpty { return nil }
        // `name=1.2` takes 1.2 and what begins so; other relations are not judged here.
        let wanted = rest.drop { $0 == "=" }.prefix { $0 != "=" }
        guard rest.first == "=", !wanted.contains(where: { "<>!~,|*[".contains($0) }) else {
            return PinFailure(
                "whether \(name) \(version) of \(packages.lock) is \(rest) is not judged here",
                remedy: "Name it with = and a version, or without")
        }
        guard version == wanted || !rest.hasPrefix("==") && version.hasPrefix(wanted + ".") else {
            return PinFailure(
                "\(packages.lock) holds \(name) \(version), which is not \(rest)",
                remedy: "Make the lock and the Dockerfile agree")
        }
        return nil
    }

    private static let condaFlags: Set<String> = [
        "-y", "--yes", "-q", "--quiet", "--override-channels", "--freeze-installed", "--no-update-deps", "--copy",
        "--always-copy", "--strict-channel-priority", "--no-channel-priority", "--json", "-v", "--verbose",
        "--force-reinstall", "--no-pin", "--no-rc", "--no-pyc", "--no-default-packages", "--update-specs", "--no-deps",
    ]
    private static let condaValueOptions: Set<String> = [
        "-n", "--name", "-p", "--prefix", "-c", "--channel", "-r", "--root-prefix", "--solver", "--platform",
        "--experimental-solver", "--channel-priority", "--repodata-fn",
    ]
}
