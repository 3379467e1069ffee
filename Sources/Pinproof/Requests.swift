/// The target of a lock as the command line says it.
public struct TargetRequest: Sendable {
    /// `3.11` or `3.11.7`.
    public var python: String?
    /// `linux/amd64`.
    public var platform: String?
    /// `glibc-2.28`.
    public var libc: String?
    /// Extras to include.
    public var extras: [String]
    /// Dependency groups to include.
    public var groups: [String]
    /// Whether all extras are included.
    public var allExtras: Bool
    /// Whether all groups are included.
    public var allGroups: Bool
    /// The environment of a pixi.lock.
    public var environment: String?

    /// Makes a request.
    public init(
        python: String? = nil, platform: String? = nil, libc: String? = nil, extras: [String] = [],
        groups: [String] = [], allExtras: Bool = false, allGroups: Bool = false, environment: String? = nil
    ) {
        self.python = python
        self.platform = platform
        self.libc = libc
        self.extras = extras
        self.groups = groups
        self.allExtras = allExtras
        self.allGroups = allGroups
        self.environment = environment
    }

    /// Whether nothing was asked for.
    public var isEmpty: Bool {
        python == nil && platform == nil && libc == nil && extras.isEmpty && groups.isEmpty && !allExtras && !allGroups
            && environment == nil
    }

    /// The platforms that a target can be, as OCI writes them.
    static let platforms = ["linux/amd64", "linux/arm64", "darwin/arm64", "windows/amd64"]

    /// The platform, checked.
    func checkedPlatform() throws(CommandError) -> Platform? {
        guard let platform else { return nil }
        guard Self.platforms.contains(platform), let parsed = Platform(platform) else {
            throw CommandError(
                "--platform takes \(Self.platforms.joined(separator: ", ")), not '\(platform)'", kind: .usage)
        }
        return parsed
    }

    /// The target as the readers of locks take it.
    func target() throws(CommandError) -> Target {
        var target = Target()
        if let python {
            let parts = python.split(separator: ".", omittingEmptySubsequences: false)
            guard (2...3).contains(parts.count), parts.allSatisfy({ Int($0) != nil }) else {
                throw CommandError("--python takes a version like 3.11 or 3.11.7, not '\(python)'", kind: .usage)
            }
            target.python = python
        }
        target.platform = try checkedPlatform()
        if let libc {
            guard let library = CLibrary(libc) else {
                throw CommandError("--libc takes glibc-2.28 or musl-1.2, not '\(libc)'", kind: .usage)
            }
            target.cLibrary = library
        }
        target.extras = Set(extras)
        target.groups = Set(groups)
        target.allExtras = allExtras
        target.allGroups = allGroups
        target.environment = environment
        return target
    }
}

/// What `inspect` is asked to do.
public struct InspectRequest: Sendable {
    let subject: String
    let target: TargetRequest?
    let format: String
    let style: TerminalStyle
    /// Whether every file is listed.
    public var listsFiles = false
    /// A public key, PEM, for the signature of a model.
    public var modelKey: String?

    /// Makes a request.
    public init(subject: String, target: TargetRequest? = nil, format: String = "text", style: TerminalStyle = .plain) {
        self.subject = subject
        self.target = target
        self.format = format
        self.style = style
    }
}

/// What `diff` is asked to do.
public struct DiffRequest: Sendable {
    let left: String
    let right: String
    let target: TargetRequest?
    let format: String
    let style: TerminalStyle
    /// Whether files and configurations of images are left out.
    public var comparesOnlyPackages = false

    /// Makes a request.
    public init(
        left: String, right: String, target: TargetRequest? = nil, format: String = "text",
        style: TerminalStyle = .plain
    ) {
        self.left = left
        self.right = right
        self.target = target
        self.format = format
        self.style = style
    }
}

/// What `verify` is asked to do.
public struct VerifyRequest: Sendable {
    let model: String
    let image: String
    let lock: String?
    let wheels: [String]
    let evidence: String
    let target: TargetRequest?
    let format: String
    let style: TerminalStyle
    /// Where the image has the model; nil to look for it.
    public var modelPath: String?
    /// Whether everything counts, what the model does not need and what is only a warning too.
    public var isStrict = false
    /// A public key, PEM, that verifies the signature of the model.
    public var modelKey: String?
    /// The severity of findings from which on a match ends with 1: `error`, `warning`, `note` or `never`.
    public var failOn = "error"
    /// Where the attestation is written; nil for none.
    public var attestation: AttestationRequest?

    /// Makes a request.
    public init(
        model: String, image: String, lock: String? = nil, wheels: [String] = [], evidence: String = "intact",
        target: TargetRequest? = nil, format: String = "text", style: TerminalStyle = .plain
    ) {
        self.model = model
        self.image = image
        self.lock = lock
        self.wheels = wheels
        self.evidence = evidence
        self.target = target
        self.format = format
        self.style = style
    }
}

/// What `capture` is asked to do.
public struct CaptureRequest: Sendable {
    let subject: String
    let lock: String?
    let reports: [String]
    let model: String?
    let target: TargetRequest?
    /// Whether the text is wanted although it was put into a model.
    let writesText: Bool

    /// Makes a request.
    public init(
        subject: String, lock: String? = nil, reports: [String] = [], model: String? = nil,
        target: TargetRequest? = nil, writesText: Bool = true
    ) {
        self.subject = subject
        self.lock = lock
        self.reports = reports
        self.model = model
        self.target = target
        self.writesText = writesText
    }
}

/// What `freeze` is asked to do.
public struct FreezeRequest: Sendable {
    let lock: String
    let base: String
    let target: TargetRequest?
    let directory: String
    let fromLock: String?
    let template: String?
    let entrypoint: String?
    let force: Bool
    let style: TerminalStyle
    /// `pip`, `uv`, `conda`, `micromamba`, `pixi`; nil for the lock's own.
    public var installer: String?
    /// The image that the installer is taken from, named as the base is.
    public var installerImage: String?
    /// The requirements file, with hashes, of the tools that build sdists and commits; nil to refuse those.
    public var buildTools: String?
    /// The model that goes into the image.
    public var model: String?
    /// `mlflow`, `bentoml`, `torchserve`, `mlserver`, `command`; nil for the model's own.
    public var serve: String?
    /// The words of the command that serves.
    public var command: [String] = []
    /// Packages of Debian or Ubuntu, `name` or `name=version`.
    public var systemPackages: [String] = []
    /// The moment of the system's package archive, `20240601T000000Z`.
    public var snapshot: String?
    /// Whether what an earlier run pinned is looked up anew.
    public var isUpdating = false

    /// Makes a request.
    public init(
        lock: String, base: String, target: TargetRequest? = nil, directory: String = ".", fromLock: String? = nil,
        template: String? = nil, entrypoint: String? = nil, force: Bool = false, style: TerminalStyle = .plain
    ) {
        self.lock = lock
        self.base = base
        self.target = target
        self.directory = directory
        self.fromLock = fromLock
        self.template = template
        self.entrypoint = entrypoint
        self.force = force
        self.style = style
    }
}
