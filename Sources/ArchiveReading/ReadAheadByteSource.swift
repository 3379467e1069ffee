import ParallelWork
import SourceDocuments
internal import Glibc

/// Reads another source ahead on a thread of its own, so that decompressing and hashing a stream run beside what is made of
/// it.
///
/// The other source is used by that thread alone until ``stop()`` returns.
package final class ReadAheadByteSource: ByteSource {
    /// What is read.
    package let name: String
    private let ring: Ring
    private var thread = pthread_t()
    private var isRunning = false
    private var current: UnsafeRawBufferPointer?
    private var used = 0

    /// Starts the thread.
    package init(_ source: any ByteSource) {
        name = source.name
        ring = Ring(source)
        let box = Unmanaged.passRetained(ring)
        let status = pthread_create(
            &thread, nil,
            { box in
                if let box { Unmanaged<Ring>.fromOpaque(box).takeRetainedValue().produce() }
                return nil
            }, box.toOpaque())
        isRunning = status == 0
        if status != 0 { box.release() }
    }

    deinit { stop() }

    /// Ends the thread, wherever it is, and waits for it.
    package func stop() {
        guard isRunning else { return }
        isRunning = false
        ring.cancel()
        pthread_join(thread, nil)
    }

    /// Reads the next bytes.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        // Without a thread the source is read directly.
        if !isRunning { return ring.wasCancelled ? 0 : try ring.source.read(into: buffer) }
        let piece = try currentPiece()
        let count = min(buffer.count, piece.count)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: piece[..<count]))
        used += count
        return count
    }

    /// The next bytes where the thread has put them.
    package func nextPiece(
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(ArchiveReadingError) -> UnsafeRawBufferPointer {
        if !isRunning { return UnsafeRawBufferPointer(rebasing: buffer[..<(try read(into: buffer))]) }
        let piece = try currentPiece()
        used += piece.count
        return piece
    }

    /// What is left of the current slot, or the next one: only then is the slot before written to again.
    private func currentPiece() throws(ArchiveReadingError) -> UnsafeRawBufferPointer {
        if let piece = current, used == piece.count {
            ring.releaseSlot()
            current = nil
        }
        if current == nil {
            current = try ring.take()
            used = 0
        }
        return current.map { UnsafeRawBufferPointer(rebasing: $0[used...]) }
            ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }
}

/// Slots that one thread fills and one empties, in turn.
private final class Ring: @unchecked Sendable {
    static let slots = 4
    static let slotBytes = 1 << 20

    private struct State {
        var counts = [Int](repeating: 0, count: slots)
        var filled = 0
        var emptied = 0
        var isAtEnd = false
        var error: ArchiveReadingError?
        var isCancelled = false
    }

    /// What the thread that fills is to do next.
    private enum Turn {
        case fill(Int)
        case cancelled
    }

    let source: any ByteSource
    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: slots * slotBytes, alignment: 4096)
    private let state = Monitor(State())

    init(_ source: any ByteSource) { self.source = source }

    deinit { memory.deallocate() }

    var wasCancelled: Bool { state.withLock { $0.isCancelled } }

    func produce() {
        while true {
            let turn = state.wait { state -> Turn? in
                if state.isCancelled { return .cancelled }
                guard state.filled - state.emptied < Self.slots else { return nil }
                return .fill(state.filled % Self.slots)
            }
            guard case .fill(let slot) = turn else { return }
            let start = slot * Self.slotBytes
            let room = UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + Self.slotBytes])
            var count = 0
            var failure: ArchiveReadingError?
            do throws(ArchiveReadingError) {
                // A slot is filled whole: handing over costs more than reading on.
                while count < room.count {
                    let read = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: room[count...]))
                    if read == 0 { break }
                    count += read
                }
            } catch { failure = error }
            let isLast = failure != nil || count < room.count
            state.withLock { state in
                state.counts[slot] = count
                if count > 0 { state.filled += 1 }
                state.error = failure
                state.isAtEnd = isLast
            }
            if isLast { return }
        }
    }

    /// The bytes of the next filled slot, which nobody writes to before it is given back; nil at the end. What was read
    /// before an error is given first.
    func take() throws(ArchiveReadingError) -> UnsafeRawBufferPointer? {
        let range: Result<Range<Int>?, ArchiveReadingError> = state.wait { state in
            if state.filled > state.emptied {
                let slot = state.emptied % Self.slots
                let start = slot * Self.slotBytes
                return .success(start..<start + state.counts[slot])
            }
            guard state.isAtEnd || state.isCancelled else { return nil }
            return state.error.map { .failure($0) } ?? .success(nil)
        }
        return try range.get().map { UnsafeRawBufferPointer(rebasing: memory[$0]) }
    }

    func releaseSlot() { state.withLock { $0.emptied += 1 } }

    func cancel() { state.withLock { $0.isCancelled = true } }
}
