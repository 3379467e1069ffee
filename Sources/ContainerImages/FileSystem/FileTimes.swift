extension FileSystemIndex {
    /// The last second that nanoseconds in 63 bits reach: containerd and Docker give a file that is later, or from before 1970,
    /// the time 0 (https://github.com/containerd/containerd/blob/main/pkg/archive/time.go), umoci its own.
    private static let lastSecond = Int.max / 1_000_000_000

    /// The modification times that a file may have where the image runs: its own, those of its hard links, and 0 in the place of
    /// one that runtimes do not keep.
    package func times(of entry: Entry) -> [Int] {
        var times: Set<Int> = tree.linkTimes[entry.content] ?? []
        times.insert(entry.modified)
        // In its last second the fraction decides.
        if times.contains(where: { $0 < 0 || $0 >= Self.lastSecond }) { times.insert(0) }
        return times.sorted()
    }
}
