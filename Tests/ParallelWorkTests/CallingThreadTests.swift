import Glibc
import Testing

@testable import ParallelWork

struct CallingThreadTests {
    @Test("work runs on the calling thread, and goes on there after it has waited for others")
    func thread() {
        let caller = pthread_self()
        let isSame = CallingThread.run { () async -> [Bool] in
            var isSame = [pthread_equal(pthread_self(), caller) != 0]
            let other = await runBlocking { (_: Cancellation) in pthread_equal(pthread_self(), caller) != 0 }
            isSame.append(!other)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { await Task.yield() } }
            }
            isSame.append(pthread_equal(pthread_self(), caller) != 0)
            return isSame
        }
        #expect(isSame == [true, true, true])
    }
}
