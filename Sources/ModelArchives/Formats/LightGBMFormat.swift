import ArchiveReading

/// LightGBM's text models (https://lightgbm.readthedocs.io): `tree`, `version=v4`, ..., `end of trees`, `end of parameters`. The version is the
/// file format's; the library's is not recorded.
enum LightGBMFormat: ModelFormat {
    static let name = "lightgbm"

    static func detects(_ head: FileHead) -> Bool { head.bytes.starts(with: Array("tree\nversion=".utf8)) }

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> LayerFileContent? {
        var content = LayerFileContent(name)
        content.modules.insert("lightgbm")
        let version = head.bytes.dropFirst(13).prefix { $0 > UInt8(ascii: " ") }.prefix(32)
        content.record(
            .format, name: name, value: String(decoding: version, as: UTF8.self), strength: .recorded, file: file,
            place: .line(2))
        if !["v1", "v2", "v3", "v4"].contains(String(decoding: version, as: UTF8.self)) {
            content.leaveOut(
                String(decoding: version, as: UTF8.self), "the version of the format is not known", in: file,
                at: .line(2))
        }
        content.findings.append(PyTorchFormat.unrecorded("LightGBM", "lightgbm", file))
        var tail: [UInt8] = []
        var count = 0
        var sawEnd = false
        // From version 3 on the parameters follow the trees.
        let isOld = version.elementsEqual("v2".utf8) || version.elementsEqual("v1".utf8)
        let marker = Array((isOld ? "end of trees" : "end of parameters").utf8)
        try source.forEachPiece { (piece) throws(ArchiveReadingError) in
            count += piece.count
            let window = tail + piece
            if !sawEnd {
                sawEnd = window.indices.contains { index in
                    window[index] == marker[0] && window[index...].starts(with: marker)
                }
            }
            tail = Array(window.suffix(marker.count))
        }
        guard sawEnd else { throw ArchiveReadingError(archive: source.name, offset: count, reason: .truncated) }
        return content
    }
}
