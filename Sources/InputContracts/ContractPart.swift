import EnvironmentInventory

/// What one file says about the inputs of a model. ``InputContract``s of several parts are merged and held against each other.
package struct ContractPart: Sendable {
    /// What kind of file says it.
    package enum Kind: Sendable, Hashable {
        /// A signature in front of the model, as in MLmodel.
        case signature
        /// An example of a request.
        case example
        /// The estimator itself: scikit-learn, XGBoost, LightGBM, ONNX.
        case estimator
        /// A schema beside the model: JSON Schema, OpenAPI, pandera.
        case schema
    }

    /// The kind.
    package let kind: Kind
    /// The file inside of the model.
    package private(set) var file: String
    /// What it says; its gaps are what could not be read.
    package var contract: InputContract
    /// The file or directory that a signature calls the model, from the root of the model on; nil where it names none.
    package var servedPath: String?
    /// The rows of an example.
    package var rows: RequestTable?
    /// What is wrong in this file alone: a column that it names twice.
    package var findings: [Finding] = []
    /// The estimator that says it, from which outcomes are predicted; nil for other kinds and other libraries.
    package var estimator: Estimator?

    /// Creates a part.
    package init(kind: Kind, file: String, contract: InputContract) {
        self.kind = kind
        self.file = file
        self.contract = contract
    }
}

extension ContractPart {
    /// The part with other names of files: of a model whose archive has a directory around everything.
    package func renamed(_ name: (String) -> String) -> ContractPart {
        var part = self
        part.file = name(file)
        part.servedPath = servedPath.map(name)
        func moved(_ sources: [ContractSource]) -> [ContractSource] {
            sources.map { source in
                var source = source
                source.file = name(source.file)
                return source
            }
        }
        for index in part.contract.inputs.indices {
            part.contract.inputs[index].sources = moved(part.contract.inputs[index].sources)
        }
        part.contract.gaps = contract.gaps.map { gap in
            Gap(
                gap.subject, reason: gap.reason,
                source: gap.source.map { FileLocation(file: name($0.file), line: $0.line) })
        }
        part.findings = findings.map { finding in
            Finding(
                rule: finding.rule, severity: finding.severity, file: name(finding.file), range: finding.range,
                message: finding.message, help: finding.help, ecosystem: finding.ecosystem, subject: finding.subject,
                strength: finding.strength)
        }
        return part
    }

    /// The findings about columns that one file names twice.
    package static func duplicateColumns(_ inputs: [ContractInput], file: String) -> [Finding] {
        var seen: Set<String> = []
        var reported: Set<String> = []
        return inputs.compactMap { input in
            guard let name = input.name, !seen.insert(name).inserted, reported.insert(name).inserted else { return nil }
            return DuplicateColumn.finding(name, file: file, line: input.sources.first?.line)
        }
    }
}
