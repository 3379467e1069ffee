internal import Dispatch
internal import Glibc
internal import Synchronization

/// The cores that this process may run on.
package let coreCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

/// Runs a function over all elements on the cores there are; the results keep the order.
package func mapInParallel<Element: Sendable, Value: Sendable>(
    _ elements: [Element], _ body: @Sendable (Element) -> Value
) -> [Value] {
    if elements.count < 2 || coreCount < 2 { return elements.map(body) }
    let results = Mutex<[(Int, Value)]>([])
    DispatchQueue.concurrentPerform(iterations: elements.count) { index in
        let value = body(elements[index])
        results.withLock { $0.append((index, value)) }
    }
    return results.withLock { $0.sorted { $0.0 < $1.0 }.map(\.1) }
}

/// Cuts elements into as many pieces as there are cores, none smaller than a minimum but the only one.
package func pieces<Element>(of elements: [Element], minimum: Int) -> [ArraySlice<Element>] {
    let count = max(1, min(coreCount, elements.count / max(1, minimum)))
    return (0..<count).map { elements[(elements.count * $0 / count)..<(elements.count * ($0 + 1) / count)] }
}

/// Runs two functions beside each other.
package func inParallel<First: Sendable, Second: Sendable>(
    _ first: @escaping @Sendable () -> First, _ second: () -> Second
) -> (First, Second) {
    let deferred = Deferred(first)
    if coreCount > 1 { DispatchQueue.global().async { _ = deferred.value } }
    let value = second()
    // Whoever comes first makes it; the other one waits.
    return (deferred.value, value)
}

/// Lets go of a value on another core: to free the tree of a large document takes as long as to read it.
package func releaseElsewhere<Value: Sendable>(_ value: consuming Value) {
    let value = consume value
    DispatchQueue.global().async { withExtendedLifetime(value) {} }
}
