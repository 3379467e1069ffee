import ArchiveReading
import DockerfileFreezing
import DockerfileSyntax
import EnvironmentInventory
import PinRules
import SourceDocuments

/// Pins the images and actions of a manifest: images get the digest after their reference, `uses:` the commit with the tag as
/// a comment; every other byte stays.
struct ManifestRewrite {
    let request: RewriteRequest
    let require: PinStrength
    let isWanted: (Finding) -> Bool

    private static let rules: Set<String> = ["floating-image", "image-without-digest", "floating-action"]

    /// Whether a file may be a manifest whose images or actions are pinned.
    static func mayRewrite(_ path: String) -> Bool { Manifests.mayBe(path: path) }

    /// Plans the rewriting; nil for a file that is not a manifest.
    func run() throws(InputError) -> RewritePlan? {
        let (old, encoding, problem) = YAMLEncoding.decoded(try readText(request.dockerfile))
        guard let before = findings(old) else { return nil }
        if let problem { throw InputError("\(old.name): \(problem)") }
        if let encoding, before.contains(where: { Self.rules.contains($0.rule) && isWanted($0) }) {
            throw InputError("\(old.name): only files in UTF-8 are rewritten, and this is \(encoding)")
        }
        let parent = folder(of: request.dockerfile)
        var earlier = RewritingRecord()
        let recordPath = request.earlierLock ?? join(parent, FreezeLock.fileName)
        if request.earlierLock != nil || isRegularFile(recordPath) {
            let text = try readText(recordPath)
            earlier = try InputError.wrapping { () throws(DocumentError) in try RewritingRecord(json: text) }
        }
        let facts = try RewriteFacts(request, earlier: earlier)
        var edit = DocumentEdit()
        var changes: [RewritePlan.Change] = []
        var failures: [SourceRange: PinFailure] = [:]
        for finding in before where Self.rules.contains(finding.rule) && isWanted(finding) {
            guard let range = finding.range else { continue }
            switch pin(finding, in: old, facts) {
            case .success(let edits):
                for one in edits.edits where !edit.edits.contains(one) {
                    edit.replace(one.range, with: one.replacement)
                }
                changes.append(
                    .init(line: range.start.line, subject: finding.subject ?? "", pinned: edits.pinned))
            case .failure(let failure): failures[range] = failure
            }
        }
        let new: SourceText
        do throws(TextEditError) { new = try edit.applied(to: old) } catch {
            throw InputError("\(old.name): it cannot be rewritten: \(error)")
        }
        guard let after = findings(new),
            !after.contains(where: { $0.rule == UnreadableFile.rule.name })
                || before.contains(where: { $0.rule == UnreadableFile.rule.name })
        else { throw InputError("\(old.name): rewriting would break the file; left as it is") }
        let left = after.filter { isWanted($0) && ($0.strength != nil || $0.severity == .error) }
        return RewritePlan(
            dockerfile: request.dockerfile, old: old, new: new, changes: changes,
            unpinned: left.map { finding in
                let failure = finding.range.flatMap { failures[$0] }
                return .init(finding: finding, reason: failure?.reason, fix: failure?.remedy ?? finding.help)
            }, files: [], context: parent, record: "")
    }

    /// The findings of the manifest itself; nil for a file that is none.
    private func findings(_ text: SourceText) -> [Finding]? {
        let source = ManifestSource(
            text: text, neighbours: DirectoryContext.context(folder(of: text.name)),
            checkout: DirectoryContext.context(CheckoutPaths.checkout(of: text.name, text, root: nil)))
        guard let manifest = Manifests.read(source) else { return nil }
        return Finding.sorted(manifest.reading.judged(require: require).findings.filter { $0.file == text.name })
    }

    private struct Pinning {
        let edits: [TextEdit]
        let pinned: String
    }

    private func pin(_ finding: Finding, in text: SourceText, _ facts: RewriteFacts) -> Result<Pinning, PinFailure> {
        guard let range = finding.range, let subject = finding.subject,
            let start = offset(range.start, text), let end = offset(range.end, text), start <= end
        else { return .failure(PinFailure("its position in the file is not known")) }
        return finding.rule == "floating-action"
            ? pinAction(subject, at: start..<end, in: text, facts)
            : pinImage(subject, at: start..<end, in: text, facts)
    }

    private func offset(_ position: SourcePosition, _ text: SourceText) -> Int? {
        text.offsets(ofLine: position.line).map { min($0.upperBound, $0.lowerBound + position.column - 1) }
    }

    // MARK: Images

