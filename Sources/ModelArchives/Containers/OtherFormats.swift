import ArchiveReading

/// Passes the bytes of a file on, and looks for what other programs find behind its first bytes.
///
/// HDF5 lies at 0, 512, 1024, 2048 and so on, behind anything
/// (https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html, II.A); Keras before 3 takes any such file for its own. The
/// end record of a zip archive lies in the last 65,557 bytes, behind any beginning (`_EndRecData` of
/// https://github.com/python/cpython/blob/v3.13.0/Lib/zipfile/__init__.py).
final class OtherFormats: ByteSource {
    private let source: any ByteSource
    private let path: String
    private let looksForZip: Bool
    private var offset = 0
    private var tail: [UInt8] = []
    /// Where the next signature of HDF5 may begin, and how many bytes of it were there.
    private var place = 0
    private var matched = 0
    private var foundAt: Int?

    private static let tailBytes = (1 << 16) + 22
    private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

    init(_ source: any ByteSource, path: String) {
        self.source = source
        self.path = path
        looksForZip =
            NamedLoader.of(path)?.looksForZip ?? (FileHead(path: path, bytes: [], size: nil).fileExtension == "zip")
    }

    var name: String { source.name }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        let count = try source.read(into: buffer)
        let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        if foundAt == nil { lookForHDF5(piece) }
        if looksForZip { keep(piece) }
        offset += count
        return count
    }

    private func lookForHDF5(_ piece: UnsafeRawBufferPointer) {
        while place + matched < offset + piece.count {
            let index = place + matched - offset
            guard piece[index] == Self.signature[matched] else {
                let (next, overflow) = place.multipliedReportingOverflow(by: 2)
                guard !overflow, next <= Int.max - 8 else { return }
                (place, matched) = (place == 0 ? 512 : next, 0)
                continue
            }
            matched += 1
            if matched == Self.signature.count {
                foundAt = place
                return
            }
        }
    }

    private func keep(_ piece: UnsafeRawBufferPointer) {
        if piece.count >= Self.tailBytes { tail.removeAll(keepingCapacity: true) }
        tail.append(contentsOf: piece.suffix(Self.tailBytes))
        if tail.count > 4 * Self.tailBytes { tail.removeFirst(tail.count - Self.tailBytes) }
    }

    private var endsAsZip: Bool {
        let tail = tail.suffix(Self.tailBytes)
        var index = tail.endIndex - 22
        while index >= tail.startIndex {
            if tail[index] == 0x50, tail[index...].starts(with: [0x50, 0x4B, 5, 6]) { return true }
            index -= 1
        }
        return false
    }

    /// What another program takes the file for, once all bytes were read; nil where none takes it for something else.
    func reason(isRead tree: ModelTree?) -> String? {
        if looksForZip, tree?.kind != .zip, endsAsZip {
            return "it ends as a zip archive, which programs read whatever it begins with"
        }
        // A tar archive has its first member at 512, and a zip archive has members anywhere. MATLAB writes HDF5 of its own.
        let isData = FileHead(path: path, bytes: [], size: nil).fileExtension == "mat"
        if tree == nil, !isData, let foundAt, foundAt > 0 {
            return "HDF5 lies behind its first \(foundAt) bytes, where its library looks for it"
        }
        return nil
    }
}
