import DockerfileFreezing
import DockerfileSyntax
import EnvironmentInventory
import LockFormats
import ParallelWork
import PinRules
import SourceDocuments

/// Pins what an existing Dockerfile leaves open.
enum Rewrite {
    /// Rewrites what findings are about.
    ///
    /// - Parameters:
    ///   - require: the strength at which the file is checked.
    ///   - isWanted: whether a finding is to be fixed.
    static func run(
        _ request: RewriteRequest, require: PinStrength = .hashed, isWanted: @escaping (Finding) -> Bool = { _ in true }
    ) throws(InputError) -> RewritePlan {
        if let snapshot = request.snapshot, !SystemPackages.isSnapshot(snapshot) {
            throw InputError(RewritingError.invalidSnapshot(snapshot))
        }
        let source = try readText(request.dockerfile)
        let folder = folder(of: request.dockerfile)
        let earlierPath = request.earlierLock ?? join(folder, FreezeLock.fileName)
        let earlier = try record(earlierPath, isNamed: request.earlierLock != nil)
        let facts = try RewriteFacts(request, earlier: earlier)
        let file = RewrittenFile(
            source: source, context: try Self.context(of: source, request, require), require: require,
            isWanted: isWanted,
            options: DockerfileOptions(
                buildArguments: request.buildArguments, buildContexts: request.buildContexts))
        let files = DirectoryContext.context(file.context)
        var known = PinFacts(image: { facts.image($0) }, download: { facts.download($0) })
        known.system = { facts.system($0, $1) }
        known.commit = { facts.commit($0, $1) }
        known.snapshot = request.snapshot ?? (request.isUpdating ? nil : earlier.snapshot)
        known.contextFile = { if case .text(let text) = files.file($0) { text } else { nil } }
        for lock in request.locks { try readLock(lock, request, into: &known) }
        let result = try file.rewrite(known)

        var record = earlier
        record.add(result.rewriting.record)
        let ignoring = try IgnoreFile.effective(dockerfile: request.dockerfile, context: result.context)?
            .lettingThrough(result.files.map(\.name))
        var plan = RewritePlan(
            dockerfile: request.dockerfile, old: result.old, new: result.text,
            changes: result.rewriting.changes.map { .init(line: $0.line, subject: $0.subject, pinned: $0.pinned) },
            unpinned: result.left.map {
                .init(finding: $0.finding, reason: $0.failure?.reason, fix: $0.failure?.remedy ?? $0.finding.help)
            }, files: result.files.map { PlannedFile(path: $0.name, text: $0.text) }, context: result.context,
            record: record.text)
        plan.ignoreFile = ignoring.map { PlannedFile(path: $0.path, text: $0.text) }
        return plan
    }

    /// The build context: what is given, what the configuration says, else what `check` finds.
    private static func context(
        of source: SourceText, _ request: RewriteRequest, _ require: PinStrength
    ) throws(InputError) -> String {
        var options = Checker.Options()
        options.context = request.context
        options.buildArguments = request.buildArguments
        options.buildContexts = request.buildContexts
        let check = CheckRequest(paths: [request.dockerfile], options: options, cancellation: Cancellation())
        options.require = require == .hashed ? .hashed : .exact
        let policies = try CheckPolicies(options)
        return try CheckedFileReader(check, policies).context(
            of: source, CheckContexts(given: request.context, policies: policies))
    }

    private static func record(_ path: String, isNamed: Bool) throws(InputError) -> RewritingRecord {
        guard isNamed || isRegularFile(path) else { return RewritingRecord() }
        let text = try readText(path)
        return try InputError.wrapping { () throws(DocumentError) in try RewritingRecord(json: text) }
    }

