import EnvironmentInventory

/// A Python project that is installed without its lock.
package enum UnlockedPythonProject: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "unlocked-python-project",
        summary: "A project and its dependencies are installed without enforcing a lock.",
        why: "The dependencies are resolved at build time: tomorrow's build gets others.",
        help:
            "Install from the lock: uv sync --locked, poetry install with poetry.lock in the context, pipenv install --deploy, pip install --no-deps . after the locked requirements.",
        bad: [
            .init("FROM python:3.11.9\nCOPY . .\nRUN pip install «.»\n"),
            .init("FROM python:3.11.9\nRUN uv «sync»\n"),
            .init("FROM python:3.11.9\nRUN pipenv «install»\n"),
        ],
        good: [
            .init("FROM python:3.11.9\nRUN uv sync --locked\n"),
            .init("FROM python:3.11.9\nRUN pipenv install --deploy\n"),
            .init("FROM python:3.11.9\nCOPY . .\nRUN pip install --no-deps .\n"),
        ])

    /// Floating is an error whatever is required.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .pythonProject else { return nil }
        switch pin.strength {
        case .floating:
            return PinJudgement(
                .error,
                "\(pin.title) floats: \(pin.reason ?? "its dependencies are resolved at build time")")
        default: return nil
        }
    }
}
