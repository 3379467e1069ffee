import EnvironmentInventory
import Glibc
import LockFormats
import ParallelWork
import PinRules
import SourceDocuments
import Synchronization

/// `pinproof check`: finds what is not pinned.
enum Check {
    /// The largest file that is read as text.
    static let maximumTextSize = 64 << 20

    /// Checks files.
    static func run(_ request: CheckRequest) throws(InputError) -> CheckResult {
        let options = request.options
        let policies = try CheckPolicies(options)
        _ = try policies.configuration(for: request.paths.first ?? ".")
        let isAskedFor = try Self.filter(options)
        let checker = try CheckedFileReader(request, policies)

        var collected = Collected()
        let found = findFiles(request.paths, hasKey: options.modelKey != nil, policies)
        let (read, results) = readAll(
            found.files, with: checker, contexts: CheckContexts(given: options.context, policies: policies),
            cancellation: request.cancellation)
        // A file that several others install from is checked once, for all of them.
        let followed = FollowedFile.grouped(results.flatMap { (try? $0.get().followed) ?? [] })
        let checked = mapInParallel(followed) { file in
            file.check(require: (try? policies.strength(ofFile: file.text.name)) ?? .exact)
        }
        for findings in results.compactMap({ try? $0.get().findings }) + checked { collected.add(findings) }
        collected.findings += PinConflicts.findings(between: followed, checked)
        for failure in found.failures { collected.addUnreadable(failure.path, failure.reason) }
        for (file, result) in zip(read, results) {
            guard case .failure(let error) = result else { continue }
            let name = file.path == "-" ? options.standardInputName : file.path
            collected.addUnreadable(name, withoutPrefix(error.description, name + ": "))
        }
        if !options.allowsEmpty { collected.addEmpty(request.paths, read, results) }
        return try result(of: collected, request, policies, isAskedFor)
    }

    /// What files say, before the configuration and a baseline have their word.
    private struct Collected {
        var findings: [Finding] = []
        var suppressed: [Finding] = []
        var texts: [String: SourceText] = [:]
        var files = Set<CheckResult.File>()
        var failures: [String] = []

        mutating func add(_ other: FileFindings) {
            findings += other.findings
            suppressed += other.suppressed
            for (file, text) in other.files {
                if !text.bytes.isEmpty, texts[file.path] == nil { texts[file.path] = text }
                files.insert(file)
            }
        }

        /// Records a file or a folder that cannot be read at all.
        mutating func addUnreadable(_ path: String, _ reason: String) {
            failures.append("\(path): \(reason)")
            findings.append(
                Finding(
                    rule: UnreadableFile.rule.name, severity: .error, file: path, range: nil, message: reason,
                    help: UnreadableFile.rule.help))
        }

        /// Records the paths that hold no file that is read.
        mutating func addEmpty(
            _ paths: [String], _ read: [CheckedFile],
            _ results: [Result<CheckedFileReader.CheckedFileResult, InputError>]
        ) {
            var filled = Set<String>()
            for (file, result) in zip(read, results) {
                guard let root = file.root, !filled.contains(root) else { continue }
                switch result {
                case .failure: filled.insert(root)
                case .success(let checked):
                    if !checked.findings.files.isEmpty || !checked.followed.isEmpty { filled.insert(root) }
                }
            }
            for path in paths where isFolder(path) && !filled.contains(path) && !ModelCheck.isModelFolder(path) {
                if failures.contains(where: { $0.hasPrefix(path) }) { continue }
                failures.append("\(path): there is no file here that check reads; --allow-empty accepts that")
            }
        }
    }

