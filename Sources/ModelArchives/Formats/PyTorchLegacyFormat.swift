import ArchiveReading

/// PyTorch's files of before 1.6: a pickle with a magic number, two with the format, the object, the keys of its storages,
/// and after these each storage as a count of elements and its raw bytes.
enum PyTorchLegacyFormat: ModelFormat {
    static let name = "pytorch-legacy"

    /// PROTO 2, LONG1 of ten bytes with the magic number 0x1950a86a20f9469cfc6c, STOP.
    private static let magic: [UInt8] = [
        0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]
    private static let sizes: [String: Int] = [
        "DoubleStorage": 8, "FloatStorage": 4, "HalfStorage": 2, "BFloat16Storage": 2, "LongStorage": 8,
        "IntStorage": 4, "ShortStorage": 2, "CharStorage": 1, "ByteStorage": 1, "BoolStorage": 1,
        "ComplexFloatStorage": 8, "ComplexDoubleStorage": 16, "UntypedStorage": 1, "QInt8Storage": 1,
        "QUInt8Storage": 1, "QInt32Storage": 4,
    ]

    static func detects(_ head: FileHead) -> Bool { begins(head.bytes) }

    /// Whether bytes begin like such a file.
    static func begins(_ bytes: [UInt8]) -> Bool { bytes.starts(with: magic) }

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        let input = PickleInput(source, size: head.size)
        let machine = PickleMachine(input)
        try read(machine, input)
        var content = PickleFormat.content(of: machine, file: file, format: name)
        content.modules.insert("torch")
        content.findings.append(PyTorchFormat.unrecorded("PyTorch", "torch", file))
        return content
    }

    /// Reads a file to its last byte.
    static func read(_ machine: PickleMachine, _ input: PickleInput) throws(ArchiveReadingError) {
        for _ in 0..<4 { try machine.readPickle() }
        let list = try machine.readPickle()
        let keys = machine.heap.node(list)
        guard let keys, keys.kind == .list, keys.items.count == keys.count else {
            throw input.damaged("the list of storages is missing or too long")
        }
        let types = Dictionary(machine.reading.storages.map { ($0.key, $0.type) }) { first, _ in first }
        for key in keys.items {
            guard let key = machine.heap.text(key), let type = types[key], let size = sizes[type] else {
                throw input.damaged("a storage has an unknown type")
            }
            let (bytes, overflow) = try input.number(8).multipliedReportingOverflow(by: size)
            guard !overflow else { throw input.damaged("a storage is impossibly large") }
            try input.skip(bytes)
        }
        guard try input.isAtEnd() else { throw input.damaged("there are bytes after the last storage") }
    }
}
