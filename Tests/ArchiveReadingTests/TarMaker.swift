@testable import ArchiveReading

/// Writes tar archives block by block, with every field open to a lie.
enum TarMaker {
    static let ustar = Array("ustar\u{0}00".utf8)
    static let gnu = Array("ustar  \u{0}".utf8)
    static let end = [UInt8](repeating: 0, count: 1024)

    /// The fields of a header that are not what they usually are.
    struct Fields {
        var type = UInt8(ascii: "0")
        var link = ""
        var magic = TarMaker.ustar
        var prefix = ""
        var mode: [UInt8] = Array("0000644\u{0}".utf8)
        var uid: [UInt8] = Array("0000000\u{0}".utf8)
        var time: [UInt8] = Array("00000000000\u{0}".utf8)
        var size: [UInt8]?
        var device: [UInt8] = Array("0000000\u{0}".utf8)
        /// Bytes that stand at an offset, whatever else would.
        var raw: [(offset: Int, bytes: [UInt8])] = []
        var checksum: [UInt8]?
    }

    /// One header block.
    static func header(_ name: String, size: Int = 0, _ change: (inout Fields) -> Void = { _ in }) -> [UInt8] {
        var fields = Fields()
        change(&fields)
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Collection<UInt8>, _ offset: Int) {
            for (index, byte) in bytes.enumerated() { block[offset + index] = byte }
        }
        put(name.utf8.prefix(100), 0)
        put(fields.mode, 100)
        put(fields.uid, 108)
        put(fields.uid, 116)
        put(fields.size ?? octal(size, 12), 124)
        put(fields.time, 136)
        block[156] = fields.type
        put(fields.link.utf8.prefix(100), 157)
        put(fields.magic, 257)
        if fields.magic == ustar {
            put(fields.device, 329)
            put(fields.device, 337)
        }
        put(fields.prefix.utf8.prefix(155), 345)
        for piece in fields.raw { put(piece.bytes, piece.offset) }
        put([UInt8](repeating: 0x20, count: 8), 148)
        let sum = block.reduce(0) { $0 + Int($1) }
        put(fields.checksum ?? octal(sum, 7) + [0x20], 148)
        return block
    }

    /// Octal digits and a NUL, `count` bytes together.
    static func octal(_ value: Int, _ count: Int) -> [UInt8] {
        let digits = String(value, radix: 8)
        return Array((String(repeating: "0", count: max(0, count - 1 - digits.count)) + digits).utf8) + [0]
    }

    static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }

    static func file(_ name: String, _ text: String, _ change: (inout Fields) -> Void = { _ in }) -> [UInt8] {
        header(name, size: text.utf8.count, change) + padded(Array(text.utf8))
    }

    static func directory(_ name: String) -> [UInt8] { header(name) { $0.type = UInt8(ascii: "5") } }

    static func link(_ name: String, to target: String, hard: Bool = false) -> [UInt8] {
        header(name) {
            $0.type = UInt8(ascii: hard ? "1" : "2")
            $0.link = target
        }
    }

    /// An extended header with these records.
    static func pax(_ records: [String], type: UInt8 = UInt8(ascii: "x")) -> [UInt8] {
        let text = records.map { record in
            var length = record.utf8.count + 3
            while String(length).utf8.count + record.utf8.count + 2 != length { length += 1 }
            return "\(length) \(record)\n"
        }.joined()
        return file(type == UInt8(ascii: "g") ? "pax_global_header" : "PaxHeaders/x", text) { $0.type = type }
    }

    /// A global header under a name.
    static func global(_ name: String) -> [UInt8] { file(name, "13 comment=c\n") { $0.type = UInt8(ascii: "g") } }

    /// An extended header with these bytes.
    static func rawPAX(_ text: String) -> [UInt8] { file("PaxHeaders/x", text) { $0.type = UInt8(ascii: "x") } }

    /// GNU's long name, or long target of a link.
    static func long(_ name: String, link: Bool = false, tail: String = "\u{0}") -> [UInt8] {
        file("././@LongLink", name + tail) {
            $0.type = UInt8(ascii: link ? "K" : "L")
            $0.magic = gnu
        }
    }
}
