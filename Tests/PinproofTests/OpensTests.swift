import FoundationEssentials
import Glibc
import Testing

@testable import Pinproof

/// How often a job opens its inputs, as inotify(7) reports it.
struct OpensTests {
    private static let demo = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/demo")

    /// Copies of files of the demo, which nobody else opens.
    private final class Watched {
        let folder: String
        private let queue: Int32
        private var names: [Int32: String] = [:]

        init(_ files: [String]) throws {
            folder =
                FileManager.default.temporaryDirectory
                .appending(path: "pinproof-opens-\(UInt64.random(in: 0...UInt64.max))").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            queue = inotify_init1(Int32(IN_NONBLOCK))
            for name in files {
                let copy = "\(folder)/\(name)"
                try FileManager.default.copyItem(atPath: OpensTests.demo.appending(path: name).path, toPath: copy)
                names[inotify_add_watch(queue, copy, UInt32(IN_OPEN))] = name
            }
        }

        deinit {
            close(queue)
            try? FileManager.default.removeItem(atPath: folder)
        }

        func callAsFunction(_ name: String) -> String { "\(folder)/\(name)" }

        /// The number of times that each file was opened since the last call.
        func opens() -> [String: Int] {
            var counts: [String: Int] = [:]
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
            defer { buffer.deallocate() }
            while true {
                let count = Glibc.read(queue, buffer.baseAddress, buffer.count)
                guard count > 0 else { return counts }
                var offset = 0
                while offset + MemoryLayout<inotify_event>.size <= count {
                    let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                    counts[names[event.wd] ?? "?", default: 0] += 1
                    offset += MemoryLayout<inotify_event>.size + Int(event.len)
                }
            }
        }
    }

    @Test("a lock is opened once, whatever the job")
    func locks() async throws {
        let lock = "requirements.lock"
        let watched = try Watched([lock, "churn-image.oci.tar", "base.oci.tar"])
        let image = watched("churn-image.oci.tar")
        _ = try await Inspector().inspect(watched(lock))
        #expect(watched.opens()[lock] == 1)
        _ = try await Differ().compare(watched(lock), image)
        #expect(watched.opens()[lock] == 1)
        _ = try await Verifier().verify(watched(lock), against: image)
        #expect(watched.opens()[lock] == 1)
        var freezing = Freezer.Options()
        freezing.directory = watched.folder
        // The base has no pip, which is found out after everything was read.
        _ = try? await Freezer(options: freezing).plan(watched(lock), base: "oci-archive:\(watched("base.oci.tar"))")
        #expect(watched.opens()[lock] == 1)
        var capturing = Capturer.Options()
        capturing.lock = watched(lock)
        _ = try await Capturer(options: capturing).capture(image)
        #expect(watched.opens()[lock] == 1)
    }

    @Test("an image archive is opened once to find out what it is, and once to read it")
    func images() async throws {
        let watched = try Watched(["churn-image.oci.tar", "churn-model.tar.gz"])
        _ = try await Verifier().verify(watched("churn-model.tar.gz"), against: watched("churn-image.oci.tar"))
        #expect((watched.opens()["churn-image.oci.tar"] ?? 0) <= 2)
    }
}
