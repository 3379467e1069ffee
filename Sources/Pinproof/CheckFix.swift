import EnvironmentInventory

/// What a checker can pin in place without a choice, by the machinery of ``Rewriter``.
package struct CheckFixes: Sendable {
    /// The rewritten Dockerfiles.
    package var plans: [RewritePlan] = []
    /// Files that could not be read or rewritten, a sentence each.
    package var failures: [String] = []
}

extension Checker {
    /// Plans what can be pinned in the Dockerfiles below some paths; other files stay as they are.
    ///
    /// - Parameter rewriting: where digests and hashes are looked up; its build context, arguments and contexts are those of
    ///   the checker.
    package func fixes(_ paths: [String], using rewriting: Rewriter.Options) async throws(CheckError) -> CheckFixes {
        try await runJob(CheckError.self) { [options] cancellation throws(InputError) in
            let request = CheckRequest(paths: paths, options: options, cancellation: cancellation)
            return try CheckFix(request: request, rewriting: rewriting).plan()
        }
    }
}

/// Plans the fixes of one run.
private struct CheckFix {
    let request: CheckRequest
    let rewriting: Rewriter.Options

    func plan() throws(InputError) -> CheckFixes {
        let configuration = try CheckConfiguration.find(from: request.paths.first ?? ".")
        let require = request.options.require?.strength ?? configuration.require ?? .exact
        let isAskedFor = try Check.filter(request.options)
        var fixes = CheckFixes()
        let files = Check.findFiles(
            request.paths, hasKey: request.options.modelKey != nil, configuration, &fixes.failures)
        for file in files where file.path != "-" && !file.isModel {
            do throws(InputError) {
                guard try isDockerfile(file) else { continue }
                var options = rewriting
                options.context = request.options.context
                options.buildArguments = request.options.buildArguments
                options.buildContexts = request.options.buildContexts
                fixes.plans.append(
                    try Rewrite.run(
                        RewriteRequest(dockerfile: file.path, options: options, reading: request.reading),
                        require: require
                    ) { finding in
                        if case .off? = configuration.rules[finding.rule] { return false }
                        return isAskedFor(finding)
                    })
            } catch {
                // Wrong usage is wrong for every file.
                if error.underlying is RewritingError { throw error }
                if !fixes.failures.contains(error.description) { fixes.failures.append(error.description) }
            }
        }
        return fixes
    }

    private func isDockerfile(_ file: CheckedFile) throws(InputError) -> Bool {
        if CheckedFileKind.isDockerfile(fileName(file.path)) { return true }
        guard file.isNamed, isRegularFile(file.path) else { return false }
        return CheckedFileKind.looksLikeDockerfile(try readText(file.path))
    }
}
