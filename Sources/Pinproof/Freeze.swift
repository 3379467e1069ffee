import DockerfileFreezing
import EnvironmentInventory
import LockFormats
import SourceDocuments

/// Plans a pinned Dockerfile from a lock, or from a model that holds one.
enum Freeze {
    /// Reads the lock and the base image's digest, and plans the files.
    static func run(_ request: FreezeRequest) throws(InputError) -> FreezePlan {
        if request.snapshot != nil, request.systemPackages.isEmpty, !request.addsMissingPackages {
            throw InputError(FreezingError.snapshotWithoutPackages)
        }
        let template = try readTemplate(request.template)
        let source = try FreezeSource(request)
        let images = try FreezeImages(request)
        let needsContents = !request.systemPackages.isEmpty || !request.wheels.isEmpty
        let base = try images.find(request.base, role: .base, needsContents: needsContents)
        let lockHasPython = source.document.packages.contains { $0.ecosystem == .conda && $0.name == "python" }
        let target = try FreezeTargetChoice(request: request, base: base, lockHasPython: lockHasPython).target()
        let loading = try FreezeLoading(request, try source.environment(target), base)
        var request = request
        var missing = loading.lines
        if request.addsMissingPackages, !loading.missing.isEmpty {
            request = request.adding(Set(loading.missing.compactMap(\.package)).sorted())
            missing = zip(loading.missing, loading.lines).filter { $0.0.package == nil }.map { $0.1 }
        }
        // Without the missing libraries nothing is to be built: the plan may lack the moment of their packages.
        let (plan, notes) = try plan(request, source: source, images: images, base: base)
        let files = plan.files(template: template)
        if request.template != nil { try FrozenFilesCheck(files: files).check(template.name) }
        return FreezePlan(
            files: files.map { PlannedFile(path: $0.name, text: $0.text) }, base: plan.base.reference,
            target: plan.target.description, secrets: plan.installation.indexes.requiredSecrets,
            installer: Freezer.Installer(rawValue: plan.installation.installer.rawValue) ?? .pip,
            packageCount: plan.installation.packages.count,
            moves: images.earlier.map { plan.freezeLock.moves(since: $0) } ?? [], notes: notes + loading.notes,
            missingLibraries: missing, model: source.model)
    }

    private static func readTemplate(_ path: String?) throws(InputError) -> DockerfileTemplate {
        let text = try path.map { path throws(InputError) in try readText(path) } ?? DockerfileTemplate.standard
        return try InputError.wrapping { () throws(DocumentError) in try DockerfileTemplate(text) }
    }

    private static func plan(
        _ request: FreezeRequest, source: FreezeSource, images: FreezeImages, base: FreezeImage
    ) throws(InputError) -> (DockerfilePlan, notes: [String]) {
        let system = try system(request, images, base)
        let lockHasPython = source.document.packages.contains { $0.ecosystem == .conda && $0.name == "python" }
        let target = try FreezeTargetChoice(request: request, base: base, lockHasPython: lockHasPython).target()
        let environment = try source.environment(target)
        var chooser = FreezeInstallation(
            request: request, source: source, images: images, base: base, target: target, environment: environment)
        let installation = try chooser.make()
        let locked = environment.packages.first { $0.ecosystem == .conda && $0.name == "python" }?.version
        let chosen = FreezeTarget(
            python: locked ?? target.python ?? environment.python?.version,
            platform: environment.platform ?? target.platform)
        var plan = DockerfilePlan(
            lock: .init(name: source.name, sha256: source.digest), base: base.base, installation: installation,
            target: chosen)
        plan.serving = try FreezeServing(request: request, source: source, installation: installation).make()
        plan.entrypoint = request.entrypoint
        plan.system = system
        var notes = chooser.notes + [installation.indexes.note].compactMap { $0 }
        let members = source.document.projects.count
        if members > 1 {
            notes.append(
                "not installed: the \(members) projects of the workspace, which are the application's own code")
        }
        if let made = source.model?.content.environment.python?.version, let used = chosen.python,
            !isSameMinor(made, used)
        {
            notes.append("the model was made by Python \(made), and the image has Python \(used)")
        }
        return (plan, notes)
    }

    private static func isSameMinor(_ left: String, _ right: String) -> Bool {
        left.split(separator: ".").prefix(2) == right.split(separator: ".").prefix(2)
    }

    private static func system(
        _ request: FreezeRequest, _ images: FreezeImages, _ base: FreezeImage
    ) throws(InputError) -> SystemPackages? {
        guard !request.systemPackages.isEmpty else { return nil }
        let earlier = request.isUpdating ? nil : images.earlier?.snapshot
        guard let snapshot = request.snapshot ?? earlier else {
            throw InputError(FreezingError.packagesWithoutSnapshot)
        }
        guard let image = base.image,
            let release = image.fileSystem.contents(of: "etc/os-release")
                ?? image.fileSystem.contents(of: "usr/lib/os-release")
        else {
            throw InputError("--apt: the base \(base.reference.nameWithTag) does not say which release it is")
        }
        do throws(FreezeError) {
            return try SystemPackages(
                words: request.systemPackages, snapshot: snapshot,
                operatingSystem: String(decoding: release, as: UTF8.self), installed: image.environment.packages)
        } catch { throw InputError(error.description) }
    }
}
