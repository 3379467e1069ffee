import ContainerImages
import ProgramStart
import PythonPackaging
import SourceDocuments

/// What Python would do with each compiled file (https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation).
struct BytecodeSurvey {
    /// How Python treats a compiled file.
    enum Fate: Hashable {
        /// It is run while the source is unchanged: its header has the source's modification time and size, or its hash.
        case fitting
        /// It is run whatever the source contains; `fits` is whether its header has the source's hash.
        case unchecked(fits: Bool?)
        /// Its source is missing, and Python runs it instead.
        case sourceless
        /// It is not run: its source is not there.
        case orphaned
        /// It is not run: the source has another modification time.
        case olderSource(seconds: Int)
        /// It is not run: the source has another size, or another hash.
        case otherSource(String)
        /// It is not run: the magic number or the header is not the interpreter's.
        case otherInterpreter(String)
        /// It is not run, because Python finds a source or an extension module first.
        case unused
    }

    let entry: FileSystemIndex.Entry
    let source: String
    let fate: Fate

    /// Returns how Python treats one compiled file.
    ///
    /// - Parameters:
    ///   - python: the interpreter of files without a tag, `3.11`; nil when it is not known.
    ///   - checksHashes: whether hashes of sources are compared where the header asks for it.
    static func fate(
        _ entry: FileSystemIndex.Entry, _ path: BytecodePath, _ files: FileSystemIndex, python: String?,
        checksHashes: Bool = true
    ) -> Fate {
        let source = files.lookup(path.source).flatMap { $0.kind == .file ? $0 : nil }
        let header = BytecodeHeader(entry.head)
        guard path.tag != nil else {
            if source != nil { return .unused }
            guard let header else { return .otherInterpreter("its header is missing or cut off") }
            // Where no interpreter is known, any could run it.
            if let expected = python.flatMap({ BytecodeHeader.magic(ofPython: $0) }), header.magic != expected {
                return .otherInterpreter(other(header.magic))
            }
            return .sourceless
        }
        guard let source else { return .orphaned }
        guard let header else { return .otherInterpreter("its header is missing or cut off") }
        if let expected = path.magic, header.magic != expected {
            return .otherInterpreter(other(header.magic))
        }
        switch header.tie {
        case .unknown(let flags): return .otherInterpreter("its flags are \(flags), which no Python knows")
        case .timestamp(let modified, let size):
            if size != UInt32(truncatingIfNeeded: source.size) {
                return .otherSource("its header records a source of \(size) bytes, \(path.source) has \(source.size)")
            }
            func distance(_ time: Int) -> Int { Int(Int32(bitPattern: modified &- UInt32(truncatingIfNeeded: time))) }
            // Tools that write layers round up to a second; where runtimes give the source different times, one may fit.
            return files.times(of: source).contains { abs(distance($0)) <= 1 }
                ? .fitting : .olderSource(seconds: distance(source.modified))
        case .checkedHash(let hash) where !checksHashes:
            return .unchecked(fits: files.sourceHash(of: source, magic: header.magic).map { $0 == hash })
        case .checkedHash(let hash):
            guard let found = files.sourceHash(of: source, magic: header.magic) else { return .fitting }
            return found == hash
                ? .fitting : .otherSource("its header records another hash of its source than \(path.source) has")
        case .uncheckedHash(let hash):
            return .unchecked(fits: files.sourceHash(of: source, magic: header.magic).map { $0 == hash })
        }
    }

    /// Whether Python runs a compiled file whose header records the time of its source, or the source because that has another
    /// time; nil where something else decides, or nothing is run of it.
    static func isRun(_ entry: FileSystemIndex.Entry, _ files: FileSystemIndex) -> Bool? {
        guard let path = BytecodePath(entry.path), path.tag != nil, let header = BytecodeHeader(entry.head),
            case .timestamp(let modified, let size) = header.tie,
            let source = files.lookup(path.source), source.kind == .file,
            size == UInt32(truncatingIfNeeded: source.size), path.magic.map({ $0 == header.magic }) ?? true
        else { return nil }
        return files.times(of: source).contains { modified == UInt32(truncatingIfNeeded: $0) }
    }

    private static func other(_ magic: UInt16) -> String {
        let python = BytecodeHeader.python(ofMagic: magic).map { ", that of Python \($0)" } ?? ""
        return "its magic number is \(magic)\(python)"
    }
}

/// What Python would do with each of many compiled files, of which each survey is made when it is asked for.
struct BytecodeSurveys: RandomAccessCollection {
    private var entries: EntryList
    /// The fates that have nothing to say besides; a file has the number of its own.
    private static let plainFates: [BytecodeSurvey.Fate] = [
        .fitting, .orphaned, .sourceless, .unused, .unchecked(fits: true), .unchecked(fits: false),
        .unchecked(fits: nil),
    ]
    private var plain: [UInt8] = []
    /// The other fates, by the position of the file.
    private var others: [Int: BytecodeSurvey.Fate] = [:]
    /// Whether Python does not run what is compiled, by the number of the entry.
    private var isIdle: [Bool]
    private let prefix: String?
    private let python: String?
    private let checksHashes: Bool

    /// Starts without files.
    init(_ files: FileSystemIndex, _ start: ProgramStart) {
        entries = EntryList(files)
        isIdle = Array(repeating: false, count: files.nodeCount)
        let variable = start.variables["PYTHONPYCACHEPREFIX"].flatMap { $0 }.flatMap { $0.isEmpty ? nil : $0 }
        // A relative one goes from the working directory, and the entries have no links in their paths.
        prefix = (start.commandLine.bytecodePrefix ?? variable).map { text in
            let path = ImportPath.join(PosixPath.isAbsolute(text) ? "" : start.workingDirectory ?? "/", text)
            return files.lookup(path)?.path ?? ImportPath.normal(path)
        }
        python = start.importPath?.python
        checksHashes = start.commandLine.hashChecks != "never"
    }

    /// Looks at a compiled file.
    mutating func append(_ entry: FileSystemIndex.Entry) {
        guard let path = BytecodePath(entry.path, cachePrefix: prefix) else { return }
        let fate = BytecodeSurvey.fate(entry, path, entries.files, python: python, checksHashes: checksHashes)
        let number = Self.plainFates.firstIndex(of: fate)
        if number == nil { others[entries.count] = fate }
        plain.append(UInt8(number ?? 0))
        if !fate.isRun { isIdle[Int(entry.node)] = true }
        entries.append(entry.node)
    }

    /// Whether a file is compiled code that Python does not run.
    func isIdle(_ entry: FileSystemIndex.Entry) -> Bool { isIdle[Int(entry.node)] }

    var startIndex: Int { 0 }
    var endIndex: Int { entries.count }

    subscript(position: Int) -> BytecodeSurvey {
        let entry = entries[position]
        let source = BytecodePath(entry.path, cachePrefix: prefix)?.source ?? ""
        return BytecodeSurvey(
            entry: entry, source: source, fate: others[position] ?? Self.plainFates[Int(plain[position])])
    }
}
