import ArchiveReading
import InputContracts

/// LightGBM's text models (https://lightgbm.readthedocs.io): `tree`, `version=v4`, ..., `end of trees`, `end of parameters`. The version is the
/// file format's; the library's is not recorded.
enum LightGBMFormat: ModelFormat {
    static let name = "lightgbm"

    static func detects(_ head: FileHead) -> Bool { head.bytes.starts(with: Array("tree\nversion=".utf8)) }

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        var content = ModelFileContent(name)
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
        // From version 3 on the parameters follow the trees.
        let isOld = version.elementsEqual("v2".utf8) || version.elementsEqual("v1".utf8)
        let marker = Array((isOld ? "end of trees" : "end of parameters").utf8)
        var lines = LightGBMLines(marker: marker)
        try source.forEachPiece { (piece) throws(ArchiveReadingError) in lines.take(piece) }
        lines.end()
        guard !lines.isTooLong else {
            throw ArchiveReadingError(archive: source.name, reason: .limit("a line that describes it is too long"))
        }
        let (sawEnd, count) = (lines.sawMarker, lines.count)
        guard sawEnd else { throw ArchiveReadingError(archive: source.name, offset: count, reason: .truncated) }
        if var part = lines.contract.read(file: file) {
            part.estimator = Estimator(
                path: BoosterLibrary.lightgbm.boosterPath, attributes: [:], booster: part.contract)
            content.contracts.append(part)
        }
        return content
    }
}

/// Splits a LightGBM text into lines and keeps those that describe the features.
struct LightGBMLines {
    private let marker: [UInt8]
    private var line: [UInt8] = []
    private var isKept = true
    private var number = 1
    private(set) var contract = LightGBMContract()
    private(set) var sawMarker = false
    private(set) var isTooLong = false
    private(set) var count = 0
    /// So many bytes of a line tell whether it is kept.
    private static let decision = 32

    init(marker: [UInt8]) { self.marker = marker }

    mutating func take(_ piece: UnsafeRawBufferPointer) {
        count += piece.count
        var rest = piece[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            add(rest[..<(end ?? rest.endIndex)])
            guard let end else { return }
            endLine()
            rest = rest[(end + 1)...]
        }
    }

    mutating func end() { if !line.isEmpty { endLine() } }

    private mutating func add(_ bytes: Slice<UnsafeRawBufferPointer>) {
        guard isKept else { return }
        let missing = max(Self.decision - line.count, 0)
        line.append(contentsOf: bytes.prefix(missing))
        guard line.count >= Self.decision, bytes.count > missing || line.count > Self.decision else { return }
        if line.count == Self.decision { isKept = LightGBMContract.keeps(line[...]) || line.starts(with: marker) }
        guard isKept else { return }
        guard line.count + bytes.count - missing <= LightGBMContract.maximumLineBytes else {
            isTooLong = true
            return
        }
        line.append(contentsOf: bytes.dropFirst(missing))
    }

    private mutating func endLine() {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if line.starts(with: marker) { sawMarker = true }
        if isKept, LightGBMContract.keeps(line[...]) { contract.take(line[...], number: number) }
        line.removeAll(keepingCapacity: true)
        number += 1
        isKept = true
    }
}
