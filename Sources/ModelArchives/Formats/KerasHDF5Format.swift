import ArchiveReading
import SourceDocuments

/// Keras' files before version 3 (https://keras.io/api/models/model_saving_apis/model_saving_and_loading/): HDF5 with the
/// attributes `keras_version`, `backend` and `model_config` of the root group, which are written first.
///
/// Read are attributes as HDF5 stores them (https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html, IV.A.2.m): in
/// place, or in a global heap. The weights hold no code.
enum KerasHDF5Format: ModelFormat {
    static let name = "keras-hdf5"
    /// How much of a file's start is searched for the attributes.
    private static let searchedBytes = 4 << 20

    static func detects(_ head: FileHead) -> Bool {
        head.bytes.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A])
    }

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        var start: [UInt8] = []
        try source.forEachPiece { (piece) throws(ArchiveReadingError) in
            if start.count < searchedBytes { start += piece.prefix(searchedBytes - start.count) }
        }
        // Every other HDF5 file is data.
        guard let version = attribute("keras_version", in: start) else { return nil }
        var content = ModelFileContent(name)
        content.modules.insert("keras")
        content.record(
            .package, name: "keras", value: String(decoding: version.value, as: UTF8.self), strength: .recorded,
            file: file, place: .offset(version.offset))
        if let backend = attribute("backend", in: start) {
            content.modules.insert(String(decoding: backend.value, as: UTF8.self))
        }
        if let config = attribute("model_config", in: start) {
            let text = SourceText(name: file, bytes: config.value)
            guard let root = try? JSONReader.read(text) else {
                content.leaveOut("model_config", "the configuration is not read", in: file, at: .offset(config.offset))
                return content
            }
            KerasFormat.readConfiguration(root, file: file, into: &content)
            if let part = KerasContract.read(root, file: file) { content.contracts.append(part) }
        } else if find("model_config", in: start) != nil {
            content.leaveOut("model_config", "the configuration is not read", in: file)
        }
        return content
    }

    /// The offset of an attribute's name and its NUL.
    private static func find(_ name: String, in bytes: [UInt8]) -> Int? {
        let needle = Array(name.utf8) + [0]
        guard bytes.count > needle.count else { return nil }
        return (9..<max(9, bytes.count - needle.count)).first {
            bytes[$0] == needle[0] && bytes[$0...].starts(with: needle)
        }
    }

    /// The value of a string attribute, and the offset of its name.
    private static func attribute(_ name: String, in bytes: [UInt8]) -> (value: [UInt8], offset: Int)? {
        guard let offset = find(name, in: bytes) else { return nil }
        func number(_ at: Int, _ count: Int) -> Int? {
            guard at >= 0, at + count <= bytes.count else { return nil }
            let value = (0..<count).reduce(UInt64(0)) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
            return Int(exactly: value)
        }
        let length = name.utf8.count + 1
        let isFirst = bytes[offset - 8] == 1 && number(offset - 6, 2) == length
        let isThird = !isFirst && bytes[offset - 9] == 3 && number(offset - 7, 2) == length
        guard isFirst || isThird else { return nil }
        // Version 1 pads each part to eight bytes.
        func padded(_ size: Int) -> Int { isFirst ? (size + 7) & ~7 : size }
        guard let typeSize = number(offset - (isFirst ? 4 : 5), 2),
            let spaceSize = number(offset - (isFirst ? 2 : 3), 2)
        else { return nil }
        let type = offset + padded(length)
        let data = type + padded(typeSize) + padded(spaceSize)
        guard type < bytes.count, data <= bytes.count else { return nil }
        switch bytes[type] & 0x0F {
        case 3:
            guard let size = number(type + 4, 4), size <= bytes.count - data else { return nil }
            return (Array(bytes[data..<data + size].prefix { $0 != 0 }), offset)
        case 9:
            guard let size = number(data, 4), let heap = number(data + 4, 8), let index = number(data + 12, 4),
                let value = object(index, heap: heap, size: size, in: bytes, number)
            else { return nil }
            return (value, offset)
        default: return nil
        }
    }

    /// An object of a global heap collection.
    private static func object(
        _ wanted: Int, heap: Int, size: Int, in bytes: [UInt8], _ number: (Int, Int) -> Int?
    ) -> [UInt8]? {
        guard heap >= 0, heap <= bytes.count - 16, bytes[heap..<heap + 4].elementsEqual("GCOL".utf8),
            let length = number(heap + 8, 8), length <= bytes.count
        else { return nil }
        var position = heap + 16
        while position + 16 <= heap + length, let index = number(position, 2), let count = number(position + 8, 8),
            index != 0, count <= bytes.count
        {
            let start = position + 16
            if index == wanted {
                guard size <= count, start + size <= bytes.count else { return nil }
                return Array(bytes[start..<start + size].prefix { $0 != 0 })
            }
            position = start + (count + 7) & ~7
        }
        return nil
    }
}
