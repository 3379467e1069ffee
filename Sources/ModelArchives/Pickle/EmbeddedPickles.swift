import ArchiveReading
import SourceDocuments

/// What looking into the values of the pickles of a file costs, over all that are nested in each other.
final class EmbeddedBudget {
    /// The values that were read as pickles or archives.
    var values = 0
    /// The bytes that decompressing and decoding gave.
    var decoded = 0
    /// The bounds of both.
    static let mostValues = 1 << 16
    static let mostDecoded = 256 << 20
    /// So many pickles and archives may lie in each other's values.
    static let mostDepth = 8
    /// The longest text that is looked into.
    static let mostText = 64 << 20
}

/// What the values of a pickle hold that are pickles themselves.
struct EmbeddedContents {
    /// The names, each once, at the offset of the value.
    fileprivate(set) var globals: [PickleGlobal] = []
    /// Bytes and strings that are whole files of PyTorch's.
    fileprivate(set) var torchValues: Set<PickleValue> = []
    private var seen: Set<ByteText> = []

    fileprivate mutating func add(_ global: PickleGlobal, at offset: Int, limit: Int) -> Bool {
        guard seen.insert(ByteText(global.module + "\u{0}" + global.name)).inserted else { return true }
        guard globals.count < limit else { return false }
        globals.append(PickleGlobal(module: global.module, name: global.name, offset: offset))
        return true
    }
}

/// Looks for pickles in the bytes and strings of a pickle.
///
/// What a class or function outside of the known ones does with its state or arguments is not known, and some unpickle them: so does
/// gymnasium's `CloudpickleWrapper.__setstate__`. Where a value goes is not followed: each that is a pickle
/// counts, whoever is given it.
extension PickleMachine {
    /// Notes that a value was found to be a whole file of PyTorch's.
    func noteTorch(_ value: PickleValue?) { if let value { embedded.torchValues.insert(value) } }

    /// Looks into bytes at hand; true where they are a whole file of PyTorch's.
    func look(at bytes: [UInt8], depth: Int? = nil, at offset: Int) -> Bool {
        guard let suspect = EmbeddedSuspect.find(bytes, size: bytes.count) else { return false }
        let source = MemoryByteSource(bytes, name: input.name)
        return look(
            into: PickleInput(source, size: bytes.count), suspect, depth: depth ?? self.depth, isForced: false,
            at: offset)
    }

    /// Looks into what an input has; true where that is a whole file of PyTorch's.
    ///
    /// - Parameter isForced: whether it is a pickle, whatever it begins with.
    func look(
        into inner: PickleInput, size: Int?, depth: Int? = nil, isForced: Bool = false, at offset: Int
    ) -> Bool {
        do throws(ArchiveReadingError) {
            let window = try inner.lookahead(EmbeddedKind.windowBytes)
            let whole = window.count < EmbeddedKind.windowBytes ? window.count : size
            var suspect = EmbeddedSuspect.find(window, size: whole)
            if isForced { suspect = EmbeddedSuspect(kind: .plain, what: suspect?.what) }
            guard let suspect else { return false }
            return look(into: inner, suspect, depth: depth ?? self.depth, isForced: isForced, at: offset)
        } catch {
            // What does not decompress from its start is something else.
            if case .limit = error.reason { leaveOut(at: offset) }
            return false
        }
    }

    private func look(
        into inner: PickleInput, _ suspect: EmbeddedSuspect, depth: Int, isForced: Bool, at offset: Int
    ) -> Bool {
        budget.values += 1
        guard depth < EmbeddedBudget.mostDepth, budget.values <= EmbeddedBudget.mostValues else {
            reading.leaveOut("too many pickles or archives lie in the values of a pickle", at: offset)
            return false
        }
        do throws(ArchiveReadingError) {
            switch suspect.kind {
            case .marked, .plain:
                return try lookAtPickle(inner, suspect, depth: depth, isForced: isForced, at: offset)
            case .zip: return lookIntoZip(inner, depth: depth, at: offset)
            case .numpy:
                try lookIntoArray(inner, depth: depth, at: offset)
                return false
            case .base64:
                var decoded = Base64Bytes()
                let limit = min(EmbeddedBudget.mostText, EmbeddedBudget.mostDecoded - budget.decoded)
                for byte in try PickleRest(inner).readAll(limit: limit) { decoded.take(byte) }
                budget.decoded += decoded.bytes.count
                _ = look(at: decoded.bytes, depth: depth + 1, at: offset)
                return false
            case .compressed:
                let source = try CountedSource(Decompressor(PickleRest(inner)), budget)
                _ = look(into: PickleInput(source), size: nil, depth: depth + 1, at: offset)
                return false
            case .joblib(let compression):
                let source = try CountedSource(JoblibDecompressor(PickleRest(inner), compression), budget)
                _ = look(into: PickleInput(source), size: nil, depth: depth + 1, at: offset)
                return false
            }
        } catch {
            if case .limit = error.reason { leaveOut(at: offset) }
            return false
        }
    }

    private func leaveOut(_ subject: String = "", at offset: Int) {
        reading.leaveOut(
            "a value of the pickle is itself one, or an archive, and is not read", subject: subject, at: offset)
    }

    // MARK: Pickles

