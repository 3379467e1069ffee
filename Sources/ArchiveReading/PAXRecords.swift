import SourceDocuments

/// The records of a pax extended header, `LENGTH KEY=VALUE` and a line end each
/// (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_03).
struct PAXRecords {
    private var values: [String: [UInt8]] = [:]
    /// The offsets and counts of GNU's sparse format 0.0, in their order.
    private(set) var sparsePairs: [Int] = []

    /// The most bytes of an extended header or of a GNU name; Go's archive/tar refuses more.
    static let maximumBytes = 1 << 20

    private static let prefix = "GNU.sparse."

    init(_ bytes: [UInt8]) throws(TarFault) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let space = rest.prefix(20).firstIndex(of: UInt8(ascii: " ")),
                let length = Self.decimal(rest[..<space]), length > space - rest.startIndex + 1, length <= rest.count,
                rest[rest.startIndex + length - 1] == UInt8(ascii: "\n")
            else { throw .damaged("a record of an extended header is not 'LENGTH KEY=VALUE'") }
            let record = rest[(space + 1)..<(rest.startIndex + length - 1)]
            rest = rest[(rest.startIndex + length)...]
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")), equals > record.startIndex,
                !record[..<equals].contains(0)
            else { throw .damaged("a record of an extended header has no key") }
            try add(FileAttributes.text(record[..<equals]), Array(record[(equals + 1)...]))
        }
    }

    private mutating func add(_ key: String, _ value: [UInt8]) throws(TarFault) {
        if key == "GNU.sparse.offset" || key == "GNU.sparse.numbytes" {
            let isOffset = sparsePairs.count % 2 == 0
            guard isOffset == (key == "GNU.sparse.offset"), let number = Self.decimal(value[...]) else {
                throw .ambiguous("a sparse map out of order")
            }
            sparsePairs.append(number)
            return
        }
        let isText = ["path", "linkpath", "uname", "gname"].contains(key)
        if isText, value.contains(0) { throw .ambiguous("a name with a NUL in an extended header") }
        let decides = key == "path" || key == "linkpath" || key == "size" || key.hasPrefix(Self.prefix)
        if decides {
            guard !value.isEmpty else { throw .ambiguous("an empty '\(key)' in an extended header") }
            guard values[key] == nil else { throw .ambiguous("'\(key)' twice in an extended header") }
        }
        values[key] = value
    }

    subscript(key: String) -> [UInt8]? { values[key] }

    /// A number of digits only; nil when the record is not there.
    func number(_ key: String) throws(TarFault) -> Int? {
        guard let value = values[key] else { return nil }
        guard let number = Self.decimal(value[...]) else {
            throw .ambiguous("'\(key)' of an extended header is not a plain number")
        }
        return number
    }

    /// The whole seconds of a time, rounded down: `1700000000.25`, `-1.5`.
    func seconds(_ key: String) throws(TarFault) -> Int? {
        guard let value = values[key], !value.isEmpty else { return nil }
        let isNegative = value.first == UInt8(ascii: "-")
        let parts = value.dropFirst(isNegative ? 1 : 0).split(
            separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first.flatMap({ Self.decimal($0) }),
            parts.dropFirst().allSatisfy({ $0.allSatisfy { $0.isASCIIDigit } })
        else { throw .damaged("'\(key)' of an extended header is not a time") }
        let hasFraction = parts.dropFirst().contains { $0.contains { $0 != UInt8(ascii: "0") } }
        return isNegative ? -whole - (hasFraction ? 1 : 0) : whole
    }

    /// The extended attributes of a file by name, as Go, GNU tar and libarchive write them.
    var attributes: [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for (key, value) in values where key.hasPrefix("SCHILY.xattr.") {
            found[String(key.dropFirst("SCHILY.xattr.".count))] = value
        }
        return found
    }

    /// Whether a record speaks of a sparse file.
    var namesSparse: Bool { !sparsePairs.isEmpty || values.keys.contains { $0.hasPrefix(Self.prefix) } }

    /// A key of a global header that would change which files there are, if a reader applied it.
    var decidingKey: String? {
        if !sparsePairs.isEmpty { return "GNU.sparse.offset" }
        return values.keys.sorted().first {
            ["path", "linkpath", "size", "SCHILY.realsize"].contains($0) || $0.hasPrefix(Self.prefix)
        }
    }

    /// Digits only, and no number that does not fit.
    static func decimal(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard !bytes.isEmpty else { return nil }
        var value = 0
        for byte in bytes {
            guard byte.isASCIIDigit else { return nil }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, more) = shifted.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !overflow, !more else { return nil }
            value = sum
        }
        return value
    }
}
