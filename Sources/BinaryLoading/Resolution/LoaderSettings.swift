import SourceDocuments

/// How the loader of an image searches: which loader it is, its default directories, its cache, and the variables of the
/// process.
package struct LoaderSettings: Sendable {
    /// Which C library's loader it is.
    package enum Family: String, Sendable { case glibc, musl }

    /// The variables and the processor of a process.
    package struct Launch: Sendable {
        /// The directories of `LD_LIBRARY_PATH`, as written.
        package var libraryPath: String?
        /// `LD_PRELOAD`, as written.
        package var preload: String?
        /// The working directory, for empty and relative entries.
        package var workingDirectory = "/"
        /// The level of x86-64 of the processor, 1 to 4; 1 where it is not known.
        package var level = 1

        /// `GLIBC_TUNABLES`, as written.
        package var tunables: String?

        /// Creates the launch of a process without variables.
        package init() {}
    }

    /// Which loader it is.
    package let family: Family
    /// The machine of the process.
    package let machine: ELFIdentity
    /// The absolute path of the loader, as programs name it.
    package let loader: String
    /// The directories that are searched last.
    package let defaultDirectories: [String]
    /// What `$LIB` stands for, without slashes around it.
    package let libraryName: String
    /// The cache; nil where there is none that the loader accepts.
    package let cache: LoaderCache?
    /// The process.
    package let launch: Launch
    /// The objects that are loaded before anything else.
    package let preloads: [String]
    /// The release of glibc, by the versions that its library defines; nil for musl or where the library is not found.
    package let release: (major: Int, minor: Int)?
    /// What could not be read of the settings, a sentence each.
    package private(set) var remarks: [String] = []

    /// Reads the settings of the loader that a program names.
    ///
    /// - Parameters:
    ///   - loader: the program's `PT_INTERP`.
    ///   - machine: the program's machine.
    package init(loader: String, machine: ELFIdentity, launch: Launch, files: any LoaderFiles) {
        self.loader = loader
        self.machine = machine
        self.launch = launch
        let isMusl = LoaderPath.name(loader).hasPrefix("ld-musl-")
        family = isMusl ? .musl : .glibc
        var remarks: [String] = []
        if isMusl {
            defaultDirectories = Self.muslDirectories(loader, files, &remarks)
            libraryName = "lib"
            cache = nil
            release = nil
        } else {
            let read: [String] =
                if case .elf(let file)? = files.loaderFile(loader)?.binary { file.systemDirectories } else { [] }
            if read.isEmpty { remarks.append("the loader's default directories are not in \(loader)") }
            let usual = machine.is64Bit ? ["/lib64/", "/usr/lib64/"] : ["/lib/", "/usr/lib/"]
            defaultDirectories = read.isEmpty ? usual : read
            libraryName = Self.libraryName(defaultDirectories)
            cache = files.loaderBytes("/etc/ld.so.cache").flatMap { LoaderCache($0) }
            release = Self.release(in: defaultDirectories, files)
        }
        // musl also parts the names of the variable at other blanks.
        var preloads = launch.preload.map { Self.words($0, separators: isMusl ? " :\n\t\r\u{B}\u{C}" : " :") } ?? []
        if !isMusl, let bytes = files.loaderBytes("/etc/ld.so.preload") {
            // A comment goes from `#` to the end of its line, wherever it begins.
            let lines = bytes.split(separator: 0x0A).map { line in line.prefix { $0 != UInt8(ascii: "#") } }
            for line in lines { preloads += Self.words(String(decoding: line, as: UTF8.self), separators: " :\t") }
        }
        self.preloads = preloads
        self.remarks = remarks
    }

    /// Returns the directories of musl's loader: those of its path file, at `etc` beside the directory that the loader lies
    /// in. It is read to its first zero, and its parts end at colons and line feeds. One that is there and cannot be read has
    /// none (https://git.musl-libc.org/cgit/musl/tree/ldso/dynlink.c?h=v1.2.5, `load_library`, `path_open`).
    private static func muslDirectories(
        _ loader: String, _ files: any LoaderFiles, _ remarks: inout [String]
    ) -> [String] {
        let stem = LoaderPath.name(loader).split(separator: ".").first ?? "ld-musl"
        let folders = loader.split(separator: "/").dropLast(2)
        let path = (loader.hasPrefix("/") ? folders.map { "/" + $0 }.joined() : "") + "/etc/\(stem).path"
        if let bytes = files.loaderBytes(path) {
            return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self).parts(at: ":\n").map(String.init)
        }
        guard let file = files.loaderFile(path) else { return ["/lib", "/usr/local/lib", "/usr/lib"] }
        if file.number >= 0 { remarks.append("the directories that \(path) names were not read") }
        return []
    }

    private static func words(_ text: String, separators: String) -> [String] {
        text.parts(at: separators).map(String.init)
    }

    /// Returns what the default directories have after their root: `lib/x86_64-linux-gnu` on Debian, `lib64` on Fedora.
    private static func libraryName(_ directories: [String]) -> String {
        let first = directories.first ?? "/lib64/"
        return first.split(separator: "/").drop { $0 == "usr" }.joined(separator: "/")
    }

    /// Returns the newest version that the C library of some directories defines, `GLIBC_2.36`.
    private static func release(in directories: [String], _ files: any LoaderFiles) -> (major: Int, minor: Int)? {
        for directory in directories {
            guard case .elf(let file)? = files.loaderFile(LoaderPath.join(directory, "libc.so.6"))?.binary else {
                continue
            }
            let releases = file.versions.compactMap { SymbolVersion($0) }.filter { $0.name == "GLIBC" }
            guard let newest = releases.max(), newest.numbers.count >= 2 else { continue }
            return (newest.numbers[0], newest.numbers[1])
        }
        return nil
    }

    /// The directories below `glibc-hwcaps` that the processor supports, the best one first
    /// (https://sourceware.org/git/?p=glibc.git;a=blob;f=sysdeps/x86_64/dl-hwcaps_subdirs.c).
    package var levels: [String] {
        guard machine.machine == 62, machine.is64Bit, launch.level > 1 else { return [] }
        return (2...min(4, launch.level)).reversed().map { "x86-64-v\($0)" }
    }

    /// The kinds of the cache's rows that the process takes; nil where any is looked at.
    var cacheFlags: UInt32? {
        switch machine.machineName {
        case "x86_64": 0x0303
        case "x32": 0x0803
        case "i386": 0x0003
        case "aarch64": 0x0A03
        default: nil
        }
    }

    /// Whether the loader also looks into `tls` and directories of processors, as glibc did before 2.37.
    var seesLegacyDirectories: Bool { release.map { $0.major == 2 && $0.minor < 37 } ?? false }

    /// The value of `$PLATFORM`.
    var platform: String { machine.machineName }
}
