/// A table in a buffer of FlatBuffers (https://flatbuffers.dev/internals/), read with every offset checked.
struct FlatBufferTable {
    /// An offset that leads out of the buffer, or a text that is not UTF-8.
    struct Damage: Error {}

    private let bytes: ArraySlice<UInt8>
    private let place: Int
    private let fields: Int
    private let fieldsSize: Int

    /// The table at the root.
    init(root bytes: ArraySlice<UInt8>) throws(Damage) {
        self = try FlatBufferTable(bytes, at: Self.target(bytes, from: 0))
    }

    private init(_ bytes: ArraySlice<UInt8>, at place: Int) throws(Damage) {
        self.bytes = bytes
        self.place = place
        let back = Int(Int32(truncatingIfNeeded: try Self.number(bytes, at: place, width: 4)))
        fields = place - back
        fieldsSize = try Self.number(bytes, at: fields, width: 2)
        guard fieldsSize >= 4, fieldsSize % 2 == 0 else { throw Damage() }
        // The last entry has to be there too.
        _ = try Self.number(bytes, at: fields + fieldsSize - 2, width: 2)
    }

    /// A little-endian number without a sign.
    private static func number(_ bytes: ArraySlice<UInt8>, at offset: Int, width: Int) throws(Damage) -> Int {
        guard offset >= 0, offset <= bytes.count - width else { throw Damage() }
        var value = 0
        for index in 0..<width { value |= Int(bytes[bytes.startIndex + offset + index]) << (8 * index) }
        return value
    }

    /// Where an offset at a place leads to.
    private static func target(_ bytes: ArraySlice<UInt8>, from offset: Int) throws(Damage) -> Int {
        offset + (try number(bytes, at: offset, width: 4))
    }

    /// Where a field stands; nil where it has its default.
    private func field(_ index: Int) throws(Damage) -> Int? {
        let entry = 4 + 2 * index
        guard entry + 2 <= fieldsSize else { return nil }
        let offset = try Self.number(bytes, at: fields + entry, width: 2)
        return offset == 0 ? nil : place + offset
    }

    /// A field of four bytes with a sign.
    func int32(_ index: Int, default value: Int) throws(Damage) -> Int {
        guard let offset = try field(index) else { return value }
        return Int(Int32(truncatingIfNeeded: try Self.number(bytes, at: offset, width: 4)))
    }

    /// A text; nil where it is not there.
    func text(_ index: Int) throws(Damage) -> String? {
        guard let offset = try field(index) else { return nil }
        let start = try Self.target(bytes, from: offset)
        let count = try Self.number(bytes, at: start, width: 4)
        guard count <= bytes.count - start - 4 else { throw Damage() }
        let first = bytes.startIndex + start + 4
        guard let text = String(validating: bytes[first..<first + count], as: UTF8.self) else { throw Damage() }
        return text
    }

    /// A table; nil where it is not there.
    func table(_ index: Int) throws(Damage) -> FlatBufferTable? {
        guard let offset = try field(index) else { return nil }
        return try FlatBufferTable(bytes, at: Self.target(bytes, from: offset))
    }

    /// A list of tables, none where it is not there; more than `limit` are damage.
    func tables(_ index: Int, limit: Int) throws(Damage) -> [FlatBufferTable] {
        guard let offset = try field(index) else { return [] }
        let start = try Self.target(bytes, from: offset)
        let count = try Self.number(bytes, at: start, width: 4)
        guard count <= limit else { throw Damage() }
        var tables: [FlatBufferTable] = []
        for position in 0..<count {
            tables.append(try FlatBufferTable(bytes, at: Self.target(bytes, from: start + 4 + 4 * position)))
        }
        return tables
    }
}
