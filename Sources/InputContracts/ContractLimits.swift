import SourceDocuments

/// How much of a contract is read.
package enum ContractLimits {
    /// The most columns of one contract.
    package static let maximumColumns = 100_000
    /// The most bytes of one signature.
    package static let maximumSignatureBytes = 64 << 20
    /// The most values of one categorical column.
    package static let maximumCategories = 1_000_000
}

extension SourceRange {
    /// The start of a line, the first being 1; nil without one.
    package init?(line: Int?) {
        guard let line, line > 0 else { return nil }
        let place = SourcePosition(line: line, column: 1)
        self.init(start: place, end: place)
    }
}
