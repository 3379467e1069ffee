import EnvironmentInventory
import PythonPackaging

/// Tells whether a wheel could be installed on the serving side.
struct ServingTags: Sendable {
    private let target: PythonTarget?
    /// The platforms that some interpreter there takes, where its operating system and C library are known.
    private let platforms: Set<String>?

    init(python: Interpreter?, platform: Platform) {
        target = python.flatMap {
            PythonTarget(python: $0.version, platform: platform, implementation: $0.implementation)
        }
        platforms =
            platform.os == "linux" && platform.cLibrary == nil
            ? nil : PlatformTags.of(platform).map { Set($0 + ["any"]) }
    }

    /// Whether a wheel of this name fits; nil when that is not known. Without an interpreter, the platform can only rule it out.
    func accept(_ fileName: String) -> Bool? {
        guard let name = try? WheelFileName(fileName) else { return nil }
        if let target { return target.rank(of: name) != nil }
        guard let platforms, platforms.isDisjoint(with: name.tags.map(\.platform)) else { return nil }
        return false
    }
}
