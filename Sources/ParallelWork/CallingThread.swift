/// Runs asynchronous work on the thread that calls.
///
/// Swift's own executor has its threads from libdispatch, which ends the process where `/proc/self/task` cannot be read
/// (https://github.com/swiftlang/swift-corelibs-libdispatch/blob/swift-6.3-RELEASE/src/event/workqueue.c,
/// `_dispatch_workq_count_runnable_workers`), as in a container without /proc.
package enum CallingThread {
    /// Returns the result of the work, after all of its parts that wait for something have gone on.
    package static func run<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
        let executor = Executor<Value>()
        Task(executorPreference: executor) { executor.end(with: await body()) }
        return executor.drain()
    }

    private struct State<Value: Sendable>: Sendable {
        var jobs: [UnownedJob] = []
        var result: Value?
    }

    private final class Executor<Value: Sendable>: TaskExecutor {
        private let monitor = Monitor(State<Value>())

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            monitor.withLock { $0.jobs.append(job) }
        }

        func end(with value: Value) { monitor.withLock { $0.result = value } }

        func drain() -> Value {
            while true {
                let next: (jobs: [UnownedJob], result: Value?) = monitor.wait { state in
                    if state.jobs.isEmpty, state.result == nil { return nil }
                    defer { state.jobs = [] }
                    return (state.jobs, state.result)
                }
                for job in next.jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
                if let result = next.result { return result }
            }
        }
    }
}
