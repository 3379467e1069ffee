import DockerfileFreezing
import EnvironmentInventory
import LockFormats
import PinRules
import SourceDocuments

/// Chooses the installer of a freeze and what it installs from.
struct FreezeInstallation {
    let request: FreezeRequest
    let source: FreezeSource
    let images: FreezeImages
    let base: FreezeImage
    let target: Target
    let environment: Environment
    /// What was not checked, a sentence each.
    private(set) var notes: [String] = []

    init(
        request: FreezeRequest, source: FreezeSource, images: FreezeImages, base: FreezeImage, target: Target,
        environment: Environment
    ) {
        self.request = request
        self.source = source
        self.images = images
        self.base = base
        self.target = target
        self.environment = environment
    }

    private var hasConda: Bool { environment.packages.contains { $0.ecosystem == .conda } }

    mutating func make() throws(InputError) -> Installation {
        let manifest = try source.manifest()
        let installer = try chosenInstaller(hasProject: manifest != nil)
        try checkInterpreter(installer)
        if request.buildTools != nil, installer != .pip {
            throw InputError(FreezingError.buildToolsWithoutPip)
        }
        let tools = try buildTools()
        let image = try installerImage(installer)
        let (name, environment, target) = (request.lock, environment, target)
        let project = try sourceFile(for: installer, manifest: manifest)
        let refusal: FreezeError
        do throws(FreezeError) {
            // What reads the lock itself is held to the same: nothing without a hash, nothing that would be built.
            let hasPython = environment.packages.contains { $0.ecosystem == .pypi }
            let requirements =
                hasPython || !hasConda
                ? try HashedRequirements(
                    environment, indexes: source.document.indexes, isBuilding: tools != nil)
                : nil
            switch installer {
            case .pip, .uv:
                let other = Set(environment.packages.map(\.ecosystem)).subtracting([.pypi]).sorted()
                guard other.isEmpty, let requirements else {
                    throw FreezeError(reasons: [
                        "packages of \(other.map(\.rawValue).joined(separator: ", ")) cannot be installed by "
                            + "\(installer.rawValue): --installer micromamba (or conda, pixi) can"
                    ])
                }
                guard let project else {
                    return Installation(
                        installer: installer, image: image, requirements: requirements, buildTools: tools)
                }
                var installation = Installation(
                    installer: installer, image: image, project: project, choice: try Installation.uvChoice(target),
                    packages: requirements.packages)
                installation.projectIndexes = requirements.indexes
                return installation
            case .conda, .micromamba, .pixi:
                guard hasConda else {
                    throw FreezeError(reasons: [
                        "it holds no package of conda, which is what \(installer.rawValue) installs: --installer pip (or uv)"
                    ])
                }
                let explicit = try CondaExplicitFile(environment)
                if let project {
                    let packages =
                        explicit.entries.map { ($0.name, $0.version) } + (requirements?.packages ?? [])
                    return Installation(
                        installer: installer, image: image, project: project,
                        choice: try Installation.pixiChoice(target), packages: packages)
                }
                if let requirements, !explicit.entries.contains(where: { $0.name == "pip" }) {
                    throw FreezeError(reasons: [
                        "\(requirements.packages.map(\.name).joined(separator: ", ")) come from the Python index, and the "
                            + "lock has no pip to install them: add pip to the conda packages and lock again"
                    ])
                }
                return Installation(
                    installer: installer, image: image, explicit: explicit, requirements: requirements)
            }
        } catch { refusal = error }
        throw InputError("\(name) cannot be frozen:\n  " + refusal.reasons.joined(separator: "\n  "))
    }

    private func chosenInstaller(hasProject: Bool) throws(InputError) -> Installer {
        if let chosen = request.installer, let installer = Installer(rawValue: chosen.rawValue) { return installer }
        let named = request.installerImage ?? request.base
        return Installer.standard(
            native: source.document.format.nativeInstaller, hasConda: hasConda,
            hasProject: hasProject && request.buildTools == nil
        ) { installer in
            if installer == .pip { return base.image == nil || base.interpreter?.hasUsablePip ?? true }
            if base.first(of: installer.likelyPaths) != nil { return true }
            if installer == .uv { return request.installerImage != nil }
            return named.contains(installer.rawValue)
                || (installer == .conda && (named.contains("miniforge") || named.contains("mambaforge")))
        }
    }

