import EnvironmentInventory
import TestSupport
import Testing

@testable import DataProfiles

/// Histograms, quantiles and the comparison of columns, held against what numpy says and against conservation.
@Suite("Distributions")
struct DistributionTests {
    /// `numpy.quantile(values, part)`
    @Test(
        "numpy's quantiles",
        arguments: [
            ([1.0, 2, 3, 4], 0.25, 1.75), ([1, 2, 3, 4], 0.5, 2.5), ([1, 2, 3, 4], 1, 4), ([1, 2, 3, 4], 0, 1),
            ([5], 0.3, 5), ([1, 10], 0.1, 1.9), ([0, 1, 100], 0.75, 50.5),
            // Outside of 0 to 1 the ends count.
            ([1, 2], -1, 1), ([1, 2], 2, 2),
        ] as [([Double], Double, Double)])
    func quantiles(_ values: [Double], _ part: Double, _ expected: Double) {
        #expect(QuantileSketch.interpolated(values, at: part) == expected)
    }

    @Test("between the ends of the floats a quantile is finite; without values there is none")
    func extremes() {
        let found = QuantileSketch.interpolated([-.greatestFiniteMagnitude, .greatestFiniteMagnitude], at: 0.5)
        #expect(found == 0)
        #expect(QuantileSketch.interpolated([], at: 0.5) == 0)
    }

    @Test("the same numbers in the same order give the same quantiles, and none is lost")
    func sketch() {
        var random = SeededGenerator(seed: 11)
        let values = (0..<5000).map { _ in Double.random(in: 0...1, using: &random) }
        func quantiles() -> [Double] {
            var sketch = QuantileSketch(capacity: 1)
            for value in values { sketch.add(value) }
            #expect(sketch.count == 5000 && !sketch.isExact && sketch.sortedValues == nil)
            return sketch.quantiles([0, 0.1, 0.5, 0.9, 1])
        }
        let found = quantiles()
        #expect(found == quantiles())
        #expect(zip(found, found.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(found.allSatisfy { values.contains($0) })
    }

    @Test("spread counts keep their sum, whatever the buckets are", arguments: 1...20)
    func conservation(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func histogram() throws -> NumberHistogram {
            let count = Int.random(in: 1...8, using: &random)
            let edges = (0...count).map { _ in Double.random(in: -10...10, using: &random).rounded() }.sorted()
            let counts = (0..<count).map { _ in Double(Int.random(in: 0...9, using: &random)) }
            return try #require(NumberHistogram(edges: edges, counts: counts))
        }
        let (one, other) = (try histogram(), try histogram())
        let spread = one.spread(over: other)
        #expect(spread.count == other.counts.count && spread.allSatisfy { $0 >= 0 })
        #expect(abs(spread.reduce(0, +) - one.total) < 1e-9)
    }

    @Test(
        "the bucket of a value",
        arguments: [(-1.0, 0), (0, 0), (0.5, 0), (1, 1), (1.5, 1), (2, 2), (3, 2), (9, 2)])
    func buckets(_ value: Double, _ bucket: Int) throws {
        let histogram = try #require(NumberHistogram(edges: [0, 1, 2, 3], counts: [0, 0, 0]))
        #expect(histogram.bucket(of: value) == bucket)
        #expect(histogram.isOutside(value) == !(0...3).contains(value))
    }

    @Test("NaN is outside of every range; edges agree but for rounding")
    func edges() throws {
        let histogram = try #require(NumberHistogram(edges: [0, 0.3, 0.6], counts: [1, 1]))
        #expect(histogram.isOutside(.nan))
        let rounded = try #require(NumberHistogram(edges: [0, 0.1 + 0.2, 0.6], counts: [5, 5]))
        #expect(histogram.hasEdges(of: rounded))
        #expect(!histogram.hasEdges(of: try #require(NumberHistogram(edges: [0, 0.31, 0.6], counts: [5, 5]))))
        #expect(!histogram.hasEdges(of: try #require(NumberHistogram(edges: [0, 0.6], counts: [5]))))
    }

    // MARK: Baselines against each other

    private static func number(_ name: String, _ edges: [Double], _ counts: [Double]) throws -> ColumnProfile {
        var column = ColumnProfile(name: name, kind: .float)
        column.present = Int(counts.reduce(0, +))
        let (low, high) = (try #require(edges.first), try #require(edges.last))
        column.numbers = NumberSummary(
            mean: low, standardDeviation: 0, minimum: low, maximum: high, median: low)
        column.numbers?.histogram = NumberHistogram(edges: edges, counts: counts)
        return column
    }

    private static func compare(_ left: ColumnProfile, _ right: ColumnProfile) -> DataDrift {
        var (one, other) = (
            Baseline(file: "one", format: .statisticsList), Baseline(file: "other", format: .statisticsList)
        )
        (one.columns, other.columns) = ([left], [right])
        return DriftMeter().compare(one, with: other)
    }

    @Test(
        "one value in the baseline, and a histogram beside it: all of it is another value",
        arguments: [([0.0, 1, 5], "below"), ([20, 21, 25], "above"), ([9, 9.5, 9.9], "just below")])
    func constants(_ edges: [Double], _ place: String) throws {
        let found = Self.compare(
            try Self.number("c", [10, 10], [100]), try Self.number("c", edges, [60, 40]))
        let column = try #require(found.columns.first)
        #expect(column.lInfinity == 1 && column.jensenShannon == 1, "\(place)")
        // Two buckets, of which each side has one: 2 * (1 - floor) * ln(1 / floor).
        #expect(abs(column.psi - 18.41883867587797) < 1e-9, "\(place): \(column.psi)")
        #expect(
            found.problems.map(\.message) == [
                "some values are outside of the baseline's only value, 10",
                "the buckets of the two differ: its counts were spread evenly over the baseline's",
            ])
    }

