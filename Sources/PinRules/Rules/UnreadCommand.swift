import EnvironmentInventory

/// A command that installs or fetches and was not understood.
package enum UnreadCommand: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: CheckResult.unreadRule,
        summary: "A command or script installs or fetches something, and check could not read what.",
        why: "What was not read may be unpinned.",
        help:
            "Write the command so that it can be read (a literal path, a file of the build context, a lock that is committed), or allow it with a pragma and its reason.",
        bad: [
            .init("FROM debian:12.5\nARG TOOLS\nRUN «eval \"$TOOLS\"»\n"),
            .init("FROM debian:12.5\nRUN «composer install acme/tool»\n"),
            .init(
                context: ["requirements.txt": "flask==3.0.3\n"],
                "FROM python:3.11.9\nCOPY requirements.txt .\nRUN sed -i 's/==.*//' requirements.txt && pip install -r «requirements.txt»\n"
            ),
            .init("FROM python:3.11.9\nCMD pip install «flask» && python app.py\n"),
        ],
        good: [
            .init("FROM debian:12.5\nRUN ./configure && make && make install\n"),
            .init("FROM debian:12.5\nRUN eval \"$(ssh-agent)\"\n"),
        ])

    /// A warning at `exact`; at `hashed`, where everything has to be proved, an error.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .unreadCommand else { return nil }
        return PinJudgement(
            require == .hashed ? .error : .warning,
            "\(pin.title.drop { $0 == " " }) is not read: \(pin.reason ?? "it was not understood")")
    }
}
