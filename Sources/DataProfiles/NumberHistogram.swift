/// Counts of numbers in buckets that follow each other.
///
/// A bucket holds its lower edge and not its upper one; the last bucket holds both, as in numpy
/// (https://numpy.org/doc/stable/reference/generated/numpy.histogram.html).
package struct NumberHistogram: Sendable, Hashable {
    /// The edges, ascending, one more than there are buckets.
    package let edges: [Double]
    /// The counts, one a bucket.
    package var counts: [Double]

    /// Creates a histogram; nil when there is no bucket, when the counts are not one a bucket, or when the edges do not ascend.
    package init?(edges: [Double], counts: [Double]) {
        guard !counts.isEmpty, edges.count == counts.count + 1, zip(edges, edges.dropFirst()).allSatisfy({ $0 <= $1 })
        else { return nil }
        self.edges = edges
        self.counts = counts
    }

    /// How many buckets a profile has.
    package static let bucketCount = 10

    /// Creates empty buckets of equal width from the least value to the greatest one, with the edges of numpy.linspace.
    ///
    /// One bucket without width holds a column of one value.
    package static func equalWidth(from low: Double, to high: Double) -> NumberHistogram? {
        guard low.isFinite, high.isFinite, low <= high else { return nil }
        if low == high { return NumberHistogram(edges: [low, high], counts: [0]) }
        let count = bucketCount
        // A range wider than the largest float is cut in halves first.
        let step = high / Double(count) - low / Double(count)
        let exact = (high - low) / Double(count)
        let width = exact.isFinite ? exact : step
        var edges = (0..<count).map { Double($0) * width + low }
        edges.append(high)
        // Between neighbouring floats rounding may pass the end.
        for index in edges.indices where edges[index] > high { edges[index] = high }
        return NumberHistogram(edges: edges, counts: Array(repeating: 0, count: count))
    }

    /// The sum of the counts.
    package var total: Double { counts.reduce(0, +) }

    /// Returns the bucket of a value; one below all of them is in the first, one above all of them in the last.
    package func bucket(of value: Double) -> Int {
        var low = 0
        var high = counts.count
        // The last bucket whose lower edge is not greater.
        while high - low > 1 {
            let middle = (low + high) / 2
            if edges[middle] <= value { low = middle } else { high = middle }
        }
        return low
    }

    /// Counts a value.
    package mutating func add(_ value: Double) { counts[bucket(of: value)] += 1 }

    /// Whether a value is below or above all buckets.
    package func isOutside(_ value: Double) -> Bool {
        guard let low = edges.first, let high = edges.last else { return true }
        return !(value >= low && value <= high)
    }

    /// Whether the edges are those of another histogram, but for rounding.
    package func hasEdges(of other: NumberHistogram) -> Bool {
        guard edges.count == other.edges.count, let low = edges.first, let high = edges.last else { return false }
        let slack = 1e-9 * (high / 2 - low / 2)
        return zip(edges, other.edges).allSatisfy { abs($0 - $1) <= slack || $0 == $1 }
    }

    /// Returns the counts of this histogram in the buckets of another one: each count is spread evenly over its bucket.
    package func spread(over other: NumberHistogram) -> [Double] {
        if hasEdges(of: other) { return counts }
        var result = Array(repeating: 0.0, count: other.counts.count)
        for index in counts.indices where counts[index] > 0 {
            let (low, high) = (edges[index], edges[index + 1])
            let first = other.bucket(of: low)
            // An upper edge is not in its bucket, but in the last one.
            let last = max(first, other.bucket(of: high))
            let width = high - low
            guard width > 0, width.isFinite, first < last else {
                result[first] += counts[index]
                continue
            }
            var left = counts[index]
            for bucket in first..<last {
                let end = min(max(other.edges[bucket + 1], low), high)
                let start = bucket == first ? low : min(max(other.edges[bucket], low), high)
                let part = min(counts[index] * ((end - start) / width), left)
                result[bucket] += part
                left -= part
            }
            result[last] += left
        }
        return result
    }
}
