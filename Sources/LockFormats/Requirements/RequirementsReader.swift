import EnvironmentInventory
import SourceDocuments

/// Reads a requirements file and the files that it names into one list.
struct RequirementsReader {
    private static let maximumFiles = 200

    /// The entries as they are written, constraints among them.
    private var entries: [LockedPackage] = []
    private(set) var indexes: [LockIndex] = []
    /// The hosts of `--trusted-host`, some with a port.
    private var trustedHosts: Set<String> = []
    private(set) var problems: [LockProblem] = []
    private var formats = ArchiveFormats()
    private let context: LockReadingContext
    private var openFiles: [String] = []
    private var finishedFiles: Set<String> = []
    private var fileCount = 0

    init(context: LockReadingContext) { self.context = context }

    /// The entries, requirements with what the constraints say of them.
    var requirements: [LockedPackage] { entries.constrained(by: entries.filter { $0.kind == .constraint }) }

    /// Reads one file; `path` is relative to the directory of the file that was read first.
    mutating func read(_ original: SourceText, path: String, isConstraints: Bool) throws(LockReadingError) {
        let (text, start) = try RequirementsEncoding.decoded(original)
        fileCount += 1
        openFiles.append(path)
        for line in RequirementsLines.split(text.bytes, from: start) {
            read(line, file: text.name, path: path, isConstraints: isConstraints) { text.range($0) }
        }
        openFiles.removeLast()
    }

    private mutating func read(
        _ line: RequirementsLine, file: String, path: String, isConstraints: Bool, place: (Range<Int>) -> SourceRange
    ) {
        guard !line.text.isEmpty else {
            noteProvenance(line.comment, file: file)
            return
        }
        let parts = RequirementsOptions.part(line.text)
        let range = place(line.start..<line.end)
        let arguments: [RequirementsArgument]
        do {
            arguments = try RequirementsOptions.parse(line.string(parts.options))
        } catch {
            let offset = parts.options.isEmpty ? line.start : line.offsets[parts.options.lowerBound]
            report(.unreadable, in: file, at: place(offset..<line.end), error.reason)
            return
        }
        applyFormats(arguments)
        if !parts.requirement.isEmpty {
            let last = line.offsets[parts.requirement.upperBound - 1]
            let requirement = RequirementsEntry.read(
                line.string(parts.requirement), file: file, range: place(line.start..<last + 1),
                kind: isConstraints ? .constraint : .declared)
            add(requirement, hashes: arguments, line: line, comment: line.comment, wholeLine: range)
            return
        }
        apply(arguments, line: line, file: file, path: path, range: range, isConstraints: isConstraints)
    }

    /// Reads one line that stands inside of another document; every place is that of the whole line.
    mutating func readLine(_ written: String, file: String, range: SourceRange) {
        for line in RequirementsLines.split(Array(written.utf8), from: 0) where !line.text.isEmpty {
            read(line, file: file, path: file.split(separator: "/").last.map(String.init) ?? file, isConstraints: false)
            {
                _ in range
            }
        }
    }

    // MARK: Requirements

    private mutating func add(
        _ requirement: LockedPackage, hashes arguments: [RequirementsArgument], line: RequirementsLine,
        comment: String, wholeLine: SourceRange
    ) {
        var requirement = requirement
        var hashes = requirement.hashes
        for argument in arguments {
            switch argument.option {
            case .hash:
                guard let digest = Digest(argument.value) else {
                    requirement.problems.append(
                        problem(
                            .unreadable, in: requirement.file, at: wholeLine, "the hash \(argument.value) is malformed")
                    )
                    continue
                }
                if digest.algorithm.isWeak {
                    requirement.problems.append(
                        problem(
                            .weakHash, in: requirement.file, at: wholeLine,
                            "\(digest.algorithm.rawValue) proves nothing"))
                }
                hashes.append(digest)
            // Of the other options of the line pip applies those alone that take effect as they are parsed, in
            // `applyFormats` (https://github.com/pypa/pip/blob/main/src/pip/_internal/req/req_file.py,
            // handle_requirement_line).
            default: continue
            }
        }
        if !hashes.isEmpty { requirement.setHashes(hashes) }
        requirement.provenance += Self.provenance(comment)
        entries.append(requirement)
    }

    /// `# via name, other` or the lines of a `# via` list.
    private static func provenance(_ comment: String) -> [String] {
        let trimmed = comment.trimmingSpaces()
        guard trimmed == "via" || trimmed.hasPrefix("via ") else { return [] }
        return trimmed.dropFirst(3).split(separator: ",").map { String($0).trimmingSpaces() }.filter { !$0.isEmpty }
    }

    private mutating func noteProvenance(_ comment: String, file: String) {
        guard let last = entries.indices.last, entries[last].file == file else { return }
        let found = Self.provenance(comment)
        if !found.isEmpty {
            entries[last].provenance += found
        } else if comment.hasPrefix("   ") {
            let name = comment.trimmingSpaces()
            if !name.isEmpty, name != "via" { entries[last].provenance.append(name) }
        }
    }

    // MARK: Options