    /// Applies the configuration of each file, and a baseline.
    private static func result(
        of collected: Collected, _ request: CheckRequest, _ policies: CheckPolicies,
        _ isAskedFor: (Finding) -> Bool
    ) throws(InputError) -> CheckResult {
        let options = request.options
        let texts = collected.texts
        var failures = collected.failures
        var said = Set(failures)
        var suppressed = FileFindings.deduplicated(collected.suppressed).count(where: isAskedFor)
        var remaining: [Finding] = []
        for var finding in FileFindings.deduplicated(collected.findings) {
            // What could not be read is never a success, whichever findings are wanted.
            if finding.rule == UnreadableFile.rule.name, finding.severity == .error {
                let place = finding.range.map { ":\($0.start.line)" } ?? ""
                let failure = "\(finding.file)\(place): \(finding.message)"
                if said.insert(failure).inserted { failures.append(failure) }
            }
            if !isAskedFor(finding) { continue }
            // A broken configuration of a lower directory has been recorded as a failure.
            let configuration = (try? policies.configuration(for: finding.file)) ?? CheckConfiguration()
            switch configuration.rules[finding.rule] {
            case .off?:
                suppressed += 1
                continue
            case .severity(let severity)?: finding.severity = severity
            case nil: break
            }
            remaining.append(configuration.withKnownDigest(finding, in: texts[finding.file]).withoutCredentials)
        }
        let beforeBaseline = remaining
        if let path = options.baseline {
            let text = try readText(path)
            let baseline = try InputError.wrapping { () throws(DocumentError) in try CheckBaseline(text) }
            remaining = baseline.remaining(remaining, texts)
            suppressed += beforeBaseline.count - remaining.count
        }
        // The weakest strength and the strictest threshold of all files: the order of paths changes nothing.
        var strengths = Set<PinStrength>()
        var thresholds = Set<FailureThreshold>()
        var folders = Set<String>()
        for file in collected.files where folders.insert(folder(of: file.path)).inserted {
            if let strength = try? policies.strength(for: file.path) { strengths.insert(strength) }
            if let threshold = try? policies.threshold(for: file.path) { thresholds.insert(threshold) }
        }
        let first = request.paths.first ?? "."
        if strengths.isEmpty { strengths.insert(try policies.strength(for: first)) }
        if thresholds.isEmpty { thresholds.insert(try policies.threshold(for: first)) }
        var result = CheckResult(
            require: strengths.contains(.exact) ? .exact : .hashed, findings: remaining,
            files: Array(collected.files), suppressed: suppressed, rules: Rules.checked, texts: texts)
        result.beforeBaseline = beforeBaseline
        result.failures = failures
        result.threshold =
            FailureThreshold.allCases.reversed().first { $0 != .never && thresholds.contains($0) } ?? .never
        result.isFailing = remaining.contains { finding in
            ((try? policies.threshold(for: finding.file)) ?? .error).isReached(by: [finding])
        }
        return result
    }

    /// A finding names its file already.
    private static func withoutPrefix(_ text: String, _ prefix: String) -> String {
        text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
    }

    /// Reads all files: manifests and the files that commands install from first, then Dockerfiles as manifests build them.
    ///
    /// - Returns: the files that were read, those that only manifests name among them, and what each of them says.
    private static func readAll(
        _ files: [CheckedFile], with checker: CheckedFileReader, contexts: CheckContexts, cancellation: Cancellation
    ) -> ([CheckedFile], [Result<CheckedFileReader.CheckedFileResult, InputError>]) {
        @Sendable func read(_ file: CheckedFile) -> Result<CheckedFileReader.CheckedFileResult, InputError> {
            cancellation.isCancelled ? .failure(InputError("cancelled")) : checker.read(file)
        }
        var contexts = contexts
        var files = files
        var results = mapInParallel(files) { read($0) }
        var known: [String: Int] = [:]
        for (index, file) in files.enumerated() { known[CheckoutPaths.normalized(file.path)] = index }
        var start = 0
        // What a manifest uses may use others.
        while start < files.count {
            var named: [CheckedFile] = []
            for index in start..<files.count {
                let file = files[index]
                guard case .success(var checked) = results[index] else { continue }
                let checkout = file.use?.checkout ?? checked.checkout ?? CheckoutPaths.checkout(of: file.path)
                for build in checked.builds { contexts.add(build, of: file, checkout: checkout) }
                let uses = CheckContexts.files(namedBy: checked, in: file, checkout: checkout)
                if !uses.missing.isEmpty {
                    results[index] = Result { () throws(InputError) in
                        try checker.add(uses.missing, to: &checked, of: file)
                        return checked
                    }
                }
                for other in uses.files {
                    if let index = known[other.path] {
                        // A file whose name and content say nothing is what its user says it is.
                        guard index < files.count, other.use != nil || other.isDockerfile,
                            case .success(let earlier) = results[index], earlier.isOfNoKind
                        else { continue }
                    }
                    known[other.path] = .max
                    named.append(other)
                }
            }
            start = files.count
            files += named
            results += mapInParallel(named) { read($0) }
        }
        let pairs = Array(zip(files, results))
        let finished = mapInParallel(pairs) { [contexts] pair in
            Self.finished(pair.1, of: pair.0, by: checker, contexts: contexts)
        }
        return (files, finished)
    }

