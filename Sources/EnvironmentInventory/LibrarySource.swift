/// Where the loader takes a shared library from that something asks for by its name.
package struct LibrarySource: Sendable, Hashable {
    /// Where it is.
    package enum Place: Sendable, Hashable {
        /// A file: its path without a leading slash, its digest, and the package that brings it, `apt libgomp1 12.2.0-14`.
        case file(path: String, sha256: Digest?, owner: String?)
        /// The environment does not have it and is not a whole system: the system below it has to.
        case outside
        /// The system does not have it.
        case missing
    }

    /// The name that is asked for, `libgomp.so.1`.
    package let name: String
    /// Where it is taken from.
    package let place: Place

    /// Creates a source.
    package init(name: String, place: Place) {
        self.name = name
        self.place = place
    }

    /// Whether a loader of a whole system answered: only then paths can be compared.
    package static func isWhole(_ sources: [LibrarySource]) -> Bool { !sources.contains { $0.place == .outside } }
}

extension LibrarySource: Comparable {
    /// Orders by name, then by path.
    package static func < (left: LibrarySource, right: LibrarySource) -> Bool {
        (left.name, left.path ?? "") < (right.name, right.path ?? "")
    }

    /// The path; nil where there is no file.
    package var path: String? { if case .file(let path, _, _) = place { path } else { nil } }
    /// The digest; nil where there is no file, or its bytes were not read.
    package var sha256: Digest? { if case .file(_, let digest, _) = place { digest } else { nil } }
    /// The package that brings it; nil where none does.
    package var owner: String? { if case .file(_, _, let owner) = place { owner } else { nil } }
}

/// One library that is taken from another place or version on the other side.
package struct LibraryDifference: Sendable, Hashable {
    /// The name that is asked for.
    package let name: String
    /// Where the left side takes it from: several files where packages have their own.
    package let left: [LibrarySource]
    /// Where the right side takes it from.
    package let right: [LibrarySource]

    /// Creates a difference.
    package init(name: String, left: [LibrarySource], right: [LibrarySource]) {
        self.name = name
        self.left = left
        self.right = right
    }

    /// Compares the libraries that both sides ask for; what one side does not hold itself is left out.
    ///
    /// Of two whole systems paths and bytes count; of an environment without its system only the bytes.
    package static func compare(_ left: [LibrarySource], _ right: [LibrarySource]) -> [LibraryDifference] {
        let countsPaths = LibrarySource.isWhole(left) && LibrarySource.isWhole(right)
        func key(_ source: LibrarySource) -> String {
            guard let path = source.path else { return "" }
            return (countsPaths ? path : "") + "\0" + (source.sha256?.hex ?? source.owner ?? path)
        }
        let other = Dictionary(grouping: right, by: \.name)
        return Dictionary(grouping: left, by: \.name).sorted { $0.key < $1.key }.compactMap { name, left in
            guard let right = other[name], !(left + right).contains(where: { $0.place == .outside }),
                Set(left.map(key)) != Set(right.map(key))
            else { return nil }
            return LibraryDifference(name: name, left: left.sorted(), right: right.sorted())
        }
    }
}
