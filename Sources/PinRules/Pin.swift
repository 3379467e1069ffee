import EnvironmentInventory
import SourceDocuments

/// One thing that is, or is not, pinned: an image, a package, a download, at one place.
package struct Pin: Sendable, Hashable {
    /// What the thing is, which decides the rule that speaks of it.
    package enum Kind: Sendable, Hashable {
        /// An image reference of a Dockerfile.
        case image
        /// A digest that lives inside of a version ARG and is lost when `--build-arg` sets it.
        case overridableDigest
        case aptPackage
        case apkPackage
        case rpmPackage
        case pythonPackage
        /// A project with its dependencies, `pip install .`.
        case pythonProject
        case condaPackage
        /// An environment made without a lock, `conda env create -f environment.yml`.
        case condaEnvironment
        case npmPackage
        case gem
        case goModule
        case cargoCrate
        case rPackage
        case download
        case gitCheckout
        case modelDownload
        /// A line of a requirements or environment file.
        case requirement
        /// A reusable step or workflow, `uses: actions/checkout@v4`.
        case action
        /// A toolchain, an interpreter, or a package of a manager without a rule of its own.
        case tool
        /// A command that installs or fetches and was not understood, or a script that could not be read.
        case unreadCommand

        /// The ecosystem that things of this kind come from; nil where none is known.
        package var ecosystem: Ecosystem? {
            switch self {
            case .image, .overridableDigest: .image
            case .aptPackage: .apt
            case .apkPackage: .apk
            case .rpmPackage: .rpm
            case .pythonPackage, .pythonProject, .requirement: .pypi
            case .condaPackage, .condaEnvironment: .conda
            case .npmPackage: .npm
            case .gem: .gem
            case .goModule: .go
            case .cargoCrate: .cargo
            case .rPackage: .cran
            case .download: .download
            case .gitCheckout, .action: .git
            case .modelDownload: .model
            case .unreadCommand, .tool: nil
            }
        }
    }

    /// The ecosystem of the thing; nil where none is known.
    package let ecosystem: Ecosystem?
    /// What it is.
    package let kind: Kind
    /// The package or reference as written.
    package let subject: String
    /// How firmly it is pinned.
    package let strength: PinStrength
    /// The file, named as the path was given.
    package let file: String
    /// The place of the subject.
    package let range: SourceRange
    /// What asks for it, for the message: `FROM`, `apt-get install`, `pip install`.
    package let requestedBy: String
    /// Why it floats or what it depends on, a few words: `the range >=2`, or nil.
    package let reason: String?
    /// The places that use the file, when the pin was found by following it.
    package let usedBy: [FileLocation]

    /// The pin as a message begins: what asks, and for what.
    var title: String { subject.hasPrefix(requestedBy) ? subject : "\(requestedBy) \(subject)" }

    /// Creates a pin.
    package init(
        kind: Kind, ecosystem: Ecosystem? = nil, subject: String, strength: PinStrength, file: String,
        range: SourceRange, requestedBy: String, reason: String? = nil, usedBy: [FileLocation] = []
    ) {
        self.ecosystem = ecosystem ?? kind.ecosystem
        self.kind = kind
        self.subject = subject
        self.strength = strength
        self.file = file
        self.range = range
        self.requestedBy = requestedBy
        self.reason = reason
        self.usedBy = usedBy
    }
}

extension Pin {
    /// Returns the pin with another strength.
    func with(strength: PinStrength, reason: String?) -> Pin {
        Pin(
            kind: kind, ecosystem: ecosystem, subject: subject, strength: strength, file: file, range: range,
            requestedBy: requestedBy, reason: reason, usedBy: usedBy)
    }

    /// Returns the pin at another position.
    func moved(to range: SourceRange) -> Pin {
        Pin(
            kind: kind, ecosystem: ecosystem, subject: subject, strength: strength, file: file, range: range,
            requestedBy: requestedBy, reason: reason, usedBy: usedBy)
    }

    /// Returns the pin under another subject.
    func named(_ subject: String) -> Pin {
        Pin(
            kind: kind, ecosystem: ecosystem, subject: subject, strength: strength, file: file, range: range,
            requestedBy: requestedBy, reason: reason, usedBy: usedBy)
    }

    /// Whether it is something that a container would install when it starts; a server's own arguments, and an address that a
    /// template puts together, are not.
    var installsAtStart: Bool { strength != .hashed && kind != .unreadCommand && !subject.hasPrefix("${_") }

    /// What a container installs when it starts, as a command that the image does not hold.
    var atStart: Pin {
        Pin(
            kind: .unreadCommand, subject: title, strength: .unknown, file: file, range: range, requestedBy: "",
            reason: "it runs when the container starts, so the image does not hold it", usedBy: usedBy)
    }

    /// Returns the pin of a file with all of its users.
    func used(by locations: [FileLocation]) -> Pin {
        Pin(
            kind: kind, ecosystem: ecosystem, subject: subject, strength: strength, file: file, range: range,
            requestedBy: requestedBy, reason: reason, usedBy: Set(locations).sorted(by: FileLocation.inOrder))
    }

    /// Returns the pin of a script with the place that runs the script; nil leaves it as it is.
    func used(by location: FileLocation?) -> Pin {
        guard let location else { return self }
        return Pin(
            kind: kind, ecosystem: ecosystem, subject: subject, strength: strength, file: file, range: range,
            requestedBy: requestedBy, reason: reason, usedBy: [location])
    }
}
