import PinRules
import ArchiveReading
import ContainerImages
import ContentHashing
import EnvironmentInventory
import LockFormats
import ModelArchives
import SourceDocuments

/// What a command was pointed at, read whole.
package enum SubjectContent: Sendable {
    case dockerfile(SourceText)
    case lock(OpenedLock, environment: Environment)
    case model(Model)
    case image(Image)
    case installed(InstalledEnvironment)

    /// What it is.
    package var description: SubjectDescription {
        switch self {
        case .dockerfile(let text): SubjectDescription(kind: .dockerfile, format: "dockerfile", name: text.name)
        case .lock(let lock, _):
            SubjectDescription(
                kind: lock.document.capture == nil ? .lock : .capture, format: lock.document.format.name,
                name: lock.document.name, identity: lock.digest.description)
        case .model(let model):
            SubjectDescription(
                kind: .model, format: model.format, name: model.name, identity: model.treeDigest.description)
        case .image(let image): image.subject
        case .installed(let environment): environment.subject
        }
    }

    /// The environment that it holds; an empty one for a Dockerfile.
    var environment: Environment {
        switch self {
        case .dockerfile: Environment()
        case .lock(_, let environment): environment
        case .model(let model): model.environment
        case .image(let image): image.environment
        case .installed(let installed): installed.environment
        }
    }

    /// The model; nil for every other subject.
    package var model: Model? { if case .model(let model) = self { model } else { nil } }

    /// The files of an image or an installed environment; nil for every other subject.
    package var fileSystem: FileSystemIndex? {
        switch self {
        case .image(let image): image.fileSystem
        case .installed(let installed): installed.fileSystem
        case .dockerfile, .lock, .model: nil
        }
    }

    /// Package databases whose packages are missing from the environment, a sentence each.
    var unreadDatabases: [String] {
        switch self {
        case .image, .installed: environment.gaps.map(\.description)
        case .dockerfile, .lock, .model: []
        }
    }
}

/// Which images are read as the model in their directory `/models`.
enum ModelImages {
    /// None: it is asked for an image.
    case none
    /// Those without Python packages: an image that carries a model, as KServe has them.
    case withoutPackages
    /// All: it is asked for a model.
    case all

    /// Whether an image is a model.
    func contains(_ image: Image) -> Bool {
        switch self {
        case .none: return false
        case .withoutPackages where image.environment.packages.contains(where: { $0.ecosystem == .pypi }): return false
        case .withoutPackages, .all: return image.fileSystem.names(in: ModelArtifact.directory)?.isEmpty == false
        }
    }
}

