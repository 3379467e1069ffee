import ArchiveReading
import ContentHashing
import EnvironmentInventory
import InputContracts
import LockFormats
import SourceDocuments

/// How strong a fact about the training environment is.
package enum FactStrength: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Written into a text that anyone may have edited: requirements.txt, conda.yaml, MLmodel.
    case claimed
    /// Written by the library itself into the file that it saved: `_sklearn_version`, `torch_version`.
    case recorded
    /// Tied to the hash of the artifact: a lock inside of the model.
    case hashed

    /// Orders from claimed to hashed.
    package static func < (left: FactStrength, right: FactStrength) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// The position of a fact in a file.
package enum FactPlace: Sendable, Hashable, CustomStringConvertible {
    /// A line, the first being 1.
    case line(Int)
    /// A byte offset, the first being 0; inside of a compressed file it counts decompressed bytes.
    case offset(Int)

    /// `line 3` or `byte 120`.
    package var description: String {
        switch self {
        case .line(let line): "line \(line)"
        case .offset(let offset): "byte \(offset)"
        }
    }
}

/// One fact about a model or its training environment.
package struct ModelFact: Sendable, Hashable {
    /// What a fact is about.
    package enum Subject: String, Sendable, Hashable {
        /// A distribution and its exact version.
        case package
        /// A distribution and a range, or nothing, in place of a version.
        case requirement
        /// A distribution that made or packed the model and that serving it does not need: an archiver, an exporter, pip.
        case tool
        /// The Python interpreter's version.
        case interpreter
        /// The major version of a library, derived from the names in a pickle.
        case generation
        /// A file format's own version, which is not a library's.
        case format
        /// A way to load the model, as MLflow calls it.
        case flavor
        /// The model's inputs and outputs.
        case signature
        /// The platform that wrote the model.
        case platform
        /// The code that answers requests.
        case code
        /// The container image that serving builds on.
        case image
    }

    /// What it is about.
    package let about: Subject
    /// The name of the subject; a distribution's is normalised (PEP 503).
    package let name: String
    /// The value.
    package let value: String
    /// How strong it is.
    package let strength: FactStrength
    /// The file inside of the model; a nested archive and its member are joined by `!`.
    package let file: String
    /// The position in the file; nil for the whole file.
    package let place: FactPlace?

    /// Creates a fact.
    package init(
        about: Subject, name: String, value: String, strength: FactStrength, file: String, place: FactPlace? = nil
    ) {
        self.about = about
        self.name = name
        self.value = value
        self.strength = strength
        self.file = file
        self.place = place
    }
}

/// One file of a model.
package struct ModelFile: Sendable, Hashable {
    /// The path inside of the model, or the file's own name when the model is one file.
    package let path: String
    /// The sha256 of its bytes.
    package let sha256: SHA256Value
    /// Whether its owner may execute it.
    package var isExecutable = false
    /// The size in bytes.
    package let size: Int

    /// Creates a file.
    package init(path: String, sha256: SHA256Value, size: Int, isExecutable: Bool = false) {
        self.path = path
        self.sha256 = sha256
        self.size = size
        self.isExecutable = isExecutable
    }
}

/// A symbolic link of a model.
package struct ModelLink: Sendable, Hashable {
    /// The path inside of the model.
    package let path: String
    /// The target as written.
    package let target: String
}

