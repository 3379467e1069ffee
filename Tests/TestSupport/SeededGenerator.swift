import Glibc

/// A random number generator that returns the same numbers in every run (SplitMix64,
/// https://prng.di.unimi.it/splitmix64.c), so that a failure can be reproduced.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// Creates a generator; the seed is all that its numbers depend on.
    package init(seed: UInt64) { state = seed }

    /// Returns the next number.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// Returns a number in a range.
    package mutating func next(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}

/// How many rounds a fuzz test runs: `rounds`, times what the environment variable `PINPROOF_FUZZ_FACTOR` says.
package func fuzzRounds(_ rounds: Int) -> Int {
    rounds * (getenv("PINPROOF_FUZZ_FACTOR").flatMap { Int(String(cString: $0)) } ?? 1)
}
