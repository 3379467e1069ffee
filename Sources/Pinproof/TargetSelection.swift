import EnvironmentInventory
import LockFormats

/// A version of Python with two or three numbers, `3.11` or `3.11.7`; `3.14t` is an interpreter without the global lock.
public struct PythonRelease: Sendable, Hashable, CustomStringConvertible {
    /// The version as written.
    public let description: String

    /// Creates a version; nil when the text has another shape.
    public init?(_ text: String) {
        let numbers = text.hasSuffix("t") ? text.dropLast() : text[...]
        let parts = numbers.split(separator: ".", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts.allSatisfy({ Int($0) != nil }) else { return nil }
        description = text
    }
}

/// The platforms that a lock can be resolved for, as OCI writes them.
public enum TargetPlatform: String, Sendable, Hashable, CaseIterable {
    case linuxAMD64 = "linux/amd64"
    case linuxARM64 = "linux/arm64"
    case linuxARMv7 = "linux/arm/v7"
    case linuxPPC64LE = "linux/ppc64le"
    case linuxS390X = "linux/s390x"
    case linuxRISCV64 = "linux/riscv64"
    case darwinAMD64 = "darwin/amd64"
    case darwinARM64 = "darwin/arm64"
    case windowsAMD64 = "windows/amd64"
    case windowsARM64 = "windows/arm64"

    /// The platform as an image states it.
    package var platform: Platform? { Platform(rawValue) }
}

/// What a universal lock is resolved for; the platform also selects one of an image's.
public struct TargetSelection: Sendable, Hashable {
    /// The Python version.
    public var python: PythonRelease?
    /// The platform.
    public var platform: TargetPlatform?
    /// The C library of a Linux platform.
    public var cLibrary: CLibrary?
    /// The extras to include.
    public var extras: Set<String> = []
    /// The dependency groups to include.
    public var groups: Set<String> = []
    /// Whether all extras are included.
    public var includesAllExtras = false
    /// Whether all dependency groups are included.
    public var includesAllGroups = false
    /// The environment of a pixi.lock.
    public var environment: String?

    /// Creates a selection of nothing in particular.
    public init() {}

    /// The selection as the readers of locks take it.
    package var target: LockFormats.Target {
        var target = LockFormats.Target()
        target.python = python?.description
        target.platform = platform?.platform
        target.cLibrary = cLibrary
        target.extras = extras
        target.groups = groups
        target.allExtras = includesAllExtras
        target.allGroups = includesAllGroups
        target.environment = environment
        return target
    }
}
