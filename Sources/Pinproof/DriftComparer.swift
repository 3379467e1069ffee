import DataProfiles
import EnvironmentInventory

/// Compares data, or another baseline, with a baseline.
package struct DriftComparer: Sendable {
    /// The bounds; empty for those that count where none is given.
    package var thresholds: [DataDrift.Threshold]

    /// Creates a comparer.
    package init(thresholds: [DataDrift.Threshold] = []) { self.thresholds = thresholds }

    /// Compares two files when the left one is a baseline; returns nil when it is something else.
    package func compare(_ left: String, _ right: String) async throws(ProfileError) -> DataDrift? {
        guard isRegularFile(left) else { return nil }
        return try await runJob(ProfileError.self) { [thresholds] cancellation throws(InputError) in
            guard let baseline = try Self.baseline(left) else { return nil }
            let meter = DriftMeter(thresholds: thresholds.isEmpty ? DataDrift.defaultThresholds : thresholds)
            guard exists(right) else { throw InputError("\(right): there is no such file or directory") }
            if let other = try Self.baseline(right) { return meter.compare(baseline, with: other) }
            return try InputError.wrapping { () throws(DataReadingError) in
                try meter.compare(baseline, with: try DataTable(path: right, cancellation: cancellation))
            }
        }
    }

    /// The baseline that a file is; nil when it is something else.
    private static func baseline(_ path: String) throws(InputError) -> Baseline? {
        switch try InputError.wrapping({ () throws(BaselineError) in try BaselineReader.read(path: path) }) {
        case .baseline(let baseline): return baseline
        // A pickle that names NannyML may be a model.
        case .unread(tool: "NannyML"), .other: return nil
        case .unread(let tool): throw InputError("\(path): the statistics of \(tool) are recognised but not read")
        }
    }
}
