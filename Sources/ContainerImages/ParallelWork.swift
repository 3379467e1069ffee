internal import Glibc
internal import Synchronization

/// Runs a closure for each input on as many threads as there are processors, and gives the results in the inputs' order.
///
/// After a failure no further input is started; results that are missing then are nil.
func mapInParallel<Input: Sendable, Output: Sendable>(
    _ inputs: [Input], threads: Int, _ body: @escaping @Sendable (Input) -> (output: Output, failed: Bool)
) -> [Output?] {
    let work = ParallelWork(inputs, body)
    var started: [pthread_t] = []
    for _ in 1..<max(min(threads, inputs.count), 1) {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(work)
        let status = pthread_create(
            &thread, nil,
            { box in
                if let box { Unmanaged<AnyParallelWork>.fromOpaque(box).takeRetainedValue().run() }
                return nil
            }, box.toOpaque())
        if status == 0 { started.append(thread) } else { box.release() }
    }
    work.run()
    for thread in started { pthread_join(thread, nil) }
    return work.results()
}

/// The number of processors that may be used.
func processorCount() -> Int { max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1) }

private class AnyParallelWork: @unchecked Sendable {
    func run() {}
}

private final class ParallelWork<Input: Sendable, Output: Sendable>: AnyParallelWork, @unchecked Sendable {
    private struct State {
        var next = 0
        var failed = false
        var outputs: [Output?]
    }
    private let inputs: [Input]
    private let body: @Sendable (Input) -> (output: Output, failed: Bool)
    private let state: Mutex<State>

    init(_ inputs: [Input], _ body: @escaping @Sendable (Input) -> (output: Output, failed: Bool)) {
        self.inputs = inputs
        self.body = body
        state = Mutex(State(outputs: Array(repeating: nil, count: inputs.count)))
    }

    override func run() {
        while true {
            let index: Int? = state.withLock { state in
                guard !state.failed, state.next < inputs.count else { return nil }
                defer { state.next += 1 }
                return state.next
            }
            guard let index else { return }
            let (output, failed) = body(inputs[index])
            state.withLock { state in
                state.outputs[index] = output
                if failed { state.failed = true }
            }
        }
    }

    func results() -> [Output?] { state.withLock { $0.outputs } }
}
