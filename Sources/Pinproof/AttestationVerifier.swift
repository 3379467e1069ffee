import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// Decides whether an attestation is signed with a key, is about a model and an image, and says match.
public struct AttestationVerifier: Sendable {
    /// What the attestation has to be about.
    public struct Options: Sendable {
        /// The image, or the digest of its manifest or configuration; nil compares no image.
        public var image: String?
        /// The model or lock, or its digest; nil compares no model.
        public var model: String?
        /// The evidence that the verification has to have required, or a stronger one; nil accepts any.
        public var evidence: Evidence?
        /// Whether only a strict verification is accepted.
        public var isStrict = false
        /// Whether a verification of the named packages alone is accepted too.
        public var scope = Verification.Scope.closed
        /// The questions that an attestation of `preflight` has to have required.
        package var questions = PreflightResult.Question.allCases
        /// The platform of the image.
        public var target: TargetSelection?
        /// Limits and progress.
        public var reading = ReadingOptions()

        /// Creates options that compare nothing.
        public init() {}
    }

    /// What the attestation has to be about.
    public var options: Options

    /// Creates a verifier.
    public init(options: Options = Options()) { self.options = options }

    /// Reads the envelope, checks its signature before anything in it is believed, and compares its subjects.
    ///
    /// - Parameters:
    ///   - file: the path of the DSSE envelope.
    ///   - key: the path of the public key, PEM.
    public func verify(_ file: String, key: String) async throws(AttestationError) -> AttestationReport {
        try await runJob(AttestationError.self) { [options] cancellation throws(InputError) in
            try VerifyAttestation.run(
                file, key: key, options, reading: options.reading.cancelled(by: cancellation))
        }
    }

    /// Finds the attestations beside the image of the options, in its registry or OCI layout, and verifies them.
    package func verify(imageOf name: String, key: String) async throws(AttestationError) -> AttestationReport {
        try await runJob(AttestationError.self) { [options] cancellation throws(InputError) in
            try AttestationSearch.run(
                image: name, key: key, options, reading: options.reading.cancelled(by: cancellation))
        }
    }
}

/// Why an attestation could not be verified.
public enum AttestationError: JobError {
    /// The envelope, the key or a subject cannot be read.
    case input(InputError)
    /// The task was cancelled.
    case cancelled

    /// What is wrong and where.
    public var description: String {
        switch self {
        case .input(let error): error.description
        case .cancelled: "cancelled"
        }
    }
}

/// What an attestation says, and whether it holds.
public struct AttestationReport: Sendable, Hashable {
    /// A subject of the statement: its name, and its digests by algorithm.
    public struct Subject: Sendable, Hashable {
        /// The name, without a directory.
        public let name: String
        /// Hexadecimal digests by algorithm.
        public let digests: [String: String]
    }

    /// A subject that was compared.
    public struct Comparison: Sendable, Hashable {
        /// What was compared.
        public enum Role: String, Sendable, Hashable { case image, model }

        /// What was compared.
        public let role: Role
        /// The name or digest that was given.
        public let name: String
        /// Whether the attestation is about it.
        public let isSame: Bool
    }

    /// The file.
    public let file: String
    /// Whether a signature of the envelope is that of the key.
    public internal(set) var isSigned = false
    /// Everything for which the attestation is refused, a sentence each.
    public internal(set) var problems: [String] = []
    /// The verdict of the verification, that of an attestation of `preflight` too; nil where it was not read.
    public internal(set) var verdict: Verdict?
    /// The evidence that the verification required.
    public internal(set) var required: Evidence?
    /// The version of Pinproof that verified.
    public internal(set) var version: String?
    /// The subjects of the statement.
    public internal(set) var subjects: [Subject] = []
    /// The comparisons with what was given.
    public internal(set) var comparisons: [Comparison] = []
    /// What an attestation of `preflight` says; nil for one of `verify`.
    package internal(set) var preflight: PreflightAttestation?
    var model: String?
    var manifest: String?
    var config: String?
    /// The manifests of every platform, where all of them match.
    var manifests: [String] = []
    /// The digest of the index, where it holds no other image.
    var index: String?
    /// Whether the verification was strict.
    var isStrict = false
    /// What the verification was about.
    var scope = Verification.Scope.closed

    init(file: String) { self.file = file }

    /// Whether the signature holds and nothing is wrong; the verdict may still be any of the three.
    public var isAccepted: Bool { problems.isEmpty && isSigned }
}
