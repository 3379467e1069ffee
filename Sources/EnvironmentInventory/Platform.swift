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

    /// The platform as containerd and Docker compare it, however it is written: in any case, by the names of `uname`, without an
    /// operating system (https://github.com/containerd/platforms/blob/main/database.go).
    package var normalized: Platform {
        let system = os.lowercased()
        let name = architecture.lowercased()
        var processor = (architecture: name, variant: variant?.lowercased())
        switch name {
        case "i386": processor = ("386", nil)
        case "x86_64", "x86-64", "amd64":
            processor = ("amd64", processor.variant == "v1" ? nil : processor.variant)
        case "aarch64", "arm64":
            switch processor.variant {
            case "8", "v8", "8.0", "v8.0": processor = ("arm64", nil)
            case "9", "9.0", "v9.0": processor = ("arm64", "v9")
            default: processor = ("arm64", processor.variant)
            }
        case "armhf": processor = ("arm", "v7")
        case "armel": processor = ("arm", "v6")
        case "arm":
            switch processor.variant {
            case nil: processor.variant = "v7"
            case let digit? where digit.utf8.count == 1: processor.variant = "v" + digit
            default: break
            }
        default: break
        }
        return Platform(
            os: ["": "linux", "macos": "darwin"][system] ?? system, architecture: processor.architecture,
            variant: processor.variant)
    }

    /// The variant of the processor, where none is written the one that is meant.
    package var usualVariant: String? {
        let platform = normalized
        return platform.architecture == "arm64" ? platform.variant ?? "v8" : platform.variant
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
