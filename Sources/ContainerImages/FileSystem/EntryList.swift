/// Entries of a file system, of which each is made when it is asked for: it takes forty times the place of its number.
package struct EntryList: RandomAccessCollection, Sendable {
    /// The file system.
    package let files: FileSystemIndex
    /// The numbers of the entries.
    package private(set) var nodes: [Int32] = []

    /// Starts without entries.
    package init(_ files: FileSystemIndex) { self.files = files }

    /// The position of the first entry.
    package var startIndex: Int { 0 }
    /// The position behind the last entry.
    package var endIndex: Int { nodes.count }

    /// The entry at a position.
    package subscript(position: Int) -> FileSystemIndex.Entry { files.entry(at: nodes[position]) }

    /// Adds the entry of a number.
    package mutating func append(_ node: Int32) { nodes.append(node) }
}
