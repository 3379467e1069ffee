import ArchiveReading
import ContainerImages
import EnvironmentInventory
import EnvironmentVerification
import ParallelWork
import ProgramStart
import PythonPackaging

/// What the wheels of a lock need of the base image's libraries, before anything is built.
struct FreezeLoading {
    /// The libraries that neither the base nor a wheel has, with the package that brings each; nil where it is not known.
    let missing: [(library: String, package: String?, neededBy: String)]
    /// What else stands in the way, a sentence each.
    let notes: [String]

    /// Compares the wheels that a lock names with a base image.
    init(_ request: FreezeRequest, _ environment: Environment, _ base: FreezeImage) throws(InputError) {
        guard !request.wheels.isEmpty else {
            missing = []
            notes = []
            return
        }
        guard let image = base.image else {
            throw InputError(
                "--wheels: the base \(base.reference.nameWithTag) was not read; name where the image is, oci:DIR:REF or oci-archive:FILE:REF"
            )
        }
        let wheels = try Self.wheels(request, environment)
        let start = ProgramStart(image)
        guard let directory = Self.siteDirectory(start) else {
            throw InputError(
                "--wheels: the base \(base.reference.nameWithTag) starts no Python whose packages could be found")
        }
        let files = try InputError.wrapping { () throws(ImageReadingError) in
            try image.fileSystem.installing(
                wheels: wheels.map(\.path), into: directory, limits: request.reading.limits)
        }
        var installed = image.environment
        installed.packages = environment.packages.map { package in
            var copy = package
            copy.location = directory
            return copy
        }
        let assessment = LoadingAssessor.assess(
            LoadingScene(
                files: files, configuration: image.configuration,
                start: ProgramStart(image.configuration, files, fallback: start.importPath?.python),
                environment: installed, options: LoadingOptions()))
        let contents = try request.contents.map { path throws(InputError) in
            try InputError.wrapping { () throws(ArchiveReadingError) in
                try ContentsFile(path: path, limits: request.reading.limits)
            }
        }
        let distribution = SystemLibraryPackages.distribution(image.fileSystem)
        var libraries: [String: String] = [:]
        var notes: [String] = []
        for problem in assessment.problems {
            switch problem.rule {
            case "missing-library":
                if libraries[problem.needs] == nil { libraries[problem.needs] = problem.root }
            case "requires-unsatisfied", "wrong-wheel": continue
            default: notes.append(LoadingSentence.message(problem))
            }
        }
        self.notes = notes
        let asked = Set(request.systemPackages.map { $0.split(separator: "=").first.map(String.init) ?? $0 })
        missing = libraries.sorted { $0.key < $1.key }.compactMap {
            library, root -> (library: String, package: String?, neededBy: String)? in
            let packages =
                contents?.packages(for: library)
                ?? SystemLibraryPackages.packages(for: library, distribution: distribution)
            // What --apt names already is not missing any more.
            if let package = packages.first, asked.contains(package) { return nil }
            return (library, packages.first, root)
        }
    }

    private static func siteDirectory(_ start: ProgramStart) -> String? {
        start.importPath?.directories.first { $0.origin == .site }?.path
    }

    /// The wheels of some directories whose digests a lock names.
    private static func wheels(
        _ request: FreezeRequest, _ environment: Environment
    ) throws(InputError) -> [(path: String, name: String)] {
        let hashes = Set(environment.packages.flatMap(\.hashes))
        var found: [(path: String, name: String)] = []
        for folder in request.wheels {
            guard isFolder(folder) else { throw InputError("--wheels \(folder): not a directory") }
            let paths = try FileWalk(exclude: GitIgnore([])).files(below: folder).map(\.path).filter {
                $0.hasSuffix(".whl")
            }
            for path in paths.sorted() {
                let digest = try InputError.wrapping { () throws(ArchiveReadingError) in
                    try RegularFile(path: path).sha256()
                }
                if hashes.contains(digest) { found.append((path, fileName(path))) }
            }
        }
        guard !found.isEmpty else { throw InputError("--wheels: none of the wheels is one that the lock names") }
        return found
    }

    /// The lines that say what is missing.
    var lines: [String] {
        missing.map { item in
            let fix = item.package.map { ". Fix: --apt \($0)" } ?? "; no package is known to have it"
            return "\(item.neededBy) cannot be loaded: \(item.library) is not in the base\(fix)"
        }
    }
}
