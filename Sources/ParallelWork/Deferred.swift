internal import Synchronization

/// A value that is computed when it is first used, and kept; copies share it.
package final class Deferred<Value: Sendable>: Sendable {
    private let state: Mutex<State>

    private enum State: Sendable {
        case open(@Sendable () -> Value)
        case made(Value)
    }

    /// Creates a deferred value; `make` must not use the value itself.
    package init(_ make: @escaping @Sendable () -> Value) { state = Mutex(.open(make)) }

    /// The value.
    package var value: Value {
        state.withLock { state in
            switch state {
            case .made(let value): return value
            case .open(let make):
                let value = make()
                state = .made(value)
                return value
            }
        }
    }
}
