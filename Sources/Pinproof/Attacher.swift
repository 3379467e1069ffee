import ContainerImages
import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// Puts an attestation beside its image, where admission controllers and `verify-attestation` look.
package struct Attacher: Sendable {
    /// Where and how it is put.
    package struct Options: Sendable {
        /// The forms; all of them by default.
        package var layouts = AttestationStore.Layout.allCases
        /// Whether nothing is written.
        package var isDry = false
        /// The platform of the image.
        package var target: TargetSelection?
        /// Limits and progress.
        package var reading = ReadingOptions()

        /// Creates the default options.
        package init() {}
    }

    /// Where and how it is put.
    package var options: Options

    /// Creates an attacher.
    package init(options: Options = Options()) { self.options = options }

    /// Reads a signed statement from a file and attaches it.
    package func attach(_ file: String, to image: String) async throws(AttachError) -> AttachResult {
        try await runJob(AttachError.self) { [options] cancellation throws(InputError) in
            try Self.attach(
                try readText(file), to: image, options, reading: options.reading.cancelled(by: cancellation))
        }
    }

    /// Attaches a signed statement that was just made.
    package func attach(text: String, to image: String) async throws(AttachError) -> AttachResult {
        try await runJob(AttachError.self) { [options] cancellation throws(InputError) in
            try Self.attach(
                SourceText(name: "the attestation", text: text), to: image, options,
                reading: options.reading.cancelled(by: cancellation))
        }
    }

    /// Attaches a signed statement on the calling thread, which waits for the registry.
    package func attachAndWait(text: String, to image: String) throws(InputError) -> AttachResult {
        try Self.attach(
            SourceText(name: "the attestation", text: text), to: image, options, reading: options.reading)
    }

    private static func attach(
        _ text: SourceText, to name: String, _ options: Options, reading: ReadingOptions
    ) throws(InputError) -> AttachResult {
        let statement = try AttachedStatement(text)
        let store = try AttestationStore.open(name, options.target, reading)
        var known = [store.manifest, store.index].compactMap { $0 }
        // Of an index, a statement may be about the image of another platform, or about all of them.
        for image in try InputError.wrapping({ () throws(ArtifactError) in try store.images() })
        where !known.contains(image) { known.append(image) }
        let digests = known.filter { digest in
            statement.subjects.contains { $0.digests[digest.algorithm.rawValue] == digest.hex }
        }
        guard !digests.isEmpty else {
            return AttachResult(
                lines: [
                    "\(text.name) is not about \(name): \(store.manifest) is none of its subjects"
                ], isRefused: true)
        }
        let lines = try InputError.wrapping { () throws(ArtifactError) in
            try store.attach(
                text.bytes, to: digests, layouts: options.layouts, isDry: options.isDry,
                isReplaced: { statement.replaces($0) })
        }
        return AttachResult(lines: lines, isRefused: false)
    }
}

/// What was put where.
package struct AttachResult: Sendable {
    /// What was done, a line each.
    package let lines: [String]
    /// Whether nothing was done, as the statement is about something else.
    package let isRefused: Bool
}

/// Why an attestation could not be attached.
package enum AttachError: JobError {
    /// The statement or the image cannot be read, or the registry refuses.
    case input(InputError)
    /// The task was cancelled.
    case cancelled

    /// What is wrong and where.
    package var description: String {
        switch self {
        case .input(let error): error.description
        case .cancelled: "cancelled"
        }
    }
}

extension AttestationStore {
    /// Finds the manifest of an image by the name that a command got.
    static func open(
        _ name: String, _ target: TargetSelection?, _ reading: ReadingOptions
    ) throws(InputError) -> AttestationStore {
        guard let image = ImageName(name) else { throw InputError("\(name): a transport without an image") }
        return try InputError.wrapping { () throws(ImageReadingError) in
            try AttestationStore(
                image, platform: target?.platform?.platform, limits: reading.limits, registry: reading.registry)
        }
    }
}

/// A statement in its envelope, or in sigstore's bundle of one.
struct AttachedStatement {
    /// What makes two statements of `verify` the same one at two times.
    private struct Identity: Equatable {
        let predicateType: String
        let image: String
        let model: String
        let keys: [String]
    }

    let envelope: SignedEnvelope
    let subjects: [SignedStatement.Subject]
    private let identity: Identity?

    init(_ text: SourceText) throws(InputError) {
        do throws(DocumentError) {
            let document = try JSONReader.read(text)
            let node = document.table?["dsseEnvelope"] ?? document
            envelope = try SignedEnvelope(node, file: text.name)
            let statement = try SignedStatement(envelope.payload, file: text.name + "!payload")
            subjects = statement.subjects
            let names = statement.predicate.table?["identity"]?.table
            if statement.predicateType == Verification.predicateType, let model = names?.string("model"),
                let image = names?["image"]?.table?.string("manifest")
            {
                identity = Identity(
                    predicateType: statement.predicateType, image: image, model: model,
                    keys: envelope.signatures.map(\.keyIdentifier).sorted())
            } else {
                identity = nil
            }
        } catch { throw InputError(error) }
    }

    /// Whether an envelope or bundle is an older statement about the same image and model, signed with the same keys.
    func replaces(_ bytes: [UInt8]) -> Bool {
        guard let identity, let other = try? AttachedStatement(SourceText(name: "attestation", bytes: bytes)) else {
            return false
        }
        return other.identity == identity
    }
}
