/// A version as Python packaging has it (https://packaging.python.org/en/latest/specifications/version-specifiers/).
///
/// Grammar: `[v][N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]` with every spelling that the specification normalises. Numbers
/// of any length are accepted.
package struct PythonVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// A number of any length, without leading zeros: compared by length, then by digits.
    struct Number: Sendable, Hashable, Comparable {
        let digits: String
        init(_ digits: some StringProtocol) { self.init(ascii: digits.utf8) }
        init(ascii digits: some Collection<UInt8>) {
            let trimmed = digits.drop { $0 == UInt8(ascii: "0") }
            self.digits = trimmed.isEmpty ? "0" : String(decoding: trimmed, as: UTF8.self)
        }
        static let zero = Number(ascii: [])
        static func < (left: Number, right: Number) -> Bool {
            let leftCount = left.digits.utf8.count
            let rightCount = right.digits.utf8.count
            return leftCount == rightCount ? left.digits < right.digits : leftCount < rightCount
        }
        var isZero: Bool { digits == "0" }
    }

    /// A pre-release: `a`, `b` or `rc` with its number.
    struct PreRelease: Sendable, Hashable, Comparable {
        let phase: String
        let number: Number
        static func < (left: PreRelease, right: PreRelease) -> Bool {
            (left.phase, left.number) < (right.phase, right.number)
        }
    }

    /// A part of a local version: numbers sort after words.
    enum LocalPart: Sendable, Hashable, Comparable {
        case word(String)
        case number(Number)
        static func < (left: LocalPart, right: LocalPart) -> Bool {
            switch (left, right) {
            case (.word(let left), .word(let right)): left < right
            case (.number(let left), .number(let right)): left < right
            case (.word, .number): true
            case (.number, .word): false
            }
        }
        var text: String {
            switch self {
            case .word(let word): word
            case .number(let number): number.digits
            }
        }
    }

    let epoch: Number
    let release: [Number]
    let pre: PreRelease?
    let post: Number?
    let dev: Number?
    let localParts: [LocalPart]

    init(epoch: Number, release: [Number], pre: PreRelease?, post: Number?, dev: Number?, localParts: [LocalPart]) {
        self.epoch = epoch
        self.release = release
        self.pre = pre
        self.post = post
        self.dev = dev
        self.localParts = localParts
    }

    /// The local part, `cpu` of `2.1.0+cpu`; nil when it has none.
    package var local: String? { localParts.isEmpty ? nil : localParts.map(\.text).joined(separator: ".") }
    /// Whether it is a pre-release or a development release.
    package var isPrerelease: Bool { pre != nil || dev != nil }
    /// The same version without its local part.
    package var withoutLocal: PythonVersion {
        PythonVersion(epoch: epoch, release: release, pre: pre, post: post, dev: dev, localParts: [])
    }

    /// Whether it is nothing but an epoch and a release.
    var isReleaseOnly: Bool { pre == nil && post == nil && dev == nil && localParts.isEmpty }
    /// The lowest version of the same release and post-release.
    var firstDevelopmentRelease: PythonVersion {
        PythonVersion(epoch: epoch, release: release, pre: pre, post: post, dev: Number("0"), localParts: [])
    }

    /// The normal form.
    package var description: String {
        var text = epoch.isZero ? "" : epoch.digits + "!"
        text += release.map(\.digits).joined(separator: ".")
        if let pre { text += pre.phase + pre.number.digits }
        if let post { text += ".post" + post.digits }
        if let dev { text += ".dev" + dev.digits }
        return text + (local.map { "+" + $0 } ?? "")
    }

    /// The release without zeros at its end, which equality does not see.
    var trimmedRelease: ArraySlice<Number> {
        var trimmed = release[...]
        while trimmed.count > 1, trimmed.last?.isZero ?? false { trimmed = trimmed.dropLast() }
        return trimmed
    }

    /// Equal as the specification compares: `1.0` and `1` are.
    package static func == (left: PythonVersion, right: PythonVersion) -> Bool {
        left.epoch == right.epoch && left.trimmedRelease == right.trimmedRelease && left.pre == right.pre
            && left.post == right.post && left.dev == right.dev && left.localParts == right.localParts
    }

    /// Hashes what equality compares.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(epoch)
        hasher.combine(trimmedRelease)
        hasher.combine(pre)
        hasher.combine(post)
        hasher.combine(dev)
        hasher.combine(localParts)
    }

    /// Orders as the specification does: development releases, pre-releases, the release, post-releases.
    package static func < (left: PythonVersion, right: PythonVersion) -> Bool {
        if left.epoch != right.epoch { return left.epoch < right.epoch }
        let leftRelease = left.trimmedRelease
        let rightRelease = right.trimmedRelease
        if leftRelease != rightRelease { return leftRelease.lexicographicallyPrecedes(rightRelease) }
        let leftPhase = left.phaseKey
        let rightPhase = right.phaseKey
        if leftPhase != rightPhase { return leftPhase < rightPhase }
        if let leftPre = left.pre, let rightPre = right.pre, leftPre != rightPre { return leftPre < rightPre }
        if left.post != right.post {
            guard let leftPost = left.post else { return true }
            guard let rightPost = right.post else { return false }
            return leftPost < rightPost
        }
        if left.dev != right.dev {
            guard let leftDev = left.dev else { return false }
            guard let rightDev = right.dev else { return true }
            return leftDev < rightDev
        }
        return left.localParts.lexicographicallyPrecedes(right.localParts)
    }

    /// A development release of the release itself comes before all pre-releases, a final release after all.
    private var phaseKey: Int {
        if pre != nil { return 1 }
        return post == nil && dev != nil ? 0 : 2
    }

    /// Reads a version in any spelling; nil when the text is not a version.
    package init?(_ text: some StringProtocol) {
        var reader = VersionReader(text)
        guard let version = reader.version(), reader.isAtEnd else { return nil }
        self = version
    }
}

