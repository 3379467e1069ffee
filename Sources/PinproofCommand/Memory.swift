import Glibc

/// How memory is taken from the system.
enum Memory {
    private typealias SetOption = @convention(c) (_ option: Int32, _ value: Int32) -> Int32

    /// Takes it in large steps and gives none back before the end: a run is short, and to grow and shrink the heap page by
    /// page takes a tenth of the time of a large lock.
    ///
    /// Memory that is not written to is not used. The options are those of `malloc.h`
    /// (https://man7.org/linux/man-pages/man3/mallopt.3.html), which Swift's Glibc module leaves out; where the C library
    /// has none of this, nothing is done.
    static func takeInLargeSteps() {
        guard let symbol = dlsym(nil, "mallopt") else { return }
        let setOption = unsafeBitCast(symbol, to: SetOption.self)
        let (trimThreshold, topPad, mapThreshold): (Int32, Int32, Int32) = (-1, -2, -3)
        _ = setOption(topPad, 16 << 20)
        // With the options above, what is larger than 128 KiB would be mapped, cleared and given back each time.
        _ = setOption(mapThreshold, 4 << 20)
        _ = setOption(trimThreshold, 64 << 20)
    }
}
