/// A C library with its version, `glibc-2.36` or `musl-1.2`.
public struct CLibrary: Sendable, Hashable, CustomStringConvertible {
    /// The family of the C library.
    package enum Family: String, Sendable, Hashable { case glibc, musl }
    /// The family.
    package let family: Family
    /// The major version.
    package let major: Int
    /// The minor version.
    package let minor: Int

    /// Creates a C library.
    package init(family: Family, major: Int, minor: Int) {
        self.family = family
        self.major = major
        self.minor = minor
    }

    /// Reads `glibc-2.36` or `musl-1.2`; nil when the text is neither.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let family = Family(rawValue: String(parts[0])) else { return nil }
        let numbers = parts[1].split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let major = numbers[0], let minor = numbers[1], major >= 0, minor >= 0 else {
            return nil
        }
        self.init(family: family, major: major, minor: minor)
    }

    /// `glibc-2.36`.
    public var description: String { "\(family.rawValue)-\(major).\(minor)" }
}

/// An operating system and processor as OCI writes them, `linux/amd64`
/// (https://github.com/opencontainers/image-spec/blob/main/image-index.md).
public struct Platform: Sendable, Hashable, CustomStringConvertible {
    /// The operating system: `linux`, `darwin`, `windows`.
    public let os: String
    /// The processor: `amd64`, `arm64`.
    public let architecture: String
    /// The processor's variant, `v7` or `v8`; nil if there is none.
    public let variant: String?
    /// The C library; nil when it is not known.
    public var cLibrary: CLibrary?

    /// Creates a platform.
    public init(os: String, architecture: String, variant: String? = nil, cLibrary: CLibrary? = nil) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
        self.cLibrary = cLibrary
    }

    /// The variant of the processor, where none is written the one that is meant.
    package var usualVariant: String? {
        switch (architecture, variant) {
        case ("arm64", nil), ("arm64", "8"): "v8"
        case ("arm", nil), ("arm", "7"): "v7"
        case ("arm", let digit?) where digit.utf8.count == 1: "v" + digit
        case ("amd64", "v1"): nil
        default: variant
        }
    }

    /// Reads `os/architecture[/variant]`; nil when the text has another shape.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.init(os: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : nil)
    }

    /// `os/architecture[/variant]`, without the C library.
    public var description: String {
        "\(os)/\(architecture)" + (variant.map { "/\($0)" } ?? "")
    }
}
