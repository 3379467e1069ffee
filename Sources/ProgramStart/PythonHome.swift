import ContainerImages
import SourceDocuments

/// Where an interpreter finds its installation, as `getpath` computes it
/// (https://github.com/python/cpython/blob/v3.11.0/Modules/getpath.py) and `site` reads `pyvenv.cfg`
/// (https://github.com/python/cpython/blob/v3.11.0/Lib/site.py, `venv`).
struct PythonHome {
    /// The virtual environment; nil for an installation.
    let environment: String?
    /// The installation that the standard library belongs to.
    let base: String
    /// Whether a virtual environment also looks into the installation's site-packages.
    let includesSystem: Bool
    /// The files that decided this, without a leading slash: `pyvenv.cfg`, `python._pth`, `pybuilddir.txt`.
    private(set) var decidingFiles: [String] = []
    /// The entries of a `python._pth`, which replace the whole import path; nil when there is none.
    private(set) var replacement: (entries: [String], importsSite: Bool)?

    /// Computes the places of an interpreter by the path that it was started by.
    init(_ interpreter: String, _ files: FileSystemIndex, home variable: String?) {
        let directory = ImportPath.parent(interpreter)
        let prefix = ImportPath.parent(directory)
        let resolved = files.lookup(interpreter)?.path ?? interpreter
        if variable == nil {
            for program in [interpreter, resolved] {
                let path = program + "._pth"
                guard let entry = files.lookup(path), entry.kind == .file else { continue }
                let lines = Self.lines(files.contents(of: entry) ?? [])
                let parent = ImportPath.parent(program)
                replacement = (
                    lines.filter { $0 != "import site" }.map {
                        PosixPath.isAbsolute($0) ? $0 : ImportPath.join(parent, $0)
                    },
                    lines.contains("import site")
                )
                decidingFiles.append(entry.path)
                break
            }
        }
        // getpath looks above the interpreter first, site next to it first.
        let above = ImportPath.join(prefix, "pyvenv.cfg")
        let beside = ImportPath.join(directory, "pyvenv.cfg")
        let existing = [above, beside].filter { files.lookup($0)?.kind == .file }
        decidingFiles += existing
        let configured = existing.lazy.map { Self.fields(files.contents(of: $0) ?? []) }.first
        let homeDirectory = variable == nil ? configured?.first { $0.key == "home" }?.value : nil
        guard let first = existing.first, let homeDirectory else {
            environment = nil
            includesSystem = true
            base = variable ?? ImportPath.parent(ImportPath.parent(resolved))
            noteBuildDirectory(resolved, files)
            return
        }
        environment = first == above ? prefix : directory
        // The last word of site's own reading counts; a missing key is true.
        let siteFields = existing.contains(beside) ? Self.fields(files.contents(of: beside) ?? []) : configured ?? []
        let stated = siteFields.last { $0.key == "include-system-site-packages" }?.value.lowercased()
        includesSystem = stated.map { $0 == "true" } ?? true
        base = Self.installation(homeDirectory, files)
        noteBuildDirectory(resolved, files)
    }

    private mutating func noteBuildDirectory(_ resolved: String, _ files: FileSystemIndex) {
        let path = ImportPath.join(ImportPath.parent(resolved), "pybuilddir.txt")
        if let entry = files.lookup(path), entry.kind == .file { decidingFiles.append(entry.path) }
    }

    /// Returns the prefix above `home` that has a standard library, `home`'s parent where none has.
    private static func installation(_ home: String, _ files: FileSystemIndex) -> String {
        var candidate = ImportPath.parent(home.hasSuffix("/") ? String(home.dropLast()) : home)
        let first = candidate
        for _ in 0..<16 {
            let library = ImportPath.join(candidate, "lib")
            let hasLibrary = (files.names(in: library.isEmpty ? "lib" : library) ?? []).contains { name in
                name.hasPrefix("python3") && files.lookup("\(library)/\(name)/os.py") != nil
            }
            if hasLibrary { return candidate }
            guard !ImportPath.normal(candidate).isEmpty else { break }
            candidate = ImportPath.parent(candidate)
        }
        return first
    }

    /// Returns the `key = value` lines of a `pyvenv.cfg`, keys in lower case.
    static func fields(_ bytes: [UInt8]) -> [(key: String, value: String)] {
        lines(bytes).compactMap { line in
            guard let equals = line.utf8.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            return (
                trimmed(line[..<equals]).lowercased(), trimmed(line[line.utf8.index(after: equals)...])
            )
        }
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.map {
            trimmed(String(decoding: $0, as: UTF8.self)[...])
        }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }

    private static func trimmed(_ text: Substring) -> String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        return String(String(text.drop(while: isBlank)).reversed().drop(while: isBlank).reversed())
    }
}
