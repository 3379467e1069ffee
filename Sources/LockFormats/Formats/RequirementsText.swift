/// Reads requirements.txt and constraints files as pip does, with what pip-compile and uv write into them.
///
/// Grammar: https://pip.pypa.io/en/stable/reference/requirements-file-format/: continuations, comments, `${VARIABLE}` (never
/// replaced: what depends on one is `unknown`), every option, nested `-r` and `-c` files (a cycle is reported), per-requirement
/// options with hashes, URLs, VCS references, local paths, and PEP 508 requirements
/// (https://packaging.python.org/en/latest/specifications/dependency-specifiers/). `# via` comments are kept as provenance.
/// Left out: files at a URL (`-r https://...`), which are reported as unreadable.
enum RequirementsText: LockFormat {
    static let name = "requirements.txt"

    static func matches(fileName: String, text: SourceText) -> Bool {
        guard fileName.hasSuffix(".txt") || fileName.hasSuffix(".in") else { return false }
        if CondaExplicitMark.isPresent(in: text) { return false }
        let stem = fileName.lowercased()
        return stem.contains("requirement") || stem.contains("constraint") || stem.hasPrefix("reqs")
            || stem.hasSuffix("lock.txt") || stem == "pip.txt"
    }

    static func read(
        _ text: SourceText, context: LockReadingContext
    ) throws(LockReadingError) -> LockDocument {
        var reader = RequirementsReader(context: context)
        try reader.read(text, path: Self.fileName(text.name), isConstraints: false)
        var document = LockDocument(format: self, text: text)
        document.requirements = reader.requirements
        document.indexes = reader.indexes
        document.problems = reader.problems
        document.selection = RequirementsSelection(file: text.name, requirements: reader.requirements)
        return document
    }

    private static func fileName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// The line with which a conda explicit file says that it is one.
enum CondaExplicitMark {
    static func isPresent(in text: SourceText) -> Bool {
        text.bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).contains {
            $0.starts(with: "@EXPLICIT".utf8)
        }
    }
}

/// Chooses by marker; a requirements file names no artifacts but by hash.
struct RequirementsSelection: PackageChoice {
    let file: String
    let requirements: [LockRequirement]

    var packages: [Package] { requirements.filter { $0.kind != .constraint }.compactMap(\.package) }

    func packages(for target: ResolvedTarget) throws(LockReadingError) -> [Package] {
        var chosen: [Package] = []
        for requirement in requirements where requirement.kind != .constraint {
            if let marker = requirement.marker {
                guard
                    try target.holds(marker, extras: [], file: requirement.file, place: requirement.range.start)
                else { continue }
            }
            if let package = requirement.package { chosen.append(package) }
        }
        return chosen
    }
}

extension LockRequirement {
    /// The requirement as a package of an environment; nil where not even a name is known.
    var package: Package? {
        guard let name else { return nil }
        var package = Package(ecosystem: ecosystem, name: name, version: version)
        if version == nil, !specifier.isEmpty { package.versionRequirement = specifier }
        package.marker = marker
        package.source = SourceLocation(file: file, line: range.start.line)
        switch origin {
        case .index:
            if !hashes.isEmpty { package.artifacts = [Artifact(name: nil, url: nil, hashes: hashes)] }
        case .url(let url):
            package.artifacts = [Artifact(name: LockText.fileName(ofURL: url), url: url, hashes: hashes)]
        case .git(let url, let revision):
            if let revision, GitRevision.isCommit(revision) { package.commit = revision }
            if version == nil { package.versionRequirement = "@ git+" + url + (revision.map { "@" + $0 } ?? "") }
        case .path(let path, _):
            if !hashes.isEmpty {
                package.artifacts = [Artifact(name: LockText.fileName(ofURL: path), url: nil, hashes: hashes)]
            }
            if version == nil { package.versionRequirement = "@ " + path }
        }
        return package
    }
}
