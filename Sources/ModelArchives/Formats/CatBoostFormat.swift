import ArchiveReading
import SourceDocuments

/// CatBoost's models (https://catboost.ai/docs/en/concepts/python-reference_catboost_save_model): `.cbm`, which is `CBM1`, a
/// length and a flat buffer, and the same as JSON. The library's version stands in the build information, `CatBoost release
/// 1.2.10`.
enum CatBoostFormat: ModelFormat {
    static let name = "catboost"
    private static let maximumJSONSize = 64 << 20
    /// The largest `.cbm`, without the tables of categories after it, whose features are read.
    private static let maximumCoreSize = 64 << 20

    static func detects(_ head: FileHead) -> Bool { head.bytes.starts(with: Array("CBM1".utf8)) || isJSON(head.bytes) }

    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        // Its keys are sorted: statistics of categories come first where trees use them.
        let text = bytes.filter { $0 > UInt8(ascii: " ") }
        return text.starts(with: "{\"features_info\":".utf8) || text.starts(with: "{\"ctr_data\":{".utf8)
    }

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        var content = ModelFileContent(name)
        content.modules.insert(name)
        if isJSON(head.bytes) {
            let text = SourceText(name: file, bytes: try source.readAll(limit: maximumJSONSize))
            let root: DocumentNode
            do throws(DocumentError) { root = try JSONReader.read(text) } catch {
                throw ArchiveReadingError(archive: source.name, reason: .damaged("\(error)"))
            }
            let information = root.table?["model_info"]?.table?["catboost_version_info"]?.string
            if let table = root.table,
                let part = CatBoostContract.read(
                    table, version: information.flatMap { version(in: Array($0.utf8)) }, file: file)
            {
                content.contracts.append(part)
            }
            guard let node = root.table?["model_info"]?.table?["catboost_version_info"], let text = node.string else {
                content.leaveOut("model_info", "the model has no build information", in: file)
                return content
            }
            record(version(in: Array(text.utf8)), file: file, place: .line(node.place.line), into: &content)
            return content
        }
        let input = PickleInput(source, size: head.size)
        try input.skip(4)
        let end = try input.number(4) + 8
        var window: [UInt8] = []
        var found: String?
        var core: [UInt8] = []
        let isKept = end <= maximumCoreSize
        while input.offset < end {
            let piece = try input.bytes(min(64 << 10, end - input.offset))
            if isKept { core += piece }
            window = Array(window.suffix(256)) + piece
            if found == nil { found = version(in: window) }
        }
        record(found, file: file, place: nil, into: &content)
        let part =
            isKept
            ? CatBoostContract.read(core: core[...], version: found, file: file)
            : CatBoostContract.unread("the model is larger than what is kept of it", file: file)
        if let part { content.contracts.append(part) }
        return content
    }

    private static func record(
        _ version: String?, file: String, place: FactPlace?, into content: inout ModelFileContent
    ) {
        if let version {
            content.record(.package, name: name, value: version, strength: .recorded, file: file, place: place)
        } else {
            content.findings.append(PyTorchFormat.unrecorded("CatBoost", name, file))
        }
    }

    /// Returns the version after `CatBoost release ` or `tags/v`.
    private static func version(in bytes: [UInt8]) -> String? {
        for marker in ["CatBoost release ", "tags/v"] {
            let marker = Array(marker.utf8)
            var index = 0
            while index + marker.count < bytes.count {
                if bytes[index] == marker[0], bytes[index...].starts(with: marker) {
                    var digits = bytes[(index + marker.count)...].prefix { $0.isASCIIDigit || $0 == UInt8(ascii: ".") }
                    while digits.last == UInt8(ascii: ".") { digits = digits.dropLast() }
                    if !digits.isEmpty, digits.count < 32 { return String(decoding: digits, as: UTF8.self) }
                }
                index += 1
            }
        }
        return nil
    }
}
