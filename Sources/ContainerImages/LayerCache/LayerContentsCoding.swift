import ArchiveReading
import BinaryLoading
import EnvironmentInventory
import PythonPackaging

/// How a layer's entries are written into the cache: column by column, so that like lies beside like.
extension LayerContents {
    /// What a file has besides its size and digest.
    enum Flag {
        static let head: UInt8 = 1
        static let data: UInt8 = 2
        static let checksums: UInt8 = 4
        static let sourceHashes: UInt8 = 8
        static let binary: UInt8 = 16
        /// The head is the start of the data, as long as a head may be.
        static let headOfData: UInt8 = 32
        static let imports: UInt8 = 64
        /// The only sum is the md5 that dpkg's record in this layer gives for the path.
        static let recordedSum: UInt8 = 128
    }

    /// Writes all entries with everything that was kept of them.
    ///
    /// - Parameter pass: takes what was written so far, where it is a piece.
    func write<Failure>(
        to writer: inout PackedWriter, pass: (inout PackedWriter) throws(Failure) -> Void
    ) throws(Failure) {
        writer.count(packed.count)
        for entry in packed { writer.byte(entry.kind.rawValue) }
        try writePaths(to: &writer, pass)
        for entry in packed { writer.unsigned(UInt64(entry.mode)) }
        for entry in packed { writer.unsigned(UInt64(entry.uid)) }
        for entry in packed { writer.unsigned(UInt64(entry.gid)) }
        try pass(&writer)
        var last = 0
        for entry in packed {
            writer.signed(entry.modified &- last)
            last = entry.modified
        }
        try pass(&writer)
        writer.count(attributes.count)
        for (position, values) in attributes.sorted(by: { $0.key < $1.key }) {
            writer.count(position)
            writer.count(values.count)
            for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                writer.text(name)
                writer.data(value)
            }
        }
        try writeContents(to: &writer, pass)
    }

    /// Paths and targets, each path without what it shares with the one before.
    private func writePaths<Failure>(
        to writer: inout PackedWriter, _ pass: (inout PackedWriter) throws(Failure) -> Void
    ) throws(Failure) {
        var last: ArraySlice<UInt8> = []
        var shares: [Int32] = []
        shares.reserveCapacity(packed.count)
        var rests = 0
        for entry in packed {
            let path = path(of: entry)
            let shared = Self.shared(last, path)
            shares.append(Int32(clamping: shared))
            writer.count(shared)
            writer.count(path.count - shared)
            rests += path.count - shared
            if entry.kind.hasTarget {
                writer.count(Int(entry.targetCount))
                rests += Int(entry.targetCount)
            }
            last = path
        }
        try pass(&writer)
        writer.count(rests)
        for (entry, shared) in zip(packed, shares) {
            writer.raw(path(of: entry).dropFirst(Int(shared)))
            if entry.kind.hasTarget { writer.raw(target(of: entry)) }
            try pass(&writer)
        }
    }

    /// How many bytes two paths have in common from their start on.
    private static func shared(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
        left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                let most = min(left.count, right.count)
                var count = 0
                while count < most, left[count] == right[count] { count += 1 }
                return count
            }
        }
    }

    private static func isHeadOfData(_ content: LayerFileContent) -> Bool {
        content.data.map { $0.prefix(KeptFiles.headBytes).elementsEqual(content.head) } ?? false
    }

    private func writeContents<Failure>(
        to writer: inout PackedWriter, _ pass: (inout PackedWriter) throws(Failure) -> Void
    ) throws(Failure) {
        writer.count(contents.count)
        for content in contents {
            var flags: UInt8 = 0
            if !content.head.isEmpty { flags |= Self.isHeadOfData(content) ? Flag.headOfData : Flag.head }
            if content.text != nil { flags |= Flag.data }
            switch content.checksums.count {
            case 0: break
            case 16: flags |= Flag.recordedSum
            default: flags |= Flag.checksums
            }
            if !content.sourceHashes.isEmpty { flags |= Flag.sourceHashes }
            if content.binary != nil { flags |= Flag.binary }
            if !content.imports.isEmpty { flags |= Flag.imports }
            writer.byte(flags)
        }
        for content in contents { writer.count(content.size) }
        for content in contents {
            writer.raw(content.sha256.bytes)
            try pass(&writer)
        }
        for content in contents {
            let checksums = content.checksums
            if checksums.count > 16 { writer.raw(checksums) }
            try pass(&writer)
        }
        for content in contents where !content.head.isEmpty && !Self.isHeadOfData(content) { writer.data(content.head) }
        for content in contents where !content.sourceHashes.isEmpty {
            writer.count(content.sourceHashes.count)
            for hash in content.sourceHashes { writer.unsigned(UInt64(hash.magic)) }
        }
        try pass(&writer)
        for content in contents {
            for hash in content.sourceHashes {
                writer.raw((0..<8).map { UInt8(truncatingIfNeeded: hash.value >> (8 * UInt64($0))) })
            }
            try pass(&writer)
        }
        try writeTexts(to: &writer, pass)
        for content in contents where !content.imports.isEmpty {
            writer.data(content.imports)
            try pass(&writer)
        }
        let binaries = contents.compactMap(\.binary)
        SymbolTable(binaries).write(to: &writer)
        for binary in binaries {
            binary.write(to: &writer)
            try pass(&writer)
        }
    }

    private func writeTexts<Failure>(
        to writer: inout PackedWriter, _ pass: (inout PackedWriter) throws(Failure) -> Void
    ) throws(Failure) {
        // What knows all digests and paths is made for texts only.
        guard contents.indices.contains(where: contents.hasData) else { return }
        let digests = RecordTexts(contents)
        let paths = PathTexts(writing: self)
        for entry in packed where entry.content >= 0 {
            guard let data = contents.data(Int(entry.content)) else { continue }
            var coded = PackedWriter()
            let isCoded = paths.write(data, path: path(of: entry), to: &coded)
            writer.byte(isCoded ? 1 : 0)
            if isCoded { writer.raw(coded.bytes) } else { digests.write(data, to: &writer) }
            try pass(&writer)
        }
    }
}

extension LayerContents.Packed.Kind {
    /// Whether an entry leads somewhere, or says what device it is.
    var hasTarget: Bool { self != .file && self != .directory }
}