    @Test("one value on both sides is the same or another one")
    func constantAgainstConstant() throws {
        let same = Self.compare(try Self.number("c", [10, 10], [100]), try Self.number("c", [10, 10], [7]))
        #expect(same.columns.first?.psi == 0 && same.problems.isEmpty)
        let other = Self.compare(try Self.number("c", [10, 10], [100]), try Self.number("c", [11, 11], [7]))
        #expect(other.columns.first?.lInfinity == 1)
        #expect(
            other.problems.map(\.message) == ["7 of 7 values are outside of the baseline's only value, 10"])
    }

    @Test("kinds that cannot be compared, and columns of one side, are named")
    func problems() throws {
        var text = ColumnProfile(name: "c")
        text.present = 3
        text.categories = CategorySummary(unique: 1, categories: [.init(value: "x", count: 3)])
        let number = try Self.number("c", [0, 1], [3])
        func messages(_ left: ColumnProfile, _ right: ColumnProfile) -> [String] {
            Self.compare(left, right).problems.map { "\($0.kind.rawValue): \($0.message)" }
        }
        #expect(messages(number, text) == ["other-type: FLOAT in the baseline, and STRING in the other one"])
        #expect(messages(text, number) == ["other-type: STRING in the baseline, and FLOAT in the other one"])
        var unknown = number
        unknown.numbers = nil
        #expect(messages(number, unknown) == ["no-distribution: other has no distribution of it"])
        #expect(messages(unknown, number) == ["no-distribution: the baseline has no distribution of it"])
        var elsewhere = number
        elsewhere.name = "d"
        #expect(
            messages(number, elsewhere) == [
                "missing-column: the baseline has it, and the data does not",
                "new-column: the baseline does not have it: it was not compared",
            ])
    }

    @Test("what a problem makes of the whole")
    func kindsOfProblems() {
        let kinds: [DataDrift.Problem.Kind] = [
            .missingColumn, .newColumn, .otherType, .noDistribution, .newCategory, .notNumbers, .outsideRange,
            .spreadCounts, .identifier, .nestedValue,
        ]
        #expect(kinds.filter(\.isDifference) == [.missingColumn, .otherType])
        #expect(kinds.filter(\.isUndecided) == [.noDistribution, .nestedValue])
        var drift = DataDrift(baseline: "b", baselineRows: nil, data: "d", dataRows: nil)
        #expect(!drift.isDecided && !drift.differs)
        drift.columns = [.init(column: "a", psi: 0, jensenShannon: 0, lInfinity: 0)]
        #expect(drift.isDecided && !drift.differs)
        drift.columns[0].above = true
        #expect(drift.differs)
    }

    @Test("a bound is passed by what is greater, not by what is equal")
    func bounds() throws {
        let (left, right) = (try Self.number("c", [0, 1, 2], [50, 50]), try Self.number("c", [0, 1, 2], [60, 40]))
        var (one, other) = (
            Baseline(file: "one", format: .statisticsList), Baseline(file: "other", format: .statisticsList)
        )
        (one.columns, other.columns) = ([left], [right])
        let found = try #require(DriftMeter().compare(one, with: other).columns.first)
        for measure in DataDrift.Measure.allCases {
            let value = found.value(measure)
            #expect(value > 0)
            #expect(!DriftMeter(thresholds: [.init(measure, value)]).compare(one, with: other).differs)
            #expect(DriftMeter(thresholds: [.init(measure, value.nextDown)]).compare(one, with: other).differs)
        }
        #expect(!DriftMeter(thresholds: []).compare(one, with: other).differs)
    }

    @Test("identical columns of identifiers compare missing values only")
    func identifiers() throws {
        var column = ColumnProfile(name: "id")
        column.present = 20
        column.categories = CategorySummary(
            unique: 20, categories: (0..<20).map { .init(value: "v\($0)", count: 1) })
        var other = ColumnProfile(name: "id")
        (other.present, other.missing) = (10, 10)
        other.categories = CategorySummary(
            unique: 10, categories: (0..<10).map { .init(value: "w\($0)", count: 1) })
        let found = Self.compare(column, other)
        #expect(found.problems.map(\.kind) == [.identifier])
        #expect(found.columns.first?.lInfinity == 0.5)
    }
}
