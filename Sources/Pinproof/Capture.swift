import ContainerImages
import EnvironmentInventory
import EnvironmentVerification
import LockFormats
import ProgramStart

/// Records an installed environment.
enum Capture {
    /// Reads the environment, and finds the artifacts of its packages.
    static func run(
        _ name: String, _ options: Capturer.Options, reading: ReadingOptions
    ) throws(InputError) -> CapturedEnvironment {
        var reader = SubjectReader(target: options.target, reading: reading)
        reader.readsBinaries = true
        let subject = try reader.read(name)
        var environment = subject.environment
        var shadowed: [String] = []
        environment.numericVariables = options.variables.filter { NumericVariables.contains($0.key) }
        let loading = subject.loading()
        environment.libraries = loading?.sources
        environment.needs = loading?.needs
        switch subject {
        case .installed(let installed):
            // Only of a whole system the paths are those that the serving side has.
            if installed.kind == .rootFolder {
                environment.directories = CapturedFiles.directories(
                    installed.fileSystem, installed.configuration, environment)
            }
        case .image(let image):
            let start = ProgramStart(image)
            shadowed = Set(environment.removeShadowed(start.importPath?.packageDirectories).map(\.name)).sorted()
            environment.record(image, start)
        case .dockerfile, .lock, .model:
            throw InputError(CaptureError.notInstalled(name, subject.description.kind))
        }
        guard !environment.packages.isEmpty else { throw InputError("\(name): it has no packages") }
        let sources = try artifactSources(options, reading)
        let target = CaptureWriter.target(of: environment)
        let entries = environment.packages.map {
            CaptureWriter.Entry(package: $0, source: sources.source(of: $0, target: target))
        }
        let remarks = remarks(entries, lock: options.lock)
        return CapturedEnvironment(
            text: CaptureWriter.text(of: environment, kind: subject.description.format, entries: entries),
            shadowed: shadowed, problems: remarks.problems, withoutArtifact: remarks.withoutArtifact,
            withoutURL: remarks.withoutURL)
    }

    private static func artifactSources(
        _ options: Capturer.Options, _ reading: ReadingOptions
    ) throws(InputError) -> ArtifactSources {
        var sources = ArtifactSources()
        if let lock = options.lock {
            let path = SubjectReader.withoutPrefix(lock)
            sources.add(
                try SubjectReader(target: nil, reading: reading).openLock(path).document,
                folder: absoluteFolder(path) ?? folder(of: path))
        }
        for report in options.reports {
            let text = try readText(report)
            sources.add(
                try InputError.wrapping { () throws(LockReadingError) in try InstallationReport(text) })
        }
        return sources
    }

    /// What the file cannot give to an installer or to a proof.
    private struct Remarks {
        var problems: [String] = []
        var withoutArtifact: [String] = []
        var withoutURL: [String] = []
    }

    private static func remarks(_ entries: [CaptureWriter.Entry], lock: String?) -> Remarks {
        var remarks = Remarks()
        for entry in entries where entry.package.ecosystem == .pypi {
            let name = entry.package.name
            let version = entry.package.version ?? "?"
            switch entry.source {
            case .unknown(.unnamed, _): remarks.withoutArtifact.append(name)
            case .unknown(.unaddressed, _): remarks.withoutURL.append(name)
            case .unknown(.otherVersion(let other), _):
                remarks.problems.append("\(name) \(version) is installed, \(lock ?? "the lock") has \(other)")
                remarks.withoutArtifact.append(name)
            default: break
            }
            if entry.package.contentDigest == nil {
                remarks.problems.append("\(name) \(version) has no content digest: \(entry.package.recordText)")
            } else if case .altered(let differences)? = entry.package.recordCheck, let first = differences.first {
                remarks.problems.append("\(name) \(version) is not as it was installed: \(first.message)")
            }
        }
        return remarks
    }
}

extension Environment {
    /// Takes out the copies that the interpreter does not import because another one comes first.
    ///
    /// - Parameter importPath: the directories that it imports from; nil when they are not known, which leaves all copies.
    /// - Returns: the copies.
    mutating func removeShadowed(_ importPath: [String]?) -> [Package] {
        guard let importPath else { return [] }
        var first: [String: Int] = [:]
        func rank(_ package: Package) -> Int {
            package.location.flatMap { importPath.firstIndex(of: $0) } ?? importPath.count
        }
        for package in packages where package.ecosystem == .pypi {
            first[package.name] = min(first[package.name] ?? Int.max, rank(package))
        }
        var hidden: [Package] = []
        packages.removeAll { package in
            guard package.ecosystem == .pypi, let first = first[package.name], rank(package) > first else {
                return false
            }
            hidden.append(package)
            return true
        }
        return hidden
    }

    /// Adds what only an image tells: its loadable files, and the variables that change how numbers come out.
    mutating func record(_ image: Image, _ start: ProgramStart) {
        directories = CapturedFiles.directories(image.fileSystem, image.configuration, self, start: start)
        numericVariables = start.variables.filter { NumericVariables.contains($0.key) }.compactMapValues { $0 }
    }
}

extension Package {
    /// Why its files have no content digest.
    fileprivate var recordText: String {
        switch recordCheck {
        case .uncheckable(let reason)?: reason
        case .altered(let differences)?: differences.first?.message ?? "its files are not those of its record"
        case .intact?, nil: "its files are not known"
        }
    }
}
