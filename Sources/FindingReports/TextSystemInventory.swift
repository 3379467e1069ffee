import EnvironmentInventory

/// What an image has besides its packages, for a person: a table for each kind, nothing for what is not there.
enum TextSystemInventory {
    /// The tables; libraries are folded to one line a package unless everything is asked for.
    static func render(_ system: SystemInventory, style: TerminalStyle) -> String {
        var output = ""
        func table(_ heading: String, _ rows: [(name: String, version: String, detail: String)]) {
            guard !rows.isEmpty else { return }
            output += "\n" + style.bold(heading) + "\n"
            let names = min(40, rows.map { shown($0.name).count }.max() ?? 0)
            let versions = min(28, rows.map { shown($0.version).count }.max() ?? 0)
            for row in rows {
                let line =
                    "  \(padded(shown(row.name), names))  \(padded(shown(row.version), versions))  "
                    + style.faint(shown(row.detail))
                output += trimmed(line) + "\n"
            }
        }
        table(
            plural(system.interpreters.count, "interpreter"),
            system.interpreters.map { found in
                let kind = found.virtualEnvironment == nil ? "" : "  virtual environment"
                let build = found.build.map { "  by \($0)" } ?? ""
                return (found.interpreter.implementation, found.interpreter.version, found.place.path + kind + build)
            })
        table(
            "CUDA and cuDNN",
            system.toolkits.map { ($0.name, $0.version, $0.place.path + ($0.place.owner.map { "  by \($0)" } ?? "")) })
        table(
            "libraries in wheels  \(plural(system.vendoredLibraries.count, "file"))",
            style.isVerbose ? libraries(system) : foldedLibraries(system))
        table(
            "bills of materials in wheels  \(plural(system.billsOfMaterials.count, "file"))",
            system.billsOfMaterials.map { bill in
                let named = bill.components.map {
                    [$0.name, $0.version ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
                }
                let detail = bill.problem.map { "not read: \($0)" } ?? listed(named, all: style.isVerbose)
                return (bill.place.path, bill.format ?? "unknown", detail)
            })
        return output
    }

    private static func libraries(_ system: SystemInventory) -> [(String, String, String)] {
        system.vendoredLibraries.map { library in
            (library.name, library.sha256.map { "sha256:\($0.hex.prefix(16))…" } ?? "", library.place.path)
        }
    }

    private static func foldedLibraries(_ system: SystemInventory) -> [(String, String, String)] {
        var owners: [String] = []
        var names: [String: [String]] = [:]
        for library in system.vendoredLibraries {
            // A library that no record lists is grouped by its directory.
            let owner =
                library.place.owner ?? library.place.path.split(separator: "/").dropLast().joined(separator: "/")
            if names[owner] == nil { owners.append(owner) }
            names[owner, default: []].append(library.name)
        }
        return owners.map { owner in
            let found = names[owner] ?? []
            return (owner, "\(found.count)", listed(found, all: false))
        }
    }

    private static func listed(_ names: [String], all: Bool) -> String {
        let limit = all ? names.count : 6
        return names.prefix(limit).joined(separator: ", ")
            + (names.count > limit ? " and \(names.count - limit) more" : "")
    }
}
