import EnvironmentInventory

/// An Alpine package without a version.
package enum FloatingApkPackage: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "floating-apk-package",
        summary: "apk adds a package without a version.",
        why:
            "A branch of Alpine holds one build of each package and replaces it; tomorrow's build has other bytes.",
        help:
            "Name the version: name=1.2.3-r0. With --require hashed that passes too, as no hash can be written there.",
        hadolint: ["DL3018"],
        bad: [
            .init("FROM alpine:3.20.1\nRUN apk add --no-cache «curl» git=2.45.2-r0 «musl~1.2»\n")
        ],
        good: [
            .init("FROM alpine:3.20.1\nRUN apk add --virtual .build curl=8.9.0-r0\n")
        ])

    /// Floating is an error whatever is required.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .apkPackage else { return nil }
        switch pin.strength {
        case .floating:
            return PinJudgement(.error, "\(pin.title) floats: \(pin.reason ?? "it has no version")")
        default: return nil
        }
    }
}
