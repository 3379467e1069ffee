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
        let source = model.dockerfile.text
        let own = findings.filter { $0.file == source.name && $0.strength != nil }
        var plan = RewritingPlan(model, facts, own)
        var places: [(offset: Int, subject: String, failure: PinFailure)] = []
        for finding in own {
            guard let place = Place(finding), let offset = Self.offset(place.start, source) else { continue }
            if let failure = plan.pin(finding) { places.append((offset, place.subject, failure)) }
        }
        // An edit that does not say what it was meant to say is taken back.
        for failure in plan.withdrawWrongImages() { places.append(failure) }
        let edits = plan.edits
        text = try DocumentEdit(edits).applied(to: source)
        changes = plan.changes.sorted { ($0.line, $0.subject, $0.pinned) < ($1.line, $1.subject, $1.pinned) }
        record = plan.record
        files = plan.files
        var failures: [Place: PinFailure] = [:]
        let moves = Moves(edits)
        for (offset, subject, failure) in places {
            failures[Place(start: text.place(at: moves.moved(offset)), subject: subject)] = failure
        }
        self.failures = failures
    }

    private static func offset(_ place: SourcePosition, _ text: SourceText) -> Int? {
        text.offsets(ofLine: place.line).map { $0.lowerBound + place.column - 1 }
    }
}

/// Where edits move what stands behind them.
private struct Moves {
    /// Where each edit ends, and by how much all so far move what stands behind it.
    private var ends: [(offset: Int, move: Int)] = []

    init(_ edits: [TextEdit]) {
        var move = 0
        for edit in edits.sorted(by: { $0.range.upperBound < $1.range.upperBound }) {
            move += edit.replacement.utf8.count - edit.range.count
            ends.append((edit.range.upperBound, move))
        }
    }

