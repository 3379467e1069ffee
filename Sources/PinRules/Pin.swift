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

        /// The world that things of this kind come from.
        package var ecosystem: Ecosystem {
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
            case .gitCheckout: .git
            case .modelDownload: .model
            }
        }
    }

    /// The world of the thing.
    package let ecosystem: Ecosystem
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
    /// Who asks for it, for the message: `FROM`, `apt-get install`, `pip install`.
    package let by: String
    /// Why it floats or what it depends on, a few words: `the range >=2`, or nil.
    package let reason: String?
    /// Where the file is used, `Dockerfile:7`, when the pin was found by following it.
    package let usedBy: String?

    /// The pin as a message begins: who asks, and for what.
    var title: String { subject.hasPrefix(by) ? subject : "\(by) \(subject)" }

    /// Makes a pin.
    package init(
        kind: Kind, ecosystem: Ecosystem? = nil, subject: String, strength: PinStrength, file: String,
        range: SourceRange, by: String, reason: String? = nil, usedBy: String? = nil
    ) {
        self.ecosystem = ecosystem ?? kind.ecosystem
        self.kind = kind
        self.subject = subject
        self.strength = strength
        self.file = file
        self.range = range
        self.by = by
        self.reason = reason
        self.usedBy = usedBy
    }
}

extension Pin {
    /// The pin with another strength.
    func with(strength: PinStrength, reason: String?) -> Pin {
        Pin(
            kind: kind, ecosystem: ecosystem, subject: subject, strength: strength, file: file, range: range, by: by,
            reason: reason, usedBy: usedBy)
    }

    /// The pin of a script with the place that runs the script.
    func used(by place: String?) -> Pin {
        guard let place else { return self }
        return Pin(
            kind: kind, ecosystem: ecosystem, subject: subject, strength: strength, file: file, range: range, by: by,
            reason: reason, usedBy: place)
    }
}
