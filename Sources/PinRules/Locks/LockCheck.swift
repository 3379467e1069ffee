import EnvironmentInventory
import LockFormats
import SourceDocuments
import Synchronization

/// Checks a requirements, lock or environment file.
package enum LockCheck {
    /// Returns what a file leaves unpinned.
    ///
    /// - Parameters:
    ///   - form: how the commands that install it read it; nil when its name and content say it.
    ///   - context: the files beside it.
    ///   - uses: the commands that install from it; empty when it is checked for itself.
    package static func check(
        _ text: SourceText, form: InstalledFileForm? = nil, context: LockReadingContext, require: PinStrength,
        uses: [FileUse] = []
    ) -> FileFindings {
        var result = FileFindings()
        if form == .condaList, !CondaEnvironmentPin.isExplicit(text) {
            return CondaPackageList.check(text, require: require, uses: uses)
        }
        let format = format(of: text, form)
        result.files = [(CheckResult.File(path: text.name, kind: format.name), text)]
        var findings: [Finding] = []
        var texts = [text.name: text]
        // The files that a requirements file names are read once more for their pragmas and lines.
        let loading = LoadedTexts(context)
        do {
            var document = try format.read(text, context: loading.context)
            document.indexes = ProjectLock.sharedIndexes(document, context)
            findings = self.findings(
                document, require: require, uses: uses,
                isMLflow: CondaEnvironmentPin.isMLflow(text, context))
            if isConstraints(text, form, uses) {
                // A range in a constraints file installs nothing.
                findings.removeAll { $0.rule == FloatingRequirement.rule.name && $0.strength == .floating }
            }
            findings += PinConflicts.findings(document) + ProjectLock.findings(document, context)
            if !document.format.isDeclaration { result.requirements = document.requirements }
        } catch {
            let place = error.place ?? SourcePosition(line: 1, column: 1)
            findings.append(
                Finding(
                    rule: UnreadableFile.rule.name, severity: .error, file: error.file,
                    range: SourceRange(start: place, end: place), message: error.reason, help: UnreadableFile.rule.help)
            )
        }
        for loaded in loading.texts {
            texts[loaded.name] = loaded
            result.files.append((CheckResult.File(path: loaded.name, kind: format.name), loaded))
        }
        let pragmas = texts.mapValues { Pragmas($0) }
        for finding in findings {
            if pragmas[finding.file]?.allow(finding) ?? false {
                result.suppressed.append(finding)
            } else {
                result.findings.append(finding)
            }
        }
        return result
    }

    /// Whether a file that no command installs holds constraints, as its name says.
    private static func isConstraints(_ text: SourceText, _ form: InstalledFileForm?, _ uses: [FileUse]) -> Bool {
        guard uses.isEmpty, form == nil || form == .constraints, text.name.hasSuffix(".txt") else { return false }
        let stem = PosixPath.lastComponent(text.name).dropLast(".txt".count)
        return stem.hasPrefix("constraints") || stem.hasSuffix("constraints")
    }

    /// Finds what a lock that was read leaves unpinned, without what lies beside it and without pragmas.
    package static func check(_ document: LockDocument, require: PinStrength) -> [Finding] {
        findings(document, require: require, uses: []) + PinConflicts.findings(document)
    }

    /// What a file of constraints pins exactly, and what it has pip install: the files that it names with `-r`.
    static func constraints(
        _ text: SourceText, context: LockReadingContext
    ) -> (exact: ExactConstraints, installed: [Pin]) {
        guard let document = try? LockReader.requirements.read(text, context: context) else { return (.init(), []) }
        let installed = document.requirements.filter { $0.kind != .constraint && $0.file != text.name }
        return (ExactConstraints(document.requirements), installed.map { pin($0) })
    }

    /// The format of a file: what the command says that installs it, else what its name and content say.
    private static func format(of text: SourceText, _ form: InstalledFileForm?) -> any LockFormat.Type {
        let detected = LockReader.detect(fileName: text.name, text: text)
        switch form {
        case nil, .constraints?, .requirements?: return detected ?? LockReader.requirements
        case .condaEnvironment?, .condaList?:
            let isConda = detected.map { $0 != LockReader.requirements } ?? false
            if isConda, let detected { return detected }
            return LockReader.detect(fileName: "x.txt", text: text).flatMap { $0 != LockReader.requirements ? $0 : nil }
                ?? LockReader.condaEnvironment
        }
    }

    private static func findings(
        _ document: LockDocument, require: PinStrength, uses: [FileUse], isMLflow: Bool = false
    ) -> [Finding] {
        var findings: [Finding] = []
        // What a project declares is a range by right; its lock is what pins.
        if !document.format.isDeclaration {
            let constrained = ExactConstraints(document.requirements.filter { $0.kind == .constraint })
            // Once, for it looks at every requirement.
            let unknown = unknownConstraints(document)
            let pins = document.requirements.filter { $0.kind != .constraint && !isWeaklyHashed($0) }.flatMap {
                self.pins(of: $0, constrained: constrained, unknown: unknown, uses: uses, isMLflow: isMLflow)
            }
            findings += PinRules.findings(pins, require: require, help: advice(document))
        }
        for requirement in document.requirements {
            findings += requirement.problems.map { finding($0, require, requirement) }
        }
        findings += document.problems.map { finding($0, require, nil) }
        // Where every file is known by its hash, it does not matter which index it comes from.
        let isHashed =
            document.format == LockReader.requirements && !document.requirements.isEmpty
            && document.requirements.allSatisfy { $0.kind == .constraint || $0.strength == .hashed }
        for index in document.indexes where index.kind == .extra && !isHashed {
            findings.append(
                Finding(
                    rule: ExtraIndex.rule.name, severity: .warning, file: index.file, range: index.range,
                    message: "packages can come from a second index, \(index.url)", help: ExtraIndex.rule.help,
                    ecosystem: document.format.ecosystem == .cran ? .cran : .pypi, subject: index.url))
        }
        return findings
    }

    /// Whether a package is pinned, and the finding about its hash says what is wrong with it.
    private static func isWeaklyHashed(_ requirement: LockedPackage) -> Bool {
        requirement.strength == .exact && requirement.problems.contains { $0.kind == .weakHash }
    }

    /// How files of the format are pinned; nil for requirements files, whose rules say it.
    private static func advice(_ document: LockDocument) -> String? {
        document.format == LockReader.requirements ? nil : document.format.advice + "."
    }

    /// A constraints file that the document names and that could not be read: it may pin anything.
    private static func unknownConstraints(_ document: LockDocument) -> String? {
        document.problems.first { isUnreadConstraints($0) }.map { _ in "the constraints file" }
    }

    /// Whether a problem is that a file at a URL is not read: unknown, and no fault of the file.
    private static func isUnreadConstraints(_ problem: LockProblem) -> Bool {
        problem.kind == .unreadable && problem.message.containsText("://")
    }

    /// The pins of one line: one for the users that leave it open, one for each other strength that users give it.
    private static func pins(
        of requirement: LockedPackage, constrained: ExactConstraints, unknown: String?, uses: [FileUse],
        isMLflow: Bool
    ) -> [Pin] {
        let pin = pin(requirement)
        if requirement.ecosystem == .conda, pin.strength == .floating,
            let reason = CondaEnvironmentPin.reasonToAccept(requirement.text, isMLflow: isMLflow)
        {
            return [pin.with(strength: .exact, reason: reason).used(by: uses.map(\.location))]
        }
        // What comes from a URL, a repository or a path stays there, whatever version a constraint names.
        guard let name = requirement.name, requirement.ecosystem == .pypi, requirement.origin == .index else {
            return [pin.used(by: uses.map(\.location))]
        }
        func settled(_ use: FileUse?) -> Pin {
            if let moved = use?.constraints.moved(pin, name: name) { return moved }
            guard pin.strength == .floating else { return pin }
            let own = constrained.settled(pin, name: name, marker: requirement.marker)
            if let own, own.strength == .exact { return own }
            let other = use?.constraints.settled(pin, name: name, marker: requirement.marker)
            if let settled = other ?? own { return settled }
            guard let file = use?.unknownConstraints ?? unknown else { return pin }
            return pin.with(strength: .unknown, reason: "\(file) may pin it and could not be read")
        }
        if uses.isEmpty { return [settled(nil)] }
        var result: [(pin: Pin, users: [FileLocation])] = []
        for use in uses {
            let pin = settled(use)
            if let index = result.firstIndex(where: { $0.pin.strength == pin.strength }) {
                result[index].users.append(use.location)
            } else {
                result.append((pin, [use.location]))
            }
        }
        return result.map { $0.pin.used(by: $0.users) }
    }

    private static func pin(_ requirement: LockedPackage) -> Pin {
        var reason: String?
        if requirement.strength == .exact, requirement.ecosystem == .pypi, !requirement.hashes.isEmpty {
            reason = RequirementWithoutHash.partlyHashed
        }
        if requirement.strength == .floating {
            switch requirement.origin {
            case .repository(let repository): reason = GitReference.strength(repository.revision).1
            case .path: reason = "it is a path, whose content nothing pins"
            case .archive: reason = "its URL has no hash"
            case .unknown(let what): reason = what
            case .index:
                let specifier = requirement.specifier
                reason =
                    specifier.isEmpty
                    ? nil : specifier.contains("*") ? "\(specifier) is a wildcard" : "\(specifier) is a range"
            }
        }
        return Pin(
            kind: .requirement, ecosystem: requirement.ecosystem, subject: requirement.text,
            strength: requirement.strength, file: requirement.file, range: requirement.range,
            requestedBy: "the requirement", reason: reason)
    }

    private static func finding(_ problem: LockProblem, _ require: PinStrength, _ requirement: LockedPackage?)
        -> Finding
    {
        let rule: Rule
        let severity: Severity
        switch problem.kind {
        case .unreadable where isUnreadConstraints(problem): (rule, severity) = (UnresolvedVariable.rule, .warning)
        case .unreadable: (rule, severity) = (UnreadableFile.rule, .error)
        case .droppedHash: (rule, severity) = (RequirementWithoutHash.rule, .error)
        case .weakHash: (rule, severity) = (WeakHash.rule, require == .hashed ? .error : .warning)
        case .verificationOff: (rule, severity) = (RequirementWithoutHash.rule, require == .hashed ? .error : .warning)
        case .unresolvedVariable: (rule, severity) = (UnresolvedVariable.rule, .warning)
        case .incomplete: (rule, severity) = (IncompleteLock.rule, .error)
        case .conflict: (rule, severity) = (ConflictingPins.rule, .error)
        }
        return Finding(
            rule: rule.name, severity: severity, file: problem.file, range: problem.range, message: problem.message,
            help: rule.help, ecosystem: requirement?.ecosystem, subject: requirement?.text,
            strength: rule.name == UnresolvedVariable.rule.name ? .unknown : nil)
    }
}

/// Remembers the texts that a reader asked for, so that their lines can be shown.
private final class LoadedTexts: Sendable {
    private let loaded = Mutex<[SourceText]>([])
    private let inner: LockReadingContext

    init(_ context: LockReadingContext) { inner = context }

    var context: LockReadingContext {
        LockReadingContext(directories: inner.directories) { [self] path in
            let result = inner.load(path)
            if case .success(let text) = result { loaded.withLock { $0.append(text) } }
            return result
        }
    }

    var texts: [SourceText] { loaded.withLock { $0 } }
}
