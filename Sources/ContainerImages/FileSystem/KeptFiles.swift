import ArchiveReading

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
        let slash = bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0
        let folder = bytes[..<slash]
        if equals(folder, "var/lib/apt/lists") {
            return contains(bytes[slash...], "_Packages") || ends(bytes[...], "Release")
        }
        return (ends(folder, "var/cache/apk") || ends(folder, "etc/apk/cache"))
            && contains(bytes[slash...], "/APKINDEX.") && ends(bytes[...], ".tar.gz")
    }

    /// What is kept of the file at a path (its normal form, in any layer, before links are resolved).
    static func keeping(_ bytes: [UInt8]) -> Keeping {
        let slash = bytes.lastIndex(of: UInt8(ascii: "/"))
        let name = bytes[(slash.map { $0 + 1 } ?? 0)...]
        let folder = bytes[..<(slash ?? 0)]
        if ends(folder, ".dist-info") || ends(folder, ".egg-info") || ends(folder, "EGG-INFO") {
            return distInfo.contains(Array(name)) ? .whole : .head
        }
        if contains(folder, ".dist-info/"), contains(folder, ".dist-info/sboms") { return .whole }
        if ends(name, ".egg-info") || ends(name, ".egg-link") || ends(name, ".pth") || ends(name, "pyvenv.cfg") {
            return .whole
        }
        if ends(folder, "conda-meta") { return ends(name, ".json") || equals(name, "history") ? .whole : .head }
        if contains(folder, "dpkg") {
            if ends(folder, "lib/dpkg") {
                return equals(name, "status") || equals(name, "arch") || equals(name, "diversions") ? .whole : .head
            }
            if contains(folder, "dpkg/status.d") { return .whole }
            if ends(folder, "dpkg/info") {
                return ends(name, ".md5sums") || ends(name, ".conffiles") || ends(name, ".list") ? .whole : .nothing
            }
            if ends(folder, "etc/dpkg/dpkg.cfg.d") || (ends(folder, "etc/dpkg") && equals(name, "dpkg.cfg")) {
                return .whole
            }
        }
        if ends(folder, "/rpm") {
            let isKept = ["rpmdb.sqlite", "rpmdb.sqlite-wal"].contains { name.elementsEqual($0.utf8) }
            return isKept ? .whole : .nothing
        }
        if ToolkitFacts.holdsVersion(name: name, folder: folder) { return .whole }
        // The versions of CPython and of glibc stand in these.
        if equals(name, "patchlevel.h") || equals(name, "libc.so.6") { return .whole }
        if equals(name, "installed"), ends(folder, "lib/apk/db") { return .whole }
        if equals(name, "ld.so.preload"), equals(folder, "etc") { return .whole }
        if equals(name, "os-release"), ends(folder, "etc") || ends(folder, "usr/lib") { return .whole }
        if equals(name, "debian_version") || equals(name, "alpine-release"), ends(folder, "etc") { return .whole }
        return isScriptsFolder(folder) ? .script : .head
    }

    private static func isScriptsFolder(_ folder: ArraySlice<UInt8>) -> Bool {
        ends(folder, "/bin") || equals(folder, "bin") || ends(folder, "/Scripts") || equals(folder, "Scripts")
    }

    private static func ends(_ bytes: ArraySlice<UInt8>, _ text: StaticString) -> Bool { PathBytes.ends(bytes, text) }
    private static func equals(_ bytes: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
        PathBytes.equals(bytes, text)
    }
    private static func contains(_ bytes: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
        PathBytes.contains(bytes, text)
    }
}