    /// The packages of `--lock`: those of Python, of conda, or both.
    private static func readLock(
        _ lock: String, _ request: RewriteRequest, into facts: inout PinFacts
    ) throws(InputError) {
        // A universal lock has packages for other systems, which the image cannot install.
        var target = request.target?.target ?? Target()
        if target.platform == nil { target.platform = Platform(os: "linux", architecture: "amd64") }
        guard
            case .lock(let opened, let environment) = try SubjectReader(target: nil, reading: request.reading).readLock(
                lock, target: target)
        else { throw InputError("\(lock): it is not a lock") }
        let ecosystems = Set(environment.packages.map(\.ecosystem))
        let earlier =
            (ecosystems.contains(.conda) ? facts.condaPackages?.lock : nil)
            ?? (ecosystems.contains(.pypi) ? facts.packages?.lock : nil)
        if let earlier {
            throw InputError(RewritingError.locksOfOneEcosystem(lock, earlier))
        }
        do throws(FreezeError) {
            if ecosystems.contains(.conda) {
                facts.condaPackages = LockedCondaPackages(lock: fileName(lock), try CondaExplicitFile(environment))
            }
            if ecosystems.contains(.pypi) || !ecosystems.contains(.conda) {
                facts.packages = LockedRequirements(
                    lock: fileName(lock), try HashedRequirements(environment, indexes: opened.document.indexes))
            }
        } catch {
            throw InputError("\(lock) cannot be installed from:\n  " + error.reasons.joined(separator: "\n  "))
        }
    }
}

/// One Dockerfile, checked, rewritten and checked again.
struct RewrittenFile {
    let source: SourceText
    let context: String
    let require: PinStrength
    let isWanted: (Finding) -> Bool
    let options: DockerfileOptions

    /// What stayed unpinned.
    struct UnpinnedFinding {
        let finding: Finding
        let failure: PinFailure?
    }

    struct Result {
        let old: SourceText
        let text: SourceText
        let rewriting: DockerfileRewriting
        let left: [UnpinnedFinding]
        /// The files that instructions mount from the build context, by name.
        let files: [(name: String, text: String)]
        let context: String
    }

    func rewrite(_ facts: PinFacts) throws(InputError) -> Result {
        let dockerfile = try parseDockerfile(source)
        if let refusal = dockerfile.refusal { throw InputError("\(refusal): it cannot be rewritten") }
        let before = check(dockerfile, files: [:])
        var (rewriting, after) = try rewrite(dockerfile, before, facts)
        // An edit that did not fix its finding would be made again each time: such a finding stays as it is.
        let again = try rewrite(after, check(after, files: rewriting.files), facts).rewriting
        let repeated = again.changes.filter { change in
            rewriting.changes.contains { $0.subject == change.subject && $0.pinned == change.pinned }
        }
        if !repeated.isEmpty {
            let fixed = before.filter { finding in
                !repeated.contains { $0.subject.containsText(finding.subject ?? "") }
            }
            (rewriting, after) = try rewrite(dockerfile, fixed, facts)
        }
        let left = check(after, files: rewriting.files).filter { $0.strength != nil || $0.severity == .error }
        return Result(
            old: source, text: rewriting.text, rewriting: rewriting,
            left: left.map { finding in
                UnpinnedFinding(
                    finding: finding,
                    failure: finding.file == source.name
                        ? DockerfileRewriting.Place(finding).flatMap { rewriting.failures[$0] } : nil)
            }, files: rewriting.files.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, context: context)
    }

    private func rewrite(
        _ dockerfile: Dockerfile, _ findings: [Finding], _ facts: PinFacts
    ) throws(InputError) -> (rewriting: DockerfileRewriting, after: Dockerfile) {
        let rewriting: DockerfileRewriting
        do throws(TextEditError) {
            rewriting = try DockerfileRewriting(
                DockerfileModel(dockerfile, options: options), findings: findings, facts: facts)
        } catch { throw InputError("\(source.name): it cannot be rewritten: \(error)") }
        let after = try parseDockerfile(rewriting.text)
        // An edit never breaks what was whole.
        if let refusal = after.refusal {
            throw InputError("\(refusal): rewriting would break the file; left as it is")
        }
        return (rewriting, after)
    }

    private func check(_ dockerfile: Dockerfile, files mounted: [String: String]) -> [Finding] {
        let files = DirectoryContext.context(context)
        let overlay = BuildContext(holds: { files.holds($0) || mounted[$0] != nil }) { [context] name in
            if let text = mounted[name] { return .text(SourceText(name: join(context, name), text: text)) }
            return files.file(name)
        }
        let found = DockerfileCheck.check(dockerfile, options: options, context: overlay, require: require)
        return Finding.sorted(found.findings.filter(isWanted))
    }
}