    /// Lock and manifest, when the installer reads them itself; nil when it gets a file made from them.
    private func sourceFile(
        for installer: Installer, manifest: Installation.ProjectFile?
    ) throws(InputError) -> [Installation.ProjectFile]? {
        let isPixi = installer == .pixi
        let native = source.document.format.nativeInstaller
        guard isPixi || (installer == .uv && native == .uv) else { return nil }
        guard let manifest, native == (isPixi ? .pixi : .uv),
            let lock = try source.projectFile(source.name)
        else {
            if !isPixi { return nil }
            throw InputError(
                "--installer pixi reads a pixi.lock and the manifest beside it (pixi.toml, or pyproject.toml with "
                    + "[tool.pixi]), and there is none beside \(request.lock): --installer micromamba needs only the lock"
            )
        }
        if !isPixi, try !isComplete(manifest, lock) { return nil }
        return [manifest, lock]
    }

    /// Whether uv can hold a lock against the project with the lock and its manifest alone: a workspace needs its members'
    /// manifests, dynamic members need the build backend, a file with credentials is not to be copied, and uv refuses a lock
    /// that is stale or settings that do not suit the build. What is installed is the same without the project.
    private func isComplete(
        _ manifest: Installation.ProjectFile, _ lock: Installation.ProjectFile
    ) throws(InputError) -> Bool {
        if source.document.projects.count > 1 { return false }
        if [manifest, lock].contains(where: { URLCredentials.redacted($0.text) != $0.text }) { return false }
        let text = SourceText(name: manifest.name, text: manifest.text)
        let project = try InputError.wrapping { () throws(LockReadingError) in
            try LockReader.readProject(text, of: source.document.format)
        }
        if project.uvProject?.isUnmanaged == true || project.uvProject?.installingSetting != nil { return false }
        let context = LockReadingContext { path in
            path == manifest.name ? .success(text) : .failure(.init(reason: "only the project's file is at hand"))
        }
        let held = LockCheck.check(SourceText(name: lock.name, text: lock.text), context: context, require: .exact)
        if held.findings.contains(where: { $0.rule == StaleLock.rule.name }) { return false }
        // uv resolves again where the lock names an index that neither the project nor the build's settings do.
        let named = Set((project.indexes.map(\.url) + project.explicitIndexes).map(Self.comparable))
        let others = source.document.indexes.filter { !PackageIndexes.isDefault($0.url) }
        return project.dynamicMembers.isEmpty && others.allSatisfy { named.contains(Self.comparable($0.url)) }
    }

    private static func comparable(_ url: String) -> String { url.hasSuffix("/") ? String(url.dropLast()) : url }

    /// Refuses a base without what the installer needs of it.
    private func checkInterpreter(_ installer: Installer) throws(InputError) {
        guard base.image != nil, !installer.bringsInterpreter else { return }
        let name = base.reference.nameWithTag
        guard let python = base.interpreter else {
            throw InputError(
                "the base \(name) has no Python (python3 on its PATH), which \(installer.rawValue) installs for: take a base with "
                    + "Python")
        }
        if installer == .pip, let problem = python.pipProblem {
            throw InputError(
                "the base \(name) \(problem): --installer uv --installer-image IMAGE installs without pip, with the uv of an image "
                    + "that has it (oci:DIR:REF, docker://REF, NAME:TAG@sha256:...)")
        }
    }

    private mutating func installerImage(_ installer: Installer) throws(InputError) -> InstallerImage? {
        guard installer != .pip else {
            if request.installerImage != nil {
                throw InputError(FreezingError.installerImageOfPip)
            }
            return nil
        }
        guard let text = request.installerImage else {
            if base.image == nil {
                notes.append("not checked: whether \(base.reference) has \(installer.rawValue), which the build needs")
                return nil
            }
            if base.first(of: installer.likelyPaths) != nil { return nil }
            throw InputError(
                "the base \(base.reference.nameWithTag) has no \(installer.rawValue): name an image that has it, "
                    + "--installer-image oci:DIR:REF (or docker://REF, NAME:TAG@sha256:...)"
                    + (hasConda ? "" : ", or take --installer pip"))
        }
        let found = try images.find(text, role: .installer, needsContents: false)
        if found.image != nil {
            guard let path = found.first(of: installer.likelyPaths) else {
                throw InputError("--installer-image \(text): it has no \(installer.rawValue)")
            }
            return InstallerImage(reference: found.reference, path: path)
        }
        return InstallerImage(reference: found.reference, path: installer.usualPath)
    }

    private func buildTools() throws(InputError) -> HashedRequirements? {
        guard let path = request.buildTools else { return nil }
        guard
            case .lock(let lock, let environment) = try SubjectReader(target: nil, reading: request.reading).readLock(
                path, target: target)
        else { return nil }
        do throws(FreezeError) {
            return try HashedRequirements(environment, indexes: lock.document.indexes)
        } catch {
            throw InputError("--build-sdists \(path):\n  " + error.reasons.joined(separator: "\n  "))
        }
    }
}
