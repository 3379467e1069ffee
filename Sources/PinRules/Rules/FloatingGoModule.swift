import EnvironmentInventory

/// A Go module without one version.
package enum FloatingGoModule: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "floating-go-module",
        summary: "go install, go get or go run takes a module at latest, at a branch or at nothing.",
        why: "Another commit is built tomorrow.",
        help: "Name a version: module@v1.2.3; the checksum database then holds its hash.",
        hadolint: ["DL3062"],
        bad: [
            .init("FROM golang:1.22.5\nRUN go install «golang.org/x/tools/gopls@latest»\n")
        ],
        good: [
            .init("FROM golang:1.22.5\nRUN go install golang.org/x/tools/gopls@v0.16.1 && go build ./...\n")
        ])

    /// Floating is an error whatever is required.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .goModule else { return nil }
        switch pin.strength {
        case .floating:
            return PinJudgement(.error, "\(pin.title) floats: \(pin.reason ?? "it has no version")")
        default: return nil
        }
    }
}
