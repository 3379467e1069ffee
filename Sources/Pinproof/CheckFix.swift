import EnvironmentInventory
import PinRules

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
        let policies = try CheckPolicies(request.options)
        let isAskedFor = try Check.filter(request.options)
        var fixes = CheckFixes()
        let found = Check.findFiles(request.paths, hasKey: request.options.modelKey != nil, policies)
        fixes.failures = found.failures.map { "\($0.path): \($0.reason)" }
        let files = found.files
        for file in files where file.path != "-" && !file.isModel && file.rawPath == nil {
            do throws(InputError) {
                let configuration = try policies.configuration(for: file.path)
                var options = rewriting
                options.context = request.options.context
                options.buildArguments = request.options.buildArguments
                options.buildContexts = request.options.buildContexts
                let rewriteRequest = RewriteRequest(
                    dockerfile: file.path, options: options, reading: request.reading)
                let require = try policies.strength(for: file.path)
                func isWanted(_ finding: Finding) -> Bool {
                    if case .off? = configuration.rules[finding.rule] { return false }
                    return isAskedFor(finding)
                }
                let isDockerfile = try isDockerfile(file)
                if isDockerfile {
                    fixes.plans.append(try Rewrite.run(rewriteRequest, require: require, isWanted: isWanted))
                } else if ManifestRewrite.mayRewrite(file.path) {
                    let rewrite = ManifestRewrite(request: rewriteRequest, require: require, isWanted: isWanted)
                    if let plan = try rewrite.run(), !plan.changes.isEmpty || !plan.unpinned.isEmpty {
                        fixes.plans.append(plan)
                    }
                }
            } catch {
                // Wrong usage is wrong for every file.
                if error.underlying is RewritingError { throw error }
                if !fixes.failures.contains(error.description) { fixes.failures.append(error.description) }
            }
        }
        return fixes
    }

    private func isDockerfile(_ file: CheckedFile) throws(InputError) -> Bool {
        if file.isDockerfile { return true }
        if DockerfileName.isOne(fileName(file.path)) { return true }
        guard file.isNamed, isRegularFile(file.path) else { return false }
        return CheckedFileKind.looksLikeDockerfile(try readText(file.path))
    }
}