    /// Reads the Dockerfiles of a file, now that all builds are known.
    private static func finished(
        _ result: Result<CheckedFileReader.CheckedFileResult, InputError>, of file: CheckedFile,
        by checker: CheckedFileReader, contexts: CheckContexts
    ) -> Result<CheckedFileReader.CheckedFileResult, InputError> {
        guard case .success(var checked) = result else { return result }
        if let text = checked.dockerfile {
            do throws(InputError) {
                return .success(try checker.read(dockerfile: text, contexts, root: file.root))
            } catch { return .failure(error) }
        }
        for embedded in checked.embedded {
            let inner = checker.read(embedded: embedded, manifest: file.path)
            checked.findings.merge(inner.findings)
            checked.followed += inner.followed
        }
        return .success(checked)
    }

    /// Whether a finding's rule is among those that are applied.
    static func filter(_ options: Checker.Options) throws(InputError) -> @Sendable (Finding) -> Bool {
        for name in options.select.union(options.ignore).sorted()
        where !Rules.checked.contains(where: { $0.name == name }) {
            throw InputError(CheckError.unknownRule(name))
        }
        let (select, ignore) = (options.select, options.ignore)
        return { finding in
            (select.isEmpty || select.contains(finding.rule)) && !ignore.contains(finding.rule)
        }
    }

    /// What was named, and below folders what has the name of something that can be checked.
    static func findFiles(
        _ paths: [String], hasKey: Bool, _ policies: CheckPolicies
    ) -> (files: [CheckedFile], failures: [(path: String, reason: String)]) {
        var files: [CheckedFile] = []
        var failures: [(path: String, reason: String)] = []
        var seen = Set<String>()
        for written in paths {
            if written == "-" {
                files.append(CheckedFile(path: "-", isNamed: true))
                continue
            }
            let isModel = written.hasPrefix("model:")
            let isDockerfile = written.hasPrefix("dockerfile:")
            let isLock = written.hasPrefix("lock:")
            let path =
                isModel || isDockerfile || isLock
                ? String(written.drop { $0 != ":" }.dropFirst()) : written
            if isDockerfile || isLock {
                guard seen.insert(path).inserted else { continue }
                files.append(CheckedFile(path: path, isNamed: true, isDockerfile: isDockerfile, isLock: isLock))
                continue
            }
            if isModel || hasKey || isFolder(path) && ModelCheck.isModelFolder(path) {
                files.append(CheckedFile(path: path, isNamed: true, isModel: true))
                if !isFolder(path) { continue }
            }
            guard isFolder(path) else {
                if seen.insert(path).inserted { files.append(CheckedFile(path: path, isNamed: true)) }
                continue
            }
            do throws(InputError) {
                let walk = try walk(path, policies).walk(path)
                failures += walk.failures
                for file in walk.files where seen.insert(file.path).inserted {
                    files.append(CheckedFile(path: file.path, isNamed: false, root: path, rawPath: file.rawPath))
                }
            } catch {
                failures.append((path, withoutPrefix(error.description, path + ": ")))
            }
        }
        return (files, failures)
    }

    /// The walk below a folder, without what the configuration above it and those below it take away.
    private static func walk(_ path: String, _ policies: CheckPolicies) throws(InputError) -> FileWalk {
        let configuration = try policies.configuration(for: path)
        var exclusion = FileWalk.Exclusion(rules: configuration.exclude)
        if policies.isNested, let root = absoluteFolder(path), root.hasPrefix(configuration.directory + "/") {
            exclusion.prepended = String(root.dropFirst(configuration.directory.count + 1)) + "/"
        }
        return FileWalk(
            exclusion: exclusion,
            isWanted: { below in
                let name = fileName(below)
                if CheckedFileKind.isOther(fileName: name) { return false }
                return CheckedFileKind.isRecognized(fileName: name) || Manifests.mayBe(path: join(path, below))
            },
            ownExclusion: { directory in
                policies.isNested ? (try? policies.configuration(for: directory))?.exclude : nil
            })
    }
}
