/// A list that a reader found well-formed and left as text: most lists of a lock are never used.
package enum DeferredList: Sendable {
    /// Tables of strings and numbers.
    case tables(FlatTables)
    /// Scalars of a block sequence.
    case scalars(ScalarSequence)

    /// The elements as nodes.
    package var nodes: [DocumentNode] {
        switch self {
        case .tables(let tables): tables.nodes
        case .scalars(let scalars): scalars.nodes
        }
    }
}

/// A block sequence of YAML with scalars on one line each.
package struct ScalarSequence: Sendable {
    let text: SourceText
    /// The range from the first dash to the offset after the last line.
    let range: Range<Int>
    /// The column of the dashes, the first being 0.
    let column: Int

    /// The elements as nodes.
    var nodes: [DocumentNode] { YAMLBlockReader.elements(of: self) }
}
