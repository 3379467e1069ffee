import BinaryLoading
import ContainerImages
import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// Wheels whose tags do not fit the serving side (https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/).
enum WheelTagCheck {
    static func problems(
        _ scene: LoadingScene, _ survey: LoadingSurvey, _ roots: LoadingRoots
    ) -> [LoadingAssessment.Problem] {
        guard let python = scene.environment.python ?? scene.start.importPath.map({ Interpreter(version: $0.python) }),
            var platform = scene.environment.platform
        else { return [] }
        if let release = survey.settings?.release, survey.settings?.family == .glibc {
            platform.cLibrary = CLibrary(family: .glibc, major: release.major, minor: release.minor)
        }
        guard platform.os == "linux", platform.cLibrary != nil,
            let target = PythonTarget(
                python: scene.start.importPath?.python ?? python.version, platform: platform,
                implementation: python.implementation)
        else { return [] }
        let known = Set(target.tags)
        let platforms = Set(target.tags.map(\.platform))
        let bound = Set(
            roots.roots.filter { !$0.isLibrary }.map(\.distribution) + roots.misfits.map(\.distribution))
        var problems: [LoadingAssessment.Problem] = []
        for package in scene.environment.packages where package.ecosystem == .pypi && scene.isNeeded(package.name) {
            guard let file = package.source?.file, file.hasSuffix(".dist-info/METADATA"), isReached(package, scene)
            else { continue }
            let path = PosixPath.directory(file) + "/WHEEL"
            guard let bytes = scene.files.contents(of: path), let entry = scene.files.lookup(path),
                !scene.owners.allOwners(of: entry).contains(where: { $0.owner.ecosystem != .pypi })
            else { continue }
            let tags = Self.tags(String(decoding: bytes, as: UTF8.self))
            guard !tags.isEmpty, tags.allSatisfy({ !known.contains($0) }) else { continue }
            // Installers go by the name of the wheel, which may have been changed: a package of libraries, without a module for
            // one Python, is bound to its platform alone. One for every platform is bound to its Python.
            let isOfPlatform = tags.contains { $0.platform != "any" && platforms.contains($0.platform) }
            if !bound.contains(package.name), isOfPlatform { continue }
            let found = tags.map { "\($0.python)-\($0.abi)-\($0.platform)" }.joined(separator: ", ")
            problems.append(
                LoadingAssessment.Problem(
                    rule: LoadingRules.wrongWheel.name, reach: scene.reach(ofNeeded: package.name), root: package.name,
                    chain: [path],
                    needs:
                        "cp\(target.major)\(target.minor) on \(platform.cLibrary?.description ?? "linux"), \(platform.architecture)",
                    found: found, file: path, layer: scene.layer(path)))
        }
        return problems
    }

    /// Whether the interpreter that starts looks where a package lies.
    static func isReached(_ package: Package, _ scene: LoadingScene) -> Bool {
        guard let location = package.location, let path = scene.start.importPath else { return true }
        return path.directories.contains { scene.files.lookup($0.path)?.path == location || $0.path == location }
    }

    private static func tags(_ text: String) -> [WheelTag] {
        text.split(whereSeparator: \.isNewline).flatMap { line -> [WheelTag] in
            guard line.hasPrefix("Tag:") else { return [] }
            let parts = line.dropFirst(4).filter { $0 != " " && $0 != "\t" }.split(separator: "-")
            guard parts.count == 3 else { return [] }
            // A compressed set stands for each of its combinations.
            return parts[0].split(separator: ".").flatMap { python in
                parts[1].split(separator: ".").flatMap { abi in
                    parts[2].split(separator: ".").map {
                        WheelTag(python: String(python), abi: String(abi), platform: String($0))
                    }
                }
            }
        }
    }
}

/// Objects that were built for another generation of NumPy's C interface than the installed one.
enum NumPyCheck {
    static func problems(
        _ scene: LoadingScene, _ survey: LoadingSurvey, _ owned: [String: LoadingRoot]
    ) -> [LoadingAssessment.Problem] {
        guard let numpy = scene.imported("numpy"), let version = numpy.version.flatMap({ release($0) })
        else { return [] }
        var problems: [LoadingAssessment.Problem] = []
        var seen: Set<String> = []
        for (path, root) in owned.sorted(by: { $0.key < $1.key }) where root.distribution != "numpy" {
            guard let binding = survey.mapped[path]?.numpy else { continue }
            let needs: String
            switch binding {
            case .first:
                guard version.major >= 2 else { continue }
                needs = "NumPy <2"
            case .atLeast(let major, let minor):
                guard (version.major, version.minor) < (major, minor) else { continue }
                needs = "NumPy >=\(major).\(minor)"
            case .core: continue
            }
            // One line for each package: its files were built together.
            guard seen.insert(root.distribution + needs).inserted else { continue }
            problems.append(
                LoadingAssessment.Problem(
                    rule: LoadingRules.numpyABI.name, reach: root.isNamed ? .fails : .mayFail, root: root.name,
                    chain: [shownPath(root.path), shownPath(path)].uniqued, needs: needs,
                    found: "NumPy \(numpy.version ?? "")", file: shownPath(path), layer: scene.layer(path)))
        }
        return problems
    }

    static func release(_ text: String) -> (major: Int, minor: Int)? {
        let numbers = text.split(separator: ".").prefix(2).compactMap { Int($0) }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
    }
}

extension [String] {
    /// The elements without repetitions next to each other.
    fileprivate var uniqued: [String] { reduce(into: []) { if $0.last != $1 { $0.append($1) } } }
}

/// Installed versions that do not meet what a needed package requires.
enum RequirementCheck {
    static func problems(_ scene: LoadingScene) -> [LoadingAssessment.Problem] {
        let names = Set(scene.environment.packages.filter { $0.ecosystem == .pypi }.map(\.name))
        let packages = names.sorted().compactMap { scene.imported($0) }
        let installed = Dictionary(packages.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        guard let python = scene.environment.python, let platform = scene.environment.platform,
            let target = PythonTarget(
                python: python.version, platform: platform, implementation: python.implementation)
        else { return [] }
        var problems: [LoadingAssessment.Problem] = []
        for package in packages where scene.isNeeded(package.name) && package.recordCheckIsOwn {
            for text in package.requirements {
                guard let requirement = try? Requirement(text),
                    requirement.marker.map({ target.holds($0, extras: []) }) ?? true,
                    let other = installed[requirement.normalizedName],
                    let version = other.version.flatMap({ PythonVersion($0) }),
                    !requirement.specifiers.contains(version, allowsPrereleases: true)
                else { continue }
                let path = other.source?.file ?? ""
                problems.append(
                    LoadingAssessment.Problem(
                        rule: LoadingRules.unsatisfiedRequirement.name, reach: .mayFail, root: package.name,
                        chain: [package.source?.file ?? ""], needs: text, found: "\(other.name) \(other.version ?? "")",
                        file: path, layer: scene.layer(path)))
            }
        }
        return problems
    }
}

extension Package {
    /// Whether a package was installed from a wheel or built: distributions change requirements of their own packages.
    fileprivate var recordCheckIsOwn: Bool { location != "usr/lib/python3/dist-packages" }
}
