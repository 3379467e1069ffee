import EnvironmentInventory
import SourceDocuments

/// Reads conda's explicit files: `@EXPLICIT`, then one URL a line with `#md5` or `#sha256:...` after it.
///
/// Format: https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html#identical-conda-envs; with
/// the `# platform:` comment that conda writes and the `# pip NAME @ URL` lines of conda-lock's rendering.
enum CondaExplicit: LockFormat {
    static let name = "conda-explicit"
    static let ecosystem = Ecosystem.conda
    static let advice = "Write the file with conda list --explicit --sha256, or with conda-lock render --kind explicit"
    static let coverage: Set<LockCoverage> = [.python, .platform]

    static func matches(fileName: String, text: SourceText) -> Bool {
        (fileName.hasSuffix(".txt") || fileName.hasSuffix(".lock")) && CondaExplicitMark.isPresent(in: text)
    }

    static func read(
        _ text: SourceText, context: LockReadingContext
    ) throws(LockReadingError) -> LockDocument {
        do { try text.checkUTF8() } catch { throw LockReadingError(error) }
        var entries: [CondaEntry] = []
        var platform = ""
        var requirements: [LockedPackage] = []
        var gaps: [Gap] = []
        var problems: [LockProblem] = []
        for number in 1...max(text.lineCount, 1) {
            guard let offsets = text.offsets(ofLine: number) else { continue }
            let line = text.string(offsets).trimmingSpaces()
            let range = text.range(offsets)
            if line.hasPrefix("# platform:") { platform = String(line.dropFirst(11)).trimmingSpaces() }
            if line.hasPrefix("# pip ") {
                requirements += pip(String(line.dropFirst(6)), file: text.name, range: range).collect(into: &gaps)
            }
            if line.isEmpty || line.hasPrefix("#") || line == "@EXPLICIT" { continue }
            if let entry = entry(line, range: range) {
                entries.append(entry)
            } else {
                problems.append(
                    LockProblem(
                        kind: .unreadable, file: text.name, range: range, message: "is not a URL of a conda package"))
            }
        }
        var document = LockDocument(format: self, text: text)
        document.requirements = entries.map { $0.locked(file: text.name) } + requirements
        document.problems = problems
        document.gaps = gaps
        var selection = CondaSelection(file: text.name, entries: entries)
        let known = platform.isEmpty ? subdirectory(of: entries) : platform
        selection.environments = [("", [(known, known, Array(entries.indices))])]
        selection.requirements = requirements
        document.selection = selection
        return document
    }

    /// The platform that the URLs themselves name; empty when all are `noarch` or local.
    private static func subdirectory(of entries: [CondaEntry]) -> String {
        for entry in entries where entry.ecosystem == .conda {
            let components = entry.url.split(separator: "/")
            if components.count > 1, let folder = components.dropLast().last, folder != "noarch", folder.contains("-") {
                return String(folder)
            }
        }
        return ""
    }

    private static func entry(_ line: String, range: SourceRange) -> CondaEntry? {
        let parts = line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let url = String(parts[0])
        guard let fileName = LockText.fileName(ofURL: url), let named = CondaNames.parts(ofFileName: fileName) else {
            return nil
        }
        var hashes: [Digest] = []
        if parts.count == 2, !parts[1].isEmpty {
            let written = String(parts[1])
            let digest = Digest(written) ?? Digest(.md5, hex: written) ?? Digest(.sha256, hex: written)
            guard let digest else { return nil }
            hashes = [digest]
        }
        return CondaEntry(
            ecosystem: .conda, name: named.name, version: named.version, url: url, hashes: hashes, range: range,
            build: named.build)
    }

    /// Reads the requirement of a `# pip` line, which `conda-lock install` gives to pip
    /// (https://github.com/conda/conda-lock/blob/main/conda_lock/conda_lock.py).
    private static func pip(_ text: String, file: String, range: SourceRange) -> Reading<[LockedPackage]> {
        var reader = RequirementsReader(context: .empty)
        reader.readLine(text, file: file, range: range)
        let problems = reader.problems + reader.requirements.flatMap(\.problems)
        if let problem = problems.first(where: { $0.kind == .unreadable }) {
            // A person may have written the comment.
            let source = FileLocation(file: file, line: range.start.line)
            return Reading([], gaps: [Gap(URLCredentials.redacted(text), reason: problem.message, source: source)])
        }
        return Reading(
            reader.requirements.map { requirement in
                var requirement = requirement
                requirement.kind = .locked
                return requirement
            })
    }
}
