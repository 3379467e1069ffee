import Glibc
import Testing

@testable import ParallelWork

@Suite("Blocking work")
struct BlockingWorkTests {
    private struct Refused: Error, Equatable { let number: Int }

    @Test("the result comes back", arguments: [0, 1, -7])
    func result(_ number: Int) async {
        #expect(await runBlocking { _ in number * 2 } == number * 2)
    }

    @Test("an error comes back with its type")
    func failure() async {
        await #expect(throws: Refused(number: 3)) {
            try await runBlocking { (_: Cancellation) throws(Refused) -> Int in throw Refused(number: 3) }
        }
    }

    @Test("work that nobody cancels is not asked to stop")
    func untouched() async {
        #expect(await runBlocking { $0.isCancelled } == false)
    }

    @Test("cancelling the task asks the work to stop")
    func cancelled() async {
        let started = Monitor(false)
        let task = Task {
            await runBlocking { cancellation in
                started.withLock { $0 = true }
                while !cancellation.isCancelled { usleep(200) }
                return 5
            }
        }
        _ = await runBlocking { _ in started.wait { $0 ? true : nil } }
        task.cancel()
        #expect(await task.value == 5)
    }

    @Test("a task that is cancelled before asks at once")
    func cancelledBefore() async {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await runBlocking { $0.isCancelled }
        }
        #expect(await task.value)
    }

    @Test("many tasks may block at once, more than there are threads of the pool")
    func many() async {
        let gate = Monitor(0)
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 0..<32 {
                group.addTask {
                    await runBlocking { _ in
                        gate.withLock { $0 += 1 }
                        // Each waits for all: a pool of fewer threads would stand still.
                        return gate.wait { $0 == 32 ? number : nil }
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(sum == (0..<32).reduce(0, +))
    }

    @Test("a request to stop is itself and no other")
    func identity() {
        let first = Cancellation()
        let second = Cancellation()
        #expect(first == first && first != second)
        #expect(Set([first, second, first]).count == 2)
        second.cancel()
        #expect(!first.isCancelled && second.isCancelled)
        second.cancel()
        #expect(second.isCancelled)
    }
}

@Suite("Pieces of a list")
struct PiecesTests {
    @Test("no piece is smaller than the minimum, unless it is the only one", arguments: [1, 2, 8, 128, 1_000])
    func minimum(_ minimum: Int) {
        for count in [0, 1, minimum - 1, minimum, 2 * minimum, 2 * minimum + 1, 40 * minimum] {
            let pieces = pieces(of: Array(0..<count), minimum: minimum)
            #expect(pieces.count >= 1 && pieces.count <= 4 * max(coreCount, 1))
            #expect(pieces.count == 1 || pieces.allSatisfy { $0.count >= minimum })
            #expect(pieces.flatMap { $0 } == Array(0..<count))
        }
    }

    @Test("a minimum that is none counts as one", arguments: [0, -1, Int.min])
    func noMinimum(_ minimum: Int) {
        #expect(pieces(of: [1, 2, 3], minimum: minimum).flatMap { $0 } == [1, 2, 3])
    }

    @Test("a value that is released elsewhere is freed")
    func released() async {
        final class Marker: Sendable {
            let freed: Monitor<Bool>
            init(_ freed: Monitor<Bool>) { self.freed = freed }
            deinit { freed.withLock { $0 = true } }
        }
        // Without a second core there is no thread that frees it.
        guard coreCount > 1 else { return }
        let freed = Monitor(false)
        releaseElsewhere(Marker(freed))
        #expect(await runBlocking { _ in freed.wait { $0 ? true : nil } })
    }
}
