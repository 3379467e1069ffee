/// `lockstep freeze`: a pinned Dockerfile from a lock.
public enum Freeze {
    /// Reads the lock and the base image's digest, and writes the files of the plan: all of them or none.
    ///
    /// - Throws: ``CommandError`` naming everything that could not be pinned and what would pin it.
    public static func run(_ request: FreezeRequest) throws(CommandError) -> CommandOutput {
        let base = try BaseImage.find(request)
        let template = try readTemplate(request.template)
        let plan = try plan(request, base)
        let files = plan.files(template: template)
        try write(files, to: request.directory, force: request.force)
        let names = files.map { join(request.directory, $0.name) }
        let text = names.map { "wrote \($0)\n" }.joined()
        return CommandOutput(
            text: text + "\(plan.requirements.entries.count) packages on \(plan.base)\n"
                + "build it with: docker build \(request.directory)\n")
    }

    private static func readTemplate(_ path: String?) throws(CommandError) -> DockerfileTemplate {
        let text = try path.map { path throws(CommandError) in try readText(path) } ?? DockerfileTemplate.standard
        return try CommandError.wrapping { () throws(DocumentError) in try DockerfileTemplate(text) }
    }

    private static func plan(_ request: FreezeRequest, _ base: BaseImage) throws(CommandError) -> FreezePlan {
        var target = try request.target?.target() ?? Target()
        if target.python == nil { target.python = base.python }
        if target.platform == nil { target.platform = base.platform ?? Platform(os: "linux", architecture: "amd64") }
        if target.cLibrary == nil, target.platform == base.platform { target.cLibrary = base.platform?.cLibrary }
        guard
            case .lock(let document, let digest, let environment) = try SubjectReader(target: nil).readLock(
                request.lock, target: target)
        else { throw CommandError("\(request.lock): it is no lock") }
        let requirements: HashedRequirements
        do throws(FreezeError) { requirements = try HashedRequirements(environment) } catch {
            throw CommandError("\(document.name) cannot be frozen:\n  " + error.reasons.joined(separator: "\n  "))
        }
        var said = ["platform": (environment.platform ?? target.platform)?.description ?? ""]
        said["python"] = environment.python?.version ?? target.python
        return FreezePlan(
            lock: .init(name: fileName(request.lock), sha256: digest), base: base.reference, requirements: requirements,
            target: said, entrypoint: try entrypoint(request.entrypoint))
    }

    private static func entrypoint(_ text: String?) throws(CommandError) -> [String] {
        guard let text else { return FreezePlan.standardEntrypoint }
        let root = try? JSONReader.read(SourceText(name: "--entrypoint", text: text))
        guard let words = root?.array?.map(\.string), !words.isEmpty, !words.contains(nil) else {
            throw CommandError("--entrypoint takes a JSON list of words, [\"python\", \"-m\", \"app\"]", kind: .usage)
        }
        return words.compactMap { $0 }
    }

    private static func write(
        _ files: [(name: String, text: String)], to folder: String, force: Bool
    ) throws(CommandError) {
        try makeFolder(folder)
        if !force {
            let there = files.map { join(folder, $0.name) }.filter { exists($0) }
            guard there.isEmpty else {
                throw CommandError(
                    "\(there.joined(separator: ", ")): there already; --force replaces, another -o leaves them")
            }
        }
        for file in files { try AtomicFile.write(file.text, to: join(folder, file.name), replacing: force) }
    }
}

/// The base image of a freeze: its pinned reference, and what is known of its Python and platform.
struct BaseImage {
    let reference: ImageReference
    let python: String?
    let platform: Platform?

    /// Finds the digest: in the image that was named, in the reference itself, or in the JSON of an earlier run.
    static func find(_ request: FreezeRequest) throws(CommandError) -> BaseImage {
        if ImageName.namesTransport(request.base) { return try stored(request) }
        guard let reference = ImageReference(request.base) else {
            throw CommandError("--base \(request.base): it is no image reference", kind: .usage)
        }
        if reference.digest != nil {
            guard reference.tag != nil else {
                throw CommandError("--base \(request.base): name the tag too, name:tag@sha256:...", kind: .usage)
            }
            return BaseImage(reference: reference, python: nil, platform: nil)
        }
        let earlier = request.fromLock ?? join(request.directory, FreezeLock.fileName)
        if request.fromLock != nil || isRegularFile(earlier) {
            let text = try readText(earlier)
            let lock = try CommandError.wrapping { () throws(DocumentError) in try FreezeLock(json: text) }
            if let digest = lock.digest(of: reference) {
                return BaseImage(
                    reference: ImageReference(
                        repository: reference.repository, tag: reference.tag ?? "latest", digest: digest),
                    python: nil, platform: nil)
            }
            if request.fromLock != nil { throw CommandError("\(earlier): it pins no \(request.base)") }
        }
        throw CommandError(
            "--base \(request.base): its digest is not known. Name where the image is (oci:DIR:REF, oci-archive:FILE:REF, "
                + "docker://REF), write the digest behind it (\(request.base)@sha256:...), or pass the lockstep.lock.json of an "
                + "earlier run with --from-lock")
    }

    private static func stored(_ request: FreezeRequest) throws(CommandError) -> BaseImage {
        guard let name = ImageName(request.base) else {
            throw CommandError("--base \(request.base): a transport without an image", kind: .usage)
        }
        let platform = try request.target?.checkedPlatform()
        let resolved = try CommandError.wrapping { () throws(ImageReadingError) in
            try ImageDigestSource.resolve(name, platform: platform)
        }
        guard let reference = resolved.reference, reference.tag != nil else {
            throw CommandError(
                "\(request.base): the image has no name of its own that FROM could use: its "
                    + "org.opencontainers.image.ref.name has to be a whole reference, name:tag")
        }
        var python = request.target?.python
        var served = resolved.platform
        // The interpreter decides which packages of the lock apply; the image itself knows it.
        if python == nil, resolved.format != .docker {
            let image = try CommandError.wrapping { () throws(ImageReadingError) in
                try ImageReader.read(name, platform: platform)
            }
            python = image.environment.python?.version
            served = image.environment.platform ?? served
        }
        return BaseImage(
            reference: ImageReference(
                repository: reference.repository, tag: reference.tag, digest: resolved.digest),
            python: python, platform: served)
    }
}
