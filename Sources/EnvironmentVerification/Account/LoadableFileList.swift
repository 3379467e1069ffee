import ContainerImages
import ProgramStart
import SourceDocuments

extension LoadableFiles {
    /// The files, each once, of which each is made when it is asked for.
    struct Files: RandomAccessCollection {
        private struct Found {
            let node: Int32
            let directory: Int32
            let kind: Kind
            let origin: ImportPath.Origin
            let isShared: Bool
        }

        private let index: FileSystemIndex
        private var found: [Found] = []
        /// Whether a file is in the list, by its node.
        private var isAdded: [Bool]
        private var directories: [String] = []
        private var numbers: [ByteText: Int32] = [:]

        /// Starts without files.
        init(_ index: FileSystemIndex) {
            self.index = index
            isAdded = Array(repeating: false, count: index.nodeCount)
        }

        /// Adds a file that is not in the list.
        mutating func add(
            _ node: Int32, kind: Kind, origin: ImportPath.Origin, directory: String, isShared: Bool = false
        ) {
            guard !isAdded[Int(node)] else { return }
            isAdded[Int(node)] = true
            let key = ByteText(directory)
            let number = numbers[key] ?? Int32(clamping: directories.count)
            if number == directories.count {
                numbers[key] = number
                directories.append(directory)
            }
            found.append(Found(node: node, directory: number, kind: kind, origin: origin, isShared: isShared))
        }

        var startIndex: Int { 0 }
        var endIndex: Int { found.count }

        subscript(position: Int) -> File {
            let item = found[position]
            return File(
                entry: index.entry(at: item.node), kind: item.kind, origin: item.origin,
                directory: directories[Int(item.directory)], isShared: item.isShared)
        }
    }
}
