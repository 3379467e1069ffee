import BinaryLoading
import ContainerImages
import EnvironmentInventory
import SourceDocuments

/// An interpreter by its path: which Python it is.
///
/// What decides is the program itself. Python never reads the `version` of a `pyvenv.cfg`
/// (https://github.com/python/cpython/blob/v3.12.0/Modules/getpath.py), so that it counts only where nothing else is known.
package struct PythonProgram {
    /// What the folder of an interpreter's modules has before and behind its release: `pypy3.10`, `python3.13t`.
    struct Build: Sendable, Hashable {
        /// `python`, or `pypy` (https://github.com/pypy/pypy/blob/release-pypy3.10-v7.3.17/lib-python/3/site.py).
        fileprivate(set) var stem = "python"
        /// `t` for a build without the global lock
        /// (https://github.com/python/cpython/blob/v3.13.0/Lib/sysconfig/__init__.py), else empty.
        fileprivate(set) var threads = ""

        /// That of an ordinary Python.
        init() {}

        /// That of an interpreter.
        init(_ path: String, _ files: FileSystemIndex) { self = PythonProgram(path, files).build }

        /// Returns the folder's name for a release.
        func folder(_ release: String) -> String { stem + release + threads }
    }

    /// The release that the program, its name or the standard library next to it says, `3.13`.
    private(set) var release: String?
    /// The release that a `pyvenv.cfg` above the program states.
    let stated: String?
    /// What its folder is called besides.
    private(set) var build = Build()
    /// Where the program's name is another's, and implementations that are not followed.
    private(set) var gaps: [Gap] = []

    private let path: String
    /// Whether it is a real program, whose tables were looked at.
    private let isRead: Bool
    /// Whether nothing but folders that anyone can add says the release.
    private var isSupposed = false

    /// Looks at an interpreter.
    init(_ path: String, _ files: FileSystemIndex) {
        let entry = files.lookup(path)
        let resolved = entry?.path ?? path
        self.path = "/" + ImportPath.normal(path)
        let binary = entry.flatMap { files.binary(of: $0) }
        isRead = binary != nil
        let tables = binary.flatMap { ProgramTables($0) } ?? ProgramTables()
        let own = PosixPath.lastComponent(resolved)
        let named = Self.version(ofName: own[...])
        let linked = named ?? Self.version(ofName: PosixPath.lastComponent(path)[...])
        let prefix = ImportPath.parent(ImportPath.parent(path))
        stated = Self.stated(ImportPath.join(prefix, "pyvenv.cfg"), files)
        let isThreaded = own.hasPrefix("python3.") && own.hasSuffix("t")
        build.threads = tables.isThreaded ?? isThreaded ? "t" : ""
        if own.hasPrefix("pypy") || tables.isPyPy {
            build = Build()
            build.stem = "pypy"
        }
        if let minor = tables.minor {
            release = tables.fits(linked) ? linked : "3.\(minor)"
            // Of a release later than those that are known nothing but a name says more.
            isSupposed = named == nil && release != "3.\(minor)"
        } else if let linked {
            release = linked
            // Whoever adds a link chooses its name.
            isSupposed = named == nil && stated != nil
        } else if let library = Self.library(resolved, files) {
            release = Self.version(ofName: library[...])
            if build.stem == "python" { build.threads = library.hasSuffix("t") ? "t" : "" }
            isSupposed = stated != nil
        } else {
            isSupposed = true
        }
        for (name, shown) in [("pypy", "PyPy"), ("graalpy", "GraalPy")]
        where own.hasPrefix(name) || (name == "pypy" && tables.isPyPy) {
            gaps.append(Gap(self.path, reason: "it is \(shown), and where that looks for modules is not followed"))
        }
        if let named, !tables.fits(named) || (isThreaded != (tables.isThreaded ?? isThreaded)) {
            let real = tables.minor.map { "3.\($0)\(build.threads)" } ?? "3"
            gaps.append(
                Gap(
                    "/" + ImportPath.normal(resolved),
                    reason: "its name says Python \(named)\(isThreaded ? "t" : ""), and the program is Python \(real)"))
        }
    }

    /// Returns what does not agree with where a program looks: a `pyvenv.cfg` of another release, and a standard library that
    /// is not there.
    func disagreements(with found: ImportPath, _ files: FileSystemIndex) -> [Gap] {
        guard isRead else { return [] }
        var gaps: [Gap] = []
        if isSupposed {
            gaps.append(Gap(path, reason: "the program does not say which release of Python it is"))
        }
        for file in found.decidingFiles where PosixPath.lastComponent(file) == "pyvenv.cfg" {
            guard let stated = Self.stated(file, files), stated != found.python else { continue }
            gaps.append(
                Gap("/" + file, reason: "it states Python \(stated), and the program is Python \(found.python)"))
        }
        if found.lacksLibrary {
            let place = found.directories.first { $0.origin == .standardLibrary }?.path ?? "lib"
            gaps.append(Gap(path, reason: "its standard library is not in the image: there is no os.py in /\(place)"))
        }
        return gaps
    }

    // MARK: - Search

    /// Returns the first Python of a search path.
    static func find(_ files: FileSystemIndex, path: String?) -> String? {
        let directories = (path ?? defaultPath).parts(at: ":").map(String.init)
        for directory in directories {
            for name in ["python", "python3"] + versioned(directory, files) {
                let candidate = "\(directory)/\(name)"
                if files.lookup(candidate) != nil || files.lookup(candidate, followingLast: false) != nil {
                    return candidate
                }
            }
        }
        return nil
    }

    /// The search path of a container without `PATH`.
    package static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    private static func versioned(_ directory: String, _ files: FileSystemIndex) -> [String] {
        (files.names(in: directory) ?? []).filter { $0.hasPrefix("python3.") && PythonCommandLine.isInterpreter($0) }
    }

    /// Returns the release of an interpreter: by its own tables, by the name of the program that it leads to, by the standard
    /// library next to it, or by `pyvenv.cfg`; nil when none of these says it.
    package static func release(of path: String, _ files: FileSystemIndex) -> String? {
        let program = PythonProgram(path, files)
        return program.release ?? program.stated
    }

    // MARK: - Names

    /// The folder of the only standard library next to a program, `python3.13t`.
    private static func library(_ resolved: String, _ files: FileSystemIndex) -> String? {
        let library = ImportPath.join(ImportPath.parent(ImportPath.parent(resolved)), "lib")
        let names = (files.names(in: library) ?? []).filter {
            version(ofName: $0[...]) != nil && files.lookup("\(library)/\($0)/os.py") != nil
        }
        return names.count == 1 ? names.first : nil
    }

    /// Returns the release that a `pyvenv.cfg` states: `3.11` of `version = 3.11.2`.
    private static func stated(_ file: String, _ files: FileSystemIndex) -> String? {
        for (key, value) in PythonHome.fields(files.contents(of: file) ?? [])
        where key == "version" || key == "version_info" {
            let parts = value.split(separator: ".").prefix(2)
            if parts.count == 2 { return parts.joined(separator: ".") }
        }
        return nil
    }

    /// `3.11` of `python3.11`, `3.10` of `pypy3.10`, `3.13` of `python3.13t`.
    private static func version(ofName name: Substring) -> String? {
        guard PythonCommandLine.isInterpreter(String(name)), let start = name.firstIndex(where: \.isNumber) else {
            return nil
        }
        let parts = name[start...].filter { $0 != "t" }.split(separator: ".")
        return parts.count == 2 ? parts.joined(separator: ".") : nil
    }
}

