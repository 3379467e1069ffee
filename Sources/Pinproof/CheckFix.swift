import EnvironmentInventory

/// What `check --fix` may use to mend what it finds.
package struct FixRequest: Sendable {
    /// Whether registries and servers may be asked.
    package var mayFetch: Bool
    /// `[REGISTRY=]HOST[:PORT][/PREFIX]`, asked in place of the registry.
    package var mirrors: [String]
    /// An earlier `pinproof.lock.json`; nil for the one beside each Dockerfile.
    package var fromLock: String?
    /// A lock that pip installs are rewritten to; nil leaves them.
    package var lock: String?

    /// Makes a request.
    package init(mayFetch: Bool = false, mirrors: [String] = [], fromLock: String? = nil, lock: String? = nil) {
        self.mayFetch = mayFetch
        self.mirrors = mirrors
        self.fromLock = fromLock
        self.lock = lock
    }
}

/// `check --fix`: mends in place what needs no choice, by the machinery of `freeze --dockerfile`.
struct CheckFix {
    let fix: FixRequest
    let request: CheckRequest
    let require: PinStrength
    let isWanted: (Finding) -> Bool

    /// Mends Dockerfiles; gives a line for each thing that was pinned. Other files stay as they are.
    func apply(_ files: [CheckedFile], _ failures: inout [String]) -> [String] {
        var lines: [String] = []
        for file in files where file.path != "-" && !file.isModel {
            do throws(CommandError) {
                guard try isDockerfile(file) else { continue }
                var rewrite = RewriteRequest(dockerfile: file.path, result: .inPlace)
                rewrite.context = request.context
                rewrite.buildArguments = request.buildArguments
                rewrite.buildContexts = request.buildContexts
                rewrite.mayFetch = fix.mayFetch
                rewrite.mirrors = fix.mirrors
                rewrite.fromLock = fix.fromLock
                rewrite.locks = fix.lock.map { [$0] } ?? []
                let output = try Rewrite.run(rewrite, require: require, isWanted: isWanted)
                lines += output.text.split(separator: "\n").map { "fixed \($0)" }
            } catch {
                // What cannot be read at all is reported by the check that follows.
                if !failures.contains(error.description) { failures.append(error.description) }
            }
        }
        return lines
    }

    private func isDockerfile(_ file: CheckedFile) throws(CommandError) -> Bool {
        if CheckedFileKind.isDockerfile(fileName(file.path)) { return true }
        guard file.isNamed, isRegularFile(file.path) else { return false }
        return CheckedFileKind.looksLikeDockerfile(try readText(file.path))
    }
}
