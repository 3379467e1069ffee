import SourceDocuments

/// The bytes of a metadata file as they are kept: those of a long RECORD in a form that takes half of them.
///
/// A Python environment's RECORDs are the longest texts that an image's reader keeps, and each row of one is a path that is like
/// the one before and a digest whose 43 digits stand for 32 bytes.
enum KeptText: Sendable {
    case plain([UInt8])
    case rows(RecordRows)

    /// The fewest bytes for which the form is worth its work.
    private static let minimumBytes = 4 << 10

    /// Keeps bytes in the shorter of the two forms.
    init(_ bytes: [UInt8]) {
        if bytes.count >= Self.minimumBytes, let rows = RecordRows(bytes) {
            self = .rows(rows)
        } else {
            self = .plain(bytes)
        }
    }

    /// The bytes as they stood in the file.
    var bytes: [UInt8] {
        switch self {
        case .plain(let bytes): bytes
        case .rows(let rows): rows.text
        }
    }
}

/// The rows of a RECORD, `path,sha256=BASE64URL,size`
/// (https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file), packed.
///
/// Each line is a number, and what the number asks for:
///
///     0                            a line of another form: the count of its bytes, and they
///     1 + 2 * shared + isReturned  the count of the path's bytes after the `shared` ones that it has in common with the row
///                                  before, and they; the 32 bytes of the digest; the size; `isReturned` where CR is before LF
///
/// Numbers are in base 128, the low digits first, with the high bit on all bytes but the last.
struct RecordRows: Sendable {
    private static let mark = Array(",sha256=".utf8)
    private static let digits = 43
    private static let line = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private let packed: [UInt8]
    /// How many bytes the text has.
    private let count: Int

    /// Packs a text; nil where that does not save a quarter of it.
    init?(_ text: [UInt8]) {
        // What is no RECORD is seen by its first line.
        guard let end = text.firstIndex(of: Self.line), Self.row(text, 0..<end) != nil else { return nil }
        let limit = text.count - text.count / 4
        var packed: [UInt8] = []
        packed.reserveCapacity(limit)
        var last = 0..<0
        var start = 0
        while start <= text.count {
            let end = text[start...].firstIndex(of: Self.line) ?? text.count
            if let row = Self.row(text, start..<end) {
                let shared = Self.shared(text, last, row.path)
                Self.append(1 + 2 * shared + (row.isReturned ? 1 : 0), to: &packed)
                Self.append(row.path.count - shared, to: &packed)
                packed += text[(row.path.lowerBound + shared)..<row.path.upperBound]
                packed += row.digest
                Self.append(row.size, to: &packed)
                last = row.path
            } else {
                packed.append(0)
                Self.append(end - start, to: &packed)
                packed += text[start..<end]
            }
            if packed.count > limit { return nil }
            start = end + 1
        }
        // With no more room than it needs.
        self.packed = packed.withUnsafeBytes { Array($0) }
        count = text.count
    }

    /// The text that was packed.
    var text: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(count + 1)
        var index = 0
        var last = 0
        while index < packed.count {
            let head = number(&index)
            if head == 0 {
                let end = number(&index) + index
                text += packed[index..<end]
                index = end
            } else {
                let shared = (head - 1) / 2
                let start = text.count
                // A slice would make a copy of the text, for each row.
                for place in last..<(last + shared) { text.append(text[place]) }
                let end = number(&index) + index
                text += packed[index..<end]
                index = end + 32
                last = start
                text += Self.mark
                Base64.appendURL(packed[end..<index], to: &text)
                text.append(UInt8(ascii: ","))
                text += String(number(&index)).utf8
                if (head - 1) & 1 == 1 { text.append(Self.carriageReturn) }
            }
            text.append(Self.line)
        }
        // Behind the last line there is none.
        text.removeLast()
        return text
    }

    private struct Row {
        let path: Range<Int>
        let digest: [UInt8]
        let size: Int
        let isReturned: Bool
    }

    /// Reads a line; nil where it would not be written again as it is.
    private static func row(_ text: [UInt8], _ line: Range<Int>) -> Row? {
        var end = line.upperBound
        let isReturned = end > line.lowerBound && text[end - 1] == carriageReturn
        if isReturned { end -= 1 }
        var start = end
        var size = 0
        while start > line.lowerBound, end - start < 16, text[start - 1] != UInt8(ascii: ",") { start -= 1 }
        for byte in text[start..<end] {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            size = 10 * size + Int(byte - UInt8(ascii: "0"))
        }
        let pathEnd = start - 1 - digits - mark.count
        guard (1..<16).contains(end - start), text[start] != UInt8(ascii: "0") || end - start == 1,
            pathEnd >= line.lowerBound, text[start - 1] == UInt8(ascii: ","),
            text[pathEnd..<(pathEnd + mark.count)].elementsEqual(mark),
            let digest = Base64.decode(text[(start - 1 - digits)..<(start - 1)], allowsURLAlphabet: true)
        else { return nil }
        var again: [UInt8] = []
        again.reserveCapacity(digits + 1)
        Base64.appendURL(digest[...], to: &again)
        guard digest.count == 32, again.elementsEqual(text[(start - 1 - digits)..<(start - 1)]) else { return nil }
        return Row(path: line.lowerBound..<pathEnd, digest: digest, size: size, isReturned: isReturned)
    }

    /// How many bytes two parts of a text have in common from their start on.
    private static func shared(_ text: [UInt8], _ left: Range<Int>, _ right: Range<Int>) -> Int {
        let most = min(left.count, right.count)
        var count = 0
        while count < most, text[left.lowerBound + count] == text[right.lowerBound + count] { count += 1 }
        return count
    }

    private static func append(_ number: Int, to packed: inout [UInt8]) {
        var rest = number
        while rest > 0x7F {
            packed.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        packed.append(UInt8(rest))
    }

    private func number(_ index: inout Int) -> Int {
        var number = 0
        var shift = 0
        while packed[index] > 0x7F {
            number |= Int(packed[index] & 0x7F) << shift
            shift += 7
            index += 1
        }
        number |= Int(packed[index]) << shift
        index += 1
        return number
    }
}
