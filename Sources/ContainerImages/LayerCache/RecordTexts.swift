import EnvironmentInventory
import SourceDocuments

/// Writes kept texts with the digests that a RECORD repeats by the number of their file: a digest does not compress.
///
/// A RECORD names each file as `path,sha256=BASE64URL,size`
/// (https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file).
struct RecordTexts {
    private static let mark = Array("sha256=".utf8)
    private static let digits = 43
    /// What stands for a digest; a text that has it is written as it is.
    private static let place: UInt8 = 1

    private var contents = FileContents()
    private var numbers = NumberTable()
    private var digests: ArraySlice<UInt8> = []

    /// Knows the digests of a layer's files.
    init(_ contents: FileContents) {
        self.contents = contents
        numbers = NumberTable(count: contents.count, of: contents.sha256)
    }

    /// Knows the digests, 32 bytes each.
    init(digests: ArraySlice<UInt8>) { self.digests = digests }

    /// Writes a text.
    func write(_ text: [UInt8], to writer: inout PackedWriter) {
        var output: [UInt8] = []
        var found: [Int] = []
        var index = 0
        let isPlain = !text.contains(Self.place)
        while isPlain, index < text.count {
            if text[index] == Self.mark[0], text[index...].starts(with: Self.mark) {
                let start = index + Self.mark.count
                if let number = number(text, start) {
                    output += Self.mark
                    output.append(Self.place)
                    found.append(number)
                    index = start + Self.digits
                    continue
                }
            }
            output.append(text[index])
            index += 1
        }
        writer.count(found.count)
        var last = 0
        for number in found {
            writer.signed(number - last)
            last = number
        }
        writer.data(found.isEmpty ? text : output)
    }

    /// The number of the file whose digest stands in a text; nil where none does, or not as it would be written again.
    private func number(_ text: [UInt8], _ start: Int) -> Int? {
        guard start + Self.digits <= text.count else { return nil }
        let digits = text[start..<(start + Self.digits)]
        guard let bytes = Base64.decode(digits, allowsURLAlphabet: true), let value = SHA256Value(bytes: bytes) else {
            return nil
        }
        var again: [UInt8] = []
        Base64.appendURL(bytes[...], to: &again)
        return digits.elementsEqual(again) ? numbers.first(value, of: contents.sha256) : nil
    }

    /// Reads a text.
    func read(from reader: inout PackedReader) throws(PackedError) -> [UInt8] {
        let count = try reader.count()
        var found: [Int] = []
        found.reserveCapacity(count)
        var last = 0
        for _ in 0..<count {
            let (number, overflow) = last.addingReportingOverflow(try reader.signed())
            guard !overflow, number >= 0, number < digests.count / 32 else { throw PackedError() }
            found.append(number)
            last = number
        }
        let text = try reader.data()
        if count == 0 { return text }
        var output: [UInt8] = []
        output.reserveCapacity(text.count + count * Self.digits)
        var next = 0
        for byte in text {
            guard byte == Self.place else {
                output.append(byte)
                continue
            }
            guard next < count else { throw PackedError() }
            let start = digests.startIndex + 32 * found[next]
            Base64.appendURL(digests[start..<(start + 32)], to: &output)
            next += 1
        }
        guard next == count else { throw PackedError() }
        return output
    }
}
