import EnvironmentInventory

/// A package of an RPM distribution without a version.
package enum FloatingRpmPackage: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "floating-rpm-package",
        summary: "yum, dnf, microdnf, tdnf or zypper installs a package without a version.",
        why: "The repositories move; tomorrow's build has other bytes.",
        help:
            "Name version and release: name-1.2.3-4.el9. With --require hashed that passes too, as no hash can be written there.",
        hadolint: ["DL3033", "DL3037", "DL3041"],
        bad: [
            .init("FROM rockylinux:9.3\nRUN dnf install -y «git» curl-7.76.1-29.el9\n")
        ],
        good: [
            .init("FROM rockylinux:9.3\nRUN dnf install -y git-2.43.5-1.el9 && dnf clean all\n")
        ])

    /// Floating is an error whatever is required.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .rpmPackage else { return nil }
        switch pin.strength {
        case .floating:
            return PinJudgement(.error, "\(pin.title) floats: \(pin.reason ?? "it has no version")")
        default: return nil
        }
    }
}