/// Reads a version from ASCII bytes, letters in lower case.
struct VersionReader {
    private var bytes: [UInt8]
    private(set) var index = 0

    init(_ text: some StringProtocol) {
        bytes = text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        // Blanks around a version do not count.
        while let last = bytes.last, Self.isBlank(last) { bytes.removeLast() }
        while index < bytes.count, Self.isBlank(bytes[index]) { index += 1 }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    var isAtEnd: Bool { index == bytes.count }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// Takes a word in ASCII. It allocates nothing, as each version is asked for a dozen words.
    private mutating func accept(_ text: StaticString) -> Bool {
        let isThere = text.withUTF8Buffer { word in
            guard bytes.count - index >= word.count, bytes[index..<index + word.count].elementsEqual(word) else {
                return false
            }
            index += word.count
            return true
        }
        return isThere
    }

    private mutating func digits() -> PythonVersion.Number? {
        let start = index
        while let byte = peek, byte.isASCIIDigit { index += 1 }
        return index == start ? nil : PythonVersion.Number(ascii: bytes[start..<index])
    }

    private mutating func separator() -> Bool {
        if let byte = peek, byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") {
            index += 1
            return true
        }
        return false
    }

    mutating func version() -> PythonVersion? {
        _ = accept("v")
        guard var first = digits() else { return nil }
        var epoch = PythonVersion.Number.zero
        if accept("!") {
            epoch = first
            guard let number = digits() else { return nil }
            first = number
        }
        var release = [first]
        while peek == UInt8(ascii: ".") {
            let mark = index
            index += 1
            guard let number = digits() else {
                index = mark
                break
            }
            release.append(number)
        }
        let pre = preRelease()
        let post = postRelease()
        let dev = devRelease()
        guard let local = localParts() else { return nil }
        return PythonVersion(epoch: epoch, release: release, pre: pre, post: post, dev: dev, localParts: local)
    }

    private mutating func preRelease() -> PythonVersion.PreRelease? {
        let mark = index
        _ = separator()
        let phase: String
        if accept("alpha") || accept("a") {
            phase = "a"
        } else if accept("beta") || accept("b") {
            phase = "b"
        } else if accept("preview") || accept("pre") || accept("rc") || accept("c") {
            phase = "rc"
        } else {
            index = mark
            return nil
        }
        return .init(phase: phase, number: suffixNumber())
    }

    /// Reads the number after a word; a separator without a number is allowed and means 0.
    private mutating func suffixNumber() -> PythonVersion.Number {
        _ = separator()
        return digits() ?? .zero
    }

    private mutating func postRelease() -> PythonVersion.Number? {
        let mark = index
        if accept("-"), let number = digits() { return number }
        index = mark
        _ = separator()
        if accept("post") || accept("rev") || accept("r") { return suffixNumber() }
        index = mark
        return nil
    }

    private mutating func devRelease() -> PythonVersion.Number? {
        let mark = index
        _ = separator()
        if accept("dev") { return suffixNumber() }
        index = mark
        return nil
    }

    private mutating func localParts() -> [PythonVersion.LocalPart]? {
        guard accept("+") else { return [] }
        var parts: [PythonVersion.LocalPart] = []
        repeat {
            let start = index
            while let byte = peek, byte.isASCIIDigit || byte.isASCIILowercase { index += 1 }
            guard index > start else { return nil }
            let text = String(decoding: bytes[start..<index], as: UTF8.self)
            let isNumber = text.utf8.allSatisfy { $0.isASCIIDigit }
            parts.append(isNumber ? .number(.init(text)) : .word(text))
        } while separator()
        return parts
    }
}
