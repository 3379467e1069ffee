import EnvironmentInventory

/// A Debian or Ubuntu package without a version.
package enum FloatingAptPackage: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "floating-apt-package",
        summary: "apt installs a package without a version, and no snapshot of the archive is set.",
        why:
            "The archive moves with every point release and every security update; tomorrow's build has other bytes.",
        help:
            "Install name=version, or set the package sources to a date of the distribution's snapshot service. With --require hashed that passes too, as no hash can be written there.",
        hadolint: ["DL3008"],
        bad: [
            .init(
                "FROM debian:12.5\nRUN apt-get update && apt-get install -y --no-install-recommends «curl» git=1:2.39.2-1.1\n"
            ),
            .init("FROM debian:12.5\nRUN apt-get install -y «curl=7.*»\n"),
        ],
        good: [
            .init("FROM debian:12.5\nRUN apt-get update && apt-get install -y curl=7.88.1-10+deb12u5\n"),
            .init("FROM debian:12.5\nRUN apt-get remove -y curl && echo apt-get install curl\n"),
        ])

    /// Floating is an error whatever is required.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .aptPackage, pin.strength == .floating else { return nil }
        return PinJudgement(.error, "\(pin.title) floats: \(pin.reason ?? "it has no version")")
    }
}
