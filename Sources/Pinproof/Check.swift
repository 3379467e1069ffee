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
    static let largestText = 64 << 20

    /// Checks files.
    static func run(_ request: CheckRequest) throws(InputError) -> CheckResult {
        let options = request.options
        let configuration = try CheckConfiguration.find(from: request.paths.first ?? ".")
        let require = options.require?.strength ?? configuration.require ?? .exact
        let isAskedFor = try Self.filter(options)
        let checker = try CheckedFileReader(request, require: require)

        var failures: [String] = []
        let files = findFiles(request.paths, hasKey: options.modelKey != nil, configuration, &failures)
        let (read, results) = readAll(
            files, checker, CheckContexts(given: options.context, configuration: configuration), request.cancellation)
        // A file that several others install from is checked once, for all of them.
        let followed = FollowedFile.grouped(results.flatMap { (try? $0.get().followed) ?? [] })
        let checked = mapInParallel(followed) { $0.check(require: require) }

        var found: [Finding] = []
        var suppressedFindings: [Finding] = []
        var texts: [String: SourceText] = [:]
        var kinds = Set<CheckResult.File>()
        for findings in results.compactMap({ try? $0.get().findings }) + checked {
            found += findings.findings
            suppressedFindings += findings.suppressed
            for (file, text) in findings.files {
                if !text.bytes.isEmpty, texts[file.path] == nil { texts[file.path] = text }
                kinds.insert(file)
            }
        }
        found += PinConflicts.findings(between: followed, checked)
        for (file, result) in zip(read, results) {
            guard case .failure(let error) = result else { continue }
            failures.append(error.description)
            let name = file.path == "-" ? options.standardInputName : file.path
            let finding = Finding(
                rule: UnreadableFile.rule.name, severity: .error, file: name, range: nil,
                message: withoutPrefix(error.description, name + ": "))
            found.append(finding)
        }

        var suppressed = FileFindings.deduplicated(suppressedFindings).count(where: isAskedFor)
        var remaining: [Finding] = []
        for var finding in FileFindings.deduplicated(found) {
            if !isAskedFor(finding) { continue }
            switch configuration.rules[finding.rule] {
            case .off?:
                suppressed += 1
                continue
            case .severity(let severity)?: finding.severity = severity
            case nil: break
            }
            remaining.append(configuration.withKnownDigest(finding))
        }
        let beforeBaseline = remaining
        if let path = options.baseline {
            let text = try readText(path)
            let baseline = try InputError.wrapping { () throws(DocumentError) in try CheckBaseline(text) }
            remaining = baseline.remaining(remaining, texts)
            suppressed += beforeBaseline.count - remaining.count
        }

        if kinds.isEmpty, failures.isEmpty, !options.allowsEmpty {
            failures.append("there is no file here that check reads; --allow-empty accepts that")
        }
        var result = CheckResult(
            require: require, findings: remaining, files: Array(kinds), suppressed: suppressed,
            rules: Rules.checked, texts: texts)
        result.beforeBaseline = beforeBaseline
        result.failures = failures
        result.threshold = options.failOn ?? configuration.failOn ?? .error
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
        _ files: [CheckedFile], _ checker: CheckedFileReader, _ contexts: CheckContexts, _ cancellation: Cancellation
    ) -> ([CheckedFile], [Result<CheckedFileReader.CheckedFileResult, InputError>]) {
        @Sendable func read(_ file: CheckedFile) -> Result<CheckedFileReader.CheckedFileResult, InputError> {
            cancellation.isCancelled ? .failure(InputError("cancelled")) : checker.read(file)
        }
        var contexts = contexts
        var files = files
        var results = mapInParallel(files) { read($0) }
        var known = Set(files.map { PathText.normalized($0.path) })
        var named: [CheckedFile] = []
        for (file, result) in zip(files, results) {
            guard case .success(let checked) = result else { continue }
            let checkout = PathText.checkout(of: file.path)
            for build in checked.builds {
                contexts.add(build, manifest: file.path, checkout: checkout)
                let base = build.base == .manifest ? folder(of: file.path) : checkout
                let path = PathText.normalized(join(base, build.dockerfile))
                guard known.insert(path).inserted, isRegularFile(path) else { continue }
                named.append(CheckedFile(path: path, isNamed: false, root: file.root, isDockerfile: true))
            }
        }
        files += named
        results += mapInParallel(named) { read($0) }
        let pairs = Array(zip(files, results))
        let finished = mapInParallel(pairs) { [contexts] pair in Self.finished(pair.1, pair.0, checker, contexts) }
        return (files, finished)
    }

    /// Reads the Dockerfiles of a file, now that all builds are known.
    private static func finished(
        _ result: Result<CheckedFileReader.CheckedFileResult, InputError>, _ file: CheckedFile,
        _ checker: CheckedFileReader, _ contexts: CheckContexts
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
        _ paths: [String], hasKey: Bool, _ configuration: CheckConfiguration, _ failures: inout [String]
    ) -> [CheckedFile] {
        var files: [CheckedFile] = []
        var seen = Set<String>()
        for path in paths {
            if path == "-" {
                files.append(CheckedFile(path: "-", isNamed: true))
                continue
            }
            let isModel = path.hasPrefix("model:")
            let path = isModel ? SubjectReader.withoutPrefix(path) : path
            do throws(InputError) {
                if isModel || hasKey || isFolder(path) && ModelCheck.isModelFolder(path) {
                    files.append(CheckedFile(path: path, isNamed: true, isModel: true))
                    if !isFolder(path) { continue }
                }
                if isFolder(path) {
                    for file in try FileWalk(exclude: configuration.exclude).files(below: path)
                    where
                        (CheckedFileKind.isRecognized(fileName: fileName(file.path))
                        || Manifests.mayBe(path: file.path)) && seen.insert(file.path).inserted
                    {
                        files.append(CheckedFile(path: file.path, isNamed: false, root: path))
                    }
                } else if seen.insert(path).inserted {
                    files.append(CheckedFile(path: path, isNamed: true))
                }
            } catch {
                failures.append(error.description)
            }
        }
        return files
    }
}
