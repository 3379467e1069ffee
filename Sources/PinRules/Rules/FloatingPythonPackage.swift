import EnvironmentInventory

/// A Python package without one exact version on a command line.
package enum FloatingPythonPackage: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "floating-python-package",
        summary: "A command installs a Python package without one exact version.",
        why:
            "The index serves whatever is newest on the day of the build; a pickle of another release fails or, worse, loads.",
        help: "Name one version with ==, or better install from a lock with hashes (pinproof freeze).",
        hadolint: ["DL3013"],
        bad: [
            .init("FROM python:3.11.9\nRUN pip install «scikit-learn»\n"),
            .init("FROM python:3.11.9\nRUN pip install «'numpy>=1.26'» pandas==2.2.2\n"),
            .init("FROM python:3.11.9\nRUN python3 -m pip install --no-cache-dir «flask==3.*»\n"),
        ],
        good: [
            .init("FROM python:3.11.9\nRUN pip install scikit-learn==1.5.2\n"),
            .init("FROM python:3.11.9\nRUN pip uninstall -y scikit-learn\n"),
        ])

    /// Floating is an error whatever is required.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .pythonPackage, pin.strength == .floating else { return nil }
        return PinJudgement(.error, "\(pin.title) floats: \(pin.reason ?? "it has no version")")
    }
}
