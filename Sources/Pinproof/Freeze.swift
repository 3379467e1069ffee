import DockerfileFreezing
import EnvironmentInventory
import LockFormats
import SourceDocuments

/// `pinproof freeze`: a pinned Dockerfile from a lock, or from a model that holds one.
package enum Freeze {
    /// Reads the lock and the base image's digest, and writes the files of the plan: all of them or none.
    ///
    /// - Throws: ``CommandError`` naming everything that could not be pinned and what would pin it.
    package static func run(_ request: FreezeRequest) throws(CommandError) -> CommandOutput {
        let template = try readTemplate(request.template)
        let source = try FreezeSource(request)
        let images = try FreezeImages(request)
        let base = try images.find(request.base, option: "--base", needsContents: !request.systemPackages.isEmpty)
        let (plan, notes) = try plan(request, source, images, base)
        let writing = FreezeWriting(
            files: plan.files(template: template), model: source.model, directory: request.directory,
            replaces: request.force || request.isUpdating)
        var text = try writing.write()
        if let earlier = images.earlier {
            text += plan.freezeLock.moves(since: earlier).map { $0 + "\n" }.joined()
        }
        return CommandOutput(text: text + summary(plan, request.directory), diagnostics: notes.map { "note: \($0)" })
    }

    private static func summary(_ plan: FreezePlan, _ folder: String) -> String {
        let count = plan.installation.packages.count
        let epoch = FreezePlan.epoch
        let policy = join(folder, SourcePolicy.fileName)
        return """
            \(count) package\(count == 1 ? "" : "s") by \(plan.installation.installer.rawValue) on \(plan.base)
            build it with: docker build \(folder)
            bit for bit:   SOURCE_DATE_EPOCH=\(epoch) EXPERIMENTAL_BUILDKIT_SOURCE_POLICY=\(policy) \
            docker buildx build --output type=oci,dest=image.tar,rewrite-timestamp=true \(folder)
            or:            buildah build --timestamp \(epoch) \(folder)

            """
    }

    private static func readTemplate(_ path: String?) throws(CommandError) -> DockerfileTemplate {
        let text = try path.map { path throws(CommandError) in try readText(path) } ?? DockerfileTemplate.standard
        return try CommandError.wrapping { () throws(DocumentError) in try DockerfileTemplate(text) }
    }

    private static func plan(
        _ request: FreezeRequest, _ source: FreezeSource, _ images: FreezeImages, _ base: FreezeImage
    ) throws(CommandError) -> (FreezePlan, notes: [String]) {
        var target = request.target?.target ?? Target()
        let lockHasPython = source.document.packages.contains { $0.ecosystem == .conda && $0.name == "python" }
        if target.python == nil, !lockHasPython { target.python = base.python }
        if target.platform == nil { target.platform = base.platform ?? Platform(os: "linux", architecture: "amd64") }
        if target.cLibrary == nil, target.platform == base.platform { target.cLibrary = base.platform?.cLibrary }
        let environment = try source.environment(target)
        var chooser = FreezeInstallation(
            request: request, source: source, images: images, base: base, target: target, environment: environment)
        let installation = try chooser.make()
        var said = ["platform": (environment.platform ?? target.platform)?.description ?? ""]
        said["python"] = environment.python?.version ?? target.python
        var plan = FreezePlan(
            lock: .init(name: source.name, sha256: source.digest), base: base.reference, installation: installation,
            target: said)
        plan.serving = try FreezeServing(request: request, source: source, installation: installation).make()
        plan.entrypoint = try FreezeServing.words(request.entrypoint)
        plan.system = try system(request, images, base)
        var notes = chooser.notes
        if let made = source.model?.content.environment.python?.version, let used = said["python"],
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
    ) throws(CommandError) -> SystemPackages? {
        guard !request.systemPackages.isEmpty else {
            if request.snapshot != nil {
                throw CommandError("--snapshot is the moment of the packages that --apt names", kind: .usage)
            }
            return nil
        }
        let earlier = request.isUpdating ? nil : images.earlier?.snapshot
        guard let snapshot = request.snapshot ?? earlier else {
            throw CommandError(
                "--apt: nothing says from which moment the packages are; add --snapshot 20240601T000000Z (https://snapshot.debian.org "
                    + "lists the moments), or pass the pinproof.lock.json of an earlier run", kind: .usage)
        }
        guard let image = base.image,
            let release = image.fileSystem.contents(of: "etc/os-release")
                ?? image.fileSystem.contents(of: "usr/lib/os-release")
        else {
            throw CommandError("--apt: the base \(base.reference.nameWithTag) does not say which release it is")
        }
        do throws(FreezeError) {
            return try SystemPackages(
                words: request.systemPackages, snapshot: snapshot,
                operatingSystem: String(decoding: release, as: UTF8.self), installed: image.environment.packages)
        } catch { throw CommandError(error.description) }
    }
}
