import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Pins what an existing Dockerfile leaves open, by edits of single words: every other byte stays.
///
/// It is led by findings of `check`: what no finding names, because it is pinned or because a comment allows it, stays as
/// it is. So a rewritten file is rewritten to itself.
package struct DockerfileRewriting: Sendable {
    /// One thing that was pinned.
    package struct Change: Sendable, Hashable {
        /// The line of the file as it was.
        package let line: Int
        /// What stood there, `python:3.11`.
        package let subject: String
        /// What it is now, `python:3.11@sha256:...`.
        package let pinned: String
    }

    /// What a rewriting pinned, for `pinproof.lock.json`.
    package struct Record: Sendable, Hashable {
        /// Digests by `name:tag`.
        package var images: [String: Digest] = [:]
        /// Hashes by URL.
        package var downloads: [String: Digest] = [:]
        /// Commits by `URL`, or `URL#REFERENCE`.
        package var repositories: [String: String] = [:]
        /// Versions of the operating system's packages.
        package var system: [String: String] = [:]
        /// The moment of the operating system's archive; nil when no instruction was set to one.
        package var snapshot: String?
    }

    /// The file after the edits.
    package let text: SourceText
    /// What was pinned, in the order of the file.
    package let changes: [Change]
    /// What was pinned, by name.
    package let record: Record
    /// Why findings were left, by their place in the file after the edits and their subject.
    package let failures: [Place: PinFailure]
    /// The files that instructions now mount from the build context, with their texts: ``LockedRequirements/fileName`` and
    /// ``LockedCondaPackages/fileName``.
    package let files: [String: String]

    /// What a finding is known by.
    package struct Place: Sendable, Hashable {
        let start: SourcePosition
        let subject: String

        /// The place of a finding; nil when it has none.
        package init?(_ finding: Finding) {
            guard let range = finding.range, let subject = finding.subject else { return nil }
            start = range.start
            self.subject = subject
        }

        init(start: SourcePosition, subject: String) {
            self.start = start
            self.subject = subject
        }
    }

    /// Rewrites a file.
    ///
    /// - Parameters:
    ///   - findings: those of this file, at `hashed`.
    ///   - facts: where hashes come from.
    /// - Throws: `TextEditError` when edits overlap.
    package init(_ model: DockerfileModel, findings: [Finding], facts: PinFacts) throws(TextEditError) {
        var plan = RewritingPlan(model, facts)
        var places: [(offset: Int, subject: String, failure: PinFailure)] = []
        let source = model.dockerfile.text
        let own = findings.filter { $0.file == source.name && $0.strength != nil }
        for finding in own {
            guard let place = Place(finding), let offset = Self.offset(place.start, source) else { continue }
            if let failure = plan.pin(finding, all: own) { places.append((offset, place.subject, failure)) }
        }
        // An edit that does not say what it was meant to say is taken back.
        for failure in plan.withdrawWrongImages() { places.append(failure) }
        let edits = plan.edits
        text = try DocumentEdit(edits).applied(to: source)
        changes = plan.changes.sorted { ($0.line, $0.subject, $0.pinned) < ($1.line, $1.subject, $1.pinned) }
        record = plan.record
        files = plan.files
        var failures: [Place: PinFailure] = [:]
        for (offset, subject, failure) in places {
            let moved = edits.reduce(offset) { moved, edit in
                edit.range.upperBound <= offset ? moved + edit.replacement.utf8.count - edit.range.count : moved
            }
            failures[Place(start: text.place(at: moved), subject: subject)] = failure
        }
        self.failures = failures
    }

    private static func offset(_ place: SourcePosition, _ text: SourceText) -> Int? {
        text.offsets(ofLine: place.line).map { $0.lowerBound + place.column - 1 }
    }
}

/// The edits of a rewriting while they are collected.
struct RewritingPlan {
    let model: DockerfileModel
    let facts: PinFacts
    var source: SourceText { model.dockerfile.text }
    private(set) var edits: [TextEdit] = []
    private(set) var changes: [DockerfileRewriting.Change] = []
    var record = DockerfileRewriting.Record()
    var files: [String: String] = [:]
    /// Images that were edited: their index, and the digest that they have to have then.
    var expected: [(image: Int, digest: Digest, edit: TextEdit, change: DockerfileRewriting.Change)] = []
    /// Commands that are done with, by where they start.
    var rewrittenCommands: [Int: PinFailure?] = [:]
    /// Instructions in front of which the archive was set to a moment, by their index.
    var snapshots: [Int: PinFailure?] = [:]

