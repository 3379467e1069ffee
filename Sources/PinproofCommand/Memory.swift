import Glibc
import Synchronization

/// How the program keeps memory.
enum Memory {
    private typealias Keep = @convention(c) () -> Void

    /// From here on a document takes longer to read where free memory goes back to the system.
    private static let largeDocument = 128 << 10

    /// Keeps free memory until the end of the run where the arguments name a large document.
    ///
    /// Other runs give it back, an image with hundreds of thousands of files above all. The allocator of `make build` has the
    /// function (Packaging/allocator.c); with another allocator nothing is done.
    static func prepare(for arguments: [String]) {
        guard arguments.contains(where: namesLargeDocument), let symbol = dlsym(nil, "pinproof_keep_memory") else {
            return
        }
        unsafeBitCast(symbol, to: Keep.self)()
    }

    /// Judges by the name: a document is opened once, by its reader.
    static func namesLargeDocument(_ argument: String) -> Bool {
        let suffixes = [".lock", ".yml", ".yaml", ".json", ".toml", ".txt"]
        guard suffixes.contains(where: argument.hasSuffix) else { return false }
        var status = stat()
        return stat(argument.hasPrefix("lock:") ? String(argument.dropFirst(5)) : argument, &status) == 0
            && status.st_mode & S_IFMT == S_IFREG && Int(status.st_size) >= largeDocument
    }
}

/// What a run has read, kept until the program ends: to free a large lock object by object takes a twentieth of a run, and the
/// end of the process frees it at once.
enum UntilExit {
    private static let values = Mutex<[any Sendable]?>(nil)

    /// Says that the process ends with the run; without it nothing is kept.
    static func begin() { values.withLock { $0 = [] } }

    /// Keeps a value.
    static func keep(_ value: some Sendable) { values.withLock { $0?.append(value) } }
}
