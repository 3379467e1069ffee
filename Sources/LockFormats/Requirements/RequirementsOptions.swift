/// The options that pip knows in a requirements file
/// (https://pip.pypa.io/en/stable/reference/requirements-file-format/#supported-options), and two of uv that turn checking
/// off. Long options may be shortened while they stay unique, as Python's optparse allows.
enum RequirementsOption: String, CaseIterable {
    case indexURL = "--index-url"
    case pypiURL = "--pypi-url"
    case extraIndexURL = "--extra-index-url"
    case noIndex = "--no-index"
    case constraint = "--constraint"
    case requirement = "--requirement"
    case editable = "--editable"
    case findLinks = "--find-links"
    case noBinary = "--no-binary"
    case onlyBinary = "--only-binary"
    case preferBinary = "--prefer-binary"
    case requireHashes = "--require-hashes"
    case noRequireHashes = "--no-require-hashes"
    case noVerifyHashes = "--no-verify-hashes"
    case pre = "--pre"
    case allReleases = "--all-releases"
    case onlyFinal = "--only-final"
    case trustedHost = "--trusted-host"
    case useFeature = "--use-feature"
    case hash = "--hash"
    case configSettings = "--config-settings"
    case configSetting = "--config-setting"
    case globalOption = "--global-option"
    case installOption = "--install-option"
    case noBuildIsolation = "--no-build-isolation"

    var takesValue: Bool {
        switch self {
        case .noIndex, .preferBinary, .requireHashes, .noRequireHashes, .noVerifyHashes, .pre, .noBuildIsolation: false
        default: true
        }
    }

    /// The option of a single letter.
    static func short(_ letter: UInt8) -> RequirementsOption? {
        switch letter {
        case UInt8(ascii: "i"): .indexURL
        case UInt8(ascii: "c"): .constraint
        case UInt8(ascii: "r"): .requirement
        case UInt8(ascii: "e"): .editable
        case UInt8(ascii: "f"): .findLinks
        case UInt8(ascii: "C"): .configSettings
        default: nil
        }
    }

    /// The option of a long name or of its unique beginning.
    static func long(_ name: String) -> RequirementsOption? {
        if let exact = RequirementsOption(rawValue: name) { return exact }
        guard name.utf8.count > 2 else { return nil }
        let candidates = allCases.filter { $0.rawValue.hasPrefix(name) }
        return candidates.count == 1 ? candidates[0] : nil
    }
}

/// An option with its value, as written on one line.
struct RequirementsArgument {
    let option: RequirementsOption
    let value: String
}

enum RequirementsOptions {
    /// Why an option cannot be read, in a few words.
    struct Failure: Error { let reason: String }

    /// Splits a logical line into the requirement and its options: the first word that starts with `-` ends the requirement.
    static func part(_ line: [UInt8]) -> (requirement: Range<Int>, options: Range<Int>) {
        var index = 0
        while index < line.count {
            if line[index] == UInt8(ascii: "-"), index == 0 || line[index - 1] == UInt8(ascii: " ") {
                var end = index
                while end > 0, RequirementsLines.isSpace(line[end - 1]) { end -= 1 }
                return (0..<end, index..<line.count)
            }
            index += 1
        }
        return (0..<line.count, line.count..<line.count)
    }

    /// Reads options as optparse does.
    static func parse(_ text: String) throws(Failure) -> [RequirementsArgument] {
        let words = try words(Array(text.utf8))
        var arguments: [RequirementsArgument] = []
        var index = 0
        while index < words.count {
            let word = words[index]
            index += 1
            let option: RequirementsOption
            var value: String?
            let bytes = Array(word.utf8)
            if word.hasPrefix("--") {
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard let found = RequirementsOption.long(String(parts[0])) else {
                    throw Failure(reason: "the option \(parts[0]) is unknown")
                }
                option = found
                value = parts.count == 2 ? String(parts[1]) : nil
            } else if bytes.count >= 2, bytes[0] == UInt8(ascii: "-"), let found = RequirementsOption.short(bytes[1]) {
                option = found
                value = bytes.count > 2 ? String(decoding: bytes[2...], as: UTF8.self) : nil
            } else if word.hasPrefix("-") {
                throw Failure(reason: "the option \(word) is unknown")
            } else if word.hasPrefix(";"), arguments.last?.option == .editable {
                // pip leaves out the words after an option's value, and with them the marker of an editable requirement.
                return arguments
            } else {
                throw Failure(reason: "\"\(word)\" is after the options")
            }
            if !option.takesValue {
                if value != nil { throw Failure(reason: "\(option.rawValue) takes no value") }
                arguments.append(RequirementsArgument(option: option, value: ""))
                continue
            }
            if value == nil {
                guard index < words.count else { throw Failure(reason: "\(option.rawValue) needs a value") }
                value = words[index]
                index += 1
            }
            arguments.append(RequirementsArgument(option: option, value: value ?? ""))
        }
        return arguments
    }

    /// Splits a text into words with the quotes of a POSIX shell, as Python's `shlex.split`.
    private static func words(_ bytes: [UInt8]) throws(Failure) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        var inWord = false
        var quote: UInt8?
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if let open = quote {
                if byte == open {
                    quote = nil
                } else if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\""), index < bytes.count,
                    bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "\\")
                {
                    word.append(bytes[index])
                    index += 1
                } else {
                    word.append(byte)
                }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
                inWord = true
            } else if byte == UInt8(ascii: "\\") {
                guard index < bytes.count else { throw Failure(reason: "a backslash is at the end") }
                word.append(bytes[index])
                index += 1
                inWord = true
            } else if RequirementsLines.isSpace(byte) {
                if inWord { words.append(String(decoding: word, as: UTF8.self)) }
                (word, inWord) = ([], false)
            } else {
                word.append(byte)
                inWord = true
            }
        }
        if quote != nil { throw Failure(reason: "a quote has no end") }
        if inWord { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }
}
