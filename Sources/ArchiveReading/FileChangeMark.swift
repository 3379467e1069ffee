internal import CArchive
internal import Glibc

/// What the system notes of a file and changes with each write to it: the device, the inode, the size and the times of the last
/// change of the bytes and of the inode, to the nanosecond. Programs set the former time as they like, the latter they cannot.
package struct FileChangeMark: Sendable, Hashable {
    /// The device and the inode.
    package let place: String
    /// The size and the two times.
    package let state: String
}

extension RegularFile {
    /// The file systems whose kernel writes the time of an inode's change itself, by their magic numbers
    /// (https://man7.org/linux/man-pages/man2/statfs.2.html): ext, XFS, Btrfs, ZFS, F2FS, and overlayfs on top of them. A
    /// server's or a user's own file system may say what it likes, and one in memory notes no write through a mapping.
    private static let localFileSystems: Set<Int> = [
        0xEF53, 0x5846_5342, 0x9123_683E, 0x2FC1_2FC1, 0xF2F5_2010, 0x794C_7630,
    ]

    /// The mark of the file as it is now.
    ///
    /// Nil where no mark tells one content from the next: on file systems of another kind, and when the last change is so
    /// recent that the next one could have the same time. Kernels note times by the tick, at most 10 ms; one without a
    /// fraction is of a file system that has whole seconds.
    package func changeMark() -> FileChangeMark? {
        var status = stat()
        var system = statfs()
        var now = timespec()
        guard fstat(descriptor, &status) == 0, fstatfs(descriptor, &system) == 0,
            Self.localFileSystems.contains(Int(system.f_type)), clock_gettime(CLOCK_REALTIME, &now) == 0
        else { return nil }
        let change = status.st_ctim
        let seconds = now.tv_sec - change.tv_sec
        guard seconds >= 0 else { return nil }
        let isOld = change.tv_nsec == 0 ? seconds > 2 : seconds > 1 || nanoseconds(from: change, to: now) > 50_000_000
        guard isOld else { return nil }
        let written = status.st_mtim
        return FileChangeMark(
            place: "\(status.st_dev) \(status.st_ino)",
            state: "\(status.st_size) \(written.tv_sec).\(written.tv_nsec) \(change.tv_sec).\(change.tv_nsec)")
    }

    /// The time between two that lie at most a second apart.
    private func nanoseconds(from start: timespec, to end: timespec) -> Int {
        (end.tv_sec - start.tv_sec) * 1_000_000_000 + end.tv_nsec - start.tv_nsec
    }
}

/// A stretch of a file.
package struct FileStretch: Sendable {
    let file: RegularFile
    let start: Int
    let end: Int

    /// The mark of the file, its place with the stretch of it; nil where the file has none.
    package func changeMark() -> FileChangeMark? {
        file.changeMark().map { FileChangeMark(place: "\($0.place) \(start) \(end)", state: $0.state) }
    }
}

extension FileByteSource {
    /// What is read.
    package var stretch: FileStretch { FileStretch(file: file, start: start, end: end) }
}
