/// The severity from which on findings fail a check.
public enum FailureThreshold: String, Sendable, Hashable, CaseIterable {
    /// Errors.
    case error
    /// Warnings and errors.
    case warning
    /// Every finding.
    case note
    /// No finding.
    case never

    /// Returns whether one of the findings reaches the threshold.
    public func isReached(by findings: [Finding]) -> Bool {
        guard let severity = Severity(rawValue: rawValue) else { return false }
        return findings.contains { $0.severity >= severity }
    }
}
