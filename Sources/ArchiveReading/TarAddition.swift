import ParallelWork
import SourceDocuments

/// Adds one file to a tar archive, or replaces it: every other member's bytes stay (POSIX ustar,
/// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06).
///
/// The archive has been read whole by ``TarReader``. Left out: replacing a file whose own name stands in an extended header:
/// names of that length are not written.
package enum TarAddition {
    private static let blockSize = 512

    /// The pieces of the new archive, by offsets of what the source gives.
    ///
    /// - Parameters:
    ///   - path: the name of the file inside, at most 100 bytes.
    ///   - source: the archive from its first byte, decompressed.
    package static func pieces(
        adding path: String, data: [UInt8], to source: any ByteSource
    ) throws(ArchiveReadingError) -> [FilePiece] {
        let name = Array(path.utf8)
        guard name.count <= 100, data.count <= 0o77_777_777_777 else {
            throw ArchiveReadingError(archive: source.name, reason: .limit("'\(path)' is too long or too large"))
        }
        var pieces: [FilePiece] = []
        var offset = 0
        var kept = 0
        var extendedSize: Int?
        // Where the extended headers of the next member start: they go with it.
        var groupStart: Int?
        while let header = try block(source, offset), !header.allSatisfy({ $0 == 0 }) {
            let written = try size(header, source.name, offset)
            let kind = header[156]
            guard kind != UInt8(ascii: "S") else {
                throw ArchiveReadingError(
                    archive: source.name, offset: offset,
                    reason: .limit("a member is sparse, which cannot be rewritten"))
            }
            let isExtended =
                kind == UInt8(ascii: "x") || kind == UInt8(ascii: "g") || kind == UInt8(ascii: "L")
                || kind == UInt8(ascii: "K")
            let size = isExtended ? written : extendedSize ?? written
            let (padded, overflow) = size.addingReportingOverflow(blockSize - 1)
            guard !overflow else {
                throw ArchiveReadingError(
                    archive: source.name, offset: offset, reason: .damaged("a size is impossible"))
            }
            // Links, folders and devices have no data, whatever their size says.
            let hasData =
                isExtended
                || ![
                    UInt8(ascii: "1"), UInt8(ascii: "2"), UInt8(ascii: "3"), UInt8(ascii: "4"), UInt8(ascii: "5"),
                    UInt8(ascii: "6"),
                ].contains(kind)
            let length = hasData ? padded / blockSize * blockSize : 0
            if kind == UInt8(ascii: "x") {
                guard size <= 1 << 20 else {
                    throw ArchiveReadingError(
                        archive: source.name, offset: offset, reason: .limit("an extended header is too large"))
                }
                extendedSize = try paxSize(try bytes(source, length, offset).prefix(size), source.name, offset)
            } else {
                try go(source, length, offset)
                if !isExtended { extendedSize = nil }
            }
            let next = offset + blockSize + length
            if isExtended {
                groupStart = kind == UInt8(ascii: "g") ? nil : groupStart ?? offset
            } else {
                if Self.name(header) == name {
                    let start = groupStart ?? offset
                    if kept < start { pieces.append(.old(kept..<start)) }
                    kept = next
                }
                groupStart = nil
            }
            offset = next
        }
        if kept < offset { pieces.append(.old(kept..<offset)) }
        try source.drain()
        let padding = (blockSize - data.count % blockSize) % blockSize
        // Two blocks of zeros end an archive.
        return pieces + [
            .new(header(name, data.count)), .new(data), .new([UInt8](repeating: 0, count: padding + 2 * blockSize)),
        ]
    }

    private static func bytes(
        _ source: any ByteSource, _ count: Int, _ offset: Int
    ) throws(ArchiveReadingError) -> [UInt8] {
        var output: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
        defer { buffer.deallocate() }
        while output.count < count {
            let read = try source.read(
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, count - output.count)]))
            guard read > 0 else { throw ArchiveReadingError(archive: source.name, offset: offset, reason: .truncated) }
            output.append(contentsOf: buffer[..<read])
        }
        return output
    }

    /// The next block; nil at the end of the source, which some writers leave without blocks of zeros.
    private static func block(_ source: any ByteSource, _ offset: Int) throws(ArchiveReadingError) -> [UInt8]? {
        let first = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
        defer { first.deallocate() }
        guard try source.read(into: first) == 1 else { return nil }
        return try [first[0]] + bytes(source, blockSize - 1, offset)
    }

    private static func go(_ source: any ByteSource, _ count: Int, _ offset: Int) throws(ArchiveReadingError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        var left = count
        while left > 0 {
            var gone = try source.skip(left)
            if gone == 0 {
                gone = try source.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, left)]))
            }
            guard gone > 0 else { throw ArchiveReadingError(archive: source.name, offset: offset, reason: .truncated) }
            left -= gone
        }
    }

    /// The size of a header: octal digits, or GNU's base 256 where the first bit is set.
    private static func size(_ header: [UInt8], _ name: String, _ offset: Int) throws(ArchiveReadingError) -> Int {
        let field = header[124..<136]
        var value = 0
        if header[124] & 0x80 != 0 {
            for byte in field.dropFirst() {
                let (product, overflow) = value.multipliedReportingOverflow(by: 256)
                guard !overflow, header[124] == 0x80 else {
                    throw ArchiveReadingError(archive: name, offset: offset, reason: .damaged("a size is impossible"))
                }
                value = product | Int(byte)
            }
            return value
        }
        for byte in field.drop(while: { $0 == UInt8(ascii: " ") }) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) else {
                guard byte == 0 || byte == UInt8(ascii: " ") else {
                    throw ArchiveReadingError(archive: name, offset: offset, reason: .damaged("a size is not a number"))
                }
                break
            }
            value = value * 8 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }

    /// The `size` record of a PAX header, `LENGTH size=NUMBER\n`; nil when it has none.
    private static func paxSize(
        _ records: ArraySlice<UInt8>, _ name: String, _ offset: Int
    ) throws(ArchiveReadingError) -> Int? {
        var rest = records
        var found: Int?
        while !rest.isEmpty, rest.first != 0 {
            guard let blank = rest.firstIndex(of: UInt8(ascii: " ")),
                let length = Int(String(decoding: rest[..<blank], as: UTF8.self)),
                length > blank - rest.startIndex + 1, length <= rest.count
            else {
                throw ArchiveReadingError(
                    archive: name, offset: offset, reason: .damaged("an extended header is malformed"))
            }
            let record = rest[(blank + 1)..<(rest.startIndex + length - 1)]
            if record.starts(with: "size=".utf8) { found = Int(String(decoding: record.dropFirst(5), as: UTF8.self)) }
            rest = rest.dropFirst(length)
        }
        return found
    }

    /// The name of a header, without the prefix of ustar when it has none.
    private static func name(_ header: [UInt8]) -> [UInt8] {
        let name = Array(header[..<100].prefix { $0 != 0 })
        let isUstar = header[257..<263].elementsEqual([
            UInt8(ascii: "u"), UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "a"), UInt8(ascii: "r"), 0,
        ])
        let prefix = isUstar ? Array(header[345..<500].prefix { $0 != 0 }) : []
        let whole = prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
        return whole.starts(with: [UInt8(ascii: "."), UInt8(ascii: "/")]) ? Array(whole.dropFirst(2)) : whole
    }

    private static func header(_ name: [UInt8], _ size: Int) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: blockSize)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8)
        }
        func octal(_ value: Int, _ digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
        }
        header.replaceSubrange(0..<name.count, with: name)
        put(octal(0o644, 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(size, 11), at: 124)
        put(octal(0, 11), at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(octal(sum, 6), at: 148)
        header[154] = 0
        return header
    }
}
