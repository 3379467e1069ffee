import ArchiveReading

/// The networks of OpenVINO (https://docs.openvino.ai/2025/documentation/openvino-ir-format.html): XML with the root `net`,
/// whose numbers lie in a file beside it. It says what that file is, and does not count by itself.
enum OpenVINOFormat: ModelFormat {
    static let name = "openvino"

    static func detects(_ head: FileHead) -> Bool { head.fileExtension == "xml" && hasRoot(head.bytes) }

    /// Whether the first element is `net`, behind a declaration.
    private static func hasRoot(_ bytes: [UInt8]) -> Bool {
        var text = Substring(decoding: bytes, as: UTF8.self).drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        if text.hasPrefix("<?xml") {
            guard let end = text.firstRange(of: "?>") else { return false }
            text = text[end.upperBound...].drop { $0.isWhitespace }
        }
        guard text.hasPrefix("<net"), let next = text.dropFirst(4).first else { return false }
        return next.isWhitespace || next == "/" || next == ">"
    }

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        var content = ModelFileContent(name)
        content.isTentative = true
        return content
    }
}
