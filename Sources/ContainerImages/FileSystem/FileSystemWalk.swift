internal import Glibc

extension FileSystemIndex {
    /// Walks over all entries, in byte order of the whole paths: `a`, `a-b`, `a/c`. Two walks can go side by side.
    package struct Walk {
        /// A folder whose entries are passed.
        private struct Folder {
            var next: Int
            let end: Int
            /// How many bytes the path has with the slash behind it.
            let pathCount: Int
            /// How many of its folders were passed and not gone into yet.
            var waiting = 0

            init(_ children: Range<Int>, pathCount: Int) {
                next = children.lowerBound
                end = children.upperBound
                self.pathCount = pathCount
            }
        }

        private let files: FileSystemIndex
        private var folders: [Folder]
        /// The folders that were passed and not gone into yet: a name that goes on with a byte below the slash comes first.
        private var waiting: [Int32] = []
        /// The node that ``next()`` went to.
        package private(set) var node: Int32 = 0
        /// The path's bytes of the entry that ``next()`` went to.
        package private(set) var path: [UInt8] = []
        /// Whether a directory stands there with something in it.
        package private(set) var isFilled = false

        fileprivate init(_ files: FileSystemIndex) {
            self.files = files
            folders = [Folder(files.childRange(of: 0), pathCount: 0)]
        }

        /// Goes to the next entry; false behind the last one.
        package mutating func next() -> Bool {
            while let folder = folders.last {
                guard folder.next < folder.end else {
                    if folder.waiting > 0 { enter() } else { folders.removeLast() }
                    continue
                }
                let child = files.child(at: folder.next)
                let name = files.tree.names.name(of: child)
                if folder.waiting > 0, let directory = waiting.last, !comesBeforeEntries(name, of: directory) {
                    enter()
                    continue
                }
                path.removeLast(path.count - folder.pathCount)
                path.append(contentsOf: name)
                node = child
                isFilled = files.tree.isDirectory(child) && !files.childRange(of: child).isEmpty
                folders[folders.count - 1].next += 1
                if isFilled {
                    waiting.append(child)
                    folders[folders.count - 1].waiting += 1
                }
                return true
            }
            return false
        }

        /// Goes into the folder that was passed last.
        private mutating func enter() {
            guard let directory = waiting.popLast() else { return }
            let last = folders.count - 1
            folders[last].waiting -= 1
            path.removeLast(path.count - folders[last].pathCount)
            path.append(contentsOf: files.tree.names.name(of: directory))
            path.append(UInt8(ascii: "/"))
            folders.append(Folder(files.childRange(of: directory), pathCount: path.count))
        }

        /// Whether a name that comes behind that of a directory comes before what the directory holds.
        private func comesBeforeEntries(_ name: ArraySlice<UInt8>, of directory: Int32) -> Bool {
            let known = files.tree.names.name(of: directory)
            return name.count > known.count && name[name.startIndex + known.count] < UInt8(ascii: "/")
                && name.starts(with: known)
        }

        /// The entry.
        package var entry: Entry { files.entry(node, path) }

        /// Whether this entry and that of another walk have the same type, content, owner, mode and attributes.
        package func isSame(as other: Walk) -> Bool {
            let (left, right) = (files.tree.nodes[Int(node)], other.files.tree.nodes[Int(other.node)])
            // Linux keeps no modes of links.
            guard left.mode == right.mode || (files.tree.isLink(node) && other.files.tree.isLink(other.node)),
                left.uid == right.uid, left.gid == right.gid,
                files.tree.attributes[node] ?? [:] == other.files.tree.attributes[other.node] ?? [:]
            else { return false }
            switch (left.kind, right.kind) {
            case (.file(let one), .file(let two)):
                let (one, two) = (files.content(one), other.files.content(two))
                return one?.sha256 == two?.sha256 && one?.size == two?.size
            case (.symbolicLink(let one), .symbolicLink(let two)), (.other(let one), .other(let two)):
                return files.target(one) == other.files.target(two)
            case (.directory, .directory): return true
            default: return false
            }
        }

        /// Less than 0 where this entry comes before that of another walk, more where it comes behind it, 0 for one path.
        package func order(to other: Walk) -> Int {
            path.withUnsafeBytes { left in
                other.path.withUnsafeBytes { right in
                    let count = min(left.count, right.count)
                    guard count > 0, let one = left.baseAddress, let two = right.baseAddress else {
                        return left.count - right.count
                    }
                    let order = memcmp(one, two, count)
                    return order == 0 ? left.count - right.count : Int(order)
                }
            }
        }
    }

    /// Starts a walk over all entries.
    package var walk: Walk { Walk(self) }
}