    /// Reads a pickle that is a value; true where it is a whole file of PyTorch's, or was said to be one.
    private func lookAtPickle(
        _ inner: PickleInput, _ suspect: EmbeddedSuspect, depth: Int, isForced: Bool, at offset: Int
    ) throws(ArchiveReadingError) -> Bool {
        let start = try inner.lookahead(32)
        let isTorch = !isForced && PyTorchLegacyFormat.begins(start)
        let machine = PickleMachine(inner, limits: limitsLeft, depth: depth + 1, budget: budget)
        do throws(ArchiveReadingError) {
            if isTorch {
                try PyTorchLegacyFormat.read(machine, inner)
            } else if isForced {
                try machine.readPickle()
            } else {
                // Whoever reads one after the other loads those behind it as well.
                repeat { try machine.readPickle() } while try goesOn(inner)
            }
            absorb(machine, at: offset)
            return isTorch || isForced
        } catch {
            // What stands before the fault has run by then. Bytes without a header that name nothing are something else, unless
            // Python reads more of them than this machine.
            let isOther = start.first != 0x80 && !isForced && !suspect.isSeen && machine.heap.globals.isEmpty
            if isOther, inner.offset < EmbeddedKind.windowBytes { return false }
            absorb(machine, at: offset)
            leaveOut(machine.heap.globals.first?.path ?? (suspect.isSeen ? suspect.what : nil) ?? "", at: offset)
            return false
        }
    }

    /// Whether another pickle follows.
    private func goesOn(_ inner: PickleInput) throws(ArchiveReadingError) -> Bool {
        let window = try inner.lookahead(EmbeddedKind.windowBytes)
        switch EmbeddedSuspect.find(window, size: inner.left)?.kind {
        case .marked, .plain: return true
        default: return false
        }
    }

    /// Takes over what a pickle tells.
    private func absorb(_ machine: PickleMachine, at offset: Int) {
        let read = machine.reading
        for global in machine.heap.globals + machine.embedded.globals
        where !embedded.add(global, at: offset, limit: limits.globals) {
            reading.leaveOut("the pickles in its values name too many classes", at: offset)
            break
        }
        for version in read.versions { note(version.name, version.value, at: offset) }
        for item in read.imports { addImport(item.module, at: offset) }
        if let versions = read.codeVersions {
            reading.codeVersions = reading.codeVersions.map { $0.intersection(versions) } ?? versions
        }
        for item in read.warnings { reading.warn(item.reason, subject: item.subject, at: offset) }
        for item in read.unread { reading.leaveOut(item.reason, subject: item.subject, at: offset) }
        if !read.computedNames.isEmpty { reading.computedNames.append(offset) }
        reading.extensions.formUnion(read.extensions)
        reading.outOfBandBuffers += read.outOfBandBuffers
        for item in read.persistent where reading.persistent.count < 1024 {
            reading.persistent.append(.init(name: item.name, offset: offset))
        }
    }

    // MARK: Archives

    private func lookIntoZip(_ inner: PickleInput, depth: Int, at offset: Int) -> Bool {
        var paths: [String] = []
        var isRead = true
        do throws(ArchiveReadingError) {
            let reader = try ZipReader(stream: PickleRest(inner))
            while let entry = try reader.next() {
                paths.append(entry.path)
                guard case .file = entry.kind else { continue }
                let member = PickleInput(CountedSource(EntryByteSource(reader, name: input.name), budget))
                let isData = baseName(entry.path) == "data.pkl"
                let isUnderstood = look(
                    into: member, size: nil, depth: depth + 1, isForced: isData, at: offset)
                if isData, !isUnderstood { isRead = false }
            }
        } catch {
            leaveOut(at: offset)
            return false
        }
        return isRead && PyTorchFormat.isPlain(paths)
    }

    private func lookIntoArray(_ inner: PickleInput, depth: Int, at offset: Int) throws(ArchiveReadingError) {
        try inner.skip(6)
        let isLong = try inner.number(2) & 0xFF >= 2
        let length = try inner.number(isLong ? 4 : 2)
        guard length <= 1 << 20 else { return }
        guard NumpyFormat.mayHoldObjects(try inner.bytes(length)) else { return }
        _ = look(into: inner, size: inner.left, depth: depth + 1, at: offset)
    }
}

/// What is left of an input, as a source.
private final class PickleRest: ByteSource {
    private let input: PickleInput

    init(_ input: PickleInput) { self.input = input }

    var name: String { input.name }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        guard try !input.isAtEnd() else { return 0 }
        let piece = try input.lookahead(min(buffer.count, 32 << 10))
        buffer.copyBytes(from: piece)
        try input.skip(piece.count)
        return piece.count
    }
}

/// Counts the bytes that decompressing gives, and ends where they are too many.
private final class CountedSource: ByteSource {
    private let source: any ByteSource
    private let budget: EmbeddedBudget

    init(_ source: any ByteSource, _ budget: EmbeddedBudget) {
        self.source = source
        self.budget = budget
    }

    var name: String { source.name }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        let count = try source.read(into: buffer)
        budget.decoded += count
        guard budget.decoded <= EmbeddedBudget.mostDecoded else {
            throw ArchiveReadingError(archive: name, reason: .limit("its values decompress to too many bytes"))
        }
        return count
    }
}
