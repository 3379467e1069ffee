import EnvironmentInventory
import SourceDocuments

/// What `diff` found between two subjects.
package struct DifferenceReport: Sendable {
    /// The name of the left subject as given.
    package let left: String
    /// The name of the right subject as given.
    package let right: String
    /// What differs.
    package let difference: EnvironmentDifference
    /// How many packages of an operating system only one subject can speak of.
    package let notCompared: [Ecosystem: Int]
    /// What differs besides the packages; nil when it was not compared.
    package let image: ImageDifference?

    /// The shared libraries that each side takes from another place or version; nil where they were not compared.
    package var libraries: [LibraryDifference]?

    /// What each subject names and its reader could not turn into a package.
    package let gaps: GapPair

    /// What the left subject is, with its identity; nil where only its name is known.
    package var leftAbout: SubjectDescription?
    /// What the right subject is, with its identity.
    package var rightAbout: SubjectDescription?

    /// What changed in what two models take and give; nil for other subjects, and where one does not say it.
    package var contractChanges: [ContractChange]?

    /// Whether nothing that was compared differs.
    package var isEmpty: Bool { difference.isEmpty && (image?.isEmpty ?? true) && (libraries?.isEmpty ?? true) }

    /// Whether the comparison covers everything that the subjects name.
    ///
    /// A gap is not comparable, so the subjects are never called the same. Two images with the same gaps are the
    /// exception: their files, those with the gaps among them, were compared byte by byte.
    package var isDecided: Bool {
        (gaps.left + gaps.right).allSatisfy(\.isCompared) || (image != nil && gaps.left == gaps.right)
    }

    /// Creates a report.
    package init(
        left: String, right: String, difference: EnvironmentDifference, notCompared: [Ecosystem: Int] = [:],
        image: ImageDifference? = nil, gaps: GapPair = GapPair()
    ) {
        self.image = image
        self.gaps = gaps
        self.notCompared = notCompared
        self.left = left
        self.right = right
        self.difference = difference
    }
}

/// A format of the report of `diff`: one file in `DifferenceFormats/`, one line in the list.
package protocol DifferenceReportFormat: Sendable {
    /// The name that `--format` takes.
    static var name: String { get }
    /// The whole report, ending with a line feed.
    static func render(_ report: DifferenceReport, style: TerminalStyle) -> String
    /// Hands the whole report over piece by piece, where it is too long to be kept.
    static func write(_ report: DifferenceReport, style: TerminalStyle, to sink: (UnsafeRawBufferPointer) -> Void)
}

extension DifferenceReportFormat {
    /// Hands it over as one piece.
    package static func write(
        _ report: DifferenceReport, style: TerminalStyle, to sink: (UnsafeRawBufferPointer) -> Void
    ) {
        var text = render(report, style: style)
        text.withUTF8 { sink(UnsafeRawBufferPointer($0)) }
    }
}

/// The list of all formats of the report of `diff`.
package enum DifferenceReportFormats {
    /// Every format, `text` first.
    package static let all: [any DifferenceReportFormat.Type] = [
        TextDifferenceReport.self,
        JSONDifferenceReport.self,
        MarkdownDifferenceReport.self,
        HTMLDifferenceReport.self,
    ]

    /// The format with a name, or nil.
    package static func named(_ name: String) -> (any DifferenceReportFormat.Type)? { all.first { $0.name == name } }
}

extension DifferenceReport {
    /// `no difference: ` or `undecided: ` where nothing differs, else nothing.
    var opening: String { !isEmpty ? "" : isDecided ? "no difference: " : "undecided: " }

    /// `1 changed, 40 same; not compared: 98 apt; 1 gap`.
    var summary: String {
        let silent = notCompared.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key.rawValue)" }
        var besides = ""
        if let image {
            let counts = [
                (image.files.count, "file"), (image.configuration.count, "setting"),
            ].filter { $0.0 > 0 }.map { "; " + plural($0.0, $0.1) + " differ" + ($0.0 == 1 ? "s" : "") }
            besides = counts.joined()
            if image.bytecode > 0 { besides += "; \(plural(image.bytecode, "compiled file")) recompiled" }
        }
        if let libraries, !libraries.isEmpty {
            besides +=
                "; \(plural(libraries.count, "library", "libraries")) taken from another place or version"
        }
        if let contractChanges, !contractChanges.isEmpty {
            let breaking = contractChanges.count(where: \.breaksCallers)
            besides += "; \(plural(contractChanges.count, "input or output change", "input or output changes"))"
            besides += breaking > 0 ? ", \(breaking) breaking" : ""
        }
        return difference.summary + besides
            + (silent.isEmpty ? "" : "; not compared: " + silent.joined(separator: ", "))
            + (gaps.isEmpty ? "" : "; \(plural(gaps.count, "gap"))")
    }
}

extension SubjectDescription {
    /// The digests that name the subject, with what each of them is of: `manifest`, `config`, `identity`.
    var identities: [(name: String, digest: String)] {
        if let imageIdentity {
            return [("manifest", imageIdentity.manifest), ("config", imageIdentity.config)].compactMap { name, digest in
                digest.map { (name, $0.description) }
            }
        }
        return identity.map { [("identity", $0)] } ?? []
    }
}

