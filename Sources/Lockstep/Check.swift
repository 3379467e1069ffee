import Dispatch
import Glibc
import Synchronization

/// `lockstep check`: finds what is not pinned.
public enum Check {
    /// The largest file that is read as text.
    static let largestText = 64 << 20

    /// Checks files and renders the report.
    ///
    /// - Throws: ``CommandError`` for wrong usage, or when nothing at all could be read.
    public static func run(_ request: CheckRequest) throws(CommandError) -> CommandOutput {
        guard let format = CheckReportFormats.named(request.format) else {
            throw unknownFormat(request.format, CheckReportFormats.all.map { $0.name })
        }
        let configuration = try CheckConfiguration.find(from: request.paths.first ?? ".")
        let require = try requiredStrength(request, configuration)
        let threshold =
            try request.failOn.map { text throws(CommandError) in try FailureThreshold(text) }
            ?? configuration.failOn ?? .at(.error)
        let select = try ruleNames(request.select)
        let ignore = try ruleNames(request.ignore)
        let checker = try CheckedFileReader(request: request, require: require)

        var failures: [String] = []
        let files = findFiles(request.paths, configuration, &failures)
        let results = inParallel(files) { checker.check($0) }

        var findings: [FindingKey: Finding] = [:]
        var suppressedFindings: [FindingKey: Finding] = [:]
        var texts: [String: SourceText] = [:]
        var kinds = Set<CheckResult.File>()
        for case .success(let checked) in results {
            // A file that is walked over and also installed from is reported once, with the place of its use.
            for finding in checked.findings {
                findings.merge([FindingKey(finding): finding]) { $0.message.count >= $1.message.count ? $0 : $1 }
            }
            for finding in checked.suppressed { suppressedFindings[FindingKey(finding)] = finding }
            texts.merge(checked.texts) { first, _ in first }
            kinds.formUnion(checked.files)
        }
        for finding in conflictsInFolders(results) { findings[FindingKey(finding)] = finding }
        for (file, result) in zip(files, results) {
            guard case .failure(let error) = result else { continue }
            failures.append(error.description)
            let name = file.path == "-" ? request.stdinName : file.path
            let finding = Finding(
                rule: UnreadableFile.rule.name, severity: .error, file: name, range: nil,
                message: withoutPrefix(error.description, name + ": "))
            findings[FindingKey(finding)] = finding
        }

        func isAskedFor(_ finding: Finding) -> Bool {
            (select.isEmpty || select.contains(finding.rule)) && !ignore.contains(finding.rule)
        }
        var suppressed = suppressedFindings.values.count(where: isAskedFor)
        var remaining: [Finding] = []
        for var finding in findings.values.sorted(by: Finding.inOrder) {
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
        if let path = request.writeBaseline {
            try AtomicFile.write(CheckBaseline.text(remaining, texts), to: path, replacing: true)
        }
        if let path = request.baseline {
            let text = try readText(path)
            let baseline = try CommandError.wrapping { () throws(DocumentError) in try CheckBaseline(text) }
            let before = remaining.count
            remaining = baseline.remaining(remaining, texts)
            suppressed += before - remaining.count
        }

        let result = CheckResult(
            require: require, findings: remaining, files: Array(kinds), suppressed: suppressed,
            rules: PinRules.all.map { $0.rule }, texts: texts)
        var output = CommandOutput(
            text: format.render(result, style: request.style), diagnostics: failures.map { "lockstep: " + $0 })
        if request.writeBaseline != nil {
            output.status = failures.isEmpty ? ExitStatus.success : ExitStatus.undecided
        } else if !failures.isEmpty {
            output.status = ExitStatus.undecided
        } else if threshold.isReached(by: remaining) {
            output.status = ExitStatus.found
        }
        return output
    }

    /// A finding names its file already.
    private static func withoutPrefix(_ text: String, _ prefix: String) -> String {
        text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
    }

    /// Requirements files of one folder that pin a package differently.
    private static func conflictsInFolders(_ results: [Result<CheckedFileReader.Checked, CommandError>]) -> [Finding] {
        var folders: [String: [[LockRequirement]]] = [:]
        for case .success(let checked) in results {
            // What a file pulls in from elsewhere is that file's to say.
            guard let first = checked.requirements.first else { continue }
            folders[folder(of: first.file), default: []].append(checked.requirements)
        }
        return folders.values.flatMap { PinConflicts.findings(between: $0) }
    }

    private static func requiredStrength(
        _ request: CheckRequest, _ configuration: CheckConfiguration
    ) throws(CommandError) -> PinStrength {
        guard let text = request.require else { return configuration.require ?? .exact }
        guard let strength = PinStrength(rawValue: text), strength == .exact || strength == .hashed else {
            throw CommandError("--require takes exact or hashed, not '\(text)'", kind: .usage)
        }
        return strength
    }

    private static func ruleNames(_ words: [String]) throws(CommandError) -> Set<String> {
        var names = Set<String>()
        for word in words {
            for part in word.split(separator: ",") {
                let name = String(part.drop { $0 == " " })
                guard PinRules.named(name) != nil else {
                    throw CommandError("there is no rule '\(name)'; lockstep rules lists them", kind: .usage)
                }
                names.insert(name)
            }
        }
        return names
    }

    /// What was named, and below folders what has the name of something that can be checked.
    private static func findFiles(
        _ paths: [String], _ configuration: CheckConfiguration, _ failures: inout [String]
    ) -> [CheckedFile] {
        var files: [CheckedFile] = []
        var seen = Set<String>()
        for path in paths {
            if path == "-" {
                files.append(CheckedFile(path: "-", isNamed: true))
                continue
            }
            do throws(CommandError) {
                if isFolder(path) {
                    for file in try FileWalk(exclude: configuration.exclude).files(below: path)
                    where CheckedFileKind.isRecognized(fileName: fileName(file.path)) && seen.insert(file.path).inserted
                    {
                        files.append(CheckedFile(path: file.path, isNamed: false))
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

/// What makes two findings one: the same rule at the same place about the same thing.
private struct FindingKey: Hashable {
    let rule: String
    let file: String
    let range: SourceRange?
    let subject: String?

    init(_ finding: Finding) {
        rule = finding.rule
        file = finding.file
        range = finding.range
        subject = finding.subject ?? finding.message
    }
}

/// Runs a function over all elements on the cores there are; the results keep the order.
func inParallel<Element: Sendable, Value: Sendable>(
    _ elements: [Element], _ body: @Sendable (Element) -> Value
) -> [Value] {
    if elements.count < 2 { return elements.map(body) }
    let results = Mutex<[(Int, Value)]>([])
    DispatchQueue.concurrentPerform(iterations: elements.count) { index in
        let value = body(elements[index])
        results.withLock { $0.append((index, value)) }
    }
    return results.withLock { $0.sorted { $0.0 < $1.0 }.map(\.1) }
}

func unknownFormat(_ name: String, _ known: [String]) -> CommandError {
    CommandError("--format takes \(known.joined(separator: ", ")), not '\(name)'", kind: .usage)
}
