import EnvironmentInventory
import EnvironmentVerification
import FindingReports
import LockFormats
import ModelArchives

/// `pinproof capture`: records an installed environment as a `pylock.toml`.
package enum Capture {
    /// Reads the environment, finds the artifacts of its packages, and gives the file's text or puts it into a model.
    ///
    /// - Throws: ``CommandError`` for wrong usage, when something cannot be read whole, and when the model cannot be written.
    package static func run(_ request: CaptureRequest) throws(CommandError) -> CommandOutput {
        let subject = try SubjectReader(target: request.target).read(request.subject)
        var environment = subject.environment
        var diagnostics: [String] = []
        switch subject {
        case .installed: break
        case .image(let image):
            let hidden = removeShadowed(
                &environment,
                ImportSearch(
                    files: image.fileSystem, configuration: image.configuration, environment: image.environment
                )?.packageFolders)
            if !hidden.isEmpty {
                diagnostics.append(
                    "pinproof: the interpreter never imports a second copy of \(list(hidden)): it is left out")
            }
        case .dockerfile, .lock, .model:
            throw CommandError(
                "\(request.subject): it is a \(subject.description.kind.rawValue); capture records an installed environment or an image"
            )
        }
        guard !environment.packages.isEmpty else {
            throw CommandError("\(request.subject): there is no package in it")
        }
        let sources = try artifactSources(request)
        let target = CaptureWriter.target(of: environment)
        let entries = environment.packages.map {
            CaptureWriter.Entry(package: $0, source: sources.source(of: $0, target: target))
        }
        let text = CaptureWriter.text(of: environment, kind: subject.description.format, entries: entries)
        diagnostics += remarks(entries, request)
        guard let model = request.model else { return CommandOutput(text: text, diagnostics: diagnostics) }
        let place = try CommandError.wrapping { () throws(ModelWritingError) in
            try ModelCaptureWriter.write(Array(text.utf8), into: SubjectReader.withoutPrefix(model))
        }
        diagnostics.append("pinproof: wrote \(place)")
        return CommandOutput(text: request.writesText ? text : "", diagnostics: diagnostics)
    }

    private static func artifactSources(_ request: CaptureRequest) throws(CommandError) -> ArtifactSources {
        var sources = ArtifactSources()
        if let lock = request.lock {
            let path = SubjectReader.withoutPrefix(lock)
            sources.add(
                try SubjectReader(target: nil).openLock(path).document, folder: absoluteFolder(path) ?? folder(of: path)
            )
        }
        for report in request.reports {
            let text = try readText(report)
            sources.add(
                try CommandError.wrapping { () throws(LockReadingError) in try InstallationReport(text) })
        }
        return sources
    }

    /// Takes out the copies that the interpreter does not import because another one comes first; gives their names.
    private static func removeShadowed(_ environment: inout Environment, _ importPath: [String]?) -> [String] {
        guard let importPath else { return [] }
        var first: [String: Int] = [:]
        func rank(_ package: Package) -> Int {
            package.location.flatMap { importPath.firstIndex(of: $0) } ?? importPath.count
        }
        for package in environment.packages where package.ecosystem == .pypi {
            first[package.name] = min(first[package.name] ?? Int.max, rank(package))
        }
        var hidden: Set<String> = []
        environment.packages.removeAll { package in
            guard package.ecosystem == .pypi, let first = first[package.name], rank(package) > first else {
                return false
            }
            hidden.insert(package.name)
            return true
        }
        return hidden.sorted()
    }

    /// What the file cannot give to an installer or to a proof, and what would mend it.
    private static func remarks(_ entries: [CaptureWriter.Entry], _ request: CaptureRequest) -> [String] {
        var unnamed: [String] = []
        var unaddressed: [String] = []
        var remarks: [String] = []
        for entry in entries where entry.package.ecosystem == .pypi {
            let name = entry.package.name
            let version = entry.package.version ?? "?"
            switch entry.source {
            case .unknown(.unnamed, _): unnamed.append(name)
            case .unknown(.unaddressed, _): unaddressed.append(name)
            case .unknown(.otherVersion(let other), _):
                remarks.append("pinproof: \(name) \(version) is installed, \(request.lock ?? "the lock") has \(other)")
                unnamed.append(name)
            default: break
            }
            if entry.package.contentDigest == nil {
                remarks.append("pinproof: \(name) \(version) has no content digest: \(entry.package.recordText)")
            } else if case .altered(let differences)? = entry.package.recordCheck, let first = differences.first {
                remarks.append("pinproof: \(name) \(version) is not as it was installed: \(first.message)")
            }
        }
        if !unnamed.isEmpty {
            remarks.append(
                "pinproof: no artifact is known of \(list(unnamed)): their content digests are recorded, but an installer "
                    + "will not install them from this file; --lock or --report FILE (pip install --report) names artifacts"
            )
        }
        if !unaddressed.isEmpty {
            remarks.append(
                "pinproof: \(request.lock ?? "the lock") says no URL of \(list(unaddressed)): hashes and content digests are "
                    + "recorded, but an installer will not install them from this file; a lock with URLs (uv.lock, "
                    + "pylock.toml) or --report FILE (pip install --report) names them")
        }
        return remarks
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(12).joined(separator: ", ")
        return names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
    }
}

extension Package {
    /// Why its files have no content digest.
    fileprivate var recordText: String {
        switch recordCheck {
        case .uncheckable(let reason)?: reason
        case .altered(let differences)?: differences.first?.message ?? "its files are not those of its record"
        case .intact?, nil: "its files cannot be told"
        }
    }
}
