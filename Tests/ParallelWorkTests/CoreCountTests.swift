import FoundationEssentials
import Testing

@testable import ParallelWork

@Suite struct CoreCountTests {
    /// A directory of control groups with these files.
    private func groups(_ files: [String: String]) throws -> URL {
        let root = FileManager.default.temporaryDirectory.appending(path: "pinproof-cgroup-\(UUID().uuidString)")
        for (path, text) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return root
    }

    @Test(
        arguments: [
            (["cpu.max": "max 100000\n"], "0::/\n", nil), (["cpu.max": "200000 100000\n"], "0::/\n", 2),
            (["cpu.max": "150000 100000\n"], "0::/\n", 2), (["cpu.max": "5000 100000\n"], "0::/\n", 1),
            (["a/b/cpu.max": "400000 100000\n", "a/cpu.max": "300000 100000\n"], "0::/a/b\n", 3),
            (["a/b/cpu.max": "100000 100000\n", "a/cpu.max": "300000 100000\n"], "0::/a/b\n", 1),
            // The host's path, and a mount that is the container's own group.
            (["cpu.max": "100000 100000\n"], "0::/host/slice/abc\n", 1),
            (["cpu.max": "nonsense"], "0::/\n", nil), (["cpu.max": "0 100000"], "0::/\n", nil),
            (["cpu.max": "100000 0"], "0::/\n", nil), (["x": ""], "0::/\n", nil), (["x": ""], "", nil),
            (["cpu.max": "100000 100000\n"], "0::/../../etc\n", 1),
            (
                ["cpu,cpuacct/d/cpu.cfs_quota_us": "250000\n", "cpu,cpuacct/d/cpu.cfs_period_us": "100000\n"],
                "5:memory:/d\n4:cpu,cpuacct:/d\n", 3
            ),
            (["cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"], "4:cpu:/d\n", nil),
            (["cpu/cpu.cfs_quota_us": "100000\n", "cpu/cpu.cfs_period_us": "100000\n"], "4:cpu:/d\n", 1),
            (["cpuset/cpu.cfs_quota_us": "100000\n", "cpuset/cpu.cfs_period_us": "100000\n"], "4:cpuset:/d\n", nil),
        ] as [([String: String], String, Int?)])
    func readsQuotas(files: [String: String], memberships: String, cores: Int?) throws {
        let root = try groups(files)
        defer { try? FileManager.default.removeItem(at: root) }
        #expect(CoreCount.quota(memberships: memberships, root: root.path) == cores)
    }

    @Test func thereIsACore() { #expect(CoreCount.current >= 1 && coreCount == CoreCount.current) }
}
