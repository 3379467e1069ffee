internal import Glibc

/// Where each node of a file system hangs: its folder, its name, and the folder's other nodes.
///
/// All names lie behind each other and are found by one table of hashes, so that a file system of a million files does not
/// need a million small arrays. The hashes are seeded anew by each process: nobody can choose names that
/// fall into one slot.
struct NodeNames: Sendable {
    private struct Place {
        /// Where the name lies, behind the count of its bytes.
        let start: Int
        let parent: Int32
        var firstChild: Int32 = -1
        var next: Int32 = -1
        var previous: Int32 = -1
    }

    private static let free: Int32 = -1
    private static let removed: Int32 = -2

    private var places: [Place]
    private var bytes = BytePieces()
    /// Nodes by the hash of parent and name, open addressing; the count is a power of two.
    private var slots = [Int32](repeating: free, count: 1024)
    /// How many slots are not free.
    private var used = 0

    /// Starts with the root, node 0.
    init() { places = [Place(start: bytes.append([0]), parent: 0)] }

    /// The folder of a node; that of the root is itself.
    func parent(of node: Int32) -> Int32 { places[Int(node)].parent }

    /// The name of a node; that of the root is empty.
    func name(of node: Int32) -> ArraySlice<UInt8> {
        let bytes = bytes[from: places[Int(node)].start]
        // In base 128 with the least group first; nearly all counts are one byte.
        var count = 0
        var shift = 0
        var index = bytes.startIndex
        while true {
            let byte = bytes[index]
            index += 1
            count |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return bytes[index..<(index + count)] }
            shift += 7
        }
    }

    /// Whether the name of a node comes before that of another one in byte order.
    func precedes(_ left: Int32, _ right: Int32) -> Bool {
        name(of: left).withUnsafeBytes { left in
            name(of: right).withUnsafeBytes { right in
                guard let one = left.baseAddress, let other = right.baseAddress else { return left.count < right.count }
                let order = memcmp(one, other, min(left.count, right.count))
                return order == 0 ? left.count < right.count : order < 0
            }
        }
    }

    /// The node of a name in a folder; nil when there is none.
    func child(_ name: ArraySlice<UInt8>, of parent: Int32) -> Int32? {
        let (index, found) = slot(name, parent)
        return found ? slots[index] : nil
    }

    /// The nodes in a folder, in no order.
    func children(of parent: Int32) -> [Int32] {
        var children: [Int32] = []
        forEachChild(of: parent) { children.append($0) }
        return children
    }

    /// Hands the nodes in a folder to a closure, in no order.
    func forEachChild(of parent: Int32, _ body: (Int32) -> Void) {
        var child = places[Int(parent)].firstChild
        while child >= 0 {
            body(child)
            child = places[Int(child)].next
        }
    }

    /// Whether a folder has nothing in it.
    func isEmpty(_ parent: Int32) -> Bool { places[Int(parent)].firstChild < 0 }

    /// Hangs the next node into a folder, in the place of the one of that name; the number is that of the nodes so far.
    mutating func append(_ name: ArraySlice<UInt8>, to parent: Int32) -> Int32 {
        let node = Int32(clamping: places.count)
        if used * 2 >= slots.count { grow(to: slots.count * 2) }
        let (index, found) = slot(name, parent)
        if found {
            unlink(slots[index])
        } else {
            used += 1
        }
        slots[index] = node
        var place = Place(start: bytes.append(Self.coded(name.count), name), parent: parent)
        place.next = places[Int(parent)].firstChild
        if place.next >= 0 { places[Int(place.next)].previous = node }
        places.append(place)
        places[Int(parent)].firstChild = node
        return node
    }

    private static func coded(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = count
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        return bytes
    }

    /// Takes a node out of its folder; what lies below it is not reached any more.
    mutating func remove(_ node: Int32) {
        let (index, found) = slot(name(of: node), parent(of: node))
        guard found, slots[index] == node else { return }
        slots[index] = Self.removed
        unlink(node)
    }

    private mutating func unlink(_ node: Int32) {
        let place = places[Int(node)]
        if place.previous >= 0 {
            places[Int(place.previous)].next = place.next
        } else {
            places[Int(place.parent)].firstChild = place.next
        }
        if place.next >= 0 { places[Int(place.next)].previous = place.previous }
    }

    /// The slot of a name, or the free one where it would go.
    private func slot(_ name: ArraySlice<UInt8>, _ parent: Int32) -> (index: Int, found: Bool) {
        name.withUnsafeBytes { name in
            var hasher = Hasher()
            hasher.combine(parent)
            hasher.combine(bytes: name)
            let mask = slots.count - 1
            var index = hasher.finalize() & mask
            while true {
                let node = slots[index]
                if node == Self.free { return (index, false) }
                if node >= 0, places[Int(node)].parent == parent, isNamed(node, name) { return (index, true) }
                index = (index + 1) & mask
            }
        }
    }

    private func isNamed(_ node: Int32, _ name: UnsafeRawBufferPointer) -> Bool {
        self.name(of: node).withUnsafeBytes { known in
            guard known.count == name.count else { return false }
            guard let one = known.baseAddress, let other = name.baseAddress else { return true }
            return memcmp(one, other, name.count) == 0
        }
    }

    /// Makes room for so many more nodes.
    mutating func reserve(_ count: Int) {
        places.reserveCapacity(places.count + count)
        var wanted = slots.count
        while wanted < (used + count) * 2 { wanted *= 2 }
        if wanted > slots.count { grow(to: wanted) }
    }

    private mutating func grow(to count: Int) {
        let old = slots
        slots = [Int32](repeating: Self.free, count: count)
        used = 0
        for node in old where node >= 0 {
            slots[slot(name(of: node), parent(of: node)).index] = node
            used += 1
        }
    }
}
