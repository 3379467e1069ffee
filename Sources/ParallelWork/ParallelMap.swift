internal import Glibc

/// The cores that this process may run on.
package let coreCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

/// Runs a function over all elements on the cores there are; the results keep the order.
package func mapInParallel<Element: Sendable, Value: Sendable>(
    _ elements: [Element], _ body: @escaping @Sendable (Element) -> Value
) -> [Value] {
    mapInParallel(elements, until: { _ in false }, body).compactMap { $0 }
}

/// Runs a function over elements on the cores there are until a result ends it: after that none is begun, and the results of
/// those are nil.
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

/// Elements that several threads take one after the other.
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

    /// What was made, once nobody makes anything any more; a thread that comes later finds nothing to take.
    func values() -> [Value?] { state.wait { $0.running == 0 ? $0.values : nil } }
}

/// Cuts elements into some pieces for each core, as a core may begin late; none is smaller than a minimum but the only one.
package func pieces<Element>(of elements: [Element], minimum: Int) -> [ArraySlice<Element>] {
    let count = coreCount < 2 ? 1 : max(1, min(4 * coreCount, elements.count / max(1, minimum)))
    return (0..<count).map { elements[(elements.count * $0 / count)..<(elements.count * ($0 + 1) / count)] }
}

/// Runs two functions beside each other.
package func inParallel<First: Sendable, Second: Sendable>(
    _ first: @escaping @Sendable () -> First, _ second: () -> Second
) -> (First, Second) {
    let deferred = Deferred(first)
    WorkerPool.shared.submit(isUrgent: false) { _ = deferred.value }
    let value = second()
    // Whoever comes first makes it; the other one waits.
    return (deferred.value, value)
}

/// Lets go of a value on another core: to free the tree of a large document takes as long as to read it.
package func releaseElsewhere<Value: Sendable>(_ value: consuming Value) {
    let value = consume value
    WorkerPool.shared.submit(isUrgent: false) { withExtendedLifetime(value) {} }
}
