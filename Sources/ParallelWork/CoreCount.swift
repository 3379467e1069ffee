internal import Glibc

/// The number of cores that this process may keep busy.
package let coreCount = CoreCount.current

/// Counts cores as a container sees them: those of its CPU set, and no more than its control group's quota pays for
/// (https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html,
/// https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files,
/// https://docs.kernel.org/scheduler/sched-bwc.html).
enum CoreCount {
    static var current: Int {
        let online = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let quota = quota(memberships: text("/proc/self/cgroup") ?? "", root: "/sys/fs/cgroup")
        return min(affinity ?? online, quota ?? online)
    }

    /// The cores of the CPU set; nil where it cannot be read.
    private static var affinity: Int? {
        // glibc declares sched_getaffinity for GNU sources only, which Swift's module map does not ask for.
        typealias GetAffinity = @convention(c) (pid_t, Int, UnsafeMutableRawPointer?) -> Int32
        guard let symbol = dlsym(nil, "sched_getaffinity") else { return nil }
        let getAffinity = unsafeBitCast(symbol, to: GetAffinity.self)
        // Room for 65,536 cores; the kernel refuses a set that is smaller than its own.
        var set = [UInt8](repeating: 0, count: 8192)
        guard set.withUnsafeMutableBytes({ getAffinity(0, $0.count, $0.baseAddress) }) == 0 else { return nil }
        let count = set.reduce(0) { $0 + $1.nonzeroBitCount }
        return count > 0 ? count : nil
    }

    /// The cores that the quota of a control group and of those above it pay for, rounded up; nil without a quota.
    ///
    /// - Parameters:
    ///   - memberships: the text of `/proc/self/cgroup`, `ID:CONTROLLERS:PATH` a line.
    ///   - root: where control groups are mounted.
    static func quota(memberships: String, root: String) -> Int? {
        var least: Int?
        for line in memberships.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let isUnified = fields[0] == "0" && fields[1].isEmpty
            let controllers = fields[1].split(separator: ",")
            guard isUnified || controllers.contains("cpu") else { continue }
            let mounts = isUnified ? [root, "\(root)/unified"] : ["\(root)/\(fields[1])", "\(root)/cpu"]
            // The path of a container's group is often that of the host; its own group is then the mount itself.
            for mount in mounts {
                for directory in ancestors(mount, String(fields[2])) {
                    guard let cores = isUnified ? unifiedQuota(directory) : quota(directory) else { continue }
                    least = min(least ?? cores, cores)
                }
            }
        }
        return least
    }

    /// A group's directory, those above it, and the mount.
    private static func ancestors(_ mount: String, _ path: String) -> [String] {
        let parts = path.split(separator: "/").prefix(64)
        guard !parts.contains("..") else { return [mount] }
        return (0...parts.count).map { ([Substring(mount)] + parts.prefix($0)).joined(separator: "/") }
    }

    /// `cpu.max`: `QUOTA PERIOD` in microseconds, or `max PERIOD`.
    private static func unifiedQuota(_ directory: String) -> Int? {
        guard let words = text("\(directory)/cpu.max")?.split(whereSeparator: \.isWhitespace), words.count == 2,
            let quota = Int(words[0]), let period = Int(words[1])
        else { return nil }
        return cores(quota, period)
    }

    /// `cpu.cfs_quota_us`, which is -1 without a limit, and `cpu.cfs_period_us`.
    private static func quota(_ directory: String) -> Int? {
        guard let quota = number("\(directory)/cpu.cfs_quota_us"), let period = number("\(directory)/cpu.cfs_period_us")
        else { return nil }
        return cores(quota, period)
    }

    private static func cores(_ quota: Int, _ period: Int) -> Int? {
        guard quota > 0, period > 0 else { return nil }
        return max(1, quota / period + (quota % period > 0 ? 1 : 0))
    }

    private static func number(_ path: String) -> Int? {
        text(path)?.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
    }

    /// The first bytes of a small file of the kernel; nil when it cannot be read.
    private static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        var count = 0
        while count < bytes.count {
            let more = bytes.withUnsafeMutableBytes { buffer in
                read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
            }
            if more <= 0 { break }
            count += more
        }
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}
