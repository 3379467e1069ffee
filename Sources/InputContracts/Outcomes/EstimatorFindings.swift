import EnvironmentInventory

/// Findings about what bad values do to an estimator, as pure functions of its contract and of the predicted outcomes.
package enum EstimatorFindings {
    /// The names of the rules.
    package static let rules = [
        "breaking-null", "silent-unseen-category", "untested-range", "outcome-changes-with-version", "names-lost",
    ]

    /// Returns all findings of a model.
    ///
    /// - Parameters:
    ///   - contract: what the model takes, merged from its files.
    ///   - serving: the outcomes in the image that serves it.
    ///   - training: the outcomes in the version that trained it.
    ///   - isCalledByPosition: whether what stands in front hands on an array without names.
    ///   - file: the model's file.
    package static func all(
        _ contract: InputContract, serving: [ContractProbe], training: [ContractProbe], isCalledByPosition: Bool,
        file: String
    ) -> [Finding] {
        breakingNull(contract, serving, training, file: file) + silentUnseenCategory(contract, serving, file: file)
            + untestedRange(contract, serving, file: file) + outcomeChanges(serving, training, file: file)
            + namesLost(contract, isCalledByPosition: isCalledByPosition, file: file)
    }

    /// A missing value makes the model raise: a warning where training had missing values.
    package static func breakingNull(
        _ contract: InputContract, _ serving: [ContractProbe], _ training: [ContractProbe], file: String
    ) -> [Finding] {
        let optional = Set(contract.inputs.filter { $0.required == false && $0.isRead != false }.map(column))
        return serving.filter { $0.kind == .null && $0.outcome == .error }.map { probe in
            let severity: Severity = optional.contains(probe.column) ? .warning : .note
            return finding(
                "breaking-null", severity, in: file, column: probe.column,
                "a missing value makes the model raise: \(probe.why)",
                help: "put an imputer in front of the estimator, or refuse missing values with a schema")
        }
    }

    /// A category that training did not have gets an answer.
    package static func silentUnseenCategory(
        _ contract: InputContract, _ serving: [ContractProbe], file: String
    ) -> [Finding] {
        let guarded = Set(contract.inputs.filter { $0.categories?.isOpen == false }.map(column))
        let isChecked = contract.enforcedBy.contains(.schema) || contract.enforcedBy.contains(.openapi)
        return serving.filter { probe in
            probe.kind == .unseen && probe.outcome == .silent && !(isChecked && guarded.contains(probe.column))
        }.map { probe in
            finding(
                "silent-unseen-category", .warning, in: file, column: probe.column,
                "a category that training did not have is answered as if it were known: \(probe.why)",
                help: "refuse unknown categories with a schema in front of the model")
        }
    }

    /// The range of training is known, and nothing refuses values outside of it.
    package static func untestedRange(
        _ contract: InputContract, _ serving: [ContractProbe], file: String
    ) -> [Finding] {
        let refused = Set(serving.filter { $0.kind == .outside && $0.outcome == .error }.map(\.column))
        return contract.inputs.filter { input in
            input.range?.kind == .training && input.isRead != false && !refused.contains(column(input))
        }.map { input in
            let ends = [input.range?.minimum, input.range?.maximum].map { $0.map { "\($0)" } ?? "none" }
            return finding(
                "untested-range", .note, in: file, column: column(input),
                "training had values from \(ends[0]) to \(ends[1]), and nothing refuses others",
                help: "add minimum and maximum to a schema in front of the model")
        }
    }

    /// The outcome differs between the version of training and that of the serving image.
    package static func outcomeChanges(
        _ serving: [ContractProbe], _ training: [ContractProbe], file: String
    ) -> [Finding] {
        struct Key: Hashable {
            let column: ContractProbe.Column
            let kind: ContractProbe.Kind
            let value: ContractScalar
        }
        var before: [Key: ContractProbe] = [:]
        for probe in training {
            before[Key(column: probe.column, kind: probe.kind, value: probe.value)] = probe
        }
        var seen: Set<Key> = []
        return serving.compactMap { probe -> Finding? in
            guard let old = before[Key(column: probe.column, kind: probe.kind, value: probe.value)],
                old.outcome != probe.outcome, old.outcome != .unknown, probe.outcome != .unknown,
                seen.insert(Key(column: probe.column, kind: probe.kind, value: .null)).inserted
            else { return nil }
            let versions = [old.version, probe.version].map { $0 ?? "an unknown version" }
            return finding(
                "outcome-changes-with-version", .warning, in: file, column: probe.column,
                "\(probe.kind.rawValue): \(old.outcome.rawValue) in \(versions[0]) of training, "
                    + "\(probe.outcome.rawValue) in \(versions[1]) of the image",
                help: "serve the model with the version that trained it")
        }
    }

    /// An estimator that was fitted on names is called by position.
    package static func namesLost(
        _ contract: InputContract, isCalledByPosition: Bool, file: String
    ) -> [Finding] {
        guard isCalledByPosition, contract.binding == .name || contract.binding == .exactNames else { return [] }
        return [
            finding(
                "names-lost", .warning, in: file, column: .row,
                "the estimator knows its columns by name, and is called with an array: their order is not checked",
                help: "save the model with a signature of columns")
        ]
    }

    private static func column(_ input: ContractInput) -> ContractProbe.Column {
        input.name.map { .name($0) } ?? .position(input.position)
    }

    private static func finding(
        _ rule: String, _ severity: Severity, in file: String, column: ContractProbe.Column, _ message: String,
        help: String
    ) -> Finding {
        let subject: String? =
            switch column {
            case .name(let name): name
            case .position(let position): String(position)
            case .row: nil
            }
        return Finding(
            rule: rule, severity: severity, file: file, range: nil,
            message: subject.map { "\($0): \(message)" } ?? message, help: help, ecosystem: .model, subject: subject)
    }
}
