import EnvironmentInventory
import EnvironmentVerification
import ModelArchives
import PinRules
import Preflight

/// The rules, each with its summary, why it matters, and examples.
public enum Rules {
    /// All rules: those of ``Checker``, those of ``Verifier``, then those of `preflight`.
    public static var all: [Rule] { checked + EnvironmentVerifier.rules + PreflightRules.rules }

    /// The rules whose findings ``Checker`` reports.
    public static var checked: [Rule] { PinRules.all.map { $0.rule } + ModelRules.all }

    /// Returns the rule with a name; nil when there is none.
    public static func named(_ name: String) -> Rule? { all.first { $0.name == name } }
}