    private func pinImage(
        _ subject: String, at range: Range<Int>, in text: SourceText, _ facts: RewriteFacts
    ) -> Result<Pinning, PinFailure> {
        let name = subject.hasPrefix("docker://") ? String(subject.dropFirst("docker://".count)) : subject
        guard !name.contains("$"), let reference = ImageReference(name) else {
            return .failure(
                PinFailure(
                    "its text is put together from values that the file does not give", remedy: "Write the digest there"
                ))
        }
        if reference.digest != nil { return .failure(PinFailure("it has a digest already")) }
        // The whole reference, or the tag of a name in parts.
        let tag = reference.tag ?? ""
        guard
            let place = only(Array(name.utf8), in: range, text)
                ?? (isWhole(tag, range, text) ? only(Array(tag.utf8), in: range, text) : nil)
        else {
            return .failure(
                PinFailure(
                    "it is put together from parts", remedy: "Write the whole reference, with its digest, in one place")
            )
        }
        let digest: Digest
        switch facts.image(reference) {
        case .success(let found): digest = found
        case .failure(let failure): return .failure(failure)
        }
        let suffix = (reference.tag == nil ? ":latest" : "") + "@\(digest)"
        return .success(
            Pinning(
                edits: [TextEdit(range: place.upperBound..<place.upperBound, replacement: suffix)],
                pinned: subject + suffix))
    }

    /// Whether a range holds nothing but a tag, in quotes or without.
    private func isWhole(_ tag: String, _ range: Range<Int>, _ text: SourceText) -> Bool {
        let written = text.bytes[range].filter { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }
        return !tag.isEmpty && written.elementsEqual(tag.utf8)
    }

    /// The one place of a text in a range, where no longer name holds it; nil when there is none or more.
    private func only(_ wanted: [UInt8], in range: Range<Int>, _ text: SourceText) -> Range<Int>? {
        guard !wanted.isEmpty, range.count >= wanted.count, text.bytes.count >= range.upperBound else { return nil }
        func isPart(_ byte: UInt8) -> Bool {
            byte.isASCIILetter || byte.isASCIIDigit
                || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains(byte)
        }
        var found: Range<Int>?
        for start in range.lowerBound...(range.upperBound - wanted.count)
        where text.bytes[start..<start + wanted.count].elementsEqual(wanted) {
            let end = start + wanted.count
            if end < range.upperBound, isPart(text.bytes[end]) { continue }
            if start > range.lowerBound, isPart(text.bytes[start - 1]), text.bytes[start - 1] != UInt8(ascii: "-") {
                continue
            }
            if found != nil { return nil }
            found = start..<end
        }
        return found
    }

    // MARK: Actions

    /// `owner/repository[/path]@reference` becomes `@commit # reference`
    /// (https://docs.github.com/actions/reference/security/secure-use#using-third-party-actions).
    private func pinAction(
        _ subject: String, at range: Range<Int>, in text: SourceText, _ facts: RewriteFacts
    ) -> Result<Pinning, PinFailure> {
        let parts = subject.split(separator: "@", maxSplits: 1).map(String.init)
        let path = parts[0].split(separator: "/").map(String.init)
        guard parts.count == 2, path.count >= 2, !subject.contains("${{"),
            let place = only(Array(subject.utf8), in: range, text)
        else {
            return .failure(PinFailure("it names no reference of a repository", remedy: "Name a full commit id"))
        }
        let reference = parts[1]
        let commit: String
        let given = request.commits["\(path[0])/\(path[1])@\(reference)"] ?? request.commits[subject]
        if let given {
            commit = given
        } else {
            switch facts.commit("https://github.com/\(path[0])/\(path[1])", reference) {
            case .success(let found): commit = found
            case .failure(let failure): return .failure(failure)
            }
        }
        let start = place.upperBound - reference.utf8.count
        var edits = [TextEdit(range: start..<place.upperBound, replacement: commit)]
        if let comment = commentPlace(after: range.upperBound, reference, text) {
            edits.append(TextEdit(range: comment..<comment, replacement: " # \(reference)"))
        }
        return .success(Pinning(edits: edits, pinned: "\(parts[0])@\(commit)"))
    }

    /// Where the tag goes as a comment: behind a value and its quote, in front of a comment that is there and says something
    /// else; nil where other code follows.
    private func commentPlace(after end: Int, _ reference: String, _ text: SourceText) -> Int? {
        let rest = text.bytes[min(end, text.bytes.count)...].prefix {
            $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r")
        }
        var blank = rest[...]
        if let first = blank.first, first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            blank = blank.dropFirst()
        }
        guard let next = blank.firstIndex(where: { !$0.isASCIIBlank }) else { return blank.startIndex }
        guard blank[next] == UInt8(ascii: "#"), next > blank.startIndex else { return nil }
        let words = blank[next...].dropFirst().split { $0.isASCIIBlank }
        return words.first?.elementsEqual(reference.utf8) ?? false ? nil : blank.startIndex
    }
}
