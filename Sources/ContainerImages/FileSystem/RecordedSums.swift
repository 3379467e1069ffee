import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// The md5 sums that dpkg's records in a layer give for the files of the same layer, deb-md5sums(5)
/// (https://man7.org/linux/man-pages/man5/deb-md5sums.5.html).
///
/// A file that has the sum which dpkg recorded needs no other weak sum: dpkg records no sha1, and the cache does not write what
/// the record already says. If apk's database names such a file too, the file counts as changed.
struct RecordedSums {
    private static let suffix = Array(".md5sums".utf8)
    private static let places = ["var/lib/dpkg/info/", "var/lib/dpkg/status.d/"].map { Array($0.utf8) }
    private static let info = Array("var/lib/dpkg/info/".utf8)
    private static let merged = Array("usr/".utf8)
    /// The 32 digits of a sum by the path: most are never asked for.
    private var sums: [ArraySlice<UInt8>: ArraySlice<UInt8>] = [:]

    var isEmpty: Bool { sums.isEmpty }
    /// The paths with their sums.
    var all: [(path: ArraySlice<UInt8>, md5: [UInt8]?)] { sums.map { ($0.key, Self.bytes($0.value)) } }

    init() {}

    /// Reads one record.
    init(_ record: [UInt8]) { add(record) }

    /// Whether the file at a path is such a record.
    static func isRecord(_ path: ArraySlice<UInt8>) -> Bool {
        path.suffix(suffix.count).elementsEqual(suffix) && places.contains { path.starts(with: $0) }
    }

    /// The part of a kept file that is read where only the sums of the system's own Python are computed: of dpkg's sums the
    /// lines that name it. A record that has files of a Python distribution is kept whole, and so is what is no line of one.
    static func kept(_ path: ArraySlice<UInt8>, _ data: [UInt8], isWhole: Bool) -> [UInt8] {
        guard !isWhole, PathBytes.ends(path, ".md5sums"), path.starts(with: Self.info),
            !PathBytes.contains(data[...], "-info")
        else { return data }
        var kept: [UInt8] = []
        for line in data.split(separator: UInt8(ascii: "\n")) {
            if isLine(line), !PathBytes.contains(line, "python3") { continue }
            kept += line
            kept.append(UInt8(ascii: "\n"))
        }
        return kept
    }

    /// Whether a line has a sum, two blanks and a path.
    private static func isLine(_ line: ArraySlice<UInt8>) -> Bool {
        line.count > 34 && line.prefix(32).allSatisfy(\.isLowercaseHexDigit)
            && line.dropFirst(32).prefix(2).allSatisfy { $0 == UInt8(ascii: " ") }
    }

    /// Adds the sums of a record; the first one of a path counts.
    mutating func add(_ record: [UInt8]) {
        for line in record.split(separator: UInt8(ascii: "\n")) where line.count > 34 {
            let path = line.dropFirst(34)
            if line[line.startIndex + 32] == UInt8(ascii: " "), sums[path] == nil { sums[path] = line.prefix(32) }
        }
    }

    static func bytes(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: digits.startIndex, to: digits.endIndex - 1, by: 2) {
            guard let high = digits[index].hexDigitValue, let low = digits[index + 1].hexDigitValue else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// The recorded md5 of a file, 16 bytes; nil where none is recorded.
    ///
    /// - Parameter path: where the file lies. A record may name `/lib` what the merge of `/usr` has put into `/usr/lib`.
    func md5(_ path: ArraySlice<UInt8>) -> [UInt8]? {
        if let sum = sums[path] { return Self.bytes(sum) }
        return path.starts(with: Self.merged) ? sums[path.dropFirst(Self.merged.count)].flatMap(Self.bytes) : nil
    }
}

extension LayerContents {
    /// Drops the sha1 of every file that has the md5 which dpkg recorded.
    mutating func dropUnneededSums() {
        var sums = RecordedSums()
        for entry in packed where contents.indices.contains(Int(entry.content)) {
            guard RecordedSums.isRecord(path(of: entry)), let record = contents.data(Int(entry.content)) else {
                continue
            }
            sums.add(record)
        }
        if sums.isEmpty { return }
        for entry in packed where contents.indices.contains(Int(entry.content)) {
            let index = Int(entry.content)
            if let md5 = contents[index].md5, md5 == sums.md5(path(of: entry)) { contents[index].dropSHA1() }
        }
    }
}
