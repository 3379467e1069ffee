import EnvironmentInventory
import FoundationEssentials
import Glibc
import Synchronization
import Testing

@testable import Pinproof

/// A cancelled task ends its job early, with the job's own error.
struct CancellationTests {
    @Test("a task that is cancelled before the job begins reads nothing")
    func before() async {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await Inspector().inspect("/nonexistent")
        }
        let error = await #expect(throws: InspectionError.self) { _ = try await task.value }
        if case .cancelled? = error {} else { Issue.record("\(String(describing: error))") }
    }

    /// What the reading of the image says of itself, and whether it may go on.
    private final class Reports: Sendable {
        let bytes = Mutex(0)
        let mayGoOn = Mutex(false)
    }

    @Test("a job that is cancelled while it reads a large file does not read that file to its end")
    func during() async throws {
        let size = 32 << 30
        let image = try LargeImage(fileSize: size)
        let reports = Reports()
        let (first, report) = AsyncStream<Void>.makeStream()
        let task = Task {
            var options = Inspector.Options()
            options.reading.progress = { progress in
                reports.bytes.withLock { $0 = max($0, progress.bytes) }
                report.yield()
                // Reading goes on only once the task is cancelled, so that no speed decides this test.
                while !reports.mayGoOn.withLock({ $0 }) { usleep(500) }
            }
            return try await Inspector(options: options).inspect(image.path)
        }
        for await _ in first { break }
        task.cancel()
        reports.mayGoOn.withLock { $0 = true }
        let error = await #expect(throws: InspectionError.self) { _ = try await task.value }
        if case .cancelled? = error {} else { Issue.record("\(String(describing: error))") }
        #expect(reports.bytes.withLock { $0 } < size / 8)
    }
}

/// A file system as one tar archive with a large file that takes no space on the disk.
private final class LargeImage {
    let path = FileManager.default.temporaryDirectory
        .appending(path: "pinproof-cancellation-\(UInt64.random(in: 0...UInt64.max)).tar").path

    init(fileSize: Int) throws {
        let release = Array("ID=debian\n".utf8)
        var bytes = Self.header("etc/os-release", size: release.count) + release
        bytes += [UInt8](repeating: 0, count: 512 - release.count)
        bytes += Self.header("large", size: fileSize)
        try Data(bytes).write(to: URL(filePath: path))
        // Two blocks of zeros end an archive.
        guard truncate(path, bytes.count + fileSize + 1024) == 0 else { throw SizeError() }
    }

    deinit { unlink(path) }

    struct SizeError: Error {}

    /// A ustar header (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html); sizes beyond eight gigabytes are
    /// binary.
    private static func header(_ name: String, size: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 512)
        func put(_ text: [UInt8], at offset: Int) { bytes.replaceSubrange(offset..<offset + text.count, with: text) }
        put(Array(name.utf8), at: 0)
        put(Array("0000644\0".utf8), at: 100)
        put(Array("0000000\0".utf8), at: 108)
        put(Array("0000000\0".utf8), at: 116)
        put([0x80, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: size >> (56 - 8 * $0)) }, at: 124)
        put(Array("00000000000\0".utf8), at: 136)
        put(Array("        ".utf8), at: 148)
        put([UInt8(ascii: "0")], at: 156)
        put(Array("ustar\0".utf8) + Array("00".utf8), at: 257)
        let sum = bytes.reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        put(Array((String(repeating: "0", count: 6 - digits.count) + digits + "\0 ").utf8), at: 148)
        return bytes
    }
}
