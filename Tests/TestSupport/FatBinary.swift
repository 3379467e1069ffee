/// A fat binary of entries, each a kind (1 PTX, 2 machine code) and an architecture.
package func fatBinary(_ entries: [(kind: UInt16, architecture: UInt32)]) -> [UInt8] {
    func number<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    var body: [UInt8] = []
    for (kind, architecture) in entries {
        var entry = number(kind) + number(UInt16(0x101)) + number(UInt32(64)) + number(UInt64(40))
        entry += [UInt8](repeating: 0, count: 12) + number(architecture)
        entry += [UInt8](repeating: 0, count: 64 - entry.count + 40)
        body += entry
    }
    return number(UInt32(0xBA55_ED50)) + number(UInt16(1)) + number(UInt16(16)) + number(UInt64(body.count)) + body
}
