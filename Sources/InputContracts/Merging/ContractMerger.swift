import EnvironmentInventory

/// What all files of a model say about its inputs.
package struct ContractReading: Sendable {
    /// The contract; nil if no file states one, or if a file that may state one was not understood.
    package var contract: InputContract?
    /// Contradictions, and what the contract lacks.
    package var findings: [Finding] = []
    /// What was not understood.
    package var gaps: [Gap] = []

    /// Creates an empty reading.
    package init() {}
}

/// Merges what the files of a model say into one contract, and compares them with each other.
package struct ContractMerger {
    private let parts: [ContractPart]
    private let model: String
    private var reading = ContractReading()

    /// Returns the contract of a model.
    ///
    /// - Parameters:
    ///   - parts: what the files say, in the order of the files.
    ///   - gaps: what was not understood in the files of the model itself.
    ///   - model: the name that a finding about the whole model has as its file.
    ///   - serving: the version of scikit-learn that outcomes are asked for; nil for the one that made the model.
    package static func merge(
        _ parts: [ContractPart], gaps: [Gap] = [], model: String, serving: String? = nil
    ) -> ContractReading {
        let parts = parts.map { part in
            guard let probes = EstimatorProbes(part, serving: serving) else { return part }
            var part = part
            part.contract = probes.completed
            return part
        }
        var merger = ContractMerger(parts: parts, model: model)
        merger.merge(gaps)
        merger.reading.findings.sort(by: Finding.inOrder)
        return merger.reading
    }

    private init(parts: [ContractPart], model: String) {
        self.parts = parts
        self.model = model
    }

    private mutating func merge(_ gaps: [Gap]) {
        reading.findings = parts.flatMap(\.findings)
        reading.gaps = Gap.deduplicated(gaps + parts.flatMap(\.contract.gaps))
        let signature = signature()
        let estimator = estimator(of: signature)
        let schemas = parts.filter { $0.kind == .schema && !$0.contract.inputs.isEmpty }
        guard reading.gaps.isEmpty else { return }
        guard let base = signature ?? estimator ?? schemas.first else {
            reading.findings.append(
                NoInputContract.finding(
                    "nothing in the model says what columns it takes; only a schema beside it could", file: model))
            return
        }
        var contract = base.contract
        if signature != nil, let estimator {
            let comparison = SignatureComparison(signature: base, estimator: estimator)
            reading.findings += comparison.findings()
            comparison.enrich(&contract)
        }
        for schema in schemas where schema.file != base.file || base.kind != .schema {
            reading.findings += SchemaComparison(base: base, schema: schema).apply(to: &contract)
        }
        if base.kind == .estimator, let outputs = parts.first(where: { $0.kind == .signature })?.contract.outputs,
            !outputs.isEmpty
        {
            contract.outputs = outputs
        }
        checkExamples(contract: base.contract)
        if contract.enforcedBy.isEmpty { contract.enforcedBy = [.none] }
        checkEnforcement(contract, file: base.file)
        reading.contract = contract
    }

    /// The signature that a server reads: the outermost one. A second one that says something else contradicts it.
    private mutating func signature() -> ContractPart? {
        let all = parts.filter { $0.kind == .signature }
        // MLflow keeps complete models below `artifacts` of a model that calls them.
        let served = all.filter { !$0.file.hasPrefix("artifacts/") && !$0.file.contains("/artifacts/") }
        // A server configuration next to it that describes tensors is not a second signature of MLflow.
        let models = served.filter { $0.file == "MLmodel" || $0.file.hasSuffix("/MLmodel") }
        if let first = models.first {
            for other in models.dropFirst() where other.file != first.file {
                reading.findings.append(
                    ContradictingContract.finding(
                        "\(other.file) is a second MLmodel beside \(first.file): nothing says which one is served",
                        file: other.file))
            }
        }
        return (models + served).first { !$0.contract.inputs.isEmpty }
    }

    /// The estimator that takes the requests; nil where there is none, or where several are and nothing says which one.
    private mutating func estimator(of signature: ContractPart?) -> ContractPart? {
        var all = parts.filter { $0.kind == .estimator && !$0.contract.inputs.isEmpty }
        let named = parts.first { $0.kind == .signature && $0.servedPath != nil }
        if let path = named?.servedPath {
            let served = all.filter {
                $0.file == path || $0.file.hasPrefix(path + "/") || $0.file.hasPrefix(path + "!")
            }
            if !served.isEmpty { all = served }
        }
        guard let first = all.first else { return nil }
        if all.count == 1 || all.allSatisfy({ $0.contract.inputs.map(\.name) == first.contract.inputs.map(\.name) }) {
            return first
        }
        // The one whose input no other estimator produces.
        if signature == nil {
            let files = all.map(\.file).joined(separator: ", ")
            reading.gaps.append(
                Gap(files, reason: "several estimators take inputs, and nothing says which one takes the requests"))
        }
        return nil
    }

    private mutating func checkExamples(contract: InputContract) {
        for part in parts where part.kind == .example {
            guard let rows = part.rows else { continue }
            let requests = RequestValidation.validate(rows, against: contract)
            guard let first = requests.invalid.first else { continue }
            reading.findings.append(
                ContradictingContract.finding(
                    "the example does not fit: row \(first.row): "
                        + (first.column.map { "\($0): " } ?? "") + first.message,
                    file: part.file, subject: first.column))
        }
    }

    private mutating func checkEnforcement(_ contract: InputContract, file: String) {
        if contract.enforcedBy == [.none] {
            reading.findings.append(
                UnenforcedContract.finding(
                    "the model takes \(contract.inputs.count) input\(contract.inputs.count == 1 ? "" : "s"), and nothing in front of it checks them",
                    file: file))
        }
        guard contract.enforcedBy == [.mlflow] else { return }
        let coerced = contract.inputs.filter { $0.shape == nil && MLflowServer.coercion(of: $0.type) != nil }
        for input in coerced.prefix(Self.maximumFindings) {
            let name = input.name ?? String(input.position)
            reading.findings.append(
                SilentCoercion.finding(
                    "\(name): \(MLflowServer.coercion(of: input.type) ?? "")", file: file,
                    line: input.sources.first?.line, subject: name))
        }
        if coerced.count > Self.maximumFindings {
            reading.findings.append(
                SilentCoercion.finding(
                    "\(coerced.count - Self.maximumFindings) more columns take another value than was sent", file: file)
            )
        }
    }

    /// The most findings of one rule about single columns.
    static let maximumFindings = 50
}