/// Opens subjects: by the prefix of their name, else by what they hold.
package struct SubjectReader: Sendable {
    /// The target of locks, whose platform also chooses among an image's.
    var target: TargetSelection?
    /// Limits, progress and cancellation.
    var reading = ReadingOptions()
    /// How closely the packages of an operating system are looked at.
    var systemRecords = SystemRecords.contents
    /// Whether libraries and programs are read for what they need to be loaded.
    var readsBinaries = false
    /// The public key of a model's signature.
    var modelKey: String?
    /// Whether the documents of a model that is an archive are kept.
    var keepsDocuments = false

    /// The manifest of an index that is read; nil for that of the target's platform.
    var imageManifest: Digest?

    /// Which images are models.
    var modelImages = ModelImages.none

    /// The layers of images that were read before; nil where only one is read.
    var shared: SharedLayers?

    /// What was opened and not yet read.
    private let opened = OpenedFiles()

    /// Creates a reader for a target.
    package init(
        target: TargetSelection?, reading: ReadingOptions = ReadingOptions(),
        systemRecords: SystemRecords = .contents
    ) {
        self.target = target
        self.reading = reading
        self.systemRecords = systemRecords
    }

    /// Reads a subject.
    ///
    /// - Throws: ``InputError`` with the subject and the place of what could not be read.
    func read(_ name: String) throws(InputError) -> SubjectContent {
        let found = try find(name)
        return try read(Self.withoutPrefix(name), found)
    }

    /// What a name stands for, with the image that was opened to find out.
    private struct Found {
        let kind: SubjectKind
        var image: DetectedImage?
    }

    private static let prefixes: [(text: String, kind: SubjectKind)] = [
        ("lock:", .lock), ("model:", .model), ("env:", .environment), ("dockerfile:", .dockerfile),
    ]

    /// The name without a prefix that forces its kind; an image's transport stays.
    package static func withoutPrefix(_ name: String) -> String {
        guard let prefix = prefixes.first(where: { name.hasPrefix($0.text) }) else { return name }
        return String(name.dropFirst(prefix.text.count))
    }

    /// What a name stands for: by its prefix, else by what is there.
    package func kind(of name: String) throws(InputError) -> SubjectKind { try find(name).kind }

    private func find(_ name: String) throws(InputError) -> Found {
        if let prefix = Self.prefixes.first(where: { name.hasPrefix($0.text) }) { return Found(kind: prefix.kind) }
        if ImageName.namesTransport(name) { return Found(kind: .image) }
        guard exists(name) else { throw InputError(Self.missing(name)) }
        return try isFolder(name) ? findFolder(name) : findFile(name)
    }

    /// What is said of a name that is not a file; one that looks like an image's may have been meant as one.
    private static func missing(_ name: String) -> String {
        let message = "\(name): there is no such file or directory"
        guard !name.hasPrefix("/"), !name.hasPrefix("."), ImageReference(name) != nil else { return message }
        let parts = name.split(separator: "/")
        let hasHost = parts.count > 1 && parts[0].contains { $0 == "." || $0 == ":" }
        let isImage = parts.last.map { $0.contains(":") || $0.contains("@") || (hasHost && !$0.contains(".")) } ?? false
        return isImage ? message + "; an image of a registry is named docker://\(name)" : message
    }

    private func read(_ name: String, _ found: Found) throws(InputError) -> SubjectContent {
        switch found.kind {
        case .dockerfile: return .dockerfile(try opened.text(name))
        case .lock, .capture: return try readLock(name, target: target?.target)
        case .model where ImageName.namesTransport(name): return .model(try readStoredModel(name, found.image))
        case .model:
            let key = try ModelKey.read(modelKey)
            let model = try InputError.wrapping { () throws(ModelReadingError) in
                try ModelReader.read(
                    path: name, limits: reading.limits, key: key, keepsDocuments: keepsDocuments)
            }
            if key != nil { try ModelKey.requireSignature(of: model) }
            return .model(model)
        case .environment:
            return .installed(
                try InputError.wrapping { () throws(ImageReadingError) in
                    try InstalledEnvironment.read(
                        path: name, limits: reading.limits, systemRecords: systemRecords, readsBinaries: readsBinaries)
                })
        case .image:
            guard let image = ImageName(name) else {
                throw InputError("\(name): a transport without an image")
            }
            let read: Image
            do throws(ImageReadingError) {
                read = try ImageReader.read(
                    image, platform: target?.platform?.platform, manifest: imageManifest, limits: reading.limits,
                    registry: reading.registry, systemRecords: systemRecords, readsBinaries: readsBinaries,
                    detected: found.image, shared: shared, cache: reading.layerCache,
                    progress: reading.progress)
            } catch {
                // The manifest of a model that is not an image can only be meant as a model.
                if case .model = error.reason { return .model(try readStoredModel(name, found.image)) }
                throw InputError(error)
            }
            return try modelImages.contains(read) ? readModel(name, found.image, or: read) : .image(read)
        }
    }

    /// Reads the model that an image carries; where its directory holds none, it is the image.
    private func readModel(
        _ name: String, _ detected: DetectedImage?, or image: Image
    ) throws(InputError) -> SubjectContent {
        do throws(InputError) { return .model(try readStoredModel(name, detected)) } catch {
            if case .notAModel? = (error.underlying as? ModelReadingError)?.reason { return .image(image) }
            throw error
        }
    }

    /// Reads a model out of a registry, a layout or an archive of an image.
    private func readStoredModel(_ name: String, _ detected: DetectedImage?) throws(InputError) -> Model {
        guard let image = ImageName(name) else { throw InputError("\(name): a transport without a model") }
        let key = try ModelKey.read(modelKey)
        let artifact = try InputError.wrapping { () throws(ImageReadingError) in
            try ModelArtifact.open(
                image, platform: target?.platform?.platform, limits: reading.limits, registry: reading.registry,
                detected: detected)
        }
        let model = try InputError.wrapping { () throws(ModelReadingError) in
            try ModelReader.read(
                artifact.entries(limits: reading.limits), name: name, limits: reading.limits, key: key,
                keepsDocuments: keepsDocuments)
        }
        if key != nil { try ModelKey.requireSignature(of: model) }
        return model
    }

    /// Reads a lock and narrows it to a target.
    func readLock(_ name: String, target: Target?) throws(InputError) -> SubjectContent {
        try Self.narrow(try openLock(name), to: target)
    }

    /// Narrows a lock that was opened already.
    static func narrow(_ lock: OpenedLock, to target: Target?) throws(InputError) -> SubjectContent {
        let environment = try InputError.wrapping { () throws(LockReadingError) in try lock.environment(for: target) }
        return .lock(lock, environment: environment)
    }

    /// Opens and parses a lock.
    func openLock(_ name: String) throws(InputError) -> OpenedLock {
        let text = try opened.text(name)
        if text.bytes.isEmpty { throw InputError("\(name): it is empty") }
        let context = CheckedFileReader.neighbours(folder(of: name))
        guard
            let format = CheckedFileKind.lockFormat(text) ?? LockReader.promised(byFileName: fileName(name))
                ?? (name.hasSuffix(".txt") ? LockReader.requirements : nil)
        else {
            throw InputError("\(name): it is not a lock or requirements file of a known format")
        }
        return try InputError.wrapping { () throws(LockReadingError) in
            try OpenedLock(text, as: format, context: context)
        }
    }

    private func findFolder(_ name: String) throws(InputError) -> Found {
        if let image = ImageReader.detect(path: name) { return Found(kind: .image, image: image) }
        switch InstalledEnvironment.detect(path: name) {
        case .virtualEnvironment?, .condaPrefix?, .rootFolder?: return Found(kind: .environment)
        case .packageFolder?: return Found(kind: exists(join(name, "MLmodel")) ? .model : .environment)
        case nil: return Found(kind: .model)
        }
    }

    private func findFile(_ name: String) throws(InputError) -> Found {
        let file = fileName(name)
        if DockerfileName.isOne(file) { return Found(kind: .dockerfile) }
        let probe = try opened.open(name)
        let head = try InputError.wrapping { () throws(ArchiveReadingError) in
            try probe.bytes(at: 0, count: min(probe.size, 4096))
        }
        if head.isEmpty { throw InputError("\(name): it is empty") }
        // What is text has no NUL; a lock in UTF-16 has a byte order mark.
        let isText = !head.contains(0) || head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF])
        if isText {
            let text = SourceText(name: name, bytes: head)
            if CheckedFileKind.lockFormat(text) != nil || LockReader.promised(byFileName: file) != nil {
                return Found(kind: .lock)
            }
            if CheckedFileKind.looksLikeDockerfile(text) { return Found(kind: .dockerfile) }
            if file.hasSuffix(".txt"), !name.containsModelText, !head.starts(with: Array("tree\nversion=".utf8)) {
                return Found(kind: .lock)
            }
        }
        let image = ImageReader.detect(path: name, file: probe)
        return Found(kind: image == nil ? .model : .image, image: image)
    }
}

extension String {
    /// Whether a text file's name is that of a model that is text: LightGBM's is.
    fileprivate var containsModelText: Bool { lowercased().hasSuffix("model.txt") }
}