extension EnvironmentDifference.Change {
    /// Whether the version rose or fell; nil where the numbers tell nothing.
    var step: VersionStep? {
        guard kind == .changed, let left = left?.version, let right = right?.version else { return nil }
        return VersionStep(from: left, to: right)
    }
}

extension EnvironmentDifference {
    /// `2 changed, 1 added, 40 same`.
    var summary: String {
        let counts = [Kind.model, .changed, .rebuilt, .added, .removed].filter { count($0) > 0 }.map {
            "\(count($0)) \($0.rawValue)"
        }
        let unproved = count(Basis.version)
        let basis = unproved == 0 ? "" : unproved == same ? " (by version only)" : " (\(unproved) by version only)"
        return (counts + ["\(same) same\(basis)"]).joined(separator: ", ")
    }
}

extension ImageDifference.FileChange {
    /// Returns the text of one side's column: the start of the digest, the size, and the mode or owner where it differs.
    func cell(_ file: ImageDifference.File?) -> String {
        guard let file else { return "" }
        let other = file == left ? right : left
        var text = file.type
        if let target = file.target { text = file.type == "other" ? target : "→ \(target)" }
        if let digest = file.sha256 {
            text = "\(digest.algorithm.rawValue):\(digest.hex.prefix(12))… \(file.size) B"
        }
        if let other, other.mode != file.mode { text += " mode \(String(file.mode, radix: 8))" }
        if let other, other.uid != file.uid || other.gid != file.gid { text += " owner \(file.uid):\(file.gid)" }
        if let isRun = file.isRun { text += isRun ? " run by Python" : " not run: its source has another time" }
        if let other {
            for (name, value) in file.attributes.sorted(by: { $0.key < $1.key }) where other.attributes[name] != value {
                text += " \(name) \(Hexadecimal.encode(value.prefix(24)))\(value.count > 24 ? "…" : "")"
            }
        }
        return text
    }

    /// The path, and whose file it is.
    var title: String { path + (owner.map { " (\($0))" } ?? "") }
}

extension LibraryDifference {
    /// Returns the text of one side's column: each path, with the package that brings it, or the start of the digest.
    func cell(_ sources: [LibrarySource]) -> String {
        sources.map { source in
            guard let path = source.path else { return "not found" }
            let digest = source.sha256.map { "\($0.algorithm.rawValue):\($0.hex.prefix(12))…" }
            let isSame = left.map(\.owner) == right.map(\.owner)
            let about = [source.owner, isSame || source.owner == nil ? digest : nil].compactMap { $0 }
            return path + (about.isEmpty ? "" : " (\(about.joined(separator: ", ")))")
        }.joined(separator: ", ")
    }
}

extension ImageDifference.Setting {
    /// `Env PATH`, `Cmd`.
    var title: String { field + (name.map { " " + $0 } ?? "") }

    /// Whether it was added, removed or changed.
    var kind: EnvironmentDifference.Kind { left == nil ? .added : right == nil ? .removed : .changed }
}

extension EnvironmentDifference.Change {
    /// Returns the text of one side's column: the version, and for a rebuilt package the digest that differs.
    func cell(_ package: Package?) -> String {
        guard let package else { return "" }
        if kind == .model { return digest(package).map { "\($0.algorithm.rawValue):\($0.hex.prefix(12))…" } ?? "" }
        let version = package.version ?? package.versionRequirement ?? "any version"
        if kind == .changed, let reference = package.directReference, left?.version == right?.version {
            return package.version.map { "\($0) @ \(reference)" } ?? reference
        }
        guard kind == .rebuilt else { return version }
        if isOfInstalledFiles { return version + (package.installationProblem.map { ": \($0)" } ?? "") }
        return version + (digest(package).map { " \($0.algorithm.rawValue):\($0.hex.prefix(12))…" } ?? "")
    }

    /// Whether the package is rebuilt by what its record and its scripts tell, while no digest shows it.
    var isOfInstalledFiles: Bool {
        guard kind == .rebuilt, basis == .files, let left, let right else { return false }
        if left.contentDigest != nil, left.contentDigest == right.contentDigest { return true }
        return [left, right].contains { $0.recordCheck != nil && $0.contentDigest == nil }
    }

    /// A digest of one side that the other side does not have.
    func digest(_ package: Package) -> Digest? {
        // A hash that only this side has explains the difference; one that both have does not.
        let other = package == left ? right : left
        let bothDigests = left?.contentDigest != nil && right?.contentDigest != nil
        return bothDigests
            ? package.contentDigest
            : package.hashes.first { !(other?.hashes.contains($0) ?? false) } ?? package.hashes.first
    }
}

extension Package {
    /// What is wrong with the first of the installed files, and how many more there are; nil where nothing is known to be.
    var installationProblem: String? {
        var sentences = foreignLaunchers
        switch recordCheck {
        case .altered(let disagreements)?: sentences = disagreements.map(\.message) + sentences
        case .uncheckable(let reason)?: sentences.append(reason)
        case .intact?, nil: break
        }
        guard let first = sentences.first else { return nil }
        return sentences.count > 1 ? "\(first), and \(sentences.count - 1) more" : first
    }
}
