import EnvironmentInventory
import SourceDocuments

/// The Python interpreters of a file system, and the one that `python3` starts.
///
/// The version to the last digit comes, in this order, from CPython's installed `patchlevel.h`, from the conda or Debian
/// package that owns it, from `pyvenv.cfg`, and from nothing else: else only `3.11` is known, from the file's name.
struct Interpreters {
    /// A virtual environment's own words, and CPython's installed header, which has the version to the last digit.
    static let wanted: [PathPattern] = ["**/pyvenv.cfg", "**/patchlevel.h"]

    let main: Interpreter?
    private(set) var notes: [String] = []

    init(_ system: InstalledSystem, _ packages: [Package]) {
        let path =
            system.configuration.variable("PATH") ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        var folders = path.parts(at: ":").map(String.init)
        // A folder that is itself an environment has its interpreter in its own bin.
        folders += ["bin", "opt/venv/bin", "opt/conda/bin", "venv/bin", ".venv/bin"]
        // An environment that no PATH names is there for the packages that lie in it.
        folders += Self.prefixes(of: packages).map { "\($0)/bin" }
        var found: Interpreter?
        for folder in folders {
            for name in ["python3", "python", "pypy3"] {
                if let interpreter = Self.interpreter("\(folder)/\(name)", system, packages) {
                    found = interpreter
                    break
                }
            }
            if found != nil { break }
        }
        main = found ?? Self.byName(folders, system, packages)
    }

    /// The folders above `lib/pythonX.Y` that Python packages lie in.
    private static func prefixes(of packages: [Package]) -> [String] {
        let locations = packages.filter { $0.ecosystem == .pypi }.compactMap(\.location)
        let prefixes = locations.compactMap { location -> String? in
            let parts = location.split(separator: "/")
            guard let library = parts.firstIndex(of: "lib"), library > 0 else { return nil }
            return parts[..<library].joined(separator: "/")
        }
        return Set(prefixes).sorted()
    }

    /// Without a plain `python3`, a `python3.N` on the path.
    private static func byName(_ folders: [String], _ system: InstalledSystem, _ packages: [Package]) -> Interpreter? {
        for folder in folders {
            for name in system.files.names(in: folder) ?? [] where version(ofName: name) != nil {
                if let interpreter = interpreter("\(folder)/\(name)", system, packages) { return interpreter }
            }
        }
        return nil
    }

    private static func interpreter(
        _ path: String, _ system: InstalledSystem, _ packages: [Package]
    ) -> Interpreter? {
        let components = path.split(separator: "/").map(String.init)
        let root = components.dropLast(2).joined(separator: "/")
        guard system.files.lookup(path, followingLast: false) != nil else { return nil }
        let resolved = system.files.lookup(path).flatMap { $0.kind == .file ? $0 : nil }
        let found = resolved.flatMap { program($0, system, packages) }
        guard let text = system.text(root.isEmpty ? "pyvenv.cfg" : "\(root)/pyvenv.cfg"),
            let named = virtualEnvironment(text)
        else { return found }
        // A `pyvenv.cfg` says which Python made the environment; a later layer may have another one at its place.
        guard let found, found.version != named.version else { return named }
        let isExact = found.version.split(separator: ".").count > 2
        return isExact || !named.version.hasPrefix(found.version + ".") ? found : named
    }

    /// The interpreter that a `pyvenv.cfg` names; nil when it names none.
    static func virtualEnvironment(_ text: SourceText) -> Interpreter? {
        guard let version = venvVersion(text) else { return nil }
        return Interpreter(
            implementation: venvImplementation(text), version: version.text,
            source: FileLocation(file: text.name, line: version.line))
    }

    /// The interpreter that a program is, by its name and by what lies around it; nil when it is none.
    static func program(
        _ resolved: FileSystemIndex.Entry, _ system: InstalledSystem, _ packages: [Package]
    ) -> Interpreter? {
        let parts = resolved.path.split(separator: "/").map(String.init)
        guard let name = parts.last, let short = version(ofName: name) ?? libraryVersion(parts, system) else {
            return nil
        }
        let implementation = name.hasPrefix("pypy") ? "pypy" : "cpython"
        let prefix = parts.dropLast(2).joined(separator: "/")
        let exact = exactVersion(of: short, prefix: prefix, in: system, packages: packages)
        return Interpreter(
            implementation: implementation, version: exact?.version ?? Self.withoutSuffix(short),
            source: exact?.source ?? FileLocation(file: resolved.path, line: nil))
    }

