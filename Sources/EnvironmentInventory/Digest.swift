import SourceDocuments

/// A hash function that Pinproof meets in locks, records and registries.
public enum HashAlgorithm: String, Sendable, Hashable, CaseIterable, Comparable {
    case md5
    case sha1
    case sha224
    case sha256
    case sha384
    case sha512
    case blake2b

    /// The length of the digest in bytes.
    package var byteCount: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha224: 28
        case .sha256: 32
        case .sha384: 48
        case .sha512, .blake2b: 64
        }
    }

    /// Whether collisions are known, so that the hash proves nothing: md5 and sha1.
    package var isWeak: Bool { self == .md5 || self == .sha1 }

    /// Orders by name, so that lists of digests have one order.
    public static func < (left: HashAlgorithm, right: HashAlgorithm) -> Bool { left.rawValue < right.rawValue }
}

/// A validated digest: an algorithm and its lower-case hex, written `sha256:2cf2...`.
///
/// The text form is that of the OCI image specification
/// (https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests).
public struct Digest: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The hash function.
    public let algorithm: HashAlgorithm
    /// The digest as lower-case hexadecimal digits, always of the algorithm's length.
    public let hex: String

    /// Creates a digest from hexadecimal digits of either case; nil when they are not exactly the algorithm's length.
    package init?(_ algorithm: HashAlgorithm, hex: some StringProtocol) {
        var text = String(hex)
        guard text.utf8.count == algorithm.byteCount * 2, let lower = text.withUTF8({ Self.lowercased($0) }) else {
            return nil
        }
        self.algorithm = algorithm
        self.hex = lower
    }

    private init(_ algorithm: HashAlgorithm, lowercase hex: String) {
        self.algorithm = algorithm
        self.hex = hex
    }

    /// Creates a digest from a sha256.
    package init(_ value: SHA256Value) {
        algorithm = .sha256
        hex = value.hex
    }

    /// Creates a digest from raw bytes; nil when their count is not the algorithm's.
    package init?(_ algorithm: HashAlgorithm, bytes: some Collection<UInt8>) {
        guard bytes.count == algorithm.byteCount else { return nil }
        self.algorithm = algorithm
        self.hex = Hexadecimal.encode(bytes)
    }

    /// Creates a digest from `algorithm:hex`; nil when the algorithm is unknown or the hex is not its length.
    public init?(_ text: some StringProtocol) {
        // A lock has ten thousand of these, and they are all alike.
        var whole = String(text)
        let known = whole.withUTF8 { bytes -> String?? in
            guard bytes.starts(with: "sha256:".utf8) else { return nil }
            return .some(
                bytes.count == 71 ? Self.lowercased(UnsafeBufferPointer(rebasing: bytes.dropFirst(7))) : nil)
        }
        if let known {
            guard let known else { return nil }
            self.init(.sha256, lowercase: known)
            return
        }
        guard let colon = text.firstIndex(of: ":"),
            let algorithm = HashAlgorithm(rawValue: text[..<colon].lowercased())
        else { return nil }
        self.init(algorithm, hex: text[text.index(after: colon)...])
    }

    /// `algorithm:hex`.
    public var description: String { "\(algorithm.rawValue):\(hex)" }

    /// Orders by algorithm, then by hex.
    public static func < (left: Digest, right: Digest) -> Bool {
        left.algorithm == right.algorithm ? left.hex < right.hex : left.algorithm < right.algorithm
    }

    private static func lowercased(_ digits: UnsafeBufferPointer<UInt8>) -> String? {
        var isLower = true
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): break
            case UInt8(ascii: "A")...UInt8(ascii: "F"): isLower = false
            default: return nil
            }
        }
        if isLower { return String(decoding: digits, as: UTF8.self) }
        return String(decoding: digits.map { (0x41...0x46).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
