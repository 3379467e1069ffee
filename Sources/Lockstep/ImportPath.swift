/// The folders that the interpreter of an image imports from.
enum ImportPath {
    /// The folders in their order, for the interpreter that `PATH` finds first; nil when there is none.
    ///
    /// https://docs.python.org/3/library/site.html: a virtual environment's own site-packages, and the base's only when
    /// `include-system-site-packages` says so. `PYTHONPATH` comes first.
    static func folders(_ image: Image) -> [String]? {
        let files = image.fileSystem
        guard let version = image.environment.python?.version else { return nil }
        let minor = version.split(separator: ".").prefix(2).joined(separator: ".")
        let search = (image.configuration.variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        guard
            let folder = search.map(String.init).first(where: { folder in
                ["python", "python3", "python\(minor)"].contains { files.lookup("\(folder)/\($0)") != nil }
            })
        else { return nil }
        let prefix = Lockstep.folder(of: folder)
        var folders = (image.configuration.variable("PYTHONPATH") ?? "").split(separator: ":").map(String.init)
        folders.append("\(prefix)/lib/python\(minor)/site-packages")
        if let configuration = files.contents(of: "\(prefix)/pyvenv.cfg") {
            guard includesSystem(configuration) else { return normalized(folders) }
        }
        for base in ["/usr/local", "/usr"] {
            folders.append("\(base)/lib/python\(minor)/site-packages")
            folders.append("\(base)/lib/python\(minor)/dist-packages")
        }
        folders.append("/usr/lib/python3/dist-packages")
        return normalized(folders)
    }

    private static func includesSystem(_ configuration: [UInt8]) -> Bool {
        String(decoding: configuration, as: UTF8.self).split(separator: "\n").contains { line in
            let parts = line.split(separator: "=").map { $0.filter { $0 != " " && $0 != "\r" }.lowercased() }
            return parts == ["include-system-site-packages", "true"]
        }
    }

    /// Locations of packages have no slash in front.
    private static func normalized(_ folders: [String]) -> [String] {
        var seen = Set<String>()
        return folders.map { String($0.drop { $0 == "/" }) }.filter { seen.insert($0).inserted }
    }
}
