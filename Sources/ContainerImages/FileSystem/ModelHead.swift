import ArchiveReading

/// Tells a model by the first bytes of a file, or of what is compressed or packed in it, while a layer is read.
///
/// Of a model a mark is kept as the head of its file, of a zip archive or another known format its magic with it.
package enum ModelHead {
    /// The bytes of a file that are looked at first.
    static let firstBytes = 512
    /// The largest part of an archive, of a compressed file or of a graph that is looked at.
    private static let partBytes = 256 << 10
    /// A block of bzip2, before whose end nothing can be read of it.
    private static let blockBytes = 1 << 20
    /// The bytes of a pickle whose names are followed.
    private static let pickleBytes = 64 << 10

    private static let mark = Array("\u{0}model".utf8)
    private static let packedMark = Array("\u{0}packed".utf8)

    /// Whether a head that was kept is that of a model.
    package static func isModel(_ head: [UInt8]) -> Bool { head.suffix(mark.count).elementsEqual(mark) }

    /// Whether a head that was kept is that of a compressed file whose content could not be read.
    package static func isPacked(_ head: [UInt8]) -> Bool { head == packedMark }

    /// How many bytes of a file have to be looked at, by its first ones.
    static func wanted(_ first: [UInt8]) -> Int {
        if mayBeCompressed(first) {
            if Compression.detect(first) == .bzip2 { return blockBytes }
            if Compression.detect(first) != .none || JoblibCompression.detect(first) != nil { return partBytes }
        }
        if first.starts(with: zip) || isTar(first) { return partBytes }
        if isPickle(first) { return pickleBytes }
        return first.first == 8 ? partBytes : firstBytes
    }

    /// Returns what is kept of a file that begins with some bytes: a mark, a magic, nothing.
    ///
    /// - Parameter size: the size of the whole file; nil where it is not known.
    static func kept(_ bytes: [UInt8], size: Int?) -> [UInt8] {
        if bytes.starts(with: zip) { return zip + (holdsModel(zip: bytes) ? mark : []) }
        if let magic = magics.first(where: { bytes.starts(with: $0) }) { return magic }
        if isPickle(bytes) { return PickleHead.isModel(bytes) ? mark : Array(bytes.prefix(2)) }
        // Pages of manuals are compressed, thousands of them: a little of what is in them tells most.
        if var inner = decompressed(Array(bytes.prefix(2 * firstBytes)), limit: 2 * firstBytes) {
            if inner.count < firstBytes || wanted(inner) > firstBytes {
                inner = decompressed(bytes, limit: pickleBytes) ?? inner
            }
            guard inner.count >= 2 else { return packedMark }
            if isTar(inner) { return holdsModel(tar: decompressed(bytes, limit: blockBytes) ?? inner) ? mark : [] }
            return isContent(inner, size: nil) ? mark : []
        }
        if isTar(bytes) { return holdsModel(tar: bytes) ? mark : [] }
        return isContent(bytes, size: size) ? mark : []
    }

    // MARK: Formats

    private static let zip = Array("PK".utf8) + [3, 4]

    /// ELF files, HDF5, CatBoost, GGUF.
    private static let magics: [[UInt8]] = [
        [0x7F] + "ELF".utf8, [0x89] + "HDF".utf8, Array("CBM1".utf8), Array("GGUF".utf8),
    ]
    private static let modelMagics: [[UInt8]] = [Array("CBM1".utf8), Array("GGUF".utf8)]

    /// Whether a byte can begin a compressed file: most files are told by it, and nothing is made to look further.
    private static func mayBeCompressed(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first else { return false }
        return [0x1F, 0x28, 0xFD, 0x42, 0x78, 0x04].contains(first) || first & 0xF0 == 0x50
    }

    private static func isPickle(_ bytes: [UInt8]) -> Bool {
        bytes.count > 2 && bytes[0] == 0x80 && (2...5).contains(bytes[1])
    }

    private static func isTar(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 262 && bytes[257..<262].elementsEqual("ustar".utf8)
    }

    /// Whether bytes begin a model that is neither compressed nor packed.
    private static func isContent(_ bytes: [UInt8], size: Int?) -> Bool {
        guard let first = bytes.first else { return false }
        if isPickle(bytes) { return PickleHead.isModel(bytes) }
        switch first {
        case UInt8(ascii: "C"), UInt8(ascii: "G"):
            if modelMagics.contains(where: { bytes.starts(with: $0) }) { return true }
        case 8: if isONNX(bytes, size: size) { return true }
        case 0x93: if isObjectArray(bytes) { return true }
        case UInt8(ascii: "t"), UInt8(ascii: "n"), UInt8(ascii: "v"): if isLightGBM(bytes) { return true }
        case UInt8(ascii: "{"), UInt8(ascii: " "), 9...13: if isXGBoost(bytes) { return true }
        default: break
        }
        return isSafetensors(bytes, size: size) || PickleHead.isUnmarked(Array(bytes.prefix(firstBytes)))
    }

    /// The size of the header, then its JSON (https://huggingface.co/docs/safetensors/index#format).
    private static func isSafetensors(_ bytes: [UInt8], size: Int?) -> Bool {
        guard bytes.count >= 10, bytes[4..<8].allSatisfy({ $0 == 0 }), bytes[8] == UInt8(ascii: "{") else {
            return false
        }
        let count = (0..<4).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
        let second = bytes[9]
        guard second == UInt8(ascii: "\"") || second == UInt8(ascii: "}") || second <= UInt8(ascii: " ") else {
            return false
        }
        return count >= 2 && (size.map { count <= $0 - 8 } ?? true)
    }

    /// The fields of ModelProto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) up to a graph that most of the file is.
    private static func isONNX(_ bytes: [UInt8], size: Int?) -> Bool {
        var position = 0
        func varint() -> Int? {
            var value = 0
            for index in 0..<9 {
                guard position < bytes.count else { return nil }
                let byte = bytes[position]
                position += 1
                value |= Int(byte & 0x7F) << (7 * index)
                if byte & 0x80 == 0 { return value }
            }
            return nil
        }
        guard varint() == 8, let version = varint(), (1...64).contains(version) else { return false }
        while let key = varint(), let value = varint() {
            switch key {
            case 5 << 3: continue
            case 7 << 3 | 2:
                guard let first = position < bytes.count ? bytes[position] : nil else { return false }
                let isWhole = size.map { value <= $0 - position && $0 - position - value <= partBytes } ?? true
                // Nodes, the name, initializers, the description, inputs, outputs.
                return isWhole && [0x0A, 0x12, 0x2A, 0x52, 0x5A, 0x62].contains(first)
            case 2 << 3 | 2, 3 << 3 | 2, 4 << 3 | 2, 6 << 3 | 2, 8 << 3 | 2, 14 << 3 | 2:
                guard value <= bytes.count - position else { return false }
                position += value
            default: return false
            }
        }
        return false
    }

    /// The lines that a LightGBM model begins with.
    private static func isLightGBM(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes.prefix(firstBytes), as: UTF8.self)
        let keys = text.split(whereSeparator: \.isNewline).map { $0.prefix { $0 != "=" } }
        guard let first = keys.first else { return false }
        if first == "tree" { return keys.contains("version") || keys.contains("num_class") }
        return keys.contains("num_class") && keys.contains("num_tree_per_iteration")
    }

    /// The keys that XGBoost's JSON begins with, in any order, or the same in UBJSON.
    private static func isXGBoost(_ bytes: [UInt8]) -> Bool {
        let text = bytes.prefix(firstBytes).drop { $0 <= UInt8(ascii: " ") }
        guard text.first == UInt8(ascii: "{") else { return false }
        let start = Array(text)
        func has(_ key: StaticString) -> Bool { PathBytes.contains(start[...], key) }
        if has("\"learner\"") {
            let keys: [StaticString] = [
                "\"learner_model_param\"", "\"gradient_booster\"", "\"attributes\"", "\"feature_names\"",
                "\"objective\"",
            ]
            return keys.contains { has($0) }
        }
        // A length of eight bytes stands before each key.
        return start.count > 1 && start[1] == UInt8(ascii: "L") && has("\u{7}learner{")
    }

    /// Whether an array of numpy has objects, behind whose header is a pickle, and that pickle is more than plain data.
    private static func isObjectArray(_ bytes: [UInt8]) -> Bool {
        guard bytes.starts(with: [0x93] + Array("NUMPY".utf8)), bytes.count > 12 else { return false }
        let isLong = bytes[6] >= 2
        let start = isLong ? 12 : 10
        var length = Int(bytes[8]) | Int(bytes[9]) << 8
        if isLong { length |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
        guard length <= bytes.count - start else { return false }
        let header = bytes[start..<start + length]
        // The header is Python, in which the `O` can be written in other ways.
        guard ["O", "object", "\\"].contains(where: { (text: StaticString) in PathBytes.contains(header, text) }) else {
            return false
        }
        let pickle = Array(bytes[(start + length)...])
        return isPickle(pickle) ? PickleHead.isModel(pickle) : PickleHead.isUnmarked(pickle)
    }

    // MARK: Compressed and packed files

    /// The first bytes of what is compressed, as far as they can be read of a part; nil if nothing is.
    private static func decompressed(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
        guard mayBeCompressed(bytes) else { return nil }
        let rare = JoblibCompression.detect(bytes)
        guard rare != nil || Compression.detect(bytes) != .none else { return nil }
        var output: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(limit, 64 << 10), alignment: 16)
        defer { buffer.deallocate() }
        // Where the part ends, the rest is missing: what was read until then counts.
        do throws(ArchiveReadingError) {
            let part = MemoryByteSource(bytes, name: "")
            let source: any ByteSource
            if let rare { source = try JoblibDecompressor(part, rare) } else { source = try Decompressor(part) }
            while output.count < limit {
                let count = try source.read(into: buffer)
                if count == 0 { break }
                output.append(contentsOf: buffer[..<min(count, limit - output.count)])
            }
        } catch {}
        return output
    }

    /// Names that only files of models have.
    private static let names: Set<String> = ["MLmodel", "data.pkl", "model.weights.h5", "saved_model.pb"]
    private static let suffixes = [
        ".onnx", ".safetensors", ".joblib", ".ubj", ".tflite", ".cbm", ".keras", ".skops", ".pt", ".pmml",
    ]

    private static func isMember(_ name: ArraySlice<UInt8>, _ content: ArraySlice<UInt8>, size: Int) -> Bool {
        let path = String(decoding: name, as: UTF8.self)
        if path == "MAR-INF/MANIFEST.json" || names.contains(path.pathNames.last.map(String.init) ?? "") { return true }
        return suffixes.contains { path.hasSuffix($0) } || isContent(Array(content.prefix(pickleBytes)), size: size)
    }

    private static func holdsModel(tar bytes: [UInt8]) -> Bool {
        var position = 0
        while bytes.count - position >= 512 {
            let header = bytes[position..<position + 512]
            guard header[position] != 0 else { return false }
            let digits = header[position + 124..<position + 136].filter { (0x30...0x37).contains($0) }
            let size = digits.reduce(0) { $0 << 3 | Int($1 & 7) }
            position += 512
            let content = bytes[position..<min(bytes.count, position + size)]
            let kind = header[header.startIndex + 156]
            let name = header.prefix(100).prefix { $0 != 0 }
            if kind == 0 || kind == UInt8(ascii: "0"), isMember(name, content, size: size) { return true }
            position += min((size + 511) / 512 * 512, bytes.count)
        }
        return false
    }

    /// Goes over the local headers of a zip archive (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7).
    private static func holdsModel(zip bytes: [UInt8]) -> Bool {
        var position = 0
        func number(_ offset: Int, _ count: Int) -> Int {
            (0..<count).reversed().reduce(0) { $0 << 8 | Int(bytes[position + offset + $1]) }
        }
        while bytes.count - position >= 30, bytes[position..<position + 4].elementsEqual(zip) {
            let (flags, method, packed, size) = (number(6, 2), number(8, 2), number(18, 4), number(22, 4))
            let start = position + 30 + number(26, 2) + number(28, 2)
            let name = bytes[min(position + 30, bytes.count)..<min(position + 30 + number(26, 2), bytes.count)]
            guard start <= bytes.count else { return isMember(name, [], size: size) }
            let end = packed > bytes.count - start ? bytes.count : start + packed
            // What is written as a stream has its size behind it.
            let isStream = flags & 8 != 0 && packed == 0
            let content = bytes[start..<(isStream ? bytes.count : end)]
            if isMember(name, method == 0 ? content : [], size: isStream ? bytes.count : size) { return true }
            guard !isStream else { return false }
            position = end
        }
        return false
    }
}
