import ArchiveReading

/// Passes the bytes of an HDF5 file on, and looks in all of them for what leads to other files: external links (III.C, type 64 of
/// IV.A.2.g), external data files (IV.A.2.h) and virtual datasets (class 3 of IV.A.2.i of
/// https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html).
///
/// Groups are not walked, as the file is read once: a message is told by its form, wherever it stands. Links stand in messages or in
/// the blocks of a fractal heap, where they have no header. A heap that is compressed is told as well.
final class HDF5Outside: ByteSource {
    private let source: any ByteSource
    private var kept: [UInt8] = []
    private var heapLeft = 0
    /// What leads out: the file, where the message has its name, and how it is reached.
    private(set) var found: [(file: String, reason: String)] = []

    /// More than the longest message, and so much is looked at again with what follows.
    private static let overlap = 70 << 10
    private static let blockBytes = 1 << 20
    private static let most = 64

    init(_ source: any ByteSource) { self.source = source }

    var name: String { source.name }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        let count = try source.read(into: buffer)
        kept.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        if count == 0 || kept.count >= 8 * Self.overlap { look(isLast: count == 0) }
        return count
    }

    private func look(isLast: Bool) {
        let end = isLast ? kept.count : kept.count - Self.overlap
        guard end > 0 else { return }
        kept.withUnsafeBufferPointer { bytes in
            for index in 0..<end {
                if heapLeft > 0 { heapLeft -= 1 }
                switch bytes[index] {
                case 0x01 where heapLeft > 0: lookForLink(bytes, index, size: Self.overlap, isBare: true)
                case 0x06, 0x07, 0x08: lookForMessage(bytes, index)
                case 0x46: lookForHeap(bytes, index)
                default: break
                }
            }
        }
        kept.removeFirst(end)
    }

    private func add(_ file: String, _ reason: String) {
        guard found.count < Self.most, !found.contains(where: { $0.file == file && $0.reason == reason }) else {
            return
        }
        found.append((file, reason))
    }

    private func lookForHeap(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) {
        guard index + 9 <= bytes.count, bytes[index + 4] == 0 else { return }
        if bytes[index..<index + 4].elementsEqual("FHDB".utf8) { heapLeft = Self.blockBytes }
        if bytes[index..<index + 4].elementsEqual("FRHP".utf8), bytes[index + 7] != 0 || bytes[index + 8] != 0 {
            add("", "a heap of links or attributes is compressed, and is not read")
        }
    }

    /// Looks behind the headers that a message may have: eight bytes of the first version, four or six of the second.
    private func lookForMessage(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) {
        for (header, sizePlace) in [(8, 2), (4, 1), (6, 1)] {
            if header == 8, index + 1 >= bytes.count || bytes[index + 1] != 0 { continue }
            guard let size = Self.number(bytes, index + sizePlace, 2), size <= bytes.count - index - header else {
                continue
            }
            let body = index + header
            switch bytes[index] {
            case 0x06: lookForLink(bytes, body, size: size, isBare: false)
            case 0x07 where isExternal(bytes, body, size): add("", "values lie in other files (external data files)")
            case 0x08 where isVirtual(bytes, body, size): add("", "values lie in other datasets (a virtual dataset)")
            default: break
            }
        }
    }

    private func isExternal(_ bytes: UnsafeBufferPointer<UInt8>, _ body: Int, _ size: Int) -> Bool {
        guard size >= 40, bytes[body] == 1, let slots = Self.number(bytes, body + 4, 2),
            let used = Self.number(bytes, body + 6, 2), used > 0, used <= slots, size >= 16 + 24 * used,
            let heap = Self.number(bytes, body + 8, 8), let name = Self.number(bytes, body + 16, 8)
        else { return false }
        return heap < 1 << 48 && name < 1 << 32
    }

    private func isVirtual(_ bytes: UnsafeBufferPointer<UInt8>, _ body: Int, _ size: Int) -> Bool {
        guard size >= 14, (4...5).contains(bytes[body]), bytes[body + 1] == 3,
            let heap = Self.number(bytes, body + 2, 8), let index = Self.number(bytes, body + 10, 4)
        else { return false }
        return heap < 1 << 48 && index < 1 << 16
    }

    private func lookForLink(_ bytes: UnsafeBufferPointer<UInt8>, _ body: Int, size: Int, isBare: Bool) {
        let end = min(body + size, bytes.count)
        guard end - body >= 9, bytes[body] == 1, bytes[body + 2] == 64 else { return }
        let flags = bytes[body + 1]
        guard flags & 0x08 != 0, flags < 0x20 else { return }
        var position = body + 3 + (flags & 0x04 != 0 ? 8 : 0)
        if flags & 0x10 != 0 {
            guard position < end, bytes[position] <= 1 else { return }
            position += 1
        }
        let width = 1 << Int(flags & 3)
        guard let length = Self.number(bytes, position, width), length > 0, length < size else { return }
        position += width
        guard length <= end - position else { return }
        let name = bytes[position..<position + length]
        position += length
        guard let count = Self.number(bytes, position, 2), count >= 3, count <= end - position - 2,
            bytes[position + 2] == 0
        else { return }
        let names = bytes[(position + 3)..<(position + 2 + count)].split(separator: 0, omittingEmptySubsequences: false)
        // The file and the object in it, each with a NUL behind it.
        guard names.count >= 3, let file = names.first, !file.isEmpty else { return }
        // Without a header before it only what the library itself writes is told from numbers.
        if isBare {
            guard names.count == 3, names[2].isEmpty, !name.contains(0),
                String(validating: file, as: UTF8.self) != nil
            else { return }
        }
        add(String(decoding: file, as: UTF8.self), "an external link leads to this file, which is not in the model")
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ count: Int) -> Int? {
        guard at >= 0, at <= bytes.count - count else { return nil }
        let value = (0..<count).reduce(UInt64(0)) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
        return Int(exactly: value)
    }
}
