import ArchiveReading

/// Why rows could not be read: one line for each thing.
package struct DataReadingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The sentences, each with the file and the line.
    package let reasons: [String]

    /// Creates an error from its sentences.
    package init(_ reasons: [String]) { self.reasons = reasons }

    /// Creates an error with one sentence.
    package init(_ reason: String) { reasons = [reason] }

    init(_ error: ArchiveReadingError) { self.init(error.description) }

    /// The sentences, a line each.
    package var description: String { reasons.joined(separator: "\n") }
}

/// Collects what is wrong with single rows, so that a person sees more than the first of them.
struct RowProblems {
    private static let maximumReasons = 20
    private let name: String
    private(set) var reasons: [String] = []

    init(name: String) { self.name = name }

    mutating func add(line: Int, _ reason: String) throws(DataReadingError) {
        reasons.append("\(name):\(line): \(reason)")
        if reasons.count >= Self.maximumReasons {
            throw DataReadingError(reasons + ["\(name): the rows after these were not read"])
        }
    }

    func finish() throws(DataReadingError) {
        if !reasons.isEmpty { throw DataReadingError(reasons) }
    }
}
