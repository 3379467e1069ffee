import ArchiveReading
import DataProfiles
import DeploymentFiles
import EnvironmentInventory
import ModelArchives
import Preflight
import SourceDocuments

/// Reads what `--deploy` names, what a declaration refers to, and what of ownership lies in the model.
struct PreflightDeployment {
    let model: Model
    /// The files and directories that were named.
    let paths: [String]
    let reading: ReadingOptions

    /// Gives the scene what was read.
    func fill(_ scene: inout PreflightScene) {
        var files: [DeploymentFile] = []
        var gaps: [Gap] = []
        var candidates: [String] = []
        for path in paths { walk(path, files: &files, candidates: &candidates, gaps: &gaps) }
        var names = KnownNames()
        let alerts = referenced(scene, &files, &names)
        let read = DeploymentReading.read(files)
        let registryGaps = read.gaps
        gaps += registryGaps
        var situation = DeploymentSituation(deployment: read.value, subject: scene.identity.name)
        situation.outputs = scene.outputs
        situation.declaredAlerts = alerts
        situation.image = imageReference(scene)
        if let declaration = scene.declaration, let entry = declaration.rollbackSwitch {
            var known = DeploymentSituation.Switch(entry.text)
            if case .manifest(let path) = known, let target = try? scene.references.find(path) {
                known = .manifest(names.name(target))
            }
            situation.declaredSwitch = (known, declaration.file, entry.range)
        }
        compareAlias(scene, &situation, &gaps)
        situation.claims = claims(scene, situation, &gaps)
        situation.gaps = gaps
        scene.situation = situation
        baselines(scene.declaration, candidates, &scene)
    }

    // MARK: Files

    private func walk(
        _ path: String, files: inout [DeploymentFile], candidates: inout [String], gaps: inout [Gap]
    ) {
        guard isFolder(path) else {
            files.append(DeploymentFile(path: path, root: PosixPath.directory(path)))
            candidates.append(path)
            return
        }
        let found = FileWalk(exclude: GitIgnore([])).walk(path)
        for failure in found.failures {
            gaps.append(Gap("", reason: failure.reason, source: FileLocation(file: failure.path, line: nil)))
        }
        for file in found.files {
            if DeploymentReading.isWanted(file.relativePath) {
                files.append(DeploymentFile(path: file.path, root: path))
            }
            candidates.append(file.path)
        }
    }

    /// Adds the files that the declaration names and that no `--deploy` holds, and returns the alerts that it names.
    private func referenced(
        _ scene: PreflightScene, _ files: inout [DeploymentFile], _ names: inout KnownNames
    ) -> [DeploymentSituation.AlertReference] {
        guard let declaration = scene.declaration else { return [] }
        for file in files { names.know(file.name) }
        func add(_ target: ReferenceRoots.Target) {
            guard names.know(target) else { return }
            let references = scene.references
            let root = PosixPath.directory(target.name)
            files.append(
                DeploymentFile(name: target.name, root: root) { limit throws(ArchiveReadingError) in
                    do throws(ReferenceRoots.Problem) {
                        let bytes = try references.read(target).bytes
                        if bytes.count > limit {
                            throw ReferenceRoots.Problem.unreadable("it has more than \(limit) bytes")
                        }
                        return bytes
                    } catch {
                        throw ArchiveReadingError(archive: target.name, reason: .unreadable("\(error)"))
                    }
                })
        }
        if let entry = declaration.rollbackSwitch, case .manifest(let path) = DeploymentSituation.Switch(entry.text),
            let target = try? scene.references.find(path)
        {
            add(target)
        }
        return (declaration.alerts ?? []).map { entry in
            let target = try? scene.references.find(String(entry.text.prefix { $0 != "#" }))
            if let target { add(target) }
            return .init(
                entry.text, file: target.map(names.name), source: declaration.file, range: entry.range)
        }
    }

    // MARK: The registry

    private func imageReference(_ scene: PreflightScene) -> ImageReference? {
        if let entry = scene.declaration?.previousImage { return ImageReference(entry.text) }
        let serving = scene.verification.context.serving?.about
        let name = serving?.reference ?? serving?.name ?? ""
        return ImageReference(name.hasPrefix("docker://") ? String(name.dropFirst("docker://".count)) : name)
    }

    /// Holds the files of the version that the alias points to against the model's.
    private func compareAlias(
        _ scene: PreflightScene, _ situation: inout DeploymentSituation, _ gaps: inout [Gap]
    ) {
        guard let (version, directories) = situation.aliasVersion else { return }
        for directory in directories where isFolder(directory) {
            do throws(ModelReadingError) {
                let other = try ModelReader.read(path: directory, limits: reading.limits)
                let payload = try? PayloadDigest.compute(of: other, declaration: scene.declaration)
                situation.aliasHoldsModel =
                    other.treeDigest == scene.identity.treeDigest || payload == scene.identity.payloadDigest
            } catch {
                gaps.append(Gap("", reason: error.description, source: FileLocation(file: directory, line: nil)))
            }
            return
        }
        situation.modelID = document("MLmodel").flatMap { try? YAMLReader.read($0) }?.table?["model_id"]?.string
        if situation.modelID == nil || version.loggedModel == nil {
            let reason = "its files were not given, so that the alias cannot be compared with the model"
            gaps.append(Gap("version \(version.number)", reason: reason))
        }
    }

