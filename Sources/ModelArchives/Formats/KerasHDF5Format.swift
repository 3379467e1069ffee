import ArchiveReading
import SourceDocuments

/// Keras' files before version 3 (https://keras.io/api/models/model_saving_apis/model_saving_and_loading/): HDF5 with the
/// attributes `keras_version`, `backend` and `model_config` of the root group. The weights hold no code, and may lie in
/// other files (``HDF5Outside``).
enum KerasHDF5Format: ModelFormat {
    static let name = "keras-hdf5"
    private static let attributes: Set<String> = ["keras_version", "backend", "model_config"]

    static func detects(_ head: FileHead) -> Bool {
        head.bytes.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A])
    }

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        let outside = HDF5Outside(source)
        let content = try readRoot(outside, file: file)
        try outside.drain()
        guard !outside.found.isEmpty else { return content }
        var left = content ?? ModelFileContent("")
        for item in outside.found { left.leaveOut(item.file, item.reason, in: file) }
        return left
    }

    private static func readRoot(
        _ source: any ByteSource, file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        let root = try HDF5Attributes(source, names: attributes)
        let version = root.texts["keras_version"]
        // Every other HDF5 file is data; Keras loads one without its version too.
        let isNamed = root.gaps.contains { attributes.contains($0.name) }
        guard version != nil || root.texts["model_config"] != nil || isNamed || !root.gaps.isEmpty && root.mentionsNames
        else { return nil }
        var content = ModelFileContent(name)
        content.modules.insert("keras")
        if let version {
            content.record(
                .package, name: "keras", value: String(decoding: version.value, as: UTF8.self), strength: .recorded,
                file: file, place: .offset(version.offset))
        }
        if let backend = root.texts["backend"] {
            content.modules.insert(String(decoding: backend.value, as: UTF8.self))
        }
        for gap in root.gaps { content.leaveOut(gap.name, gap.reason, in: file) }
        if let config = root.texts["model_config"] {
            let text = SourceText(name: file, bytes: config.value)
            guard let root = try? JSONReader.read(text) else {
                content.leaveOut("model_config", "the configuration is not read", in: file, at: .offset(config.offset))
                return content
            }
            KerasFormat.readConfiguration(root, file: file, into: &content)
            if let part = KerasContract.read(root, file: file) { content.contracts.append(part) }
        }
        return content
    }
}
