/// Many elements behind each other, in pieces: growing copies nothing, and the pieces that are not needed any more can be let go
/// one by one.
struct Pieces<Element: Sendable>: RandomAccessCollection, Sendable {
    /// How many bits of a position are the place in a piece.
    private static var bits: Int { 12 }

    private var pieces: [[Element]] = []
    /// The pieces before this one have been let go.
    private var first = 0
    /// How many elements there are, with those that were let go.
    private(set) var count = 0

    let startIndex = 0
    var endIndex: Int { count }

    /// The element at a position that was not let go.
    subscript(position: Int) -> Element {
        get { pieces[position >> Self.bits][position & (1 << Self.bits - 1)] }
        set { pieces[position >> Self.bits][position & (1 << Self.bits - 1)] = newValue }
    }

    /// All elements, as long as none was let go.
    func makeIterator() -> FlattenSequence<[[Element]]>.Iterator { pieces.joined().makeIterator() }

    /// Adds an element.
    mutating func append(_ element: Element) {
        if count & (1 << Self.bits - 1) == 0 {
            pieces.append([])
            // Most lists end in the first piece.
            if pieces.count > 1 { pieces[pieces.count - 1].reserveCapacity(1 << Self.bits) }
        }
        pieces[pieces.count - 1].append(element)
        count += 1
    }

    /// Lets go of the elements before a position, as far as a whole piece is made of them.
    mutating func release(before position: Int) {
        while first < Swift.min(position, count) >> Self.bits {
            pieces[first] = []
            first += 1
        }
    }
}
