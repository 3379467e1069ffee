import DockerfileSyntax
import EnvironmentInventory
import PythonPackaging

/// `pip install a b` becomes an install with hashes from ``LockedRequirements``, mounted from the build context.
///
/// The whole lock is installed, so that what the packages need is there in the versions that the lock holds. A command is
/// rewritten as a whole or not at all: pip takes no unhashed word beside `--require-hashes`.
extension RewritingPlan {
    mutating func pinPythonPackages(_ finding: Finding) -> PinFailure? {
        rewriteCommand(of: finding) { plan, run, command in plan.rewrite(run, command) }
    }

    private mutating func rewrite(_ run: RunStep, _ command: ShellCommand) -> PinFailure? {
        guard let packages = facts.packages else {
            return PinFailure(
                "no lock was given",
                remedy: "Pass a lock that holds it with its hashes: pinproof freeze --dockerfile FILE --lock LOCK")
        }
        let instruction: Instruction
        let texts: [String]
        switch mountable(run, command) {
        case .failure(let failure): return failure
        case .success(let found): (instruction, texts) = found
        }
        guard let install = texts.firstIndex(of: "install"), Self.isPip(command.name ?? "", texts[1..<max(1, install)])
        else { return PinFailure("only pip install and uv pip install can install from the lock") }
        var named: [ShellWord] = []
        var position = install + 1
        while position < texts.count {
            defer { position += 1 }
            let text = texts[position]
            let range = source.range(command.words[position].range)
            if pythonPlaces.contains(range) {
                if let failure = Self.check(text, packages) { return failure }
                named.append(command.words[position])
            } else if Self.flags.contains(text) || Self.valueOptions.contains(where: { text.hasPrefix($0 + "=") }) {
                continue
            } else if Self.valueOptions.contains(text) {
                position += 1
            } else {
                return PinFailure("its command also has \(text), which an install with hashes does not take")
            }
        }
        guard let last = named.last else { return PinFailure("its command names no package") }
        for word in named.dropLast() { add(TextEdit(range: removal(of: word), replacement: "")) }
        var added = ["--require-hashes", "--no-deps"].filter { !texts.contains($0) }
        added += ["-r", LockedRequirements.mountedPath]
        add(TextEdit(range: last.range, replacement: added.joined(separator: " ")))
        mount(LockedRequirements.fileName, packages.text, at: LockedRequirements.mountedPath, in: instruction)
        for secret in packages.indexes.secrets { addFlag("--mount=type=secret,id=\(secret)", to: instruction) }
        if let first = command.words.first, !packages.indexes.secrets.isEmpty {
            insert(packages.indexes.assignments, at: first.range.lowerBound)
        }
        noteChange(
            command.line, named.map { $0.text ?? $0.raw }.joined(separator: " "),
            "-r \(LockedRequirements.fileName) (from \(packages.lock))")
        return nil
    }

    private static func check(_ text: String, _ packages: LockedRequirements) -> PinFailure? {
        guard let requirement = try? Requirement(text), requirement.url == nil else {
            return PinFailure("'\(text)' is not a package of an index")
        }
        guard let version = packages.versions[requirement.normalizedName] else {
            return PinFailure(
                "\(packages.lock) does not hold \(requirement.normalizedName)",
                remedy: "Lock it with the others, and freeze again")
        }
        guard let parsed = PythonVersion(version),
            requirement.specifiers.contains(parsed, allowsPrereleases: true)
        else {
            return PinFailure(
                "\(packages.lock) holds \(requirement.normalizedName) \(version), which is not \(requirement.specifiers)",
                remedy: "Make the lock and the Dockerfile agree")
        }
        return nil
    }

    /// A word and the blanks behind it; its whole line, where it stands on a continued line alone.
    func removal(of word: ShellWord) -> Range<Int> {
        let bytes = source.bytes
        func isBlank(_ offset: Int) -> Bool { bytes[offset].isASCIIBlank }
        var end = word.range.upperBound
        while end < bytes.count, isBlank(end) { end += 1 }
        var start = word.range.lowerBound
        while start > 0, isBlank(start - 1) { start -= 1 }
        let isFirst = start > 0 && bytes[start - 1] == UInt8(ascii: "\n")
        if isFirst, end < bytes.count, bytes[end] == model.dockerfile.escape {
            var next = end + 1
            while next < bytes.count, isBlank(next) || bytes[next] == UInt8(ascii: "\r") { next += 1 }
            if next < bytes.count, bytes[next] == UInt8(ascii: "\n") { return start..<(next + 1) }
        }
        return word.range.lowerBound..<end
    }

    private static func isPip(_ name: String, _ between: ArraySlice<String>) -> Bool {
        func isVersioned(_ prefix: String) -> Bool {
            name.hasPrefix(prefix)
                && name.dropFirst(prefix.count).utf8.allSatisfy { $0.isASCIIDigit || $0 == UInt8(ascii: ".") }
        }
        if isVersioned("pip") { return between.allSatisfy { flags.contains($0) } }
        if isVersioned("python") { return Array(between.prefix(2)) == ["-m", "pip"] && between.count == 2 }
        return name == "uv" && Array(between) == ["pip"]
    }

    /// Options that change nothing of what is installed, or that hashes make harmless.
    private static let flags: Set<String> = [
        "--no-cache-dir", "--no-cache", "-q", "--quiet", "-qq", "-v", "--verbose", "--user", "--system", "-U",
        "--upgrade",
        "--no-compile", "--compile", "--no-warn-script-location", "--break-system-packages",
        "--disable-pip-version-check", "--prefer-binary", "--pre", "--ignore-installed", "-I", "--force-reinstall",
        "--no-deps", "--require-hashes", "--no-input", "--compile-bytecode", "--no-color", "--no-warn-conflicts",
    ]
    private static let valueOptions: Set<String> = [
        "-i", "--index-url", "--extra-index-url", "--timeout", "--default-timeout", "--retries", "--trusted-host",
        "--root-user-action", "--progress-bar", "-t", "--target", "--prefix", "--cache-dir", "--python", "-f",
        "--find-links", "--cert", "--proxy", "--index-strategy", "--link-mode", "-p", "--only-binary",
    ]
}
