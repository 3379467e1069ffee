import EnvironmentInventory

/// The platform parts of wheel tags that run on a platform, the best first.
///
/// Linux: PEP 600 (https://peps.python.org/pep-0600/) with the older manylinux1, 2010 and 2014, and PEP 656
/// (https://peps.python.org/pep-0656/). Left out: Android, iOS, Emscripten, 32-bit interpreters on 64-bit kernels, macOS on
/// PowerPC.
package enum PlatformTags {
    /// The C library of a Linux target that names none: that of uv's `--python-platform linux`.
    package static let defaultCLibrary = CLibrary(family: .glibc, major: 2, minor: 28)

    /// The minimum macOS of a target that names none: that of uv's `--python-platform macos`.
    package static let defaultMacOS = (major: 13, minor: 0)

    /// The tags of a platform; nil for an operating system or a processor that has none.
    package static func of(_ platform: Platform, macOS: (major: Int, minor: Int)? = nil) -> [String]? {
        guard let machine = machine(of: platform) else { return nil }
        switch platform.os {
        case "linux": return linux(machine, platform.cLibrary ?? defaultCLibrary)
        case "darwin":
            let version = macOS ?? defaultMacOS
            return darwin(machine, major: version.major, minor: version.minor)
        case "windows": return ["AMD64": ["win_amd64"], "ARM64": ["win_arm64"], "x86": ["win32"]][machine]
        default: return nil
        }
    }

    /// The processor as `platform.machine()` of Python names it; nil for one that is not known.
    package static func machine(of platform: Platform) -> String? {
        switch (platform.os, platform.architecture) {
        case ("linux", "amd64"): "x86_64"
        case ("linux", "arm64"): "aarch64"
        case ("linux", "386"): "i686"
        case ("linux", "arm"): platform.variant == "v6" ? "armv6l" : "armv7l"
        case ("linux", "ppc64le"): "ppc64le"
        case ("linux", "s390x"): "s390x"
        case ("linux", "riscv64"): "riscv64"
        case ("linux", "loong64"): "loongarch64"
        case ("darwin", "amd64"): "x86_64"
        case ("darwin", "arm64"): "arm64"
        case ("windows", "amd64"): "AMD64"
        case ("windows", "arm64"): "ARM64"
        case ("windows", "386"): "x86"
        default: nil
        }
    }

    /// No C library has a higher minor version; above it a target is a mistake.
    private static let maximumMinor = 999

    private static func linux(_ machine: String, _ library: CLibrary) -> [String] {
        var tags = ["linux_\(machine)"]
        let highest = min(library.minor, maximumMinor)
        switch library.family {
        case .musl:
            guard highest >= 0 else { return tags }
            for minor in (0...highest).reversed() { tags.append("musllinux_\(library.major)_\(minor)_\(machine)") }
        case .glibc:
            // There is no manylinux of the soft-float ARM, and there are no others of glibc than 2.
            guard library.major == 2, machine != "armv6l" else { return tags }
            let lowest = machine == "x86_64" || machine == "i686" ? 5 : 17
            guard highest >= lowest else { return tags }
            for minor in (lowest...highest).reversed() {
                tags.append("manylinux_2_\(minor)_\(machine)")
                if let older = [17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"][minor] {
                    tags.append("\(older)_\(machine)")
                }
            }
        }
        return tags
    }

    private static func darwin(_ machine: String, major: Int, minor: Int) -> [String] {
        let isIntel = machine == "x86_64"
        func formats(_ major: Int, _ minor: Int) -> [String] {
            guard isIntel else { return [machine, "universal2"] }
            return major == 10 && minor < 4
                ? [] : [machine, "intel", "fat64", "fat3", "universal2", "universal"]
        }
        var tags: [String] = []
        if major == 10 {
            for older in (0...max(0, min(minor, maximumMinor))).reversed() {
                tags += formats(10, older).map { "macosx_10_\(older)_\($0)" }
            }
        }
        guard major >= 11 else { return tags }
        for older in (11...min(major, maximumMinor)).reversed() {
            tags += formats(older, 0).map { "macosx_\(older)_0_\($0)" }
        }
        // Universal binaries can be older than ARM is.
        for older in (4...16).reversed() {
            tags += (isIntel ? formats(10, older) : ["universal2"]).map { "macosx_10_\(older)_\($0)" }
        }
        return tags
    }
}
