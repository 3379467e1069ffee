import ParallelWork
import Testing

/// Runs the tests of a suite on threads of their own, for tests that wait for other programs.
///
/// Swift's pool has one thread for each core. A test that waits in the system for a server or an interpreter keeps one of
/// them from the tests that compute, and two such tests keep a machine of two cores idle.
package struct OwnThreads: SuiteTrait, TestTrait, TestScoping {
    package let isRecursive = true

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(ThreadExecutor.shared, operation: function)
    }

    package func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? { testCase == nil ? nil : self }
}

extension Trait where Self == OwnThreads {
    /// The tests wait for other programs.
    package static var waitsForPrograms: Self { OwnThreads() }
}

/// A few threads that run jobs in the order in which they come.
private final class ThreadExecutor: TaskExecutor {
    static let shared = ThreadExecutor(threads: 3)

    private let jobs = Monitor<[UnownedJob]>([])

    init(threads: Int) {
        for _ in 0..<threads {
            Task.detached {
                await runBlocking { _ in
                    while true { self.next().runSynchronously(on: self.asUnownedTaskExecutor()) }
                }
            }
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    private func next() -> UnownedJob { jobs.wait { $0.isEmpty ? nil : $0.removeFirst() } }
}