    private mutating func apply(
        _ arguments: [RequirementsArgument], line: RequirementsLine, file: String, path: String, range: SourceRange,
        isConstraints: Bool
    ) {
        // Of a line with -e pip takes the first one and no other option.
        if let editable = arguments.first(where: { $0.option == .editable }) {
            let kind: LockedPackage.Kind = isConstraints ? .constraint : .declared
            let entry = RequirementsEntry.editable(editable.value, file: file, range: range, kind: kind)
            add(
                entry, hashes: arguments.filter { $0.option == .hash }, line: line, comment: line.comment,
                wholeLine: range)
            return
        }
        // Of a line that names files pip takes the first -r, else the first -c, and no other option. What a file
        // behind -r names is installed, also where the line stands in constraints (`_parse_and_recurse` of
        // https://github.com/pypa/pip/blob/main/src/pip/_internal/req/req_file.py).
        if let nested = arguments.first(where: { $0.option == .requirement })
            ?? arguments.first(where: { $0.option == .constraint })
        {
            let isConstraints = nested.option == .constraint
            return follow(nested.value, from: path, file: file, range: range, isConstraints: isConstraints)
        }
        for argument in arguments {
            switch argument.option {
            case .indexURL, .pypiURL: addIndex(.primary, url: argument.value, in: file, at: range)
            case .extraIndexURL: addIndex(.extra, url: argument.value, in: file, at: range)
            case .findLinks: addIndex(.findLinks, url: argument.value, in: file, at: range)
            case .trustedHost: trustedHosts.insert(argument.value.lowercased())
            case .noRequireHashes, .noVerifyHashes:
                report(
                    .verificationOff, in: file, at: range,
                    "\(argument.option.rawValue) turns the checking of hashes off")
            case .hash:
                report(
                    .droppedHash, in: file, at: range,
                    "this hash belongs to no requirement: a comment or an empty line before it ended the requirement")
            default: continue
            }
        }
    }

    /// Applies `--no-binary` and `--only-binary`, which take effect as pip parses them, whatever else the line holds
    /// (https://github.com/pypa/pip/blob/main/src/pip/_internal/cli/cmdoptions.py, `_handle_no_binary`).
    private mutating func applyFormats(_ arguments: [RequirementsArgument]) {
        for argument in arguments {
            switch argument.option {
            case .noBinary: formats.noBinary(argument.value)
            case .onlyBinary: formats.onlyBinary(argument.value)
            default: continue
            }
        }
    }

    /// Applies the options that count for what stands before them too.
    mutating func applyGlobalOptions() {
        markTrustedIndexes()
        for index in entries.indices {
            guard let name = entries[index].name else { continue }
            entries[index].isBuilt = formats.isBuilt(name)
        }
    }

    /// Marks the indexes on hosts that the files trust.
    private mutating func markTrustedIndexes() {
        for index in indexes.indices {
            guard let scheme = indexes[index].url.range(ofText: "://") else { continue }
            let authority = indexes[index].url[scheme.upperBound...].prefix { !"/?#".contains($0) }.lowercased()
            let host = authority.split(separator: "@", omittingEmptySubsequences: false).last.map(String.init) ?? ""
            let name = host.hasPrefix("[") ? host : String(host.prefix { $0 != ":" })
            indexes[index].isTrusted = trustedHosts.contains(host) || trustedHosts.contains(name)
        }
    }

    private mutating func addIndex(_ kind: LockIndex.Kind, url: String, in file: String, at range: SourceRange) {
        indexes.append(LockIndex(kind: kind, url: url, file: file, range: range))
        if RequirementsEntry.hasVariable(url) {
            report(.unresolvedVariable, in: file, at: range, "\(url) depends on a variable of the environment")
        }
    }

    private mutating func follow(
        _ name: String, from path: String, file: String, range: SourceRange, isConstraints: Bool
    ) {
        if name.contains("://") {
            return report(.unreadable, in: file, at: range, "\(name) is not followed: only files are read")
        }
        if RequirementsEntry.hasVariable(name) {
            return report(.unreadable, in: file, at: range, "\(name) depends on a variable of the environment")
        }
        let target = RelativePath.resolve(name, from: path)
        if openFiles.contains(target) {
            return report(.unreadable, in: file, at: range, "\(name) names itself, directly or through another file")
        }
        // pip reads a file again each time that it is named; the requirements are the same ones.
        guard finishedFiles.insert((isConstraints ? "c " : "r ") + target).inserted else { return }
        guard fileCount < Self.maximumFiles else {
            return report(.unreadable, in: file, at: range, "more than \(Self.maximumFiles) files name each other")
        }
        switch context.load(target) {
        case .failure(let error): report(.unreadable, in: file, at: range, "\(name) cannot be read: \(error.reason)")
        case .success(let text):
            do { try read(text, path: target, isConstraints: isConstraints) } catch {
                report(.unreadable, in: file, at: range, "\(name) cannot be read: \(error.reason)")
            }
        }
    }

    // MARK: Problems

    private func problem(
        _ kind: LockProblem.Kind, in file: String, at range: SourceRange, _ message: String
    ) -> LockProblem {
        LockProblem(kind: kind, file: file, range: range, message: message)
    }

    private mutating func report(
        _ kind: LockProblem.Kind, in file: String, at range: SourceRange, _ message: String
    ) {
        problems.append(problem(kind, in: file, at: range, message))
    }
}

/// Paths as a requirements file writes them, relative to the file that names them.
enum RelativePath {
    /// A path with `.` and `..` taken out where that is possible.
    static func resolve(_ name: String, from file: String) -> String {
        if PosixPath.isAbsolute(name) { return PosixPath.simplified(name) }
        let directory = PosixPath.directory(file)
        // A file in the root has the root as its directory.
        return PosixPath.simplified(directory.isEmpty && !PosixPath.isAbsolute(file) ? name : directory + "/" + name)
    }
}

extension StringProtocol {
    /// The text without white space at its ends.
    func trimmingSpaces() -> String {
        var bytes = Array(utf8)[...]
        while let last = bytes.last, RequirementsLines.isSpace(last) { bytes.removeLast() }
        while let first = bytes.first, RequirementsLines.isSpace(first) { bytes.removeFirst() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