    // MARK: Ownership

    private func claims(
        _ scene: PreflightScene, _ situation: DeploymentSituation, _ gaps: inout [Gap]
    ) -> [OwnershipClaim] {
        var claims: [OwnershipClaim] = []
        if let declaration = scene.declaration {
            for (role, entry) in [
                (OwnershipClaim.Role.owner, declaration.owner), (.onCall, declaration.onCall),
                (.runbook, declaration.runbook),
            ] {
                guard let entry else { continue }
                claims.append(
                    OwnershipClaim(
                        role, [entry.text], source: .declaration, file: declaration.file, range: entry.range))
            }
        }
        claims += DeploymentSituation.claims(
            in: situation.deployment, names: names(scene, situation), paths: modelPaths)
        if let text = document("MLmodel") {
            claims += MLmodelOwnership.claims(text).collect(into: &gaps)
        }
        if let (registered, _) = situation.registeredModel {
            claims += registered.claims(version: situation.aliasVersion?.version)
        }
        return claims + situation.alertClaims
    }

    private func names(_ scene: PreflightScene, _ situation: DeploymentSituation) -> Set<String> {
        let base = PosixPath.lastComponent(model.name)
        var names: Set<String> = [base, String(base.prefix { $0 != "." })]
        if case .alias(let name, _)? = situation.declaredSwitch?.0 { names.insert(name) }
        if let repository = situation.image?.repository { names.insert(PosixPath.lastComponent(repository)) }
        for workload in situation.switchWorkloads where !workload.name.isEmpty { names.insert(workload.name) }
        return names
    }

    /// The paths of the model's files as the working directory sees them.
    private var modelPaths: [String] {
        model.container == .directory
            ? model.files.prefix(1000).map { join(model.name, $0.path) } : [model.name]
    }

    /// A document of the model's root; nil where it has none.
    private func document(_ name: String) -> SourceText? {
        switch model.container {
        case .directory:
            let path = join(model.name, name)
            return isRegularFile(path) ? try? readText(path) : nil
        case .archive:
            return model.documents[name].map { SourceText(name: "\(model.name)!\(name)", bytes: $0) }
        case .file: return nil
        }
    }

    // MARK: Baselines

    /// Reads the baseline that is named; without one whatever of the deployment and of the model's root is one.
    private func baselines(
        _ declaration: PreflightDeclaration?, _ candidates: [String], _ scene: inout PreflightScene
    ) {
        func add(_ name: String, _ read: () throws(BaselineError) -> BaselineDocument) {
            do throws(BaselineError) {
                let document = try read()
                if case .other = document, declaration?.baseline == nil { return }
                scene.baselines.append(.init(file: name, document: document))
            } catch {
                scene.baselineGaps.append(
                    Gap("", reason: error.reason, source: FileLocation(file: name, line: error.place?.line)))
            }
        }
        if let entry = declaration?.baseline {
            guard let target = try? scene.references.find(entry.text) else { return }
            do throws(ReferenceRoots.Problem) {
                let text = try scene.references.read(target)
                add(target.name) { () throws(BaselineError) in try BaselineReader.read(text) }
            } catch {
                scene.baselineGaps.append(
                    Gap("", reason: "\(error)", source: FileLocation(file: target.name, line: nil)))
            }
            return
        }
        for path in candidates { add(path) { () throws(BaselineError) in try BaselineReader.read(path: path) } }
        switch model.container {
        case .directory:
            for file in model.files where !file.path.contains("/") && file.path.hasSuffix(".json") {
                let path = join(model.name, file.path)
                add(path) { () throws(BaselineError) in try BaselineReader.read(path: path) }
            }
        case .archive:
            for (name, bytes) in model.documents.sorted(by: { $0.key < $1.key })
            where !name.contains("/") && name.hasSuffix(".json") {
                let text = SourceText(name: "\(model.name)!\(name)", bytes: bytes)
                add(text.name) { () throws(BaselineError) in try BaselineReader.read(text) }
            }
        case .file: break
        }
    }
}

/// The names that the files of a deployment have, so that a reference to one of them is not another file.
private struct KnownNames {
    private var names: [String: String] = [:]

    /// Adds a file of a `--deploy`.
    mutating func know(_ path: String) {
        if let resolved = ReferenceRoots.resolved(path) { names[resolved] = path }
    }

    /// Adds what a reference leads to; false when it is there already.
    mutating func know(_ target: ReferenceRoots.Target) -> Bool {
        let key = target.path.flatMap(ReferenceRoots.resolved) ?? target.name
        if names[key] != nil { return false }
        names[key] = target.name
        return true
    }

    /// The name of what a reference leads to.
    func name(_ target: ReferenceRoots.Target) -> String {
        names[target.path.flatMap(ReferenceRoots.resolved) ?? target.name] ?? target.name
    }
}
