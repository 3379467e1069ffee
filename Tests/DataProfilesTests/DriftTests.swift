import EnvironmentInventory
import TestSupport
import Testing

@testable import DataProfiles

/// The drift from rows to other rows, both CSV.
private func drift(
    _ left: String, _ right: String, _ thresholds: [DataDrift.Threshold] = DataDrift.defaultThresholds
) throws -> DataDrift {
    let directory = TemporaryDirectory()
    let table = try DataTable(path: directory.write("data.csv", Array(right.utf8)))
    return try DriftMeter(thresholds: thresholds).compare(try profile(left).baseline, with: table)
}

private func classes(_ parts: [(String, Int)]) -> String {
    "c\n" + parts.map { String(repeating: $0.0 + "\n", count: $0.1) }.joined()
}

@Suite("Drift")
struct DriftTests {
    @Test("70 to 95 percent of one class is above psi=0.2")
    func seedCase() throws {
        let found = try drift(classes([("ok", 700), ("fraud", 300)]), classes([("ok", 950), ("fraud", 50)]))
        let column = try #require(found.columns.first)
        #expect(abs(column.psi - 0.5242856) < 1e-6 && abs(column.lInfinity - 0.25) < 1e-12 && column.above)
        #expect(found.differs && found.isDecided && found.problems.isEmpty)
    }

    @Test("the same distribution is not", arguments: [1, 2, 3])
    func resamples(_ seed: Int) throws {
        func rows(_ seed: Int) -> String {
            var generator = SeededGenerator(seed: UInt64(seed))
            return "n,c,i\n"
                + (0..<2000).map { row in
                    let sum = (0..<6).reduce(0) { total, _ in total + generator.next(0...1000) }
                    let missing = generator.next(0...50) == 0
                    return
                        "\(missing ? "" : String(sum)),\(["a", "b", "c", "c"][generator.next(0...3)]),\(seed)-\(row)\n"
                }.joined()
        }
        let found = try drift(rows(0), rows(seed))
        #expect(!found.differs && found.isDecided, "\(found)")
        #expect(found.columns.map(\.column) == ["n", "c", "i"])
        #expect(found.problems.contains { $0.kind == .identifier && $0.column == "i" })
    }

    @Test("measures and bounds")
    func bounds() throws {
        let (left, right) = (classes([("a", 60), ("b", 40)]), classes([("a", 50), ("b", 50)]))
        #expect(try !drift(left, right).differs)
        #expect(try drift(left, right, [.init(.linf, 0.09)]).differs)
        #expect(try !drift(left, right, [.init(.linf, 0.11)]).differs)
        #expect(try drift(left, right, [.init(.psi, 0.2), .init(.js, 0.005)]).differs)
    }

    @Test("distances equal numbers computed by hand")
    func distances() throws {
        let found = try #require(Distance.measure(column: "c", baseline: [3, 1, 0], data: [1, 1, 2]))
        // p = 0.75 0.25 0, q = 0.25 0.25 0.5
        #expect(abs(found.psi - 4.807051020723032) < 1e-12)
        #expect(abs(found.jensenShannon - 0.3443609377704336) < 1e-12)
        #expect(found.lInfinity == 0.5)
        #expect(Distance.measure(column: "c", baseline: [0], data: [1]) == nil)
        #expect(Distance.measure(column: "c", baseline: [1], data: [1, 2]) == nil)
    }

    @Test("values outside go to the end buckets and are named; missing ones have a bucket of their own")
    func outside() throws {
        let left = "n\n" + (0..<100).map { "\($0)\n" }.joined()
        let found = try drift(left, "n\n" + String(repeating: "-5\n1e9\n\"\"\n1\n", count: 25))
        let column = try #require(found.columns.first)
        // p = 10 x 0.1, 0; q = 0.5 (-5 and 1), 8 x 0, 0.25 (1e9), 0.25
        #expect(abs(column.lInfinity - 0.4) < 1e-12 && column.above)
        #expect(found.problems.map(\.kind) == [.outsideRange])
        #expect(found.problems[0].message == "50 of 75 values are outside of the baseline's range, 0 to 99")
    }

