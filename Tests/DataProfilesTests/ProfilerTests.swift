import SourceDocuments
import TestSupport
import Testing

@testable import DataProfiles

/// The profile of a text of rows.
func profile(_ text: String, file: String = "rows.csv", _ profiler: DataProfiler = DataProfiler()) throws
    -> DataProfiler.Profile
{
    let directory = TemporaryDirectory()
    return try profiler.profile(try DataTable(path: directory.write(file, Array(text.utf8))))
}

@Suite("The profile of rows")
struct ProfilerTests {
    @Test("numbers: mean, deviation of the population, median, zeros, buckets, quantiles")
    func numbers() throws {
        let made = try profile("n,f\n" + (0...9).map { "\($0),\(Double($0) / 4)\n" }.joined() + ",\n").baseline
        #expect(made.rows == 11)
        let column = try #require(made.column("n"))
        #expect(column.kind == .integer && column.present == 10 && column.missing == 1)
        let numbers = try #require(column.numbers)
        #expect(numbers.mean == 4.5 && numbers.median == 4.5 && numbers.minimum == 0 && numbers.maximum == 9)
        #expect(abs(numbers.standardDeviation - 2.8722813232690143) < 1e-15)
        #expect(numbers.zeros == 1)
        #expect(numbers.histogram?.counts == Array(repeating: 1, count: 10))
        #expect(numbers.quantiles?.counts == Array(repeating: 1, count: 10))
        #expect(numbers.quantiles?.edges.first == 0 && numbers.quantiles?.edges.last == 9)
        #expect(column.categories?.categories.count == 10)
        #expect(made.column("f")?.kind == .float)
    }

    @Test("text: how often each is there, the most frequent first")
    func texts() throws {
        let made = try profile("t,e\nb,\na,\nb,\nc,\nb,\nc,\n").baseline
        let column = try #require(made.column("t"))
        #expect(column.kind == .text && column.categories?.unique == 3)
        #expect(column.categories?.categories.map(\.value) == ["b", "c", "a"])
        #expect(column.categories?.categories.map(\.count) == [3, 2, 1])
        let empty = try #require(made.column("e"))
        #expect(empty.kind == .text && empty.present == 0 && empty.missing == 6 && empty.hasDistribution)
    }

    @Test("a number among texts is text, and it is said which row decides")
    func mixed() throws {
        let made = try profile("t\n1\nx\n2\n")
        #expect(made.baseline.column("t")?.categories?.categories.map(\.value) == ["1", "2", "x"])
        #expect(
            made.notes.count == 1
                && made.notes[0].hasSuffix("column 't' is text because of row 2, 'x'; 2 of its values are numbers"))
    }

    @Test("nested values and columns without a name are left out and named")
    func leftOut() throws {
        let nested = try profile("{\"a\": 1, \"b\": 2}\n{\"a\": {\"x\": 1}, \"b\": 3}\n")
        #expect(nested.baseline.columns.map(\.name) == ["b"])
        #expect(
            nested.unread.count == 1
                && nested.unread[0].hasSuffix("column 'a' is left out: row 2 has an object or a list in it"))
        let unnamed = try profile(",a\n0,1\n1,2\n")
        #expect(unnamed.baseline.columns.map(\.name) == ["a"] && unnamed.unread.isEmpty)
        #expect(unnamed.notes.count == 1 && unnamed.notes[0].hasSuffix("column 1 has no name and is left out"))
    }

    @Test(
        "what has no place in a histogram is refused",
        arguments: ["a\n1\ninf\n", "a\n1e999\n", "a\n1e308\n-1e308\n1e308\n"])
    func infinite(_ text: String) { #expect(throws: DataReadingError.self) { try profile(text) } }

    @Test("a file without rows is refused")
    func noRows() { #expect(throws: DataReadingError.self) { try profile("a,b\n") } }

    @Test("a value that all rows have")
    func constant() throws {
        let column = try #require(try profile("a\n0.5\n0.5\n0.5\n").baseline.column("a"))
        #expect(column.numbers?.histogram?.edges == [0.5, 0.5] && column.numbers?.histogram?.counts == [3])
        #expect(column.numbers?.standardDeviation == 0 && column.numbers?.mean == 0.5)
    }

    @Test("memory is bounded: what was not kept is said")
    func bounded() throws {
        var profiler = DataProfiler()
        profiler.maximumKeptNumbers = 64
        profiler.maximumCategories = 10
        let text = "n,t\n" + (0..<5000).map { "\($0),t\($0 % 40)\n" }.joined()
        let made = try profile(text, profiler)
        let numbers = try #require(made.baseline.column("n")?.numbers)
        #expect(numbers.histogram?.counts == Array(repeating: 500, count: 10))
        #expect(abs(numbers.median - 2500) < 700)
        #expect(abs(numbers.standardDeviation - 1443.3756441065507) < 1e-9)
        let texts = try #require(made.baseline.column("t")?.categories)
        #expect(texts.unique == nil && texts.categories.count == 10 && texts.others == 3750)
        #expect(made.notes.count == 2, "\(made.notes)")
    }

    @Test("a mean of large numbers near each other keeps its digits")
    func precision() throws {
        let text = "n\n" + (0..<1000).map { "1000000000000000.\($0 % 2 == 0 ? 0 : 5)\n" }.joined()
        let numbers = try #require(try profile(text).baseline.column("n")?.numbers)
        #expect(numbers.mean == 1_000_000_000_000_000.25 && numbers.standardDeviation == 0.25)
    }
}