    func moved(_ offset: Int) -> Int {
        var (low, high) = (0, ends.count)
        while low < high {
            let middle = low + (high - low) / 2
            if ends[middle].offset <= offset { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? offset + ends[low - 1].move : offset
    }
}

/// The edits of a rewriting while they are collected.
struct RewritingPlan {
    let model: DockerfileModel
    let facts: PinFacts
    var source: SourceText { model.dockerfile.text }
    /// Where the findings are, and those of Python packages.
    let places: Set<SourceRange>
    let pythonPlaces: Set<SourceRange>
    private let words: WordPlaces
    private(set) var edits: [TextEdit] = []
    private var knownEdits = Set<TextEdit>()
    /// The first edit that inserts at an offset.
    private var insertions: [Int: Int] = [:]
    private(set) var changes: [DockerfileRewriting.Change] = []
    var record = DockerfileRewriting.Record()
    var files: [String: String] = [:]
    /// Images that were edited: their index, and the digest that they have to have then.
    var expected: [(image: Int, digest: Digest, edit: TextEdit, change: DockerfileRewriting.Change)] = []
    /// Commands that are done with, by where they start.
    var rewrittenCommands: [Int: PinFailure?] = [:]
    /// Instructions in front of which the archive was set to a moment, by their index.
    var snapshots: [Int: PinFailure?] = [:]

    init(_ model: DockerfileModel, _ facts: PinFacts, _ findings: [Finding]) {
        self.model = model
        self.facts = facts
        places = Set(findings.compactMap(\.range))
        pythonPlaces = Set(findings.filter { $0.ecosystem == .pypi }.compactMap(\.range))
        words = WordPlaces(model)
    }

    /// Adds an edit, once.
    mutating func add(_ edit: TextEdit) {
        guard knownEdits.insert(edit).inserted else { return }
        if edit.range.isEmpty, insertions[edit.range.lowerBound] == nil {
            insertions[edit.range.lowerBound] = edits.count
        }
        edits.append(edit)
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
        if let index = insertions[place] {
            let there = edits[index].replacement
            if there.containsText(flag) { return }
            knownEdits.remove(edits[index])
            edits[index] = TextEdit(range: place..<place, replacement: there + flag)
            knownEdits.insert(edits[index])
        } else {
            insert(flag, at: place)
        }
    }

    mutating func noteChange(_ line: Int, _ subject: String, _ pinned: String) {
        changes.append(.init(line: line, subject: subject, pinned: pinned))
    }

    /// Pins what a finding is about; gives the reason where that cannot be done.
    mutating func pin(_ finding: Finding) -> PinFailure? {
        // The finding itself says which value is missing.
        if finding.strength == .unknown, finding.ecosystem != .image, finding.ecosystem != .download { return nil }
        return switch finding.ecosystem {
        case .image: pinImage(finding)
        case .download: pinDownload(finding)
        case .pypi: isProject(finding) ? pinProject(finding) : pinPythonPackages(finding)
        case .apt, .apk, .rpm: pinSystemPackage(finding)
        case .git: pinRepository(finding)
        case .conda: isProject(finding) ? pinProject(finding) : pinCondaPackages(finding)
        case .npm: pinProject(finding)
        default: PinFailure("its hash is not known from the given files")
        }
    }

    /// Reads the file as it would be, and takes back the edits of images that did not get their digest.
    mutating func withdrawWrongImages() -> [(offset: Int, subject: String, failure: PinFailure)] {
        var failures: [(offset: Int, subject: String, failure: PinFailure)] = []
        guard !expected.isEmpty, let text = try? DocumentEdit(edits).applied(to: source) else { return [] }
        let result = DockerfileModel(Dockerfile.parse(text), options: model.options)
        var wrongEdits = Set<TextEdit>()
        var wrongChanges = Set<DockerfileRewriting.Change>()
        for (index, digest, edit, change) in expected {
            let image = result.images.indices.contains(index) ? result.images[index] : nil
            let original = model.images[index]
            if let image, image.strength == .hashed, !image.hasOverridableDigest,
                image.role == original.role, image.text.hasSuffix("@\(digest)")
            {
                continue
            }
            wrongEdits.insert(edit)
            wrongChanges.insert(change)
            failures.append(
                (
                    original.range.lowerBound, original.text,
                    PinFailure("no digest can be written into \(original.written)", remedy: "Write the whole reference")
                ))
        }
        edits.removeAll { wrongEdits.contains($0) }
        changes.removeAll { wrongChanges.contains($0) }
        return failures
    }

    /// The command that holds a word at a place, and that word's index; of a command and the one that it wraps
    /// (`sudo apt-get ...`) the inner one.
    func command(with range: SourceRange) -> (run: RunStep, index: Int, word: Int)? {
        words.words[range].map { (model.runs[$0.run], $0.command, $0.word) }
    }

    /// The ADD that has a source at a place.
    func added(at range: SourceRange) -> CopyStep? { words.added[range].map { model.copies[$0] } }

    /// The instruction of a RUN, or the one below ONBUILD.
    func instruction(_ run: RunStep) -> Instruction? {
        let all = model.dockerfile.instructions
        return all.indices.contains(run.instructionIndex) ? all[run.instructionIndex] : nil
    }
}

/// The words of commands and the sources of ADD by their places.
private struct WordPlaces {
    private(set) var words: [SourceRange: (run: Int, command: Int, word: Int)] = [:]
    private(set) var added: [SourceRange: Int] = [:]

    init(_ model: DockerfileModel) {
        let source = model.dockerfile.text
        for (number, run) in model.runs.enumerated() {
            for (index, command) in run.commands.enumerated().reversed() where !command.isFromCall {
                for (position, word) in command.words.enumerated() {
                    let range = source.range(word.range)
                    if words[range] == nil { words[range] = (number, index, position) }
                }
            }
        }
        for (index, copy) in model.copies.enumerated() where copy.isAdd {
            for added in copy.sources {
                let range = source.range(added.range)
                if self.added[range] == nil { self.added[range] = index }
            }
        }
    }
}
