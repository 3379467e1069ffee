import Testing

@testable import ArchiveReading

/// Frames of zstd that hold no byte.
@Suite struct ZstdOfNothingTests {
    private static func frame(_ bytes: [UInt8], isChecked: Bool = false) -> [UInt8] {
        var frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
        frame += bytes
        if isChecked { frame += [0x99, 0xE9, 0xD8, 0x51] }
        return frame
    }

    private static let skippable: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 7, 7]
    /// What `zstd -c < /dev/null` writes, and `zstd -c --no-check`.
    private static let checked: [UInt8] = frame([0x24, 0, 1, 0, 0], isChecked: true)
    private static let unchecked: [UInt8] = frame([0x20, 0, 1, 0, 0])

    private static let valid: [[UInt8]] = [
        checked, unchecked,
        // As streams are written, whose size is not known: a window and no size.
        frame([0x04, 0x58, 1, 0, 0], isChecked: true),
        // A block of nothing before the last one, as it is written when a stream is flushed.
        frame([0x00, 0x58, 0, 0, 0, 1, 0, 0]),
        // Sizes in four and eight bytes, a dictionary number of zero.
        frame([0xA0, 0, 0, 0, 0, 1, 0, 0]), frame([0xE0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]),
        frame([0x21, 0, 0, 1, 0, 0]), [checked, unchecked].flatMap(\.self), [skippable, checked].flatMap(\.self),
        [checked, skippable].flatMap(\.self),
    ]

    private static let invalid: [[UInt8]] = [
        frame([]), Array(checked.dropLast()), Array(checked.dropLast(4)), Array(unchecked.dropLast()),
        frame([0x24, 0, 1, 0, 0, 0x98, 0xE9, 0xD8, 0x51]),
        // A size of one, a reserved bit, the reserved kind of block, a last block that never comes, a window of 2 TiB.
        frame([0x20, 1, 1, 0, 0]), frame([0x28, 0, 1, 0, 0]), frame([0x20, 0, 7, 0, 0]), frame([0x20, 0, 0, 0, 0]),
        frame([0x00, 0xF8, 1, 0, 0]),
        // What follows is none of zstd's, or is cut.
        [unchecked, [0]].flatMap(\.self), [checked, frame([])].flatMap(\.self),
        [checked, Array(skippable.dropLast())].flatMap(\.self), skippable,
    ]

    @Test("valid frames of nothing are no bytes", arguments: valid)
    func nothing(bytes: [UInt8]) throws {
        let source = try Decompressor(MemoryByteSource(bytes, name: "layer"))
        #expect(source.compression == .zstd)
        #expect(try source.readAll(limit: 1 << 20).isEmpty)
    }

    @Test("what is not valid, or is cut, is none of them", arguments: invalid)
    func others(bytes: [UInt8]) { #expect(!ZstdOfNothing.matches(bytes)) }

    @Test("a frame that is cut is an error, and not no bytes")
    func cut() {
        for count in 4..<Self.checked.count {
            #expect(throws: ArchiveReadingError.self, "\(count)") {
                try Decompressor(MemoryByteSource(Array(Self.checked.prefix(count)), name: "layer"))
                    .readAll(limit: 1 << 20)
            }
        }
    }
}
