import ArchiveReading
import ContainerImages
import EnvironmentInventory
import PythonPackaging

/// Which modules of a package its import statements reach from those that the model imports.
///
/// Only statements are followed, from source to source of one package: what a function imports, or a statement whose failure a
/// handler takes, is reached under a condition, and what an extension module or a computed name imports is not seen.
struct ImportReach {
    /// The least condition under which each module is reached.
    private var places: [String: ImportStatement.Place] = [:]
    /// The least condition under which a source opens a library; nil where none has such a call, as far as it is reached.
    private(set) var opening: ImportStatement.Place?
    private let files: FileSystemIndex
    private let directories: [String]
    private let extensions: Set<String>
    private static let maximumModules = 20_000

    /// Follows the statements of a package.
    ///
    /// - Parameters:
    ///   - starts: the modules that are imported for certain.
    ///   - directories: the directories of the import path.
    ///   - extensions: the extension modules that there are.
    init(_ files: FileSystemIndex, starts: [String], directories: [String], extensions: Set<String>) {
        self.files = files
        self.directories = directories
        self.extensions = extensions
        follow(starts)
    }

    /// Under which condition a module is reached; nil where no statement leads to it.
    func place(of module: String) -> ImportStatement.Place? { places[module] }

    /// The modules that a statement in any source below some modules leads to, whether or not the source is reached.
    func named(below tops: [String]) -> Set<String> {
        var named: Set<String> = []
        for directory in directories {
            for top in tops {
                files.forEachEntry(
                    below: "\(directory)/\(top)",
                    where: { !$0.isDirectory && PathBytes.ends($0.path, ".py") },
                    { entry in
                        // A link may lead out of the directory.
                        guard entry.path.hasPrefix(directory + "/") else { return }
                        let path = entry.path.dropFirst(directory.count + 1).dropLast(".py".count)
                        let module = path.split(separator: "/").joined(separator: ".")
                        // Of a package's own source and of a module beside it, names are relative to the directory.
                        for statement in files.imports(of: entry) {
                            named.formUnion(targets(statement, Self.parent(module)))
                        }
                    })
            }
        }
        return named
    }

    private mutating func follow(_ starts: [String]) {
        let order: [ImportStatement.Place] = [.always, .block, .handled]
        var queues: [ImportStatement.Place: [String]] = [.always: starts]
        for place in order {
            while let module = queues[place]?.popLast() {
                // A module of a package comes after the package itself.
                for name in Self.chain(module) where places[name].map({ place < $0 }) ?? true {
                    guard places.count < Self.maximumModules else { return }
                    places[name] = place
                    guard let source = source(name) else { continue }
                    let package = source.isPackage ? name : Self.parent(name)
                    for statement in files.imports(of: source.entry) {
                        let condition = max(place, statement.place)
                        if statement.opensLibrary {
                            opening = min(opening ?? condition, condition)
                            continue
                        }
                        for target in targets(statement, package) where places[target].map({ condition < $0 }) ?? true {
                            queues[condition, default: []].append(target)
                        }
                    }
                }
            }
        }
    }

    private func targets(_ statement: ImportStatement, _ package: String) -> [String] {
        var base = statement.module
        if statement.level > 0 {
            var parts = package.split(separator: ".")
            guard parts.count >= statement.level else { return [] }
            parts.removeLast(statement.level - 1)
            base = (parts + statement.module.split(separator: ".")).joined(separator: ".")
        }
        guard !base.isEmpty else { return [] }
        return [base] + statement.names.map { base + "." + $0 }.filter { extensions.contains($0) || source($0) != nil }
    }

    private func source(_ module: String) -> (entry: FileSystemIndex.Entry, isPackage: Bool)? {
        let path = module.split(separator: ".").joined(separator: "/")
        for directory in directories {
            if let entry = files.lookup("\(directory)/\(path)/__init__.py") { return (entry, true) }
            if let entry = files.lookup("\(directory)/\(path).py") { return (entry, false) }
        }
        return nil
    }

    private static func parent(_ module: String) -> String {
        module.lastIndex(of: ".").map { String(module[..<$0]) } ?? ""
    }

    /// `a`, `a.b` and `a.b.c` of `a.b.c`.
    private static func chain(_ module: String) -> [String] {
        let parts = module.split(separator: ".")
        return parts.indices.map { parts[...$0].joined(separator: ".") }
    }
}

