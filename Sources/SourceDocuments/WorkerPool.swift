internal import Glibc

/// The threads that work beside the one that asks: one fewer than there are cores, so that none of them takes turns with it.
final class WorkerPool: Sendable {
    static let shared = WorkerPool(threads: coreCount - 1)

    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var started = 0
        var idle = 0
    }

    private let limit: Int
    private let state = Monitor(State())

    private init(threads: Int) { limit = threads }

    /// Has a job done by the next thread that has nothing to do; where no thread can be started, it is never done.
    func submit(_ job: @escaping @Sendable () -> Void) {
        let needsThread = state.withLock { state in
            state.jobs.append(job)
            guard state.jobs.count > state.idle, state.started < limit else { return false }
            state.started += 1
            return true
        }
        if needsThread { startThread() }
    }

    private func startThread() {
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { _ in
                WorkerPool.shared.work()
                return nil
            }, nil)
        if status == 0 { pthread_detach(thread) } else { state.withLock { $0.started -= 1 } }
    }

    /// Does jobs for as long as the process lives.
    private func work() {
        while true {
            state.withLock { $0.idle += 1 }
            let job = state.wait { state -> (@Sendable () -> Void)? in
                guard !state.jobs.isEmpty else { return nil }
                state.idle -= 1
                return state.jobs.removeFirst()
            }
            job()
        }
    }
}
