import ArchiveReading

/// Which files' bytes are kept while a layer is read: what the package databases and the readers of facts ask for.
///
/// Everything else leaves only its size and digest.
struct KeptFiles: Sendable {
    enum Keeping: Hashable {
        /// The first bytes, when the file is a script.
        case head
        /// All bytes of a script that is no larger than ``scriptBytes``, else the first ones.
        case script
        case whole
    }

    /// The files of all databases of the list.
    static let all = KeptFiles(packageDatabases)

    private let wanted: PathPatternSet

    /// Creates the union of what databases and the readers of facts want.
    init(_ databases: [any PackageDatabase.Type]) {
        wanted = PathPatternSet(databases.flatMap { $0.wanted } + Self.facts)
    }

    /// What no database needs: the files by which interpreters, the C library, CUDA and the distribution are told, and those
    /// that change what Python imports.
    private static let facts: [PathPattern] =
        Interpreters.wanted + CLibraryFacts.wanted + DistributionFacts.wanted + ToolkitFacts.wanted + [
            "**/*.dist-info/sboms/**", "**/*.pth", "**/*.egg-link", "etc/ld.so.preload", "etc/ld.so.cache",
            "etc/ld.so.conf",
            "etc/ld.so.conf.d/*.conf", "etc/ld-musl-*.path",
        ] + start

    /// What decides how a program starts: login profiles, activation scripts, users, files that Python and its servers read.
    private static let start: [PathPattern] = [
        "etc/profile", "etc/profile.d/*.sh", "etc/passwd", "etc/group", "**/.profile", "**/.bash_profile",
        "**/.bash_login",
        "**/bin/activate", "**/*._pth", "**/pybuilddir.txt", "**/gunicorn.conf.py",
    ]

    /// The bytes of a file's head that are kept: a `#!` line, the header of bytecode.
    static let headBytes = 256
    /// The largest script that is kept whole: launchers and scripts that installers rewrite.
    static let scriptBytes = 64 << 10
    /// The largest package list that is kept; Debian's whole `main` has 45 MB.
    static let packageListBytes = 256 << 20

    private static let packageLists = PathPatternSet([
        "var/lib/apt/lists/*_Packages*", "var/lib/apt/lists/*Release", "**/var/cache/apk/APKINDEX.*.tar.gz",
        "**/etc/apk/cache/APKINDEX.*.tar.gz",
    ])

    /// Whether a file is a list of what can be installed: of apt, with the release files that say how it counts, or of apk.
    static func isPackageList(_ path: [UInt8]) -> Bool { packageLists.matches(path) }

    private static let maintainerScripts = Array("var/lib/dpkg/info/".utf8)
    private static let systemDirectories = ["usr/bin/", "usr/sbin/", "usr/share/", "usr/lib/", "bin/", "sbin/", "lib/"]
        .map { Array($0.utf8) }
    private static let systemInterpreters: Set<String> = ["mawk", "awk", "gawk", "sed"]

    /// Whether a script is one of the distribution that nothing here reads: in Perl, awk or sed, by its head.
    ///
    /// No shell or Python runs it, no installer of Python or conda writes it there, and a Debian base has 600 kB of them.
    static func isSystemScript(_ path: [UInt8], _ head: [UInt8]) -> Bool {
        guard systemDirectories.contains(where: { path.starts(with: $0) }) else { return false }
        let words = head.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }.split { $0 <= UInt8(ascii: " ") }
        let names = words.prefix(2).map { $0.split(separator: UInt8(ascii: "/")).last ?? [] }
        guard let first = names.first else { return false }
        let name = PathBytes.equals(first, "env") && names.count > 1 ? names[1] : first
        return name.starts(with: "perl".utf8) || systemInterpreters.contains(String(decoding: name, as: UTF8.self))
    }

    /// Whether a file is one that dpkg runs when it installs and removes a package, or asks it with.
    static func isMaintainerScript(_ path: [UInt8]) -> Bool { path.starts(with: maintainerScripts) }

    /// What is kept of the file at a path (its normal form, in any layer, before links are resolved).
    func keeping(_ path: [UInt8]) -> Keeping {
        if wanted.matches(path) { return .whole }
        // What dpkg runs when it installs and removes.
        if Self.isMaintainerScript(path) { return .head }
        let directory = PathBytes.folder(path)
        let holdsPrograms =
            PathBytes.ends(directory, "/bin") || PathBytes.equals(directory, "bin")
            || PathBytes.ends(directory, "/Scripts") || PathBytes.equals(directory, "Scripts")
        // Entry scripts can be anywhere; modules of Python are not scripts that a shell reads.
        return holdsPrograms || !PathBytes.ends(path, ".py") ? .script : .head
    }
}
