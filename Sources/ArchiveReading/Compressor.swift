internal import CArchive

/// Compresses bytes as libarchive's raw format does: gzip (without a time), zstd, xz, bzip2, or as they are.
package final class Compressor {
    /// What takes the compressed bytes.
    package typealias Sink = (UnsafeRawBufferPointer) throws(ArchiveReadingError) -> Void

    private let name: String
    private let sink: Sink
    private var library = pinproof_archive()
    private var handle: OpaquePointer?
    private var error: ArchiveReadingError?
    private var isFinished = false

    /// Starts a stream.
    ///
    /// - Parameters:
    ///   - level: how much work is done for fewer bytes, from 1 on; nil for the usual.
    ///   - name: what is written, for error texts.
    package init(
        _ compression: Compression, level: Int? = nil, name: String, sink: @escaping Sink
    ) throws(ArchiveReadingError) {
        self.name = name
        self.sink = sink
        let filter: Int32
        switch compression {
        case .none: return
        case .gzip: filter = ARCHIVE_FILTER_GZIP
        case .zstd: filter = ARCHIVE_FILTER_ZSTD
        case .xz: filter = ARCHIVE_FILTER_XZ
        case .bzip2: filter = ARCHIVE_FILTER_BZIP2
        }
        library = try Libarchive.functions(for: name)
        guard let handle = library.write_new(), let entry = library.entry_new() else {
            throw ArchiveReadingError(archive: name, reason: .unreadable("out of memory"))
        }
        self.handle = handle
        defer { library.entry_free(entry) }
        try check(library.write_set_format_raw(handle))
        try check(library.write_add_filter(handle, filter))
        if let level { try check(library.write_set_filter_option(handle, nil, "compression-level", "\(level)")) }
        if compression == .gzip {
            // The same input gives the same bytes.
            try check(library.write_set_filter_option(handle, "gzip", "timestamp", nil))
        }
        // Nothing is filled up behind the end.
        try check(library.write_set_bytes_in_last_block(handle, 1))
        // Unretained: the handle does not outlive this object, which owns it.
        let client = Unmanaged.passUnretained(self).toOpaque()
        try check(
            library.write_open(
                handle, client, nil,
                { _, client, bytes, count in
                    guard let client else { return -1 }
                    return Unmanaged<Compressor>.fromOpaque(client).takeUnretainedValue().take(
                        UnsafeRawBufferPointer(start: bytes, count: count))
                }, nil))
        library.entry_set_pathname(entry, "data")
        library.entry_set_filetype(entry, 0o100000)
        try check(library.write_header(handle, entry))
    }

    deinit {
        guard let handle else { return }
        // What is not finished is not to be written on.
        if !isFinished { _ = library.write_fail(handle) }
        _ = library.write_free(handle)
    }

    /// Compresses bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveReadingError) {
        guard let handle else {
            try sink(bytes)
            return
        }
        var rest = bytes
        while !rest.isEmpty {
            let count = library.write_data(handle, rest.baseAddress, rest.count)
            guard count > 0 else { throw failure() }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Writes what is still held back; nothing may follow.
    package func finish() throws(ArchiveReadingError) {
        guard let handle else { return }
        try check(library.write_close(handle))
        isFinished = true
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        do throws(ArchiveReadingError) {
            try sink(bytes)
            return bytes.count
        } catch {
            self.error = error
            return -1
        }
    }

    private func check(_ status: Int32) throws(ArchiveReadingError) {
        if status != ARCHIVE_OK { throw failure() }
    }

    private func failure() -> ArchiveReadingError {
        if let error { return error }
        let text = handle.flatMap { library.error_string($0) }.map { String(cString: $0) }
        return ArchiveReadingError(archive: name, reason: .unreadable(text ?? "libarchive gives no reason"))
    }
}
