/// The quantiles of numbers that are seen once: exact up to a number of values, then within a known error of rank.
///
/// Levels of a KLL sketch (https://arxiv.org/abs/1603.05346) that are compacted in turn from the even and the odd places in
/// place of a random one, so that the same values give the same answer.
package struct QuantileSketch: Sendable {
    /// Values of a level stand for 2 to the power of the level's index.
    private var levels: [[Double]] = [[]]
    private var takesOdd: [Bool] = [false]
    private let capacity: Int
    /// How many values were added.
    package private(set) var count = 0
    /// Whether every value is still there.
    package var isExact: Bool { levels.count == 1 }

    /// Creates a sketch that keeps so many values of each level.
    package init(capacity: Int) { self.capacity = max(capacity, 64) & ~1 }

    /// Adds a value.
    package mutating func add(_ value: Double) {
        count += 1
        levels[0].append(value)
        if levels[0].count > capacity { compact(0) }
    }

    private mutating func compact(_ start: Int) {
        var level = start
        while level < levels.count, levels[level].count > capacity {
            var values = levels[level]
            values.sort()
            // An odd number leaves one behind, so that the weights still add up.
            let last = values.count % 2 == 0 ? nil : values.popLast()
            let offset = takesOdd[level] ? 1 : 0
            takesOdd[level].toggle()
            if level + 1 == levels.count {
                levels.append([])
                takesOdd.append(false)
            }
            for index in stride(from: offset, to: values.count, by: 2) { levels[level + 1].append(values[index]) }
            levels[level] = last.map { [$0] } ?? []
            level += 1
        }
    }

    /// How far the rank of an answer may be off, as a part of all values; 0 when it is exact.
    package var rankError: Double {
        isExact ? 0 : min(Double(levels.count) / Double(capacity), 1)
    }

    /// Returns the values, ascending, when every one of them is still there.
    package var sortedValues: [Double]? { isExact ? levels[0].sorted() : nil }

    /// Returns the values at parts of the ranks, from 0 to 1, interpolated as numpy does; empty without values.
    package func quantiles(_ parts: [Double]) -> [Double] {
        guard count > 0 else { return [] }
        if let values = sortedValues { return parts.map { Self.interpolated(values, at: $0) } }
        var weighted: [(value: Double, weight: Int)] = []
        for (index, level) in levels.enumerated() {
            let weight = index < 62 ? 1 << index : Int.max
            weighted += level.map { ($0, weight) }
        }
        weighted.sort { $0.value < $1.value }
        return parts.map { part in
            let target = part * Double(count - 1)
            var rank = 0.0
            for entry in weighted {
                rank += Double(entry.weight)
                if rank > target { return entry.value }
            }
            return weighted.last?.value ?? 0
        }
    }

    /// The quantile of ascending values by linear interpolation.
    static func interpolated(_ values: [Double], at part: Double) -> Double {
        guard let last = values.last else { return 0 }
        let place = min(max(part, 0), 1) * Double(values.count - 1)
        guard let index = Int(exactly: place.rounded(.down)), index + 1 < values.count else { return last }
        let (low, high, rest) = (values[index], values[index + 1], place - place.rounded(.down))
        let distance = high - low
        guard distance.isFinite else { return low * (1 - rest) + high * rest }
        return rest < 0.5 ? low + distance * rest : high - distance * (1 - rest)
    }
}
