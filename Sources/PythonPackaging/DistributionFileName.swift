/// The file name of a wheel, `name-version[-build]-python-abi-platform.whl`
/// (https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention).
package struct WheelFileName: Sendable, Hashable {
    /// A build number: digits and a suffix.
    package struct Build: Sendable, Hashable, Comparable {
        let number: PythonVersion.Number
        /// The suffix.
        package let suffix: String

        /// `1abc`.
        package var text: String { number.digits + suffix }

        /// Orders by number, then by suffix.
        package static func < (left: Build, right: Build) -> Bool {
            left.number == right.number
                ? left.suffix.utf8.lexicographicallyPrecedes(right.suffix.utf8) : left.number < right.number
        }
    }

    /// The name, normalised.
    package let name: String
    /// The version.
    package let version: PythonVersion
    /// The build number, or nil.
    package let build: Build?
    /// The tags, compressed sets written out.
    package let tags: [WheelTag]

    /// The three tag fields as written, `py2.py3-none-any`.
    package let tagText: String

    /// Reads the name of a wheel, percent-decoded and without directories.
    ///
    /// - Throws: ``FileNameError`` with the reason.
    package init(_ text: String) throws(FileNameError) {
        guard text.utf8.count > 4, text.hasSuffix(".whl") else {
            throw FileNameError(name: text, reason: "it does not end with .whl")
        }
        // By bytes: a resolution looks at thousands of names.
        let end = text.utf8.index(text.utf8.endIndex, offsetBy: -4)
        let parts = text.utf8[..<end].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map {
            Substring($0)
        }
        guard parts.count == 5 || parts.count == 6 else {
            throw FileNameError(name: text, reason: "it has \(parts.count) parts, a wheel has 5 or 6")
        }
        guard Self.isEscapedName(parts[0]) else { throw FileNameError(name: text, reason: "its name is malformed") }
        guard let version = PythonVersion(parts[1]) else {
            throw FileNameError(name: text, reason: "'\(parts[1])' is not a version")
        }
        if parts.count == 6 {
            let digits = parts[2].utf8.prefix { $0.isASCIIDigit }
            guard !digits.isEmpty else {
                throw FileNameError(name: text, reason: "the build number '\(parts[2])' does not begin with a digit")
            }
            let number = parts[2].prefix { $0.isASCII && $0.isNumber }
            build = Build(number: .init(number), suffix: String(parts[2].dropFirst(number.count)))
        } else {
            build = nil
        }
        tagText = String(text[parts[parts.count - 3].startIndex..<end])
        guard let tags = WheelTag.parse(tagText) else {
            throw FileNameError(name: text, reason: "its tags '\(tagText)' are malformed")
        }
        name = NormalizedName.of(parts[0])
        self.version = version
        self.tags = tags
    }

    /// Letters, digits, `_` and `.`, without two underscores in a row: `-` would have been escaped to one.
    private static func isEscapedName(_ name: Substring) -> Bool {
        guard !name.isEmpty else { return false }
        var previous: UInt8 = 0
        let isPlain = name.utf8.allSatisfy { byte in
            defer { previous = byte }
            return byte.isASCIIAlphanumeric || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: "_") && previous != byte
        }
        if isPlain { return true }
        var before: Unicode.Scalar?
        for scalar in name.unicodeScalars {
            if scalar == "_", before == "_" { return false }
            before = scalar
            if scalar == "_" || scalar == "." { continue }
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
                .letterNumber, .otherNumber:
                continue
            default: return false
            }
        }
        return true
    }
}

/// The file name of a source distribution, `name-version.tar.gz` or `.zip`
/// (https://packaging.python.org/en/latest/specifications/source-distribution-format/).
package struct SdistFileName: Sendable, Hashable {
    /// The name, normalised.
    package let name: String
    /// The version.
    package let version: PythonVersion

    /// Reads the name of a source distribution, percent-decoded and without directories.
    ///
    /// - Throws: ``FileNameError`` with the reason.
    package init(_ text: String) throws(FileNameError) {
        guard let suffix = [".tar.gz", ".zip"].first(where: { text.hasSuffix($0) }) else {
            throw FileNameError(name: text, reason: "it ends neither with .tar.gz nor with .zip")
        }
        let stem = text.dropLast(suffix.count)
        // A version does not contain '-', a name may.
        guard let dash = stem.lastIndex(of: "-"), dash > stem.startIndex else {
            throw FileNameError(name: text, reason: "it is not a name, '-' and a version")
        }
        let written = stem[stem.index(after: dash)...]
        guard let version = PythonVersion(written) else {
            throw FileNameError(name: text, reason: "'\(written)' is not a version")
        }
        name = NormalizedName.of(stem[..<dash])
        self.version = version
    }
}

/// A file name that is not that of a distribution.
package struct FileNameError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file name.
    package let name: String
    /// What is wrong with it.
    package let reason: String

    /// The name with the reason.
    package var description: String { "\(name): \(reason)" }
}
