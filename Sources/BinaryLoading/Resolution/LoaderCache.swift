/// `/etc/ld.so.cache` in its two formats, the old one, the new one, or one after the other
/// (https://sourceware.org/git/?p=glibc.git;a=blob;f=sysdeps/generic/dl-cache.h).
package struct LoaderCache: Sendable {
    /// One row.
    package struct Row: Sendable, Hashable {
        /// The kind of library and its machine.
        package let flags: UInt32
        /// The path.
        package let path: String
        /// The directory below `glibc-hwcaps` that the row is for; nil for a row for any processor.
        package let level: String?
        /// Whether the row is for a processor feature of the old kind, which current loaders leave out.
        package let isLegacy: Bool
    }

    private let rows: [String: [Row]]
    /// How many rows were read.
    package let count: Int

    private static let oldMagic = Array("ld.so-1.7.0".utf8)
    private static let newMagic = Array("glibc-ld.so.cache1.1".utf8)
    private static let extensionMagic: UInt32 = 0xEAA4_2174

    /// Reads a cache; nil when its bytes are none, as a loader ignores it then.
    package init?(_ bytes: [UInt8]) {
        var start = 0
        var isOld = false
        if bytes.starts(with: Self.oldMagic) {
            let count = bytes.withUnsafeBytes { ELFNumbers(isLittleEndian: true).word($0, 12) }
            guard let count, Int(count) <= (bytes.count - 16) / 12 else { return nil }
            let end = 16 + Int(count) * 12
            let aligned = (end + 7) / 8 * 8
            if aligned < bytes.count, bytes[aligned...].starts(with: Self.newMagic) {
                start = aligned
            } else {
                isOld = true
            }
        } else if !bytes.starts(with: Self.newMagic) {
            return nil
        }
        let read = bytes.withUnsafeBytes { all in
            isOld ? Self.oldRows(all) : Self.newRows(UnsafeRawBufferPointer(rebasing: all[start...]))
        }
        guard let read else { return nil }
        rows = read.rows
        count = read.count
    }

    /// Whether a row is for some processors only.
    package var hasLevels: Bool { rows.values.contains { $0.contains { $0.level != nil } } }

    /// Returns the rows of a name, in the order of the file.
    package func rows(_ name: String) -> [Row] { rows[name] ?? [] }

    private typealias Rows = (rows: [String: [Row]], count: Int)

    private static func oldRows(_ bytes: UnsafeRawBufferPointer) -> Rows? {
        let numbers = ELFNumbers(isLittleEndian: true)
        guard let count = numbers.word(bytes, 12), Int(count) <= (bytes.count - 16) / 12 else { return nil }
        let strings = 16 + Int(count) * 12
        var rows: [String: [Row]] = [:]
        var read = 0
        for index in 0..<Int(count) {
            let row = 16 + index * 12
            guard let flags = numbers.word(bytes, row), let key = numbers.word(bytes, row + 4),
                let value = numbers.word(bytes, row + 8), let name = string(bytes, strings + Int(key)),
                let path = string(bytes, strings + Int(value))
            else { continue }
            rows[name, default: []].append(Row(flags: flags, path: path, level: nil, isLegacy: false))
            read += 1
        }
        return (rows, read)
    }

    private static func newRows(_ bytes: UnsafeRawBufferPointer) -> Rows? {
        guard bytes.count >= 48 else { return nil }
        // The byte order is that of the machine: 2 is little-endian, 3 big-endian, 0 was not set by old writers.
        let numbers = ELFNumbers(isLittleEndian: bytes[28] & 3 != 3)
        guard let count = numbers.word(bytes, 20), Int(count) <= (bytes.count - 48) / 24 else { return nil }
        let levels = levels(bytes, numbers)
        var rows: [String: [Row]] = [:]
        var read = 0
        for index in 0..<Int(count) {
            let row = 48 + index * 24
            guard let flags = numbers.word(bytes, row), let key = numbers.word(bytes, row + 4),
                let value = numbers.word(bytes, row + 8), let hwcap = numbers.read(bytes, row + 16, as: UInt64.self),
                let name = string(bytes, Int(key)), let path = string(bytes, Int(value))
            else { continue }
            let isExtension = (hwcap >> 42) == 1 << 20
            let number = Int(hwcap & 0xFFFF_FFFF)
            let level = isExtension && number < levels.count ? levels[number] : nil
            rows[name, default: []].append(
                Row(flags: flags, path: path, level: level, isLegacy: hwcap != 0 && level == nil))
            read += 1
        }
        return (rows, read)
    }

    /// Returns the names of the directories below `glibc-hwcaps`, by the numbers that rows use.
    private static func levels(_ bytes: UnsafeRawBufferPointer, _ numbers: ELFNumbers) -> [String] {
        guard let start = numbers.word(bytes, 32).map({ Int($0) }), start > 0,
            numbers.word(bytes, start) == extensionMagic, let count = numbers.word(bytes, start + 4), count <= 64
        else { return [] }
        for index in 0..<Int(count) {
            let section = start + 8 + index * 16
            guard numbers.word(bytes, section) == 1, let offset = numbers.word(bytes, section + 8),
                let size = numbers.word(bytes, section + 12), size <= 4096
            else { continue }
            return (0..<(Int(size) / 4)).map { number in
                numbers.word(bytes, Int(offset) + number * 4).flatMap { string(bytes, Int($0)) } ?? ""
            }
        }
        return []
    }

    private static func string(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> String? {
        guard offset >= 0, offset < bytes.count else { return nil }
        let text = bytes[offset...].prefix(4096)
        guard let end = text.firstIndex(of: 0) else { return nil }
        return String(decoding: text[..<end], as: UTF8.self)
    }
}
