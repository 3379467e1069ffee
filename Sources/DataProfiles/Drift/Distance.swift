import EnvironmentInventory
internal import Glibc

/// How far two distributions over the same buckets are apart.
package enum Distance {
    /// A part below this counts as this in the population stability index, which would be infinite otherwise.
    package static let floor = 0.0001

    /// Returns the three distances of counts in the same buckets; nil when one side has no counts.
    package static func measure(
        column: String, baseline: [Double], data: [Double]
    ) -> DataDrift.Column? {
        let (all, others) = (baseline.reduce(0, +), data.reduce(0, +))
        guard baseline.count == data.count, all > 0, others > 0 else { return nil }
        var (psi, js, largest) = (0.0, 0.0, 0.0)
        for (one, other) in zip(baseline, data) {
            let (p, q) = (one / all, other / others)
            let (high, low) = (max(p, floor), max(q, floor))
            psi += (high - low) * log(high / low)
            let middle = (p + q) / 2
            if p > 0 { js += p * log2(p / middle) / 2 }
            if q > 0 { js += q * log2(q / middle) / 2 }
            largest = max(largest, abs(p - q))
        }
        return DataDrift.Column(column: column, psi: psi, jensenShannon: max(js, 0), lInfinity: largest)
    }
}
