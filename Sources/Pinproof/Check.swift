import EnvironmentInventory
import FindingReports
import Glibc
import LockFormats
import ParallelWork
import PinRules
import SourceDocuments
import Synchronization

/// `pinproof check`: finds what is not pinned.
package enum Check {
    /// The largest file that is read as text.
    static let largestText = 64 << 20

    /// Checks files and renders the report.
    ///
    /// - Throws: ``CommandError`` for wrong usage, or when nothing at all could be read.
    package static func run(_ request: CheckRequest) throws(CommandError) -> CommandOutput {
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
        let files = findFiles(request.paths, hasKey: request.modelKey != nil, configuration, &failures)
        func isAskedFor(_ finding: Finding) -> Bool {
            (select.isEmpty || select.contains(finding.rule)) && !ignore.contains(finding.rule)
        }
        var fixed: [String] = []
        if let fix = request.fix {
            fixed = CheckFix(fix: fix, request: request, require: require) { finding in
                if case .off? = configuration.rules[finding.rule] { return false }
                return isAskedFor(finding)
            }.apply(files, &failures)
        }
        let results = mapInParallel(files) { checker.read($0) }
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
        for (file, result) in zip(files, results) {
            guard case .failure(let error) = result else { continue }
            failures.append(error.description)
            let name = file.path == "-" ? request.stdinName : file.path
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
            rules: Rules.checked, texts: texts)
        var output = CommandOutput(
            text: format.render(result, style: request.style), diagnostics: fixed + failures.map { "pinproof: " + $0 })
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
                guard Rules.checked.contains(where: { $0.name == name }) else {
                    throw CommandError("there is no rule '\(name)'; pinproof rules lists them", kind: .usage)
                }
                names.insert(name)
            }
        }
        return names
    }

    /// What was named, and below folders what has the name of something that can be checked.
    private static func findFiles(
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
            do throws(CommandError) {
                if isModel || hasKey || isFolder(path) && ModelCheck.isModelFolder(path) {
                    files.append(CheckedFile(path: path, isNamed: true, isModel: true))
                    if !isFolder(path) { continue }
                }
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

func unknownFormat(_ name: String, _ known: [String]) -> CommandError {
    CommandError("--format takes \(known.joined(separator: ", ")), not '\(name)'", kind: .usage)
}
