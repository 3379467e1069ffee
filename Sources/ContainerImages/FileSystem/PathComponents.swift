/// The components of a path that are still to be walked, those of links that were met on the way first.
struct PathComponents {
    /// The innermost rest; what lies behind a link waits in ``outer``.
    private var rest: ArraySlice<UInt8>
    private var outer: [ArraySlice<UInt8>] = []

    init(_ path: some Collection<UInt8>) { rest = ArraySlice(path) }

    /// Whether no component is left.
    var isEmpty: Bool {
        rest.allSatisfy { $0 == UInt8(ascii: "/") } && outer.allSatisfy { $0.allSatisfy { $0 == UInt8(ascii: "/") } }
    }

    /// Takes the next component; slashes that follow each other are one.
    mutating func next() -> ArraySlice<UInt8>? {
        while true {
            while rest.first == UInt8(ascii: "/") { rest.removeFirst() }
            if rest.isEmpty {
                guard let waiting = outer.popLast() else { return nil }
                rest = waiting
                continue
            }
            let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            defer { rest = rest[end...] }
            return rest[..<end]
        }
    }

    /// Puts the components of a link's target before those that are left.
    mutating func prepend(_ target: some Collection<UInt8>) {
        outer.append(rest)
        rest = ArraySlice(target)
    }
}
