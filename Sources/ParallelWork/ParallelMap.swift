/// Calls a function with each element, on all cores, and returns the results in the order of the elements.
package func mapInParallel<Element: Sendable, Value: Sendable>(
    _ elements: [Element], _ body: @escaping @Sendable (Element) -> Value
) -> [Value] {
    mapInParallel(elements, until: { _ in false }, body).compactMap { $0 }
}

/// Calls a function with each element, on all cores, until a result ends the loop: elements that were not begun by then have
/// the result nil.
package func mapInParallel<Element: Sendable, Value: Sendable>(
    _ elements: [Element], until isLast: @escaping @Sendable (Value) -> Bool,
    _ body: @escaping @Sendable (Element) -> Value
) -> [Value?] {
    let loop = ParallelLoop(elements, isLast, body)
    for _ in 1..<max(min(coreCount, elements.count), 1) {
        WorkerPool.shared.submit(isUrgent: true) { [weak loop] in loop?.run() }
    }
    loop.run()
    return loop.values()
}

/// A loop whose elements several threads take one after the other.
private final class ParallelLoop<Element: Sendable, Value: Sendable>: Sendable {
    private struct State: Sendable {
        var next = 0
        var running = 0
        var isEnded = false
        var values: [Value?]
    }

    private let elements: [Element]
    private let isLast: @Sendable (Value) -> Bool
    private let body: @Sendable (Element) -> Value
    private let state: Monitor<State>

    init(
        _ elements: [Element], _ isLast: @escaping @Sendable (Value) -> Bool,
        _ body: @escaping @Sendable (Element) -> Value
    ) {
        self.elements = elements
        self.isLast = isLast
        self.body = body
        state = Monitor(State(values: Array(repeating: nil, count: elements.count)))
    }

    func run() {
        while let index = take() {
            let value = body(elements[index])
            let isLast = isLast(value)
            state.withLock { state in
                state.values[index] = value
                state.running -= 1
                if isLast { state.isEnded = true }
            }
        }
    }

    private func take() -> Int? {
        state.withLock { state in
            guard !state.isEnded, state.next < elements.count else { return nil }
            state.running += 1
            state.next += 1
            return state.next - 1
        }
    }

    /// Waits until no element is in work and returns the results; a thread that comes later finds nothing to take.
    func values() -> [Value?] { state.wait { $0.running == 0 ? $0.values : nil } }
}

/// Splits elements into pieces, up to four for each core, as a core may begin late. No piece has fewer elements than
/// `minimum`, unless it is the only one.
package func pieces<Element>(of elements: [Element], minimum: Int) -> [ArraySlice<Element>] {
    pieces(of: elements[...], minimum: minimum)
}

/// Splits elements into pieces, as of an array.
package func pieces<Element>(of elements: ArraySlice<Element>, minimum: Int) -> [ArraySlice<Element>] {
    let count = coreCount < 2 ? 1 : max(1, min(4 * coreCount, elements.count / max(1, minimum)))
    let start = elements.startIndex
    return (0..<count).map {
        elements[(start + elements.count * $0 / count)..<(start + elements.count * ($0 + 1) / count)]
    }
}

/// Calls two functions at the same time and returns both results.
package func inParallel<First: Sendable, Second: Sendable>(
    _ first: @escaping @Sendable () -> First, _ second: () -> Second
) -> (First, Second) {
    let deferred = Deferred(first)
    WorkerPool.shared.submit(isUrgent: false) { _ = deferred.value }
    let value = second()
    // Whichever thread comes first computes it; the other one waits.
    return (deferred.value, value)
}

/// Frees a value on a worker thread; deallocating the tree of a large document takes as long as parsing it.
package func releaseElsewhere<Value: Sendable>(_ value: consuming Value) {
    let value = consume value
    WorkerPool.shared.submit(isUrgent: false) { withExtendedLifetime(value) {} }
}