    init(_ model: DockerfileModel, _ facts: PinFacts) {
        self.model = model
        self.facts = facts
    }

    /// Adds an edit, once.
    mutating func add(_ edit: TextEdit) {
        if !edits.contains(edit) { edits.append(edit) }
    }

    mutating func insert(_ text: String, at offset: Int) {
        add(TextEdit(range: offset..<offset, replacement: text))
    }

    /// Mounts a file of the build context in a RUN; several go behind each other.
    mutating func mount(_ file: String, _ text: String, at path: String, in instruction: Instruction) {
        files[file] = text
        addFlag("--mount=type=bind,source=\(file),target=\(path)", to: instruction)
    }

    /// Adds an option to a RUN, after those that were added before, each once.
    mutating func addFlag(_ option: String, to instruction: Instruction) {
        let flag = " " + option
        let place = instruction.keywordRange.upperBound
        if let index = edits.firstIndex(where: { $0.range == place..<place }) {
            let there = edits[index].replacement
            if !there.containsText(flag) { edits[index] = TextEdit(range: place..<place, replacement: there + flag) }
        } else {
            insert(flag, at: place)
        }
    }

    mutating func noteChange(_ line: Int, _ subject: String, _ pinned: String) {
        changes.append(.init(line: line, subject: subject, pinned: pinned))
    }

    /// Pins what a finding is about; gives the reason where that cannot be done.
    mutating func pin(_ finding: Finding, all: [Finding]) -> PinFailure? {
        // The finding itself says which value is missing.
        if finding.strength == .unknown, finding.ecosystem != .image, finding.ecosystem != .download { return nil }
        return switch finding.ecosystem {
        case .image: pinImage(finding)
        case .download: pinDownload(finding)
        case .pypi: isProject(finding) ? pinProject(finding) : pinPythonPackages(finding, all)
        case .apt, .apk, .rpm: pinSystemPackage(finding)
        case .git: pinRepository(finding)
        case .conda: isProject(finding) ? pinProject(finding) : pinCondaPackages(finding, all)
        case .npm: pinProject(finding)
        default: PinFailure("its hash is not known from the given files")
        }
    }

    /// Reads the file as it would be, and takes back the edits of images that did not get their digest.
    mutating func withdrawWrongImages() -> [(offset: Int, subject: String, failure: PinFailure)] {
        var failures: [(offset: Int, subject: String, failure: PinFailure)] = []
        guard !expected.isEmpty, let text = try? DocumentEdit(edits).applied(to: source) else { return [] }
        let result = DockerfileModel(Dockerfile.parse(text), options: model.options)
        for (index, digest, edit, change) in expected {
            let image = result.images.indices.contains(index) ? result.images[index] : nil
            let original = model.images[index]
            if let image, image.strength == .hashed, !image.hasOverridableDigest,
                image.role == original.role, image.text.hasSuffix("@\(digest)")
            {
                continue
            }
            edits.removeAll { $0 == edit }
            changes.removeAll { $0 == change }
            failures.append(
                (
                    original.range.lowerBound, original.text,
                    PinFailure("no digest can be written into \(original.written)", remedy: "Write the whole reference")
                ))
        }
        return failures
    }

    /// The command that holds a word at a place, and that word's index; of a command and the one that it wraps
    /// (`sudo apt-get ...`) the inner one.
    func command(with range: SourceRange) -> (run: RunStep, index: Int, word: Int)? {
        for run in model.runs {
            for (index, command) in run.commands.enumerated().reversed() where !command.isFromCall {
                if let word = command.words.firstIndex(where: { source.range($0.range) == range }) {
                    return (run, index, word)
                }
            }
        }
        return nil
    }

    /// The instruction of a RUN, or the one below ONBUILD.
    func instruction(_ run: RunStep) -> Instruction? {
        let all = model.dockerfile.instructions
        return all.indices.contains(run.instructionIndex) ? all[run.instructionIndex] : nil
    }
}
