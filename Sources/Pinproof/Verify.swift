import ArchiveReading
import ContainerImages
import DockerfileFreezing
import DockerfileSyntax
import EnvironmentInventory
import EnvironmentVerification
import LockFormats
import ModelArchives
import ProgramStart
import PythonPackaging
import SourceDocuments

/// `pinproof verify`: compares a training environment with a serving one, hash by hash.
enum Verify {
    /// Reads both sides and compares them.
    static func run(_ request: VerifyRequest) throws(InputError) -> Verification {
        try read(request).verification
    }

    /// Reads both sides and compares them, and keeps what was read.
    ///
    /// - Parameter known: a serving side of the same image that was read before.
    static func read(_ request: VerifyRequest, known: Serving? = nil) throws(InputError) -> Sides {
        let isLock = try request.reader().kind(of: request.model) == .lock
        if isLock, request.modelPath != nil { throw InputError(VerificationError.modelPathOfLock(request.model)) }
        if isLock, request.modelKey != nil { throw InputError(VerificationError.modelKeyOfLock(request.model)) }
        let (wheels, problems) = try Wheels.collect(request.wheels, cancellation: request.cancellation)
        let subject: SubjectContent
        let training: TrainingSide
        let serving: Serving
        // What is small is read first, so that a wrong name or a damaged model does not wait for the image.
        if isLock {
            let lock = SubjectReader.withoutPrefix(request.model)
            subject = try request.reader(hasTarget: false).readLock(lock, target: nil)
            serving = try servingSide(request, systemRecords(for: subject.environment.packages), known)
            training = try side(of: subject, lock, request, serving.side)
        } else {
            var reader = request.reader()
            reader.modelKey = request.modelKey
            reader.readsBinaries = request.loading.isJudged
            reader.modelImages = .all
            reader.keepsDocuments = request.keepsDocuments
            subject = try reader.read(request.model)
            serving = try servingSide(request, systemRecords(for: subject), known)
            training = try trainingSide(subject, request, serving.side)
        }
        var verification = EnvironmentVerifier.verify(
            training, against: serving.side, required: request.evidence, wheels: wheels, modelPath: request.modelPath,
            isStrict: request.isStrict, scope: request.scope)
        verification.notes = problems
        verification.names = (name(request.model), name(request.image))
        var inputs = Verification.Inputs()
        inputs.base = serving.side.baseDigest
        inputs.wheels = wheels.digest
        if let lock = request.lock {
            inputs.lock = try request.reader().openLock(SubjectReader.withoutPrefix(lock)).digest
        }
        verification.inputs = inputs
        verification.describe(
            training: subject.description, training, serving: serving.about, serving.side, request)
        return Sides(verification: verification, training: subject, serving: serving)
    }

    /// A name as a sentence uses it: without the directories of a path.
    private static func name(_ name: String) -> String {
        let name = SubjectReader.withoutPrefix(name)
        guard ImageName.namesTransport(name) == false else { return name }
        return name.split(separator: "/").last.map(String.init) ?? name
    }

    /// Returns which records of the serving side's system packages are needed: md5 sums only if they prove more than content
    /// digests, or if there is nothing better.
    private static func systemRecords(for packages: [Package]) -> SystemRecords {
        let packages = packages.filter { [.apt, .apk, .rpm].contains($0.ecosystem) }
        if packages.isEmpty { return .python }
        return packages.allSatisfy { $0.contentDigest != nil } ? .contents : .checksums
    }

    static func systemRecords(for subject: SubjectContent) -> SystemRecords {
        switch subject {
        // Content digests alone would not name the file that differs.
        case .image, .installed: .checksums
        default: systemRecords(for: subject.environment.packages)
        }
    }