    /// Whether a file in a `bin` has an interpreter's name: `python3.11`, `python3`, `pypy3`.
    static func isProgram(_ name: Substring) -> Bool {
        guard name.hasPrefix("py") else { return false }
        return ["python", "python3", "pypy", "pypy3"].contains(name) || version(ofName: String(name)) != nil
    }

    /// `3.11` of `python3.11`, `pypy3.10`; `3.13t` of a build without the global lock.
    private static func version(ofName name: String) -> String? {
        guard let digits = name.firstIndex(where: \.isNumber), ["python", "pypy"].contains(String(name[..<digits]))
        else {
            return nil
        }
        let numbers = name.hasSuffix("t") ? name[digits...].dropLast() : name[digits...]
        let parts = numbers.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0.isASCIIDigit } })
        else { return nil }
        return String(name[digits...])
    }

    private static func withoutSuffix(_ short: String) -> String {
        short.hasSuffix("t") ? String(short.dropLast()) : short
    }

    /// The version by the folder of the standard library, for an interpreter that is a plain `python3`.
    private static func libraryVersion(_ parts: [String], _ system: InstalledSystem) -> String? {
        let library = (parts.dropLast(2) + ["lib"]).joined(separator: "/")
        let versions = (system.files.names(in: library) ?? []).filter {
            version(ofName: $0) != nil && system.files.lookup("\(library)/\($0)/os.py") != nil
        }
        return versions.count == 1 ? versions.first.flatMap { version(ofName: $0) } : nil
    }

    private static func venvVersion(_ text: SourceText) -> (text: String, line: Int)? {
        for (line, key, value) in venvFields(text) where key == "version" || key == "version_info" {
            // virtualenv writes 3.11.2.final.0.
            let parts = value.split(separator: ".").prefix(3)
            guard parts.count >= 2, parts.allSatisfy({ $0.utf8.first.map { $0.isASCIIDigit } ?? false })
            else {
                continue
            }
            return (parts.joined(separator: "."), line)
        }
        return nil
    }

    private static func venvImplementation(_ text: SourceText) -> String {
        venvFields(text).first { $0.key == "implementation" }?.value.lowercased() ?? "cpython"
    }

    private static func venvFields(_ text: SourceText) -> [(line: Int, key: String, value: String)] {
        (1...max(text.lineCount, 1)).compactMap { number in
            guard let range = text.offsets(ofLine: number) else { return nil }
            let parts = text.bytes[range].split(separator: UInt8(ascii: "="), maxSplits: 1).map {
                String(
                    decoding: $0.filter {
                        $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") && $0 != UInt8(ascii: "\r")
                    }, as: UTF8.self)
            }
            return parts.count == 2 ? (number, parts[0].lowercased(), parts[1]) : nil
        }
    }

    private static func exactVersion(
        of short: String, prefix: String, in system: InstalledSystem, packages: [Package]
    ) -> (version: String, source: FileLocation?)? {
        let header = (prefix.isEmpty ? "" : prefix + "/") + "include/python\(short)/patchlevel.h"
        if let text = system.text(header), let version = patchLevel(text) {
            return (version, FileLocation(file: header, line: nil))
        }
        let short = withoutSuffix(short)
        if let conda = packages.first(where: { $0.ecosystem == .conda && $0.name == "python" && $0.location == prefix }
        ),
            let version = conda.version, version.hasPrefix(short)
        {
            return (version, conda.source)
        }
        guard prefix == "usr" || prefix.isEmpty else { return nil }
        for name in [
            "python\(short)-minimal", "python\(short)", "libpython\(short)-minimal", "python3", "python3-libs",
        ] {
            let owner = packages.first { [.apt, .apk, .rpm].contains($0.ecosystem) && $0.name == name }
            guard let version = owner?.version else { continue }
            // 3.11.2-6+deb12u6: the upstream version is what stands before the last hyphen, behind an epoch.
            let upstream = version.split(separator: ":").last.map { $0.prefix { $0.isNumber || $0 == "." } } ?? ""
            if upstream.hasPrefix(short + ".") { return (String(upstream), owner?.source) }
        }
        return nil
    }

    /// `#define PY_VERSION "3.11.7"`.
    private static func patchLevel(_ text: SourceText) -> String? {
        for number in 1...max(text.lineCount, 1) {
            guard let range = text.offsets(ofLine: number) else { continue }
            let words = text.bytes[range].split(whereSeparator: { $0.isASCIIBlank || $0 == UInt8(ascii: "\r") })
            if words.count == 3, words[1].elementsEqual("PY_VERSION".utf8) {
                return String(decoding: words[2].filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
            }
        }
        return nil
    }
}
