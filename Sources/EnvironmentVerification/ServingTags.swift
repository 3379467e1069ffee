import EnvironmentInventory
import PythonPackaging

/// Tells whether a wheel could be installed on the serving side.
struct ServingTags: Sendable {
    private let target: PythonTarget?

    init(python: Interpreter, platform: Platform) {
        target = PythonTarget(python: python.version, platform: platform, implementation: python.implementation)
    }

    /// Whether a wheel of this name fits; nil when the serving side's tags are not known.
    func accept(_ fileName: String) -> Bool? {
        guard let target else { return nil }
        guard let name = try? WheelFileName(fileName) else { return nil }
        return target.rank(of: name) != nil
    }
}
