import ArchiveReading
import EnvironmentInventory

/// Writes dpkg's lists of files and their sums with the numbers of the layer's entries in place of the paths.
///
/// dpkg-query(1) has a path a line with a slash in front in `NAME.list`, deb-md5sums(5) an md5, two blanks and a path in
/// `NAME.md5sums`. A line that is not of that form, or names nothing of the layer, is written as it is.
struct PathTexts {
    /// What a text is.
    private enum Form {
        case list
        case sums

        /// Nil for any other file.
        init?(_ path: ArraySlice<UInt8>) {
            if PathBytes.ends(path, ".list") {
                self = .list
            } else if PathBytes.ends(path, ".md5sums") {
                self = .sums
            } else {
                return nil
            }
        }

        /// How many bytes of a line stand before its path.
        var start: Int { self == .list ? 1 : 34 }
    }

    private static let line = UInt8(ascii: "\n")
    private static let blank = UInt8(ascii: " ")
    private static let merged = Array("usr/".utf8)
    private static let digits = Array("0123456789abcdef".utf8)
    /// The most bytes of all texts of a layer; a number stands for a long path.
    private static let maximumBytes = 512 << 20

    private let layer: LayerContents
    private var numbers = NumberTable()
    private var written = 0

    /// Reads the texts of a layer whose paths are known.
    init(_ layer: LayerContents) { self.layer = layer }

    /// Writes the texts of a layer.
    init(writing layer: LayerContents) {
        self.layer = layer
        let hasTexts = layer.packed.contains { entry in
            entry.content >= 0 && layer.contents.hasData(Int(entry.content)) && Form(layer.path(of: entry)) != nil
        }
        guard hasTexts else { return }
        numbers = NumberTable(count: layer.count, of: layer.path)
    }

    /// Writes a text; false where it is none of dpkg's, and nothing was written.
    func write(_ text: [UInt8], path: ArraySlice<UInt8>, to writer: inout PackedWriter) -> Bool {
        guard let form = Form(path), text.last == Self.line else { return false }
        var literals: [UInt8] = []
        var sums: [UInt8] = []
        var codes: [Int] = []
        var last = -1
        for line in text.dropLast().split(separator: Self.line, omittingEmptySubsequences: false) {
            guard let (number, isShort) = number(line, form) else {
                codes.append(0)
                literals += line
                literals.append(Self.line)
                continue
            }
            let step = number - last - 1
            codes.append(1 + 2 * (step >= 0 ? 2 * step : -2 * step - 1) + (isShort ? 1 : 0))
            last = number
            if form == .sums { sums += RecordedSums.bytes(line.prefix(32)) ?? [] }
        }
        writer.count(codes.count)
        for code in codes { writer.count(code) }
        writer.data(literals)
        writer.raw(sums)
        return true
    }

    /// The entry that a line names, and whether the line leaves out that it is in `usr`.
    private func number(_ line: ArraySlice<UInt8>, _ form: Form) -> (number: Int, isShort: Bool)? {
        guard line.count > form.start else { return nil }
        let path = line.dropFirst(form.start)
        switch form {
        case .list: guard line.first == UInt8(ascii: "/") else { return nil }
        case .sums:
            guard line.prefix(32).allSatisfy(\.isLowercaseHexDigit),
                line.dropFirst(32).prefix(2).allSatisfy({ $0 == Self.blank })
            else { return nil }
        }
        if let number = numbers.first(path, of: layer.path) { return (number, false) }
        return numbers.first((Self.merged + path)[...], of: layer.path).map { ($0, true) }
    }

    /// Reads a text.
    mutating func read(path: ArraySlice<UInt8>, from reader: inout PackedReader) throws(PackedError) -> [UInt8] {
        guard let form = Form(path) else { throw PackedError() }
        let count = try reader.count()
        var codes: [Int] = []
        codes.reserveCapacity(count)
        for _ in 0..<count { codes.append(try reader.number(upTo: Int(Int32.max))) }
        let literals = try reader.data()
        let named = codes.count { $0 > 0 }
        guard named <= reader.remaining / 16 || form == .list else { throw PackedError() }
        let sums = form == .sums ? try reader.raw(16 * named) : []
        var text: [UInt8] = []
        text.reserveCapacity(literals.count + named * (form == .list ? 48 : 80))
        var literal = 0
        var sum = 0
        var last = -1
        for code in codes {
            guard code > 0 else {
                guard let end = literals[literal...].firstIndex(of: Self.line) else { throw PackedError() }
                text += literals[literal...end]
                literal = end + 1
                continue
            }
            let folded = (code - 1) / 2
            last += 1 + (folded & 1 == 0 ? folded / 2 : -(folded + 1) / 2)
            guard last >= 0, last < layer.count else { throw PackedError() }
            if form == .list {
                text.append(UInt8(ascii: "/"))
            } else {
                for byte in sums[sum..<(sum + 16)] {
                    text.append(Self.digits[Int(byte >> 4)])
                    text.append(Self.digits[Int(byte & 15)])
                }
                sum += 16
                text.append(Self.blank)
                text.append(Self.blank)
            }
            let named = layer.path(last)
            if (code - 1) & 1 == 1 {
                guard named.starts(with: Self.merged) else { throw PackedError() }
                text += named.dropFirst(Self.merged.count)
            } else {
                text += named
            }
            text.append(Self.line)
            guard text.count <= Self.maximumBytes - written else { throw PackedError() }
        }
        guard literal == literals.count else { throw PackedError() }
        written += text.count
        return text
    }
}

extension LayerContents {
    /// The path of an entry.
    func path(_ number: Int) -> ArraySlice<UInt8> { path(of: packed[number]) }
}