/// A model and its facts about the training environment, read without running any of it.
package struct Model: Sendable {
    /// The format: `mlflow`, `joblib`, `pytorch`.
    package let format: String
    /// The model as it was given.
    package let name: String
    /// Every file with its hash, in byte order of the paths.
    package let files: [ModelFile]
    /// The sha256 over the tree of files (``TreeDigest``).
    package let treeDigest: Digest
    /// The sha256 of the model without its capture: of its one file, or of the tree; nil for a file that holds a capture in
    /// its own metadata.
    package let payload: Digest?
    /// The payload that a capture of the model was made for, if it is not the payload of this model.
    package let foreignPayload: Digest?
    /// The facts, in the order of the files.
    package let facts: [ModelFact]
    /// The top-level modules that loading imports, without the standard library, sorted.
    package let needs: [String]
    /// The modules that loading imports, with their dots, sorted.
    package internal(set) var modules: [String] = []
    /// Whether everything in the model was understood: ``environment`` has no gaps.
    package var isComplete: Bool { environment.gaps.isEmpty }
    /// The problems: contradictions, dangerous names, a missing environment.
    package let findings: [Finding]
    /// The training environment that the facts describe.
    package let environment: Environment
    /// The lock documents found inside.
    package let locks: [EmbeddedLock]
    /// The signature in or beside the model; nil when there is none.
    package let signature: ModelSignature?
    /// What its files say about its inputs, in the order of the files.
    package let contracts: [ContractPart]
    /// Its inputs and outputs; nil if no file states them, or if a file that may state them was not understood.
    package var contract: InputContract? { contractReading.contract }
    /// What its files say about its inputs, with contradictions, for the version of the library that made it.
    package var contractReading: ContractReading { contractReading(with: []) }
    /// What was not understood in the files of the model itself.
    let contractGaps: [Gap]
    /// Returns the name that a finding has for a file inside of the model.
    package let located: @Sendable (String) -> String
    /// The symbolic links, in byte order of the paths.
    package var links: [ModelLink] = []
    /// The empty directories, in byte order.
    package var emptyDirectories: [String] = []
    /// The bytes of small documents at depth 0 of an archive, by path; empty where the reader was not asked to keep them.
    package var documents: [String: [UInt8]] = [:]
    /// The container of the files.
    package var container = Container.directory

    /// The container of a model's files.
    package enum Container: Sendable, Hashable {
        case directory, archive, file
    }

    /// Computes the digest of the tree without some of its files.
    package func treeDigest(without left: Set<String>) throws(HashingError) -> Digest {
        try TreeDigest.compute(files: files, links: links, emptyDirectories: emptyDirectories, without: left)
    }

    /// Returns what its files and schemas beside it say together about its inputs.
    ///
    /// - Parameters:
    ///   - schemas: the schemas, their files named as findings name them.
    ///   - serving: the version of scikit-learn that serves it; nil for the one that made it.
    package func contractReading(with schemas: [ContractPart], serving: String? = nil) -> ContractReading {
        ContractMerger.merge(contracts + schemas, gaps: contractGaps, model: name, serving: serving).located { file in
            schemas.contains { $0.file == file } ? file : located(file)
        }
    }
}

extension ContractReading {
    /// The reading with other names of the files in its findings.
    func located(_ name: (String) -> String) -> ContractReading {
        var reading = self
        reading.findings = findings.map { finding in
            Finding(
                rule: finding.rule, severity: finding.severity, file: name(finding.file), range: finding.range,
                message: finding.message, help: finding.help, ecosystem: finding.ecosystem, subject: finding.subject,
                strength: finding.strength)
        }
        return reading
    }
}

/// A file inside of a model that locks or declares an environment.
package struct EmbeddedLock: Sendable {
    /// The file inside of the model.
    package let file: String
    /// Its bytes.
    package let bytes: [UInt8]
    /// The parsed document.
    package let document: LockDocument
}

/// Why a model could not be read.
package struct ModelReadingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong.
    package enum Reason: Sendable, Hashable {
        /// The container or one of its files is damaged, truncated or over a limit.
        case archive(ArchiveReadingError)
        /// A document inside cannot be parsed.
        case document(DocumentError)
        /// It is intact, but contains no model.
        case notAModel
    }

    /// The model as it was given.
    package let model: String
    /// What went wrong.
    package let reason: Reason

    /// Creates an error.
    package init(model: String, reason: Reason) {
        self.model = model
        self.reason = reason
    }

    /// One line with the file and the place.
    package var description: String {
        switch reason {
        case .archive(let error): error.description
        case .document(let error): error.description
        case .notAModel: "\(model): no model format that Pinproof knows is in it"
        }
    }
}