/// What the tables of an interpreter say: the library of Python that it needs, else the functions of Python that it has.
private struct ProgramTables {
    /// The release of Python 3; nil where it is not known.
    private(set) var minor: Int?
    /// Whether the release may be a later one.
    private var isOpen = false
    /// Whether it is a build without the global lock; nil where it is not known.
    private(set) var isThreaded: Bool?
    private(set) var isPyPy = false

    /// Those of a program that was not read.
    init() {}

    init?(_ binary: BinaryFile) {
        guard case .elf(let file) = binary else { return nil }
        // libpython3.12.so.1.0, libpython3.13t.so.1.0, libpypy3.10-c.so
        for library in file.needed {
            if library.hasPrefix("libpypy") {
                isPyPy = true
                return
            }
            guard library.hasPrefix("libpython3.") else { continue }
            let rest = library.dropFirst("libpython3.".count)
            let digits = rest.prefix { $0.isNumber }
            let letters = rest.dropFirst(digits.count).prefix { $0 != "." }
            guard let minor = Int(digits) else { continue }
            self.minor = minor
            isThreaded = letters.contains("t")
            return
        }
        for (minor, function) in Self.functions where file.symbols.defines(function) { self.minor = minor }
        isOpen = minor == Self.functions.last?.minor
        // It is there in builds without the lock alone
        // (https://github.com/python/cpython/blob/v3.13.0/Objects/object.c).
        if file.symbols.defines("_Py_MergeZeroLocalRefcount") { isThreaded = true }
    }

    /// Whether the program may be of a release; true where nothing is known.
    func fits(_ release: String?) -> Bool {
        guard let minor else { return true }
        guard let parts = release?.split(separator: "."), parts.count == 2, parts[0] == "3", let other = Int(parts[1])
        else { return false }
        return isOpen ? other >= minor : other == minor
    }

    /// A function of the stable interface that each release brought
    /// (https://github.com/python/cpython/blob/main/Doc/data/stable_abi.dat, https://docs.python.org/3/whatsnew/).
    private static let functions: [(minor: Int, name: String)] = [
        (9, "PyFrame_GetBack"), (10, "PyIter_Send"), (11, "PyErr_GetHandledException"),
        (12, "PyErr_GetRaisedException"), (13, "PyList_GetItemRef"), (14, "PyUnicodeWriter_Create"),
        (15, "PySys_GetAttr"),
    ]
}