/// Which files of a package are reached when the model imports it.
struct LoadingReach {
    /// Extension modules that their packages import in a handler or at first use, as far as several models import the package.
    static let optionalModules: Set<String> = [
        "PIL._webp", "PIL._avif", "PIL._imagingcms", "PIL._imagingft", "PIL._imagingtk", "PIL._imagingmath",
        "PIL._imagingmorph",
    ]
    /// Extension modules of which the package tries one after the other: one that cannot be loaded is passed over.
    static let alternatives: Set<String> = ["numba.np.ufunc.tbbpool", "numba.np.ufunc.omppool"]

    private let scene: LoadingScene
    private let roots: LoadingRoots
    /// The extension modules of each distribution that cannot be loaded, and all of them.
    private let failing: [String: Set<String>]
    private let total: [String: Set<String>]
    /// The modules of each distribution of which a record names a plain file that is not there.
    private var gone: [String: Set<String>] = [:]
    private var reaches: [String: ImportReach] = [:]
    /// The modules that statements of each distribution lead to, reached or not.
    private var named: [String: Set<String>] = [:]

    /// Prepares the questions about the files that cannot be loaded, by distribution.
    init(_ scene: LoadingScene, _ roots: LoadingRoots, failing: [String: Set<String>]) {
        self.scene = scene
        self.roots = roots
        self.failing = failing
        var total: [String: Set<String>] = [:]
        for root in roots.roots { total[root.distribution, default: []].insert(root.module) }
        for misfit in roots.misfits { total[misfit.distribution, default: []].insert(misfit.problem.root) }
        self.total = total
        for (problem, distribution) in roots.absent {
            if let module = roots.module(of: problem.file) { gone[distribution, default: []].insert(module) }
        }
    }

    /// How far it is known that a file which cannot be loaded is reached.
    mutating func reach(of module: String, in distribution: String, isLibrary: Bool) -> LoadingAssessment.Reach {
        if Self.alternatives.contains(module) { return .unread }
        guard scene.isNamed(distribution), isEssential(module, distribution, isLibrary) else { return .mayFail }
        guard case .whole = scene.naming else { return .fails }
        return failing[distribution]?.count == total[distribution]?.count ? .fails : .mayFail
    }

    private mutating func isEssential(_ module: String, _ distribution: String, _ isLibrary: Bool) -> Bool {
        if Self.optionalModules.contains(module) { return false }
        let (failing, total) = (failing[distribution]?.count ?? 0, total[distribution]?.count ?? 0)
        // Of several libraries, one is opened, or each for what it is used for.
        if isLibrary { return failing == total && opensLibraries(distribution) }
        switch statements(of: distribution).place(of: module) {
        case .always: return true
        case .block: return failing == total || failing >= max(2, total / 10)
        case .handled: return false
        // Something that is not a statement imports it, or a source that is not reached does, or the package opens a library.
        case nil: return failing == total && !isSpared(module, distribution)
        }
    }

    /// Whether importing a package need not import a module that no statement leads to, as far as its sources tell.
    private mutating func isSpared(_ module: String, _ distribution: String) -> Bool {
        let reach = statements(of: distribution)
        if let opening = reach.opening, opening != .handled { return true }
        if let known = named[distribution] { return known.contains(module) }
        let all = reach.named(below: tops(of: distribution))
        named[distribution] = all
        return all.contains(module)
    }

    private func tops(of distribution: String) -> [String] {
        scene.imported(distribution).map { $0.modules.isEmpty ? [NormalizedName.module(of: $0.name)] : $0.modules }
            ?? []
    }

    /// Whether a statement that always runs imports a module.
    mutating func isImported(_ module: String, of distribution: String) -> Bool {
        statements(of: distribution).place(of: module) == .always
    }

    /// Whether importing a package opens its library, as far as its sources tell: one that has no such call has another way.
    mutating func opensLibraries(_ distribution: String) -> Bool { statements(of: distribution).opening != .handled }

    /// Whether sources of a package that are reached hold such a call.
    mutating func holdsCall(_ distribution: String) -> Bool { statements(of: distribution).opening != nil }

    private mutating func statements(of distribution: String) -> ImportReach {
        if let known = reaches[distribution] { return known }
        let tops = tops(of: distribution)
        let named = scene.modules.filter { module in tops.contains { module == $0 || module.hasPrefix($0 + ".") } }
        let open = tops.filter { !$0.hasPrefix("_") }
        let reach = ImportReach(
            scene.files, starts: named.isEmpty ? (open.isEmpty ? tops : open) : named, directories: roots.directories,
            extensions: (total[distribution] ?? []).union(gone[distribution] ?? []))
        reaches[distribution] = reach
        return reach
    }
}

extension NormalizedName {
    /// The module that a distribution is likely to have.
    fileprivate static func module(of name: String) -> String { name.replacing("-", with: "_") }
}
