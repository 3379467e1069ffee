import EnvironmentInventory
import FindingReports
import LockFormats

/// What `verify` is asked to do.
package struct VerifyRequest: Sendable {
    let model: String
    let image: String
    let lock: String?
    let wheels: [String]
    let evidence: String
    let target: TargetSelection?
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
        target: TargetSelection? = nil, format: String = "text", style: TerminalStyle = .plain
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
    let target: TargetSelection?
    /// Whether the text is wanted although it was put into a model.
    let writesText: Bool

    /// Makes a request.
    package init(
        subject: String, lock: String? = nil, reports: [String] = [], model: String? = nil,
        target: TargetSelection? = nil, writesText: Bool = true
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
    let target: TargetSelection?
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
        lock: String, base: String, target: TargetSelection? = nil, directory: String = ".", fromLock: String? = nil,
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
