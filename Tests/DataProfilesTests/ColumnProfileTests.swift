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
}
