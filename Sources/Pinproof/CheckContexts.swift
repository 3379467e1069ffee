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
    var builds: [String: [Build]] = [:]

    init(given: String?, policies: CheckPolicies) {
        self.given = given
        self.policies = policies
    }

    /// Adds the builds of a manifest.
    mutating func add(_ build: ImageBuild, manifest: String, checkout: String) {
        let base = build.base == .manifest ? folder(of: manifest) : checkout
        let context = PathText.normalized(join(base, build.context))
        let path = PathText.normalized(join(base, build.dockerfile))
        let entry = Build(context: context, arguments: build.arguments, contexts: build.contexts)
        if !(builds[path]?.contains(entry) ?? false) { builds[path, default: []].append(entry) }
    }

    /// The files that a manifest names: Dockerfiles that it builds, local actions and workflows, local includes.
    static func files(
        namedBy checked: CheckedFileReader.CheckedFileResult, in file: CheckedFile, checkout: String
    ) -> [CheckedFile] {
        var files: [CheckedFile] = []
        for build in checked.builds {
            let base = build.base == .manifest ? folder(of: file.path) : checkout
            let path = PathText.normalized(join(base, build.dockerfile))
            guard isRegularFile(path) else { continue }
            files.append(CheckedFile(path: path, isNamed: false, root: file.root, isDockerfile: true))
        }
        for used in checked.used {
            if used.isPipeline {
                for path in DirectoryContext.files(matching: used.path, in: checkout) {
                    files.append(
                        CheckedFile(
                            path: PathText.normalized(join(checkout, path)), isNamed: false, root: file.root,
                            pipelineRoot: checkout))
                }
                continue
            }
            for name in [used.path, used.path + "/action.yml", used.path + "/action.yaml"] {
                let path = PathText.normalized(join(checkout, name))
                guard isRegularFile(path) else { continue }
                files.append(CheckedFile(path: path, isNamed: false, root: file.root))
            }
        }
        return files
    }

    /// The builds of a Dockerfile that something names; empty when its context has to be searched for.
    func named(_ path: String) -> [Build] {
        if let given { return [Build(context: given)] }
        if let directory = (try? policies.configuration(for: path))?.context(of: path) {
            return [Build(context: directory)]
        }
        return builds[PathText.normalized(path)] ?? []
    }

    /// The directories in which a context is searched for: the Dockerfile's own, then those above it up to a root.
    static func candidates(for path: String, root: String?) -> [String] {
        let own = path.hasPrefix("./") && folder(of: path) == "." ? "./" : folder(of: path)
        var result = [own]
        let limit = root.map { PathText.normalized($0) }
        var directory = PathText.normalized(own)
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
enum PathText {
    /// A path without `.`, and without `..` where a name stands before it: `docker/../x` is `x`; `.` for nothing.
    static func normalized(_ path: String) -> String {
        let simplified = PosixPath.simplified(path)
        return simplified.isEmpty ? "." : simplified
    }

    /// The root of the repository that a manifest's commands run in.
    static func checkout(of manifest: String) -> String {
        let own = folder(of: manifest)
        var directory = own
        // `.github/workflows`, `.github/actions/setup`
        while directory != "/", directory != ".", !directory.isEmpty {
            if [".github", ".gitea", ".forgejo", ".devcontainer"].contains(fileName(directory)) {
                return folder(of: directory)
            }
            directory = folder(of: directory)
        }
        return own
    }
}

/// The files of a directory as a build context.
enum DirectoryContext {
    /// The context of a directory: nothing outside of it can be reached.
    static func context(_ directory: String) -> BuildContext {
        BuildContext(holds: { holds(directory, $0) }) { path in
            let parts = path.split(separator: "/")
            if parts.contains("..") { return .missing }
            return file(PathText.normalized(parts.filter { $0 != "." }.joined(separator: "/")), below: directory)
        }
    }

    private static func file(_ path: String, below directory: String) -> ContextFile {
        CheckedFileReader.contextFile(join(directory, path))
    }

    /// The regular files below a directory whose path is one, or fits a pattern in its last component.
    static func files(matching path: String, in directory: String) -> [String] {
        guard path.contains(where: { "*?[".contains($0) }) else {
            return isRegularFile(join(directory, path)) ? [path] : []
        }
        let parent = folder(of: path)
        guard !parent.contains(where: { "*?[".contains($0) }), let stream = opendir(join(directory, parent)) else {
            return []
        }
        defer { closedir(stream) }
        let pattern = fileName(path)
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
            }
            guard let name, GlobPattern.matches(pattern, name) else { continue }
            let path = parent == "." ? name : parent + "/" + name
            if isRegularFile(join(directory, path)) { names.append(path) }
        }
        return names.sorted()
    }

    /// Whether a directory holds a file, a directory or something that fits a pattern.
    private static func holds(_ directory: String, _ path: String) -> Bool {
        let path = PathText.normalized(String(path.drop { $0 == "/" }))
        if path == "." { return true }
        if path.hasPrefix("..") { return false }
        guard path.contains(where: { "*?[".contains($0) }) else { return exists(join(directory, path)) }
        let parent = folder(of: path)
        // A pattern in a directory's name is looked at no closer.
        if parent.contains(where: { "*?[".contains($0) }) { return true }
        guard let stream = opendir(join(directory, parent)) else { return false }
        defer { closedir(stream) }
        let pattern = fileName(path)
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
            }
            if let name, name != ".", name != "..", GlobPattern.matches(pattern, name) { return true }
        }
        return false
    }
}
