internal import Glibc

/// Reads another source ahead on a thread of its own, so that decompressing and hashing a stream run beside what is made of
/// it.
///
/// The other source is used by that thread alone until ``stop()`` returns.
public final class ReadAheadByteSource: ByteSource {
    /// What is read.
    public let name: String
    private let ring: Ring
    private var thread = pthread_t()
    private var isRunning = false
    private var current: UnsafeRawBufferPointer?
    private var used = 0

    /// Starts the thread.
    public init(_ source: any ByteSource) {
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
    public func stop() {
        guard isRunning else { return }
        isRunning = false
        ring.cancel()
        pthread_join(thread, nil)
    }

    /// Reads the next bytes.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        // Without a thread the source is read directly.
        if !isRunning { return ring.wasCancelled ? 0 : try ring.source.read(into: buffer) }
        let piece = try currentPiece()
        let count = min(buffer.count, piece.count)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: piece[..<count]))
        used += count
        return count
    }

    /// The next bytes where the thread has put them.
    public func nextPiece(
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
            ring.giveBack()
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

    let source: any ByteSource
    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: slots * slotBytes, alignment: 4096)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var counts = [Int](repeating: 0, count: slots)
    private var filled = 0
    private var emptied = 0
    private var isAtEnd = false
    private var error: ArchiveReadingError?
    private var isCancelled = false

    init(_ source: any ByteSource) {
        self.source = source
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(changed)
        mutex.deallocate()
        changed.deallocate()
        memory.deallocate()
    }

    var wasCancelled: Bool { locked { isCancelled } }

    func produce() {
        while true {
            let slot: Int? = locked {
                while filled - emptied == Self.slots, !isCancelled { pthread_cond_wait(changed, mutex) }
                return isCancelled ? nil : filled % Self.slots
            }
            guard let slot else { return }
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
            locked {
                counts[slot] = count
                if count > 0 { filled += 1 }
                error = failure
                isAtEnd = isLast
                pthread_cond_broadcast(changed)
            }
            if isLast { return }
        }
    }

    /// The bytes of the next filled slot, which nobody writes to before it is given back; nil at the end. What was read
    /// before an error is given first.
    func take() throws(ArchiveReadingError) -> UnsafeRawBufferPointer? {
        let (piece, failure): (UnsafeRawBufferPointer?, ArchiveReadingError?) = locked {
            while filled == emptied, !isAtEnd, !isCancelled { pthread_cond_wait(changed, mutex) }
            guard filled > emptied else { return (nil, error) }
            let slot = emptied % Self.slots
            let start = slot * Self.slotBytes
            return (UnsafeRawBufferPointer(rebasing: memory[start..<start + counts[slot]]), nil)
        }
        if let failure { throw failure }
        return piece
    }

    func giveBack() {
        locked {
            emptied += 1
            pthread_cond_broadcast(changed)
        }
    }

    func cancel() {
        locked {
            isCancelled = true
            pthread_cond_broadcast(changed)
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
