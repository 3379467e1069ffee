import EnvironmentInventory
import FindingReports
import LockFormats

/// The target of a lock as the command line says it.
package struct TargetRequest: Sendable {
    /// `3.11` or `3.11.7`.
    package var python: String?
    /// `linux/amd64`.
    package var platform: String?
    /// `glibc-2.28`.
    package var libc: String?
    /// Extras to include.
    package var extras: [String]
    /// Dependency groups to include.
    package var groups: [String]
    /// Whether all extras are included.
    package var allExtras: Bool
    /// Whether all groups are included.
    package var allGroups: Bool
    /// The environment of a pixi.lock.
    package var environment: String?

    /// Makes a request.
    package init(
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
    package var isEmpty: Bool {
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
package struct InspectRequest: Sendable {
    let subject: String
    let target: TargetRequest?
    let format: String
    let style: TerminalStyle
    /// Whether every file is listed.
    package var listsFiles = false
    /// A public key, PEM, for the signature of a model.
    package var modelKey: String?

    /// Makes a request.
    package init(subject: String, target: TargetRequest? = nil, format: String = "text", style: TerminalStyle = .plain)
    {
        self.subject = subject
        self.target = target
        self.format = format
        self.style = style
    }
}

/// What `diff` is asked to do.
package struct DiffRequest: Sendable {
    let left: String
    let right: String
    let target: TargetRequest?
    let format: String
    let style: TerminalStyle
    /// Whether files and configurations of images are left out.
    package var comparesOnlyPackages = false

    /// Makes a request.
    package init(
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
package struct VerifyRequest: Sendable {
    let model: String
    let image: String
    let lock: String?
    let wheels: [String]
    let evidence: String
    let target: TargetRequest?
    let format: String
    let style: TerminalStyle
    /// Where the image has the model; nil to look for it.
    package var modelPath: String?
    /// Whether everything counts, what the model does not need and what is only a warning too.
    package var isStrict = false
    /// A public key, PEM, that verifies the signature of the model.
    package var modelKey: String?
    /// The severity of findings from which on a match ends with 1: `error`, `warning`, `note` or `never`.
    package var failOn = "error"
    /// Where the attestation is written; nil for none.
    package var attestation: AttestationRequest?

    /// Makes a request.
    package init(
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
package struct CaptureRequest: Sendable {
    let subject: String
    let lock: String?
    let reports: [String]
    let model: String?
    let target: TargetRequest?
    /// Whether the text is wanted although it was put into a model.
    let writesText: Bool

    /// Makes a request.
    package init(
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
package struct FreezeRequest: Sendable {
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
    package var installer: String?
    /// The image that the installer is taken from, named as the base is.
    package var installerImage: String?
    /// The requirements file, with hashes, of the tools that build sdists and commits; nil to refuse those.
    package var buildTools: String?
    /// The model that goes into the image.
    package var model: String?
    /// `mlflow`, `bentoml`, `torchserve`, `mlserver`, `command`; nil for the model's own.
    package var serve: String?
    /// The words of the command that serves.
    package var command: [String] = []
    /// Packages of Debian or Ubuntu, `name` or `name=version`.
    package var systemPackages: [String] = []
    /// The moment of the system's package archive, `20240601T000000Z`.
    package var snapshot: String?
    /// Whether what an earlier run pinned is looked up anew.
    package var isUpdating = false

    /// Makes a request.
    package init(
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
