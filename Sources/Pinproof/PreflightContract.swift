import EnvironmentInventory
import InputContracts
import ModelArchives
import Preflight
import SourceDocuments

/// What a model takes and gives, with what is wrong about it and what might break it.
struct PreflightContract {
    private var reading: ContractReading
    private var probes: [ContractProbe] = []

    /// Merges what the files of a model and the schema of its declaration say.
    ///
    /// - Parameter serving: the environment that serves it, whose version of the library decides about outcomes.
    static func read(
        _ model: Model, _ declaration: PreflightDeclaration?, _ references: ReferenceRoots, serving: Environment
    ) -> PreflightContract {
        let version = ModelProbes.estimatorVersion(in: serving)
        var result = PreflightContract(reading: model.contractReading(with: [], serving: version))
        if let entry = declaration?.contract { result.add(entry, of: model, references, serving: version) }
        result.predict(model, serving: serving)
        if let library = result.reading.contract?.library {
            let package = serving.packages.first { $0.ecosystem == .pypi && $0.name == library.name }
            result.reading.contract?.library?.serving = package?.version
        }
        return result
    }

    /// Adds the schema that a declaration names; one that is not there is a finding of the question.
    private mutating func add(
        _ entry: PreflightDeclaration.Entry, of model: Model, _ references: ReferenceRoots, serving version: String
    ) {
        let parts = entry.text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let text: SourceText
        do throws(ReferenceRoots.Problem) {
            text = try references.read(try references.find(parts.first ?? ""))
        } catch {
            if case .unreadable(let reason) = error {
                reading.gaps.append(Gap(entry.text, reason: reason))
                reading.contract = nil
            }
            return
        }
        let schema = SchemaReader.read(text, fragment: parts.count == 2 ? parts[1] : nil)
        reading = model.contractReading(with: [schema], serving: version)
    }

    /// Adds what bad inputs do in the serving image, and what is to be said about it.
    private mutating func predict(_ model: Model, serving: Environment) {
        let now = ModelProbes.all(model.contracts, training: model.environment, serving: serving)
        probes = now
        guard let contract = reading.contract else { return }
        let training = ModelProbes.all(model.contracts, training: model.environment, serving: nil)
        let file = contract.inputs.first?.sources.first.map { model.located($0.file) } ?? model.name
        reading.findings += EstimatorFindings.all(
            contract, serving: now, training: training, isCalledByPosition: false, file: file)
        // A tensor without a name in front of an estimator that was fitted on names.
        let isTensor = model.contracts.contains { part in
            part.kind == .signature && part.contract.inputs.contains { $0.shape != nil && $0.name == nil }
        }
        for part in model.contracts where part.kind == .estimator {
            reading.findings += EstimatorFindings.namesLost(
                part.contract, isCalledByPosition: isTensor, file: model.located(part.file))
        }
    }

    /// Gives the scene what is known.
    func fill(_ scene: inout PreflightScene) {
        scene.contract = reading.contract
        scene.contractFindings = reading.findings
        scene.probes = probes
        scene.modelGaps = reading.gaps
    }

    /// What changed since the previous model; nil where one of the two contracts is not known.
    func changes(since previous: PreflightContract) -> [ContractChange]? {
        guard let now = reading.contract, let before = previous.reading.contract else { return nil }
        return ContractComparison.compare(before, now)
    }

    /// Holds the rows of a file against the contract.
    ///
    /// - Throws: ``InputError`` when the file cannot be read, or when there is no contract to hold it against.
    func check(requests file: String, _ scene: inout PreflightScene) throws(InputError) {
        let text = try readText(file)
        let table = try InputError.wrapping { () throws(RequestReader.Failure) in try RequestReader.read(text) }
        scene.requestsFile = file
        guard let contract = reading.contract else { return }
        scene.requests = RequestValidation.validate(table, against: contract)
    }
}
