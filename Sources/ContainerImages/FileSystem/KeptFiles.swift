/// Which files' bytes are kept while a layer is read: the metadata that the package databases and the evidence need.
///
/// Everything else leaves only its size and digest.
enum KeptFiles {
    enum Keeping: Hashable {
        case nothing
        /// The first bytes, when the file is a script.
        case head
        /// All bytes of a script that is no larger than ``scriptBytes``, else the first ones.
        case script
        case whole
    }

    /// The bytes of a file's head that are kept: a `#!` line, the header of bytecode.
    static let headBytes = 256
    /// The largest script that is kept whole: launchers and scripts that installers rewrite.
    static let scriptBytes = 64 << 10

    private static let distInfo: Set<[UInt8]> = Set(
        [
            "METADATA", "PKG-INFO", "RECORD", "WHEEL", "INSTALLER", "REQUESTED", "direct_url.json", "entry_points.txt",
            "installed-files.txt", "SOURCES.txt", "top_level.txt", "uv_cache.json", "uv_build.json",
            "provenance_url.json", "namespace_packages.txt",
        ].map { Array($0.utf8) })

    /// The largest package list that is kept; Debian's whole `main` has 45 MB.
    static let packageListBytes = 256 << 20

    /// Whether a file is a list of what can be installed: of apt, with the release files that say how it counts, or of apk.
    static func isPackageList(_ bytes: [UInt8]) -> Bool {
        let slash = bytes.lastIndex(of: 0x2F) ?? 0
        let folder = bytes[..<slash]
        if PathBytes.equals(folder, "var/lib/apt/lists") {
            return PathBytes.contains(bytes[slash...], "_Packages") || PathBytes.ends(bytes, "Release")
        }
        return (PathBytes.ends(folder, "var/cache/apk") || PathBytes.ends(folder, "etc/apk/cache"))
            && PathBytes.contains(bytes[slash...], "/APKINDEX.") && PathBytes.ends(bytes, ".tar.gz")
    }

    /// What is kept of the file at a path (its normal form, in any layer, before links are resolved).
    static func keeping(_ bytes: [UInt8]) -> Keeping {
        let slash = bytes.lastIndex(of: 0x2F)
        let name = bytes[(slash.map { $0 + 1 } ?? 0)...]
        let folder = bytes[..<(slash ?? 0)]
        if PathBytes.ends(folder, ".dist-info") || PathBytes.ends(folder, ".egg-info") || PathBytes.ends(folder, "EGG-INFO") {
            return distInfo.contains(Array(name)) ? .whole : .head
        }
        if PathBytes.contains(folder, ".dist-info/"), PathBytes.contains(folder, ".dist-info/sboms") { return .whole }
        if PathBytes.ends(name, ".egg-info") || PathBytes.ends(name, ".egg-link") || PathBytes.ends(name, ".pth") || PathBytes.ends(name, "pyvenv.cfg") {
            return .whole
        }
        if PathBytes.ends(folder, "conda-meta") { return PathBytes.ends(name, ".json") || PathBytes.equals(name, "history") ? .whole : .head }
        if PathBytes.contains(folder, "dpkg") {
            if PathBytes.ends(folder, "lib/dpkg") {
                return PathBytes.equals(name, "status") || PathBytes.equals(name, "arch") || PathBytes.equals(name, "diversions") ? .whole : .head
            }
            if PathBytes.contains(folder, "dpkg/status.d") { return .whole }
            if PathBytes.ends(folder, "dpkg/info") {
                return PathBytes.ends(name, ".md5sums") || PathBytes.ends(name, ".conffiles") || PathBytes.ends(name, ".list") ? .whole : .nothing
            }
            if PathBytes.ends(folder, "etc/dpkg/dpkg.cfg.d") || (PathBytes.ends(folder, "etc/dpkg") && PathBytes.equals(name, "dpkg.cfg")) {
                return .whole
            }
        }
        if PathBytes.ends(folder, "/rpm") {
            let isKept = ["rpmdb.sqlite", "rpmdb.sqlite-wal"].contains { name.elementsEqual($0.utf8) }
            return isKept ? .whole : .nothing
        }
        if ToolkitFacts.holdsVersion(name: name, folder: folder) { return .whole }
        // The versions of CPython and of glibc stand in these.
        if PathBytes.equals(name, "patchlevel.h") || PathBytes.equals(name, "libc.so.6") { return .whole }
        if PathBytes.equals(name, "installed"), PathBytes.ends(folder, "lib/apk/db") { return .whole }
        if PathBytes.equals(name, "ld.so.preload"), PathBytes.equals(folder, "etc") { return .whole }
        if PathBytes.equals(name, "os-release"), PathBytes.ends(folder, "etc") || PathBytes.ends(folder, "usr/lib") { return .whole }
        if PathBytes.equals(name, "debian_version") || PathBytes.equals(name, "alpine-release"), PathBytes.ends(folder, "etc") { return .whole }
        return isScriptsFolder(folder) ? .script : .head
    }

    private static func isScriptsFolder(_ folder: ArraySlice<UInt8>) -> Bool {
        PathBytes.ends(folder, "/bin") || PathBytes.equals(folder, "bin") || PathBytes.ends(folder, "/Scripts") || PathBytes.equals(folder, "Scripts")
    }
}
