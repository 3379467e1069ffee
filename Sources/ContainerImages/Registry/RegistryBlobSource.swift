import ArchiveReading
import EnvironmentInventory

/// The bytes of a blob as the registry sends them; a transfer that breaks is gone on with where it stopped.
final class RegistryBlobSource: ByteSource {
    let name: String
    private let client: RegistryClient
    private let digest: Digest
    private let size: Int
    private var transfer: HTTPTransfer?
    private var offset = 0
    // What follows counts from the last progress on, over all connections: a server that sends one byte on each of them
    // makes none.
    private var failures = 0
    private var newBytes = 0
    private var waited = Duration.zero
    private var opening = Duration.zero

    init(_ client: RegistryClient, _ descriptor: Descriptor) {
        self.client = client
        digest = descriptor.digest
        size = descriptor.size
        name = "\(client.host)/\(client.repository)@\(descriptor.digest)"
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        if offset >= size { return 0 }
        while true {
            do throws(TransferFailure) {
                if transfer == nil { transfer = try open() }
                guard let current = transfer else { return 0 }
                let count = try readPiece(of: current, into: buffer)
                if count == 0 {
                    throw TransferFailure(
                        message: "the registry sent too few bytes", isTransient: true, isNotTLS: false)
                }
                offset += count
                newBytes += count
                if newBytes >= HTTPTransfer.progressBytes {
                    (failures, newBytes, waited, opening) = (0, 0, .zero, .zero)
                }
                return count
            } catch {
                transfer = nil
                failures += 1
                let timeout = client.options.timeout
                let failure =
                    waited >= timeout && !error.isStalled ? HTTPTransfer.stall(after: timeout, bytes: newBytes) : error
                guard failure.isTransient, failures <= client.options.retries else {
                    throw ArchiveReadingError(archive: name, offset: offset, reason: .unreadable(failure.message))
                }
            }
        }
    }

    /// Waits for bytes as long as the time without progress lets it.
    private func readPiece(
        of transfer: HTTPTransfer, into buffer: UnsafeMutableRawBufferPointer
    ) throws(TransferFailure) -> Int {
        let start = ContinuousClock.now
        defer { waited += ContinuousClock.now - start }
        transfer.deadline = start + (client.options.timeout - waited)
        return try transfer.read(into: buffer)
    }

    private func open() throws(TransferFailure) -> HTTPTransfer {
        let headers: [(name: String, value: String)] = offset > 0 ? [("Range", "bytes=\(offset)-")] : []
        let answer: RegistryClient.Answer
        let start = ContinuousClock.now
        do throws(RegistryFailure) {
            answer = try client.get(
                "blobs/\(digest)", headers: headers, before: start + (client.options.totalTimeout - opening))
        } catch {
            // It was tried often enough already.
            throw TransferFailure(message: error.message, isTransient: false, isNotTLS: false)
        }
        opening += ContinuousClock.now - start
        // To read over what is known takes as long as it takes, as long as it advances.
        answer.transfer.deadline = nil
        if offset > 0 {
            if answer.status == 206 {
                let range = answer.transfer.header("content-range").first ?? ""
                guard range.hasPrefix("bytes \(offset)-") else {
                    throw TransferFailure(
                        message: "the registry resumed at the wrong position: \(range.prefix(100))", isTransient: false,
                        isNotTLS: false)
                }
            } else {
                try skip(answer.transfer, offset)
            }
        }
        return answer.transfer
    }

    /// Reads over what is known already, for servers without ranges.
    private func skip(_ transfer: HTTPTransfer, _ count: Int) throws(TransferFailure) {
        var left = count
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while left > 0 {
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(left, buffer.count)])
            let read = try transfer.read(into: piece)
            guard read > 0 else {
                throw TransferFailure(message: "the registry sent too few bytes", isTransient: true, isNotTLS: false)
            }
            left -= read
        }
    }
}
