internal import Synchronization

/// libcurl's handles of finished transfers, each with the connection and the certificates that it has read.
///
/// A fleet asks one registry for thousands of manifests: to connect and to read the system's certificates takes longer than all
/// else of such a request. libcurl takes a kept connection only for a transfer with the same certificates and the same checks.
enum IdleConnections {
    /// The addresses of the handles with their schemes and hosts, the one that was used last at the end. A pointer cannot be
    /// sent to another thread, a number can; one thread has a handle at a time.
    private static let idle = Mutex<[(place: String, address: Int)]>([])
    private static let maximumCount = 16

    /// Returns the scheme and host of a URL.
    static func place(of url: String) -> String {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.prefix(3).joined(separator: "/")
    }

    /// Takes the handle that was used last for a place; nil where there is none.
    static func take(_ place: String) -> UnsafeMutableRawPointer? {
        let address = idle.withLock { idle in
            idle.lastIndex { $0.place == place }.map { idle.remove(at: $0).address }
        }
        return address.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
    }

    /// Keeps a handle without transfers, and returns the one that has to make room for it; nil where there is room.
    static func keep(_ handle: UnsafeMutableRawPointer, _ place: String) -> UnsafeMutableRawPointer? {
        let address = Int(bitPattern: handle)
        let oldest = idle.withLock { idle in
            idle.append((place, address))
            return idle.count > maximumCount ? idle.removeFirst().address : nil
        }
        return oldest.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
    }
}
