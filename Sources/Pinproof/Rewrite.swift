import DockerfileFreezing
import DockerfileSyntax
import EnvironmentInventory
import Glibc
import LockFormats
import PinRules
import SourceDocuments

/// `pinproof freeze --dockerfile`: pins what an existing Dockerfile leaves open.
package enum Rewrite {
    /// Rewrites a Dockerfile and says what could not be pinned; exit status 1 when something could not.
    ///
    /// - Throws: ``CommandError`` when the file or the lock cannot be read, or a file is in the way.
    package static func run(_ request: RewriteRequest) throws(CommandError) -> CommandOutput {
        try run(request, require: .hashed) { _ in true }
    }

    /// Rewrites what some findings are about.
    ///
    /// - Parameter require: the strength at which the file is checked.
    /// - Parameter isWanted: whether a finding is to be mended.
    static func run(
        _ request: RewriteRequest, require: PinStrength, isWanted: @escaping (Finding) -> Bool
    ) throws(CommandError) -> CommandOutput {
        if let snapshot = request.snapshot, !SystemPackages.isSnapshot(snapshot) {
            throw CommandError("--snapshot takes a moment as 20240601T000000Z, not '\(snapshot)'", kind: .usage)
        }
        let source = try readText(request.dockerfile)
        let folder = folder(of: request.dockerfile)
        let earlierPath = request.fromLock ?? join(folder, FreezeLock.fileName)
        let earlier = try record(earlierPath, isNamed: request.fromLock != nil)
        let facts = try RewriteFacts(request, earlier: earlier)
        let file = RewrittenFile(
            source: source, context: request.context ?? folder, require: require, isWanted: isWanted,
            options: DockerfileOptions(
                buildArguments: try CheckedFileReader.pairs(request.buildArguments, "--build-arg"),
                buildContexts: try CheckedFileReader.pairs(request.buildContexts, "--build-context")))
        if let context = request.context, !isFolder(context) {
            throw CommandError("--context \(context): it is no folder")
        }
        let files = CheckedFileReader.buildContext(file.context)
        var known = PinFacts(image: { facts.image($0) }, download: { facts.download($0) })
        known.system = { facts.system($0, $1) }
        known.commit = { facts.commit($0, $1) }
        known.snapshot = request.snapshot ?? (request.isUpdating ? nil : earlier.snapshot)
        known.contextFile = { if case .text(let text) = files.file($0) { text } else { nil } }
        for lock in request.locks { try readLock(lock, request, into: &known) }
        let result = try file.rewrite(known)

        var output = try show(result, request, folder)
        if !result.left.isEmpty { output.status = ExitStatus.found }
        output.diagnostics += result.left.map(\.text)
        if !result.left.isEmpty {
            output.diagnostics.append(
                "pinproof: \(result.rewriting.changes.count) pinned, \(result.left.count) left as they were")
        }
        guard request.result != .text, request.result != .difference else { return output }
        var record = earlier
        record.add(result.rewriting.record)
        try write(result, record, earlier, request, folder)
        return output
    }

    private static func record(_ path: String, isNamed: Bool) throws(CommandError) -> RewritingRecord {
        guard isNamed || isRegularFile(path) else { return RewritingRecord() }
        let text = try readText(path)
        return try CommandError.wrapping { () throws(DocumentError) in try RewritingRecord(json: text) }
    }

    /// The packages of `--lock`: those of Python, of conda, or both.
    private static func readLock(
        _ lock: String, _ request: RewriteRequest, into facts: inout PinFacts
    ) throws(CommandError) {
        // A universal lock has packages for other systems, which the image cannot install.
        var target = request.target?.target ?? Target()
        if target.platform == nil { target.platform = Platform(os: "linux", architecture: "amd64") }
        guard
            case .lock(_, let environment) = try SubjectReader(target: nil).readLock(lock, target: target)
        else { throw CommandError("\(lock): it is no lock") }
        let ecosystems = Set(environment.packages.map(\.ecosystem))
        let earlier =
            (ecosystems.contains(.conda) ? facts.condaPackages?.lock : nil)
            ?? (ecosystems.contains(.pypi) ? facts.packages?.lock : nil)
        if let earlier {
            throw CommandError("--lock \(lock): \(earlier) holds such packages already", kind: .usage)
        }
        do throws(FreezeError) {
            if ecosystems.contains(.conda) {
                facts.condaPackages = LockedCondaPackages(lock: fileName(lock), try CondaExplicitFile(environment))
            }
            if ecosystems.contains(.pypi) || !ecosystems.contains(.conda) {
                facts.packages = LockedRequirements(
                    lock: fileName(lock), try HashedRequirements(environment))
            }
        } catch {
            throw CommandError("\(lock) cannot be installed from:\n  " + error.reasons.joined(separator: "\n  "))
        }
    }

    /// What goes to standard output.
    private static func show(
        _ result: RewrittenFile.Result, _ request: RewriteRequest, _ folder: String
    ) throws(CommandError) -> CommandOutput {
        switch request.result {
        case .text: return CommandOutput(text: result.text.string(0..<result.text.bytes.count))
        case .difference:
            var bytes = UnifiedDiff.text(request.dockerfile, old: result.old.bytes, new: result.text.bytes)
            for (name, text) in result.files {
                let path = join(result.context, name)
                let old = isRegularFile(path) ? try readText(path).bytes : nil
                bytes += UnifiedDiff.text(path, old: old, new: Array(text.utf8))
            }
            return CommandOutput(text: String(decoding: bytes, as: UTF8.self))
        case .inPlace, .file:
            let lines = result.rewriting.changes.map {
                "\(request.dockerfile):\($0.line): \($0.subject) -> \($0.pinned)\n"
            }
            return CommandOutput(text: lines.joined())
        }
    }

    /// Writes all files or none, the Dockerfile last.
    private static func write(
        _ result: RewrittenFile.Result, _ record: RewritingRecord, _ earlier: RewritingRecord,
        _ request: RewriteRequest, _ folder: String
    ) throws(CommandError) {
        var files: [(path: String, bytes: [UInt8])] = []
        func add(_ path: String, _ bytes: [UInt8], mayReplace: Bool) throws(CommandError) {
            if isRegularFile(path) {
                if try readText(path).bytes == bytes { return }
                guard mayReplace else {
                    throw CommandError("\(path): it is there already, and not the same; --force replaces it")
                }
            } else if exists(path) {
                throw CommandError("\(path): it is no file, and cannot be written")
            }
            files.append((path, bytes))
        }
        let isInPlace = request.result == .inPlace
        for (name, text) in result.files {
            try add(join(result.context, name), Array(text.utf8), mayReplace: isInPlace || request.force)
        }
        if case .file(let path) = request.result {
            try add(path, result.text.bytes, mayReplace: request.force)
        } else {
            try add(resolved(request.dockerfile), result.text.bytes, mayReplace: true)
        }
        if !result.rewriting.changes.isEmpty {
            let path = join(folder, FreezeLock.fileName)
            files.insert((path, Array(record.text.utf8)), at: 0)
        }
        try AtomicFile.write(files, replacing: true)
    }

    /// The file behind links, so that a link stays one.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(validatingCString: real) ?? path
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
    struct Left {
        let finding: Finding
        let failure: PinFailure?

        /// `FILE:LINE:COLUMN: left as it is: WHAT`, why, and what would pin it.
        var text: String {
            let place = finding.range.map { ":\($0.start.line):\($0.start.column)" } ?? ""
            var text = "\(finding.file)\(place): left as it is: \(finding.message) [\(finding.rule)]"
            if let failure { text += "\n  why: \(failure.reason)" }
            if let remedy = failure?.remedy ?? finding.help { text += "\n  what would pin it: \(remedy)" }
            return text
        }
    }

    struct Result {
        let old: SourceText
        let text: SourceText
        let rewriting: DockerfileRewriting
        let left: [Left]
        /// The files that instructions mount from the build context, by name.
        let files: [(name: String, text: String)]
        let context: String
    }

    func rewrite(_ facts: PinFacts) throws(CommandError) -> Result {
        let dockerfile = try parseDockerfile(source)
        if let refusal = dockerfile.refusal { throw CommandError("\(refusal): it cannot be rewritten") }
        let before = check(dockerfile, files: [:])
        var (rewriting, after) = try rewrite(dockerfile, before, facts)
        // An edit that did not mend its finding would be made again each time: such a finding stays as it is.
        let again = try rewrite(after, check(after, files: rewriting.files), facts).rewriting
        let repeated = again.changes.filter { change in
            rewriting.changes.contains { $0.subject == change.subject && $0.pinned == change.pinned }
        }
        if !repeated.isEmpty {
            let mended = before.filter { finding in
                !repeated.contains { $0.subject.containsText(finding.subject ?? "") }
            }
            (rewriting, after) = try rewrite(dockerfile, mended, facts)
        }
        let left = check(after, files: rewriting.files).filter { $0.strength != nil || $0.severity == .error }
        return Result(
            old: source, text: rewriting.text, rewriting: rewriting,
            left: left.map { finding in
                Left(
                    finding: finding,
                    failure: finding.file == source.name
                        ? DockerfileRewriting.Place(finding).flatMap { rewriting.failures[$0] } : nil)
            }, files: rewriting.files.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, context: context)
    }

    private func rewrite(
        _ dockerfile: Dockerfile, _ findings: [Finding], _ facts: PinFacts
    ) throws(CommandError) -> (rewriting: DockerfileRewriting, after: Dockerfile) {
        let rewriting: DockerfileRewriting
        do throws(TextEditError) {
            rewriting = try DockerfileRewriting(
                DockerfileModel(dockerfile, options: options), findings: findings, facts: facts)
        } catch { throw CommandError("\(source.name): it cannot be rewritten: \(error)") }
        let after = try parseDockerfile(rewriting.text)
        // An edit never breaks what was whole.
        if let refusal = after.refusal {
            throw CommandError("\(refusal): rewriting would break the file; left as it is")
        }
        return (rewriting, after)
    }

    private func check(_ dockerfile: Dockerfile, files mounted: [String: String]) -> [Finding] {
        let files = CheckedFileReader.buildContext(context)
        let overlay = BuildContext { [context] name in
            if let text = mounted[name] { return .text(SourceText(name: join(context, name), text: text)) }
            return files.file(name)
        }
        let found = DockerfileCheck.check(dockerfile, options: options, context: overlay, require: require)
        return Finding.sorted(found.findings.filter(isWanted))
    }
}
