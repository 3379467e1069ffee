import Synchronization
import Testing

@testable import ParallelWork

@Suite("Deferred values")
struct DeferredTests {
    @Test("a value is computed when it is first used, and once")
    func once() {
        let calls = Mutex(0)
        let deferred = Deferred {
            calls.withLock { $0 += 1 }
            return 7
        }
        #expect(calls.withLock { $0 } == 0)
        #expect(deferred.value == 7)
        #expect(deferred.value == 7)
        #expect(calls.withLock { $0 } == 1)
    }

    @Test("threads that ask at once get one value", arguments: 0..<20)
    func contended(_ round: Int) {
        let calls = Mutex(0)
        let deferred = Deferred {
            calls.withLock { $0 += 1 }
            return [round]
        }
        let values = mapInParallel(Array(0..<64)) { _ in deferred.value }
        #expect(values == Array(repeating: [round], count: 64))
        #expect(calls.withLock { $0 } == 1)
    }

    @Test("what computes a value is freed with it")
    func freed() {
        final class Marker: Sendable {}
        weak var seen: Marker?
        let deferred: Deferred<Int>
        do {
            let marker = Marker()
            seen = marker
            deferred = Deferred { withExtendedLifetime(marker) { 1 } }
        }
        #expect(seen != nil)
        #expect(deferred.value == 1)
        #expect(seen == nil)
    }

    @Test("a deferred value may use another one")
    func nested() {
        let inner = Deferred { 2 }
        let outer = Deferred { inner.value * 3 }
        #expect(outer.value == 6)
    }
}

@Suite("Monitors")
struct MonitorTests {
    @Test("every change is seen by those that wait", arguments: [1, 2, 8])
    func wakes(_ waiting: Int) {
        let monitor = Monitor(0)
        // The last element makes the changes; the loop needs no second thread, as what waits is satisfied in the end.
        for step in 1...waiting { monitor.withLock { $0 = step } }
        let seen = mapInParallel(Array(1...waiting)) { step in
            monitor.wait { $0 >= step ? $0 : nil }
        }
        #expect(seen == Array(repeating: waiting, count: waiting))
    }

    @Test("a thread that waits goes on after the change of another")
    func handsOver() async {
        let monitor = Monitor([Int]())
        async let received: [Int] = runBlocking { _ in monitor.wait { $0.count == 100 ? $0 : nil } }
        await runBlocking { _ in for number in 0..<100 { monitor.withLock { $0.append(number) } } }
        #expect(await received == Array(0..<100))
    }

    @Test("wait may change the value, and wakes the others")
    func takes() async {
        let monitor = Monitor(Array(0..<50))
        async let odd: Int = runBlocking { _ in
            (0..<25).reduce(0) { sum, _ in sum + monitor.wait { $0.popLast() } }
        }
        let even = await runBlocking { _ in
            (0..<25).reduce(0) { sum, _ in sum + monitor.wait { $0.popLast() } }
        }
        #expect(await odd + even == (0..<50).reduce(0, +))
        #expect(monitor.withLock { $0.isEmpty })
    }

    @Test("changes of many threads are not lost")
    func counts() {
        let monitor = Monitor(0)
        _ = mapInParallel(Array(0..<1_000)) { _ in monitor.withLock { $0 += 1 } }
        #expect(monitor.withLock { $0 } == 1_000)
    }
}
