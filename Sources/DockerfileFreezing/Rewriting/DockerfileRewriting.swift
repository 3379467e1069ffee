/// Pins what an existing Dockerfile leaves open, by edits of single words: every other byte stays.
///
/// It is led by findings of `check`: what no finding names, because it is pinned or because a comment allows it, stays as
/// it is. So a rewritten file is rewritten to itself.
public struct DockerfileRewriting: Sendable {
    /// One thing that was pinned.
    public struct Change: Sendable, Hashable {
        /// The line of the file as it was.
        public let line: Int
        /// What stood there, `python:3.11`.
        public let subject: String
        /// What it is now, `python:3.11@sha256:...`.
        public let pinned: String
    }

    /// What a rewriting pinned, for `lockstep.lock.json`.
    public struct Record: Sendable, Hashable {
        /// Digests by `name:tag`.
        public var images: [String: Digest] = [:]
        /// Hashes by URL.
        public var downloads: [String: Digest] = [:]
    }

    /// The file after the edits.
    public let text: SourceText
    /// What was pinned, in the order of the file.
    public let changes: [Change]
    /// What was pinned, by name.
    public let record: Record
    /// Why findings were left, by their place in the file after the edits and their subject.
    public let failures: [Place: PinFailure]
    /// Whether an instruction now mounts ``LockedRequirements/fileName``.
    public let usesRequirements: Bool

    /// What a finding is known by.
    public struct Place: Sendable, Hashable {
        let start: SourcePlace
        let subject: String

        /// The place of a finding; nil when it has none.
        public init?(_ finding: Finding) {
            guard let range = finding.range, let subject = finding.subject else { return nil }
            start = range.start
            self.subject = subject
        }

        init(start: SourcePlace, subject: String) {
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
    public init(_ model: DockerfileModel, findings: [Finding], facts: PinFacts) throws(TextEditError) {
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
        usesRequirements = plan.usesRequirements
        var failures: [Place: PinFailure] = [:]
        for (offset, subject, failure) in places {
            let moved = edits.reduce(offset) { moved, edit in
                edit.range.upperBound <= offset ? moved + edit.replacement.utf8.count - edit.range.count : moved
            }
            failures[Place(start: text.place(at: moved), subject: subject)] = failure
        }
        self.failures = failures
    }

    private static func offset(_ place: SourcePlace, _ text: SourceText) -> Int? {
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
    var usesRequirements = false
    /// Images that were edited: their index, and the digest that they have to have then.
    var expected: [(image: Int, digest: Digest, edit: TextEdit, change: DockerfileRewriting.Change)] = []
    /// Commands that are done with, by where they start.
    var rewrittenCommands: [Int: PinFailure?] = [:]

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

    mutating func noteChange(_ line: Int, _ subject: String, _ pinned: String) {
        changes.append(.init(line: line, subject: subject, pinned: pinned))
    }

    /// Pins what a finding is about; gives the reason where that cannot be done.
    mutating func pin(_ finding: Finding, all: [Finding]) -> PinFailure? {
        switch finding.ecosystem {
        case .image: pinImage(finding)
        case .download: pinDownload(finding)
        case .pypi: pinPythonPackages(finding, all)
        case .apt, .apk, .rpm:
            PinFailure(
                "its version in the base image's archive is not known",
                remedy:
                    "Write the version behind it, or set the package sources to a date of the distribution's snapshot "
                    + "service")
        case .git:
            PinFailure("the commit is not known", remedy: "Check out the commit by its whole id")
        case .npm:
            PinFailure(
                "npm installs it by name", remedy: "List it in package.json, commit package-lock.json, and run npm ci")
        case .conda:
            PinFailure(
                "conda solves for it when the image is built",
                remedy: "Install from an explicit file with hashes (conda list --explicit --sha256)")
        default: PinFailure("nothing at hand knows its hash")
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
                    PinFailure("no digest can be written into \(original.written)", remedy: "Write the reference out")
                ))
        }
        return failures
    }

    /// The command that holds a word at a place, and that word's index.
    func command(with range: SourceRange) -> (run: RunStep, index: Int, word: Int)? {
        for run in model.runs {
            for (index, command) in run.commands.enumerated() where !command.isFromCall {
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
