internal import Glibc

/// The threads that work beside the caller's: one fewer than there are cores, so that none shares a core with it.
final class WorkerPool: Sendable {
    static let shared = WorkerPool(threads: coreCount - 1)

    private struct State {
        var urgent: [@Sendable () -> Void] = []
        var others: [@Sendable () -> Void] = []
        var started = 0
        var idle = 0

        mutating func take() -> (@Sendable () -> Void)? {
            if !urgent.isEmpty { return urgent.removeFirst() }
            return others.isEmpty ? nil : others.removeFirst()
        }
    }

    private let limit: Int
    private let state = Monitor(State())

    private init(threads: Int) { limit = threads }

    /// Queues a job for the next idle thread. Where no thread can be started, it never runs.
    ///
    /// - Parameter isUrgent: whether it runs before jobs that are not urgent, because a caller waits for it.
    func submit(isUrgent: Bool, _ job: @escaping @Sendable () -> Void) {
        let needsThread = state.withLock { state in
            if isUrgent { state.urgent.append(job) } else { state.others.append(job) }
            guard state.urgent.count + state.others.count > state.idle, state.started < limit else { return false }
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

    /// Runs jobs until the process ends.
    private func work() {
        while true {
            state.withLock { $0.idle += 1 }
            let job = state.wait { state -> (@Sendable () -> Void)? in
                guard let job = state.take() else { return nil }
                state.idle -= 1
                return job
            }
            job()
        }
    }
}
