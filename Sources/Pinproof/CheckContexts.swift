import DockerfileSyntax
import EnvironmentInventory
import Glibc
import PinRules
import SourceDocuments

/// Which directories a Dockerfile is built with: its build contexts, and the arguments of each build.
///
/// `--context`, else `[contexts]` of the configuration, else every build that a manifest asks for, else the nearest
/// directory, from the Dockerfile's own up to the walked one, that holds what the Dockerfile copies and installs.
struct CheckContexts: Sendable {
    /// One way in which a Dockerfile is built.
    struct Build: Sendable, Hashable {
        let context: String
        var arguments: [String: String] = [:]
        var contexts: [String: String] = [:]
    }

    /// `--context`.
    let given: String?
    /// Gives `[contexts]` of a Dockerfile's configuration.
    let policies: CheckPolicies
    /// The builds of manifests, by the Dockerfile's path.
    private(set) var builds: [String: [Build]] = [:]
    /// The same, to find one among thousands.
    private var known: [String: Set<Build>] = [:]

    init(given: String?, policies: CheckPolicies) {
        self.given = given
        self.policies = policies
    }

    /// Adds the builds of a manifest.
    mutating func add(_ build: ImageBuild, of file: CheckedFile, checkout: String) {
        let base = Self.base(of: build, in: file, checkout: checkout)
        let context = CheckoutPaths.normalized(join(base, build.context))
        let path = CheckoutPaths.normalized(join(base, build.dockerfile))
        let entry = Build(context: context, arguments: build.arguments, contexts: build.contexts)
        if known[path, default: []].insert(entry).inserted { builds[path, default: []].append(entry) }
    }

    /// The directory that a build's paths are relative to.
    private static func base(of build: ImageBuild, in file: CheckedFile, checkout: String) -> String {
        switch build.base {
        case .manifest: return folder(of: file.path)
        case .checkout: return checkout
        case .start:
            let directories = candidates(for: file.path, root: file.root)
            return directories.first { isRegularFile(CheckoutPaths.normalized(join($0, build.dockerfile))) }
                ?? folder(of: file.path)
        }
    }

    /// The files that a manifest names: Dockerfiles that it builds, local actions and workflows, local includes.
    ///
    /// - Returns: the files, and what the manifest says of those that are not there.
    static func files(
        namedBy checked: CheckedFileReader.CheckedFileResult, in file: CheckedFile, checkout: String
    ) -> (files: [CheckedFile], missing: [Pin]) {
        var files: [CheckedFile] = []
        var missing: [Pin] = []
        for build in checked.builds {
            let base = Self.base(of: build, in: file, checkout: checkout)
            let path = CheckoutPaths.normalized(join(base, build.dockerfile))
            if isRegularFile(path) {
                files.append(CheckedFile(path: path, isNamed: false, root: file.root, isDockerfile: true))
            } else if let pin = build.unread {
                missing.append(pin)
            }
        }
        for used in checked.used {
            let named = Self.files(of: used, in: file, checkout: checkout)
            if named.isEmpty { missing.append(used.unread) }
            files += named
        }
        return (files, missing)
    }

    /// The regular files that a manifest uses under one path.
    private static func files(of used: UsedManifest, in file: CheckedFile, checkout: String) -> [CheckedFile] {
        var files: [CheckedFile] = []
        func add(_ path: String, _ use: CheckedFile.Use?, isDockerfile: Bool = false) {
            let path = CheckoutPaths.normalized(path)
            guard isRegularFile(path) else { return }
            files.append(
                CheckedFile(path: path, isNamed: false, root: file.root, isDockerfile: isDockerfile, use: use))
        }
        switch used.role {
        case .gitLab:
            for path in DirectoryContext.files(matching: used.path, in: checkout) {
                add(join(checkout, path), .init(role: .gitLab, checkout: checkout))
            }
        case .compose, .azure:
            // Azure's absolute paths begin at the root of the repository.
            let isAbsolute = used.path.hasPrefix("/") && used.role == .azure
            let base = isAbsolute ? checkout : folder(of: file.path)
            let path = isAbsolute ? String(used.path.dropFirst()) : used.path
            add(path.hasPrefix("/") ? path : join(base, path), .init(role: used.role, checkout: checkout))
        case .jenkins: add(join(checkout, used.path), .init(role: .jenkins, checkout: checkout))
        case .action:
            // The path of the repository's own action, `./`, is empty.
            func named(_ name: String) -> String { join(checkout, used.path.isEmpty ? name : used.path + "/" + name) }
            if !used.path.isEmpty { add(join(checkout, used.path), nil) }
            for name in ["action.yml", "action.yaml"] { add(named(name), nil) }
            // A directory without either may hold a Dockerfile in their place.
            if files.isEmpty { add(named("Dockerfile"), nil, isDockerfile: true) }
        }
        return files
    }

    /// The builds of a Dockerfile that something names; empty when its context has to be searched for.
    func named(_ path: String) -> [Build] {
        if let given { return [Build(context: given)] }
        if let directory = (try? policies.configuration(ofFile: path))?.context(of: path) {
            return [Build(context: directory)]
        }
        return builds[CheckoutPaths.normalized(path)] ?? []
    }

    /// The directories in which a context is searched for: the Dockerfile's own, then those above it up to a root.
    static func candidates(for path: String, root: String?) -> [String] {
        let own = path.hasPrefix("./") && folder(of: path) == "." ? "./" : folder(of: path)
        var result = [own]
        let limit = root.map { CheckoutPaths.normalized($0) }
        var directory = CheckoutPaths.normalized(own)
        while directory != limit, directory != "/", directory != ".", !directory.hasPrefix("..") {
            directory = folder(of: directory)
            // Outside of the current directory the repository is the limit.
            if limit == nil, directory.hasPrefix("/"), !isInRepository(directory) { break }
            result.append(directory)
        }
        return result
    }

    private static func isInRepository(_ directory: String) -> Bool {
        var directory = directory
        while true {
            if exists(join(directory, ".git")) { return true }
            if directory == "/" || directory == "." { return false }
            directory = folder(of: directory)
        }
    }
}

/// Paths as texts, without a look at the file system.
enum CheckoutPaths {
    /// A path without `.`, and without `..` where a name stands before it: `docker/../x` is `x`; `.` for nothing.
    static func normalized(_ path: String) -> String {
        let simplified = PosixPath.simplified(path)
        return simplified.isEmpty ? "." : simplified
    }

    /// The directories at the root of a repository that hold manifests whose commands run in that root.
    private static let directoriesOfManifests: Set<String> = [
        ".github", ".gitea", ".forgejo", ".devcontainer", ".circleci", ".azure-pipelines", "azure-pipelines",
        ".azuredevops",
        ".azure-pipeline", "azure-pipeline",
    ]

    /// The root of the repository that a manifest's commands run in.
    static func checkout(of manifest: String) -> String {
        let own = folder(of: manifest)
        var directory = own
        // `.github/workflows`, `.github/actions/setup`
        while directory != "/", directory != ".", !directory.isEmpty {
            if directoriesOfManifests.contains(fileName(directory)) {
                return folder(of: directory)
            }
            directory = folder(of: directory)
        }
        return own
    }
}