    private static func servingSide(
        _ request: VerifyRequest, _ systemRecords: SystemRecords, _ known: Serving?
    ) throws(InputError) -> Serving {
        if let known, known.records == systemRecords { return known }
        var reader = request.reader()
        reader.systemRecords = systemRecords
        reader.readsBinaries = request.loading.isJudged
        reader.imageManifest = request.imageManifest
        let subject = try reader.read(request.imageSource ?? request.image)
        switch subject {
        case .image(let image):
            let start = ProgramStart(image)
            var side = ServingSide(
                name: request.image, identity: image.identity, environment: image.environment,
                importPath: start.importPath?.packageDirectories)
            side.start = start
            side.loading = request.loading
            side.configuration = image.configuration
            side.fileSystem = image.fileSystem
            side.layers = image.layers.map(\.diffID.description)
            side.applications = request.applications.map { ImportPath.normal($0) }
            if side.applications.contains("") {
                throw InputError("--app names the whole image: name the application's own directories and files")
            }
            if let lock = request.frozenLock { try side.take(frozenLock: lock, of: image, name: request.image) }
            if let base = request.base { try take(base, of: image, into: &side, request) }
            return Serving(side: side, about: subject.description, records: systemRecords)
        case .installed(let installed):
            var side = ServingSide(name: request.image, identity: nil, environment: installed.environment)
            side.configuration = installed.configuration
            side.loading = request.loading
            side.fileSystem = installed.fileSystem
            side.root = absoluteFolder(installed.path) ?? installed.path
            return Serving(side: side, about: subject.description, records: systemRecords)
        case .dockerfile, .lock, .model:
            throw InputError(
                "\(request.image): it is a \(subject.description.kind.rawValue), the serving side is an image or an installed environment"
            )
        }
    }

    /// Adds the layers of a base image, which vouches for them.
    private static func take(
        _ name: String, of image: Image, into side: inout ServingSide, _ request: VerifyRequest
    ) throws(InputError) {
        let problem = "\(name): its layers are not the lowest layers of \(request.image)"
        var reader = request.reader()
        // The configuration names the layers; those of the image itself were compared with their digests.
        if let base = ImageName(name), try reader.kind(of: name) == .image {
            let known = try InputError.wrapping { () throws(ImageReadingError) in
                try ImageDigestSource.layers(
                    of: base, platform: request.target?.platform?.platform, limits: request.reading.limits,
                    registry: request.reading.registry)
            }
            if let known { return try side.take(known.diffIDs, digest: known.digest, of: image, problem) }
        }
        reader.systemRecords = .named
        guard case .image(let base) = try reader.read(name) else { throw InputError("\(name): it is not an image") }
        try side.take(
            base.layers.map(\.diffID), digest: base.identity.manifest ?? base.identity.config, of: image, problem)
    }

    private static func trainingSide(
        _ subject: SubjectContent, _ request: VerifyRequest, _ serving: ServingSide
    ) throws(InputError) -> TrainingSide {
        switch subject {
        case .model(let model):
            var side = modelSide(model, request)
            if let lock = request.lock {
                side = try lockedModel(model, own: side, lock: lock, request: request, serving: serving)
            }
            side.needs = model.isComplete ? model.needs : nil
            side.modules = model.modules
            side.generations = model.facts.filter { $0.about == .generation }.map {
                TrainingSide.Generation(
                    name: $0.name, value: $0.value, source: FileLocation(file: $0.file, line: nil))
            }
            side.files = model.files
            if let recorded = model.foreignPayload, let actual = model.payload {
                side.foreignPayload = (recorded, actual)
            }
            side.archive = try archiveDigest(request.model, in: serving)
            return side
        case .installed(let installed):
            var environment = installed.environment
            if installed.kind == .rootFolder {
                environment.directories = CapturedFiles.directories(
                    installed.fileSystem, installed.configuration, environment)
            }
            return TrainingSide(name: request.model, identity: nil, environment: environment)
        case .image(let image):
            let start = ProgramStart(image)
            var environment = image.environment
            let shadowed = environment.removeShadowed(start.importPath?.packageDirectories)
            environment.record(image, start)
            return TrainingSide(
                name: request.model, identity: image.identity.config?.description, environment: environment,
                findings: shadowed.map { TrainingSide.uncompared($0, of: request.model) })
        case .dockerfile:
            throw InputError("\(request.model): a Dockerfile says how an environment is made, not what is in it")
        case .lock(let lock, _): return try lockSide(lock, name: request.model, request: request, serving: serving)
        }
    }

