import Synchronization
import Testing

@testable import ParallelWork

/// Work on several cores: all of it is done once, and the results stand where their elements stood.
@Suite struct ParallelMapTests {
    @Test(arguments: [0, 1, 2, 3, 1_000])
    func resultsKeepTheOrder(_ count: Int) {
        let calls = Mutex(0)
        let results = mapInParallel(Array(0..<count)) { number in
            calls.withLock { $0 += 1 }
            return number * 2
        }
        #expect(results == (0..<count).map { $0 * 2 })
        #expect(calls.withLock { $0 } == count)
    }

    @Test func nothingIsBegunBehindTheLast() {
        let results = mapInParallel(Array(0..<10_000), until: { $0 == 5 }) { $0 }
        #expect(results[5] == 5)
        #expect(results.contains { $0 == nil })
        for (place, result) in results.enumerated() where result != nil { #expect(result == place) }
    }

    /// A loop in a loop, more of them than there are threads: who asks works too, so that none waits for ever.
    @Test func loopsMayNest() {
        let sums = mapInParallel(Array(0..<50)) { outer in
            mapInParallel(Array(0..<50)) { outer * $0 }.reduce(0, +)
        }
        #expect(sums == (0..<50).map { $0 * 49 * 25 })
    }

    @Test func bothAreDone() {
        for number in 0..<200 {
            let (first, second) = inParallel({ number }) { number + 1 }
            #expect(first == number && second == number + 1)
        }
    }

    @Test(arguments: [0, 1, 7, 64, 1_000])
    func piecesAreAll(_ count: Int) {
        #expect(pieces(of: Array(0..<count), minimum: 8).flatMap { $0 } == Array(0..<count))
    }
}
