import ArchiveReading
import InputContracts
import SourceDocuments

/// XGBoost's models (https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html): JSON, or the same in UBJSON; the
/// library's version is the last key.
enum XGBoostFormat: ModelFormat {
    static let name = "xgboost"
    private static let maximumJSONSize = 64 << 20

    static func detects(_ head: FileHead) -> Bool {
        isJSON(head.bytes) || (head.bytes.starts(with: Array("{L".utf8)) && holds("learner", head.bytes))
    }

    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        bytes.filter { $0 > UInt8(ascii: " ") }.starts(with: Array("{\"learner\":{".utf8))
    }

    private static func holds(_ key: String, _ bytes: [UInt8]) -> Bool {
        bytes.count > 17 && bytes[10..<17].elementsEqual(key.utf8)
    }

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        var content = ModelFileContent(name)
        content.modules.insert("xgboost")
        if isJSON(head.bytes) {
            let text = SourceText(name: file, bytes: try source.readAll(limit: maximumJSONSize))
            let root: DocumentNode
            do throws(DocumentError) { root = try JSONReader.read(text) } catch {
                throw ArchiveReadingError(archive: source.name, reason: .damaged("\(error)"))
            }
            if let learner = root.table?["learner"]?.table,
                let booster = learner["gradient_booster"]?.table?["name"],
                !["gbtree", "gblinear", "dart"].contains(booster.text ?? "")
            {
                content.leaveOut(
                    booster.text ?? "", "the booster is not one of XGBoost's", in: file,
                    at: .line(booster.place.line))
            }
            record(root, file: file, place: (root.table?["version"]?.place.line).map { .line($0) }, into: &content)
            return content
        }
        let input = PickleInput(source, size: head.size)
        var reader = UBJSONReader(input: input, keeps: XGBoostContract.keeps)
        let root = try reader.read()
        guard try input.isAtEnd() else { throw input.damaged("there are bytes after the model") }
        // The version is the last key, before one byte that closes the object.
        record(root, file: file, place: .offset(max(input.offset - 1, 0)), into: &content)
        return content
    }

    /// Records the version of the library and the features.
    private static func record(
        _ root: DocumentNode, file: String, place: FactPlace?, into content: inout ModelFileContent
    ) {
        var version: String?
        if let parts = root.table?["version"]?.array, !parts.isEmpty {
            let text = parts.compactMap(\.text).joined(separator: ".")
            content.record(.package, name: name, value: text, strength: .recorded, file: file, place: place)
            version = text
        }
        if let learner = root.table?["learner"]?.table,
            var part = XGBoostContract.read(learner, version: version, file: file)
        {
            part.estimator = Estimator(
                path: BoosterLibrary.xgboost.boosterPath, attributes: [:], booster: part.contract)
            content.contracts.append(part)
        }
    }
}
