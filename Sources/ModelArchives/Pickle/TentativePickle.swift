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
