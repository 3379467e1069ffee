import ArchiveReading

/// Reads a file that no format knows and that may be a pickle all the same: a pickle has no magic, and what a manifest or
/// a name calls one is loaded as one, whatever it begins with. Without such a claim what is read here does not count.
enum TentativePickle {
    /// Whether a pickle can begin with such a byte.
    static func mayBegin(_ head: [UInt8]) -> Bool { head.first.flatMap { PickleOpcode(rawValue: $0) } != nil }

    /// Returns what a pickle tells; nil if the file is none. Of one that breaks off, which Python runs up to there, the
    /// dangerous names are kept, and a gap.
    static func read(
        _ source: any ByteSource, size: Int?, file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        let watched = WatchedByteSource(source)
        let input = PickleInput(watched, size: size)
        var content: ModelFileContent?
        do throws(ArchiveReadingError) { content = try read(input, file: file) } catch {}
        // A damaged archive stays damaged.
        if let failure = watched.failure { throw failure }
        content?.isTentative = true
        return content
    }

    /// Returns what the first pickle tells that a file of another format is as well, up to where it breaks off; nil where it
    /// names nothing that can be imported. What of the input comes after it is left.
    static func named(
        _ input: PickleInput, behind start: [UInt8], file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        let watched = WatchedByteSource(BehindByteSource(start, input))
        let machine = PickleMachine(PickleInput(watched))
        do throws(ArchiveReadingError) { try machine.readPickle() } catch {}
        if let failure = watched.failure { throw failure }
        let content = PickleFormat.content(of: machine, file: file)
        // Numbers can have the form of a name; Python finds no module of it.
        let isNamed = machine.heap.globals.contains { global in
            !global.module.isEmpty && global.module.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
        }
        return isNamed || !machine.reading.computedNames.isEmpty ? content : nil
    }

    /// Reads the pickles that an input goes on with.
    static func read(_ input: PickleInput, file: String) throws(ArchiveReadingError) -> ModelFileContent? {
        let machine = PickleMachine(input)
        var root = PickleValue.none
        do throws(ArchiveReadingError) {
            root = try machine.readPickle()
            while try !input.isAtEnd() { try machine.readPickle() }
        } catch {
            let read = PickleFormat.content(of: machine, file: file)
            guard !read.findings.isEmpty else { throw error }
            var content = ModelFileContent(read.format)
            content.findings = read.findings
            content.leaveOut("", "the pickle is not read to its end", in: file, at: .offset(input.offset))
            return content
        }
        var content = PickleFormat.content(of: machine, file: file)
        if PickledEstimators.mayHold(machine.heap) {
            content.contracts += PickledEstimators.parts(root, of: machine, file: file, gaps: content.gaps)
        }
        return content
    }
}

/// Passes bytes on, and remembers the error that ended them.
final class WatchedByteSource: ByteSource {
    private let source: any ByteSource
    private(set) var failure: ArchiveReadingError?

    init(_ source: any ByteSource) { self.source = source }

    var name: String { source.name }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        do throws(ArchiveReadingError) { return try source.read(into: buffer) } catch {
            failure = error
            throw error
        }
    }
}

/// Bytes at hand, and then what is left of an input.
private final class BehindByteSource: ByteSource {
    private let start: [UInt8]
    private let input: PickleInput
    private var used = 0

    init(_ start: [UInt8], _ input: PickleInput) {
        self.start = start
        self.input = input
    }

    var name: String { input.name }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        guard used < start.count else {
            guard try !input.isAtEnd() else { return 0 }
            let piece = try input.lookahead(min(buffer.count, 32 << 10))
            buffer.copyBytes(from: piece)
            try input.skip(piece.count)
            return piece.count
        }
        let count = min(buffer.count, start.count - used)
        start.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[used..<used + count])) }
        used += count
        return count
    }
}
