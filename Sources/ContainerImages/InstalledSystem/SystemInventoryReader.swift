import EnvironmentInventory

/// Finds what is in a file system besides its packages, in one walk over its files.
struct SystemInventoryReader {
    private let system: InstalledSystem
    private let packages: [Package]
    private let owners: FileOwners

    private init(_ system: InstalledSystem, _ packages: [Package]) {
        self.system = system
        self.packages = packages
        owners = FileOwners(system.files)
    }

    static func read(_ system: InstalledSystem, _ packages: [Package]) -> SystemInventory {
        SystemInventoryReader(system, packages).read()
    }

    private func read() -> SystemInventory {
        var inventory = SystemInventory()
        inventory.distribution = DistributionFacts.find(system)
        system.files.forEachEntry { entry in
            guard entry.kind == .file else { return }
            let parts = entry.path.split(separator: "/")
            guard let name = parts.last else { return }
            if let found = interpreter(entry, parts) { inventory.interpreters.append(found) }
            if let (toolkit, version) = ToolkitFacts.find(entry, system) {
                inventory.toolkits.append(.init(name: toolkit, version: version, place: place(entry)))
            }
            if let library = vendored(entry, parts) { inventory.vendoredLibraries.append(library) }
            if parts.count >= 3, parts[parts.count - 2] == "sboms", parts[parts.count - 3].hasSuffix(".dist-info"),
                !name.isEmpty
            {
                inventory.billsOfMaterials.append(
                    BillOfMaterialsReader.read(system.files.contents(of: entry), at: place(entry)))
            }
        }
        return inventory
    }

    private func place(_ entry: FileSystemIndex.Entry) -> SystemInventory.Place {
        let owner = owners.owner(of: entry)?.owner
        return SystemInventory.Place(
            path: entry.path, layer: system.layerName(entry),
            owner: owner.map { "\($0.ecosystem.rawValue) \($0.name)" })
    }

    /// The program of an interpreter, or the `pyvenv.cfg` that makes a virtual environment.
    private func interpreter(
        _ entry: FileSystemIndex.Entry, _ parts: [Substring]
    ) -> SystemInventory.FoundInterpreter? {
        guard let name = parts.last else { return nil }
        if name == "pyvenv.cfg" {
            let folder = parts.dropLast().joined(separator: "/")
            guard let text = system.text(entry.path), let found = Interpreters.virtualEnvironment(text) else {
                return nil
            }
            return .init(interpreter: found, virtualEnvironment: folder, build: nil, place: place(entry))
        }
        guard Interpreters.isProgram(name), parts.dropLast().last == "bin",
            !entry.head.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")]),
            let found = Interpreters.program(entry, system, packages)
        else { return nil }
        return .init(interpreter: found, virtualEnvironment: nil, build: build(entry), place: place(entry))
    }

    /// The owner of an interpreter with its version, which says who built it.
    private func build(_ entry: FileSystemIndex.Entry) -> String? {
        guard let owner = owners.owner(of: entry)?.owner else { return nil }
        let candidates = packages.filter { $0.ecosystem == owner.ecosystem && $0.name == owner.name }
        if owner.ecosystem == .conda {
            // Several prefixes may each have theirs; the record's name ends in the build.
            let package = candidates.first { entry.path.hasPrefix(($0.location ?? "") + "/") }
            let record = package?.source?.file.split(separator: "/").last
            return record.map { "conda " + ($0.hasSuffix(".json") ? $0.dropLast(5) : $0) }
        }
        return candidates.first.map { "\(owner.ecosystem.rawValue) \(owner.name) \($0.version ?? "")" }
    }

    /// What auditwheel puts into `NAME.libs`, delocate into `.dylibs`, and what others put elsewhere under such a name.
    private func vendored(
        _ entry: FileSystemIndex.Entry, _ parts: [Substring]
    ) -> SystemInventory.VendoredLibrary? {
        guard let name = parts.last, parts.count >= 2 else { return nil }
        let library = LibraryFileName(String(name))
        guard library.suffix != nil else { return nil }
        let folder = parts[parts.count - 2]
        let isInFolder = folder.hasSuffix(".libs") || folder == ".dylibs"
        guard isInFolder || library.isRenamed else { return nil }
        let place = place(entry)
        guard isInFolder || (place.owner ?? "").hasPrefix("pypi ") else { return nil }
        return .init(
            name: library.plain, version: library.version, size: entry.size, sha256: entry.sha256?.digest, place: place)
    }
}

extension Image {
    /// What is in the image besides its packages; the files are walked once more.
    package func systemInventory() -> SystemInventory {
        SystemInventoryReader.read(
            InstalledSystem(
                files: fileSystem, configuration: configuration, layers: layers.map { "\($0.diffID)" }),
            environment.packages)
    }
}

extension InstalledEnvironment {
    /// What is in the folder besides its packages; the files are walked once more.
    package func systemInventory() -> SystemInventory {
        SystemInventoryReader.read(
            InstalledSystem(files: fileSystem, configuration: configuration, layers: []), environment.packages)
    }
}
