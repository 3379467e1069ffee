import TestSupport
import Testing

@testable import DataProfiles

@Suite("The profile of a column")
struct ColumnProfileTests {
    @Test("completeness is the part of the rows that have a value")
    func completeness() {
        var column = ColumnProfile(name: "age")
        #expect(column.completeness == nil)
        (column.present, column.missing) = (3, 1)
        #expect(column.completeness == 0.75)
    }

    @Test("a column of values that are there once each is one of identifiers")
    func identifiers() {
        var column = ColumnProfile(name: "id")
        column.present = 30
        column.categories = CategorySummary(unique: 30, categories: (0..<30).map { .init(value: "\($0)", count: 1) })
        #expect(column.isIdentifier)
        column.categories?.categories[0].count = 2
        #expect(!column.isIdentifier)
        column.present = 3
        column.categories = CategorySummary(unique: 3, categories: (0..<3).map { .init(value: "\($0)", count: 1) })
        #expect(!column.isIdentifier)
    }
}

@Suite("Buckets of numbers")
struct NumberHistogramTests {
    @Test("edges are those of numpy.linspace, the upper end in the last bucket")
    func equalWidth() throws {
        var histogram = try #require(NumberHistogram.equalWidth(from: 0, to: 1))
        #expect(
            histogram.edges == [
                0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.5, 0.6000000000000001, 0.7000000000000001, 0.8, 0.9, 1,
            ])
        for value in [-5, 0, 0.05, 0.1, 0.3, 0.95, 1, 7] { histogram.add(value) }
        #expect(histogram.counts == [3, 1, 1, 0, 0, 0, 0, 0, 0, 3])
        #expect(histogram.isOutside(-5) && histogram.isOutside(7) && !histogram.isOutside(1))
    }

    @Test("a column of one value has one bucket without width")
    func constant() throws {
        let histogram = try #require(NumberHistogram.equalWidth(from: 3, to: 3))
        #expect(histogram.edges == [3, 3] && histogram.counts == [0])
        #expect(NumberHistogram.equalWidth(from: .nan, to: 1) == nil)
        #expect(NumberHistogram.equalWidth(from: 1, to: 0) == nil)
    }

    @Test("a range wider than the largest float has finite edges that ascend")
    func wide() throws {
        let most = Double.greatestFiniteMagnitude
        let histogram = try #require(NumberHistogram.equalWidth(from: -most, to: most))
        #expect(histogram.edges.allSatisfy { $0.isFinite })
        #expect(zip(histogram.edges, histogram.edges.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test("edges have to ascend and counts to be one a bucket")
    func refused() {
        #expect(NumberHistogram(edges: [0, 1], counts: []) == nil)
        #expect(NumberHistogram(edges: [0, 1, 0.5], counts: [1, 1]) == nil)
        #expect(NumberHistogram(edges: [0, .nan], counts: [1]) == nil)
        #expect(NumberHistogram(edges: [0, 1], counts: [1, 2]) == nil)
    }

    @Test("counts are spread evenly over other buckets, none is lost")
    func spread() throws {
        let one = try #require(NumberHistogram(edges: [0, 10, 20], counts: [10, 20]))
        let other = try #require(NumberHistogram(edges: [5, 10, 15, 18], counts: [0, 0, 0]))
        #expect(one.spread(over: other) == [10, 10, 10])
        #expect(one.spread(over: one) == [10, 20])
        let far = try #require(NumberHistogram(edges: [100, 200], counts: [0]))
        #expect(one.spread(over: far) == [30])
    }
}

@Suite("Quantiles of a stream")
struct QuantileSketchTests {
    @Test("few numbers give numpy's quantiles")
    func exact() {
        var sketch = QuantileSketch(capacity: 100)
        for value in [5, 1, 4, 2, 3, 6] { sketch.add(Double(value)) }
        #expect(sketch.isExact && sketch.rankError == 0)
        #expect(sketch.quantiles([0, 0.5, 0.25, 1]) == [1, 3.5, 2.25, 6])
        #expect(QuantileSketch(capacity: 64).quantiles([0.5]).isEmpty)
    }

    @Test("many numbers give quantiles within the error that is said")
    func many() {
        var sketch = QuantileSketch(capacity: 1000)
        var generator = SeededGenerator(seed: 11)
        var values = (0..<200_000).map { Double($0) }
        values.shuffle(using: &generator)
        for value in values { sketch.add(value) }
        #expect(!sketch.isExact && sketch.count == 200_000)
        #expect(sketch.rankError > 0 && sketch.rankError < 0.02)
        for part in [0.1, 0.5, 0.9] {
            let found = sketch.quantiles([part])[0]
            #expect(abs(found / 200_000 - part) <= sketch.rankError, "\(part): \(found)")
        }
    }
}
