/// The severity from which on findings fail a check.
public enum FailureThreshold: Sendable, Hashable {
    /// This severity and those above it.
    case at(Severity)
    /// No finding does.
    case never

    /// Whether a finding reaches the threshold.
    public func isReached(by findings: [Finding]) -> Bool {
        switch self {
        case .never: false
        case .at(let severity): findings.contains { $0.severity >= severity }
        }
    }
}

extension FailureThreshold: RawRepresentable, CaseIterable {
    /// Every threshold, the highest severity first.
    public static let allCases: [FailureThreshold] = [.at(.error), .at(.warning), .at(.note), .never]

    /// Creates a threshold from `error`, `warning`, `note` or `never`.
    public init?(rawValue: String) {
        if rawValue == "never" {
            self = .never
        } else if let severity = Severity(rawValue: rawValue) {
            self = .at(severity)
        } else {
            return nil
        }
    }

    /// `error`, `warning`, `note` or `never`.
    public var rawValue: String {
        switch self {
        case .at(let severity): severity.rawValue
        case .never: "never"
        }
    }
}
