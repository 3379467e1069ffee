import DockerfileFreezing
import Glibc
import Pinproof

/// What becomes of a rewritten Dockerfile.
enum RewriteResult: Hashable {
    /// The file's new text is shown.
    case text
    /// A unified diff is shown.
    case difference
    /// The file is replaced.
    case inPlace
    /// The new text goes into a file.
    case file(String)
}

extension RewritePlan {
    /// What goes to standard output.
    func shown(_ result: RewriteResult) throws(InputError) -> String {
        switch result {
        case .text: return text
        case .difference:
            var bytes = UnifiedDiff.text(dockerfile, old: old.bytes, new: new.bytes)
            for file in files {
                let path = join(context, file.path)
                let old = isRegularFile(path) ? try readText(path).bytes : nil
                bytes += UnifiedDiff.text(path, old: old, new: Array(file.text.utf8))
            }
            if let file = ignoreFile {
                bytes += UnifiedDiff.text(file.path, old: try readText(file.path).bytes, new: Array(file.text.utf8))
            }
            return String(decoding: bytes, as: UTF8.self)
        case .inPlace, .file:
            return changeLines.map { visible($0) + "\n" }.joined()
        }
    }

    /// `FILE:LINE: WHAT -> PINNED` of each change, as it was read.
    var changeLines: [String] { changes.map { "\(dockerfile):\($0.line): \($0.subject) -> \($0.pinned)" } }

    /// Writes all files or none, the Dockerfile last.
    ///
    /// - Parameter replaces: whether other files that are there already are replaced.
    func write(_ result: RewriteResult, replaces: Bool) throws(OutputError) {
        var pending: [(path: String, bytes: [UInt8])] = []
        func add(_ path: String, _ bytes: [UInt8], mayReplace: Bool) throws(OutputError) {
            if isRegularFile(path) {
                if (try? readText(path))?.bytes == bytes { return }
                guard mayReplace else {
                    throw OutputError("\(path): already exists with other content; use --force to replace it")
                }
            } else if exists(path) {
                throw OutputError("\(path): it is not a file, and cannot be written")
            }
            pending.append((path, bytes))
        }
        for file in files {
            try add(
                join(context, file.path), Array(file.text.utf8), mayReplace: result == .inPlace || replaces)
        }
        // Lines are only added, so that nothing of the user's is lost.
        if let ignoreFile { try add(ignoreFile.path, Array(ignoreFile.text.utf8), mayReplace: true) }
        switch result {
        case .text, .difference: return
        case .file(let path): try add(path, new.bytes, mayReplace: replaces)
        case .inPlace: try add(Self.resolved(dockerfile), new.bytes, mayReplace: true)
        }
        if !changes.isEmpty, !record.isEmpty {
            let path = join(folder(of: dockerfile), FreezeLock.fileName)
            pending.insert((path, Array(record.utf8)), at: 0)
        }
        try AtomicFile.write(pending, replacing: true)
    }

    /// The file that links lead to, so that a link stays one.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(validatingCString: real) ?? path
    }
}

extension RewritePlan.Unpinned {
    /// `FILE:LINE:COLUMN: left as it is: WHAT`, why, and what would pin it.
    var text: String {
        let place = finding.range.map { ":\($0.start.line):\($0.start.column)" } ?? ""
        var text = "\(finding.file)\(place): left as it is: \(finding.message) [\(finding.rule)]"
        if let reason { text += "\n  why: \(reason)" }
        if let fix { text += "\n  what would pin it: \(fix)" }
        return text
    }
}
