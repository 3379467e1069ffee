import EnvironmentInventory
import LockFormats
import SourceDocuments

/// The locks in a model, and the strongest of them.
struct EmbeddedLocks {
    /// All that could be read, in the order of the files.
    private(set) var locks: [EmbeddedLock] = []
    private(set) var findings: [Finding] = []
    /// The files that could not be read, for the same reasons as ``findings``.
    var gaps: [Gap] {
        findings.map {
            Gap("", reason: $0.message, source: FileLocation(file: $0.file, line: $0.range?.start.line))
        }
    }

    /// Reads the lock files of a tree.
    mutating func read(_ tree: ModelTree) {
        let texts = Dictionary(
            tree.files.compactMap { file in
                file.bytes.map { (file.path, SourceText(name: tree.shown(file.path), bytes: $0)) }
            }
        ) { first, _ in first }
        for file in tree.files where LockFiles.isLock(file.path) {
            guard let text = texts[file.path] else { continue }
            let folder = file.path.dropLast(baseName(file.path).count)
            let context = LockReadingContext { path in
                guard let text = texts[path] ?? texts[folder + path] else {
                    return .failure(.init(reason: "it is not in the model"))
                }
                return .success(text)
            }
            read(text, context: context)
        }
    }

    /// Reads one lock.
    mutating func read(_ text: SourceText, context: LockReadingContext = .empty) {
        do throws(LockReadingError) {
            let document = try LockReader.read(text, context: context)
            locks.append(EmbeddedLock(file: text.name, bytes: text.bytes, document: document))
        } catch {
            findings.append(unreadable(text.name, error))
        }
    }

    /// The captures among the locks.
    var captures: [EmbeddedLock] { locks.filter { $0.document.capture != nil } }

    /// Removes a capture that was made for a model with another payload, and returns that payload.
    ///
    /// A capture without a payload, as earlier versions wrote it, is kept.
    mutating func dropForeignCapture(payload: Digest) -> Digest? {
        for capture in captures {
            let text = SourceText(name: capture.file, bytes: capture.bytes)
            let tables = try? TOMLReader.read(text).table?["tool"]?.table?["pinproof"]?.table?["model"]?.table
            guard let recorded = tables?["payload"]?.string, recorded != payload.description else { continue }
            locks.removeAll { $0.file == capture.file }
            findings.append(
                Finding(
                    rule: ModelRules.foreignCapture.name, severity: .error, file: capture.file, range: nil,
                    message: "the capture was made for a model with \(recorded), this model has \(payload)",
                    help: "capture the environment that this model was trained in", ecosystem: .model))
            return Digest(recorded) ?? payload
        }
        return nil
    }

    private func unreadable(_ file: String, _ error: LockReadingError) -> Finding {
        let range = error.place.map { SourceRange(start: $0, end: $0) }
        return Finding(
            rule: "unreadable-file", severity: .error, file: file, range: range, message: error.reason,
            ecosystem: .model)
    }

    /// Resolves the strongest lock, for the model's interpreter if the lock covers several. A capture records
    /// which interpreter and platform it was; of a lock only the packages are meant.
    mutating func environment(python: Interpreter?) -> Environment {
        let ranked = locks.filter { rank($0) != nil }.sorted { (rank($0) ?? 99) < (rank($1) ?? 99) }
        for lock in ranked {
            do throws(LockReadingError) {
                if lock.document.capture != nil { return try lock.document.environment(target: nil) }
                // requirements.txt is one environment already; its markers are for whoever installs it.
                let isPlain = lock.document.format.isOneEnvironment
                let target = isPlain ? nil : Target(python: python?.version)
                let read = try lock.document.environment(target: target)
                if read.packages.contains(where: { !$0.hashes.isEmpty }) {
                    return Environment(packages: read.packages, gaps: read.gaps)
                }
            } catch {
                findings.append(unreadable(lock.file, error))
            }
        }
        return Environment()
    }

    private func rank(_ lock: EmbeddedLock) -> Int? {
        lock.document.capture == nil ? lock.document.format.evidenceRank : -1
    }
}

extension Model {
    /// The locks in the model, the strongest first: captures, locks, requirements.
    package var rankedLocks: [EmbeddedLock] {
        locks.compactMap { lock in lock.document.format.evidenceRank.map { ($0, lock) } }
            .sorted { ($0.0, $0.1.file) < ($1.0, $1.1.file) }.map(\.1)
    }
}