    /// Returns the side of a model whose environment is its lock; facts of the model about the same releases are kept.
    private static func lockedModel(
        _ model: Model, own: TrainingSide, lock: String, request: VerifyRequest, serving: ServingSide
    ) throws(InputError) -> TrainingSide {
        let path = SubjectReader.withoutPrefix(lock)
        let opened = try request.reader().openLock(path)
        let locked = try lockSide(
            opened, name: path, request: request, serving: serving, python: model.environment.python)
        if model.environment.packages.contains(where: { $0.contentDigest != nil }) {
            return capturedModel(model, own: own, locked: locked, opened: opened, request: request)
        }
        var environment = locked.environment
        environment.python = model.environment.python ?? environment.python
        environment.platform = model.environment.platform ?? environment.platform
        var side = TrainingSide(
            name: request.model, identity: model.treeDigest.description, environment: environment,
            gaps: own.gaps + locked.gaps + disagreements(model, with: environment, lock: lock),
            findings: own.findings)
        side.isLock = true
        side.recorded = model.environment.packages.filter { !$0.hashes.isEmpty }
        if !side.recorded.isEmpty {
            side.releases = opened.document.packages
        }
        return side
    }

    /// Returns the side of a model with a capture: the capture lists what was installed, and the lock adds the artifacts of the
    /// same releases. A lock never removes what the capture proves.
    private static func capturedModel(
        _ model: Model, own: TrainingSide, locked: TrainingSide, opened: OpenedLock, request: VerifyRequest
    ) -> TrainingSide {
        var environment = model.environment
        let releases = Dictionary(
            locked.environment.packages.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var gaps = own.gaps + locked.gaps
        for index in environment.packages.indices {
            let package = environment.packages[index]
            guard let release = releases[package.name], release.ecosystem == package.ecosystem else { continue }
            if release.version == package.version {
                if package.artifacts.isEmpty { environment.packages[index].artifacts = release.artifacts }
            } else if let version = package.version, let other = release.version,
                PythonVersion(other)?.withoutLocal != PythonVersion(version)?.withoutLocal
            {
                gaps.append(
                    Gap(
                        package.name, reason: "the model says \(version), \(opened.document.name) says \(other)",
                        source: package.source))
            }
        }
        var side = TrainingSide(
            name: request.model, identity: model.treeDigest.description, environment: environment, gaps: gaps,
            findings: own.findings)
        side.recorded = model.environment.packages.filter { !$0.hashes.isEmpty }
        side.releases = side.recorded.isEmpty ? [] : opened.document.packages
        return side
    }

    /// The sha256 of a model that is one file, when the image has a file of its size.
    private static func archiveDigest(_ path: String, in serving: ServingSide) throws(InputError) -> Digest? {
        let path = SubjectReader.withoutPrefix(path)
        guard isRegularFile(path), let files = serving.fileSystem else { return nil }
        return try InputError.wrapping { () throws(ArchiveReadingError) in
            let file = try RegularFile(path: path)
            var isThere = false
            files.forEachEntry { if $0.size == file.size, $0.kind == .file { isThere = true } }
            return isThere ? try file.sha256() : nil
        }
    }

    private static func modelSide(_ model: Model, _ request: VerifyRequest) -> TrainingSide {
        var gaps: [Gap] = []
        if !model.isComplete {
            gaps.append(Gap("the model", reason: "not every file of it could be read to its last byte"))
        }
        return TrainingSide(
            name: request.model, identity: model.treeDigest.description, environment: model.environment, gaps: gaps,
            findings: model.findings)
    }

    /// Returns the facts of a model that its lock contradicts.
    private static func disagreements(_ model: Model, with environment: Environment, lock: String) -> [Gap] {
        let locked = Dictionary(
            environment.packages.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return model.environment.packages.compactMap { package in
            guard let version = package.version else { return nil }
            let other =
                locked[package.name]
                ?? AlternativeDistributions.reduced(of: package.name).lazy.compactMap { locked[$0] }.first
            guard let other else {
                return Gap(
                    package.name, reason: "the model says \(version), \(lock) does not contain it",
                    source: package.source)
            }
            guard let lockedVersion = other.version, lockedVersion != version else { return nil }
            let isArbitrary = package.versionRequirement?.hasPrefix("===") ?? false
            // A lock may leave out the local part of a version that the library reports, or have one that the model leaves out.
            if let left = PythonVersion(lockedVersion), let right = PythonVersion(version),
                left.withoutLocal == right.withoutLocal, left.local == nil || right.local == nil, !isArbitrary
            {
                return nil
            }
            return Gap(
                package.name, reason: "the model says \(version), \(lock) says \(lockedVersion)",
                source: package.source)
        }
    }

    /// Returns the environment of a lock: a capture is the environment that was recorded, and any other lock is resolved for the
    /// serving side's interpreter and platform.
    private static func side(
        of whole: SubjectContent, _ path: String, _ request: VerifyRequest, _ serving: ServingSide
    ) throws(InputError) -> TrainingSide {
        if case .lock(let lock, _) = whole, whole.description.kind != .capture {
            return try lockSide(lock, name: path, request: request, serving: serving)
        }
        var environment = whole.environment
        guard let lock = request.lock else {
            return TrainingSide(name: path, identity: whole.description.identity, environment: environment)
        }
        // The lock may have hashes of the same release that the capture could not name.
        let releases = try request.reader(hasTarget: false).openLock(SubjectReader.withoutPrefix(lock)).document
            .packages
        let known = Dictionary(grouping: releases) { $0.name }
        for index in environment.packages.indices where environment.packages[index].artifacts.isEmpty {
            let package = environment.packages[index]
            environment.packages[index].artifacts =
                known[package.name]?.first { $0.ecosystem == package.ecosystem && $0.version == package.version }?
                .artifacts ?? []
        }
        var side = TrainingSide(name: path, identity: whole.description.identity, environment: environment)
        side.recorded = environment.packages.filter { !$0.hashes.isEmpty }
        side.releases = releases
        return side
    }

    /// Resolves the lock for the serving side's interpreter and platform.
    private static func lockSide(
        _ lock: OpenedLock, name: String, request: VerifyRequest, serving: ServingSide, python: Interpreter? = nil
    ) throws(InputError) -> TrainingSide {
        let path = SubjectReader.withoutPrefix(name)
        var target = request.target?.target ?? Target()
        if target.python == nil { target.python = (python ?? serving.environment.python)?.version }
        if target.platform == nil { target.platform = serving.environment.platform }
        if target.cLibrary == nil, target.platform == serving.environment.platform {
            target.cLibrary = serving.environment.platform?.cLibrary
        }
        let subject = try SubjectReader.narrow(lock, to: target)
        var environment = subject.environment
        // A lock says what may be installed, not what training ran on.
        if request.target?.python == nil { environment.python = nil }
        if request.target?.platform == nil { environment.platform = nil }
        var side = TrainingSide(name: path, identity: subject.description.identity, environment: environment)
        side.isLock = true
        return side
    }
}

extension ServingSide {
    /// Adds the layers of the base image that the `pinproof.lock.json` of a freeze pins.
    fileprivate mutating func take(frozenLock path: String, of image: Image, name: String) throws(InputError) {
        let text = try readText(path)
        let frozen = try InputError.wrapping { () throws(DocumentError) in try FreezeLock(json: text) }
        guard let base = frozen.base, !base.diffIDs.isEmpty else {
            throw InputError(
                "\(path): it does not know the layers of its base image; name the image with --base, or freeze again with "
                    + "--base oci:DIR:REF or docker://REF")
        }
        try take(
            base.diffIDs, digest: base.reference.digest, of: image,
            "\(path): the layers of its base image \(base.reference.nameWithTag) are not the lowest layers of \(name)")
    }

    /// Adds the layers of a base image.
    ///
    /// - Throws: ``InputError`` with `problem` when they are not the lowest layers of the image.
    fileprivate mutating func take(
        _ lowest: [Digest], digest: Digest?, of image: Image, _ problem: String
    ) throws(InputError) {
        guard !lowest.isEmpty, image.layers.count >= lowest.count,
            image.layers.prefix(lowest.count).map(\.diffID) == lowest
        else { throw InputError(problem) }
        baseLayerCount = max(baseLayerCount, lowest.count)
        baseDigest = digest
    }
}