    @Test("a column of one value: values beside it are seen")
    func constant() throws {
        let found = try drift(
            "n\n" + String(repeating: "0.5\n", count: 50), "n\n" + String(repeating: "0.5001\n0.5\n", count: 25))
        #expect(found.columns.first?.lInfinity == 0.5)
        #expect(found.differs)
    }

    @Test("new categories are named; many rare ones count together")
    func newCategories() throws {
        let found = try drift(classes([("a", 100)]), classes([("a", 50), ("b", 30), ("c", 20)]))
        #expect(found.problems.map(\.message) == ["the baseline does not have 'b' (30), 'c' (20)"])
        #expect(found.columns[0].lInfinity == 0.5)
        let rare = try drift(classes([("a", 20_000)]), "c\n" + (0..<20_000).map { "x\($0)\n" }.joined())
        #expect(
            rare.columns[0].psi > 9 && rare.columns[0].lInfinity == 1 && abs(rare.columns[0].jensenShannon - 1) < 1e-12)
    }

    @Test("a column that is missing, of another type or new is named")
    func otherColumns() throws {
        let found = try drift("a,b,c\n1,2,x\n3,4,y\n", "b,d,c\nu,1,x\nv,2,y\n")
        #expect(found.problems.map(\.kind) == [.missingColumn, .otherType, .newColumn])
        #expect(found.problems.map(\.column) == ["a", "b", "d"])
        #expect(found.columns.map(\.column) == ["c"] && found.differs)
        let some = try drift("b\n1\n2\n3\n", "b\n1\nx\n3\n")
        #expect(some.problems.map(\.kind) == [.notNumbers] && some.columns.count == 1)
    }

    @Test("numbers as text are compared as text; a nested value is undecided")
    func otherForms() throws {
        let directory = TemporaryDirectory()
        let baseline = try profile("c\nx\n1\n1\n2\n").baseline
        func compare(_ text: String) throws -> DataDrift {
            try DriftMeter().compare(
                baseline, with: try DataTable(path: directory.write("d.jsonl", Array(text.utf8))))
        }
        #expect(try compare("{\"c\": 1}\n{\"c\": \"1\"}\n{\"c\": \"x\"}\n{\"c\": 2}\n").columns[0].psi == 0)
        let nested = try compare("{\"c\": 1}\n{\"c\": [1]}\n")
        #expect(nested.problems.map(\.kind) == [.nestedValue] && !nested.isDecided && !nested.differs)
    }
}

@Suite("Drift between baselines")
struct BaselineDriftTests {
    private func compare(_ left: String, _ right: String) throws -> DataDrift {
        DriftMeter().compare(try profile(left).baseline, with: try profile(right).baseline)
    }

    @Test("equal to the drift of the rows where values are counted")
    func discrete() throws {
        let left = "n,c\n" + (0..<200).map { "\($0 % 10),\($0 % 3 == 0 ? "a" : "b")\n" }.joined()
        let right = "n,c\n" + (0..<150).map { "\($0 % 12),\($0 % 5 == 0 ? "a" : "b")\n" }.joined()
        let (one, other) = (try compare(left, right), try drift(left, right))
        #expect(one.columns == other.columns)
        #expect(one.problems.map(\.kind) == [.outsideRange])
    }

    @Test("counts of other buckets are spread, which is said; the same rows have no distance")
    func continuous() throws {
        func rows(_ factor: Double) -> String { "n\n" + (0..<1000).map { "\(Double($0) * factor)\n" }.joined() }
        #expect(try compare(rows(0.001), rows(0.001)).columns[0].psi == 0)
        let found = try compare(rows(0.001), rows(0.0011))
        #expect(found.problems.map(\.kind) == [.outsideRange, .spreadCounts])
        #expect(found.columns[0].psi > 0 && !found.differs)
    }

    @Test("types, and columns without a distribution")
    func kinds() throws {
        let found = try compare("a,b\n1,x\n2,y\n", "a,b\nu,1\nv,2\n")
        #expect(found.problems.map(\.kind) == [.otherType, .newCategory])
        var left = try profile("a\n1\n2\n").baseline
        left.columns[0].numbers = nil
        let none = DriftMeter().compare(left, with: try profile("a\n1\n2\n").baseline)
        #expect(none.problems.map(\.kind) == [.noDistribution] && !none.isDecided)
    }
}
