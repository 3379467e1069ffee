import ContentHashing
import EnvironmentInventory

/// What a URL gives, read once to be hashed; nothing of it is kept.
package enum RemoteFile {
    private static let redirectLimit = 8

    /// The sha256 of the bytes that a URL gives, redirects followed; plain http from this machine alone counts as safe, and
    /// is otherwise what the URL itself asks for.
    ///
    /// - Parameters:
    ///   - limit: the most bytes that are read.
    ///   - timeout: the time without progress after which the request fails.
    /// - Throws: ``RemoteFileError`` with the URL and the reason.
    package static func sha256(
        of url: String, limit: Int = 16 << 30, timeout: Duration = .seconds(60)
    ) throws(RemoteFileError) -> Digest {
        do throws(TransferFailure) {
            let transfer = try open(url, timeout: timeout)
            return try hash(transfer, limit)
        } catch { throw RemoteFileError(url: url, reason: error.message) }
    }

    /// Starts a transfer and follows redirects; the answer is 200.
    static func open(
        _ url: String, headers: [(name: String, value: String)] = [], timeout: Duration
    ) throws(TransferFailure) -> HTTPTransfer {
        var target = url
        // All redirects together get as long as the opening of a blob does.
        let deadline = ContinuousClock.now + timeout * 5
        for _ in 0..<redirectLimit {
            var request = HTTPRequest(url: target)
            request.headers = headers
            request.timeout = timeout
            request.deadline = deadline
            // A step down to http is not followed: what was asked for over https comes over https.
            request.allowsPlainHTTP = url.lowercased().hasPrefix("http://")
            let transfer = try HTTPTransfer(request)
            try transfer.start()
            switch transfer.status {
            case 200:
                transfer.deadline = nil
                return transfer
            case 301, 302, 303, 307, 308:
                guard let next = transfer.redirect else { throw failure("a redirect to nowhere") }
                target = next
            default: throw failure("the server answers with HTTP \(transfer.status)")
            }
        }
        throw failure("more than \(redirectLimit) redirects")
    }

    private static func hash(_ transfer: HTTPTransfer, _ limit: Int) throws(TransferFailure) -> Digest {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var total = 0
        do {
            var hash = try ContentHash(.sha256)
            while true {
                let count = try transfer.read(into: buffer)
                if count == 0 { break }
                total += count
                guard total <= limit else { throw failure("it has more than \(limit) bytes") }
                try hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
            return try hash.finish()
        } catch let error as TransferFailure { throw error } catch { throw failure("\(error)") }
    }

    static func failure(_ message: String) -> TransferFailure {
        TransferFailure(message: message, isTransient: false, isNotTLS: false)
    }
}

/// Why a URL gave nothing.
package struct RemoteFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The URL.
    package let url: String
    /// What went wrong.
    package let reason: String

    /// One sentence.
    package var description: String { "\(url): \(reason)" }
}
