import EnvironmentInventory
import SourceDocuments

/// What every report of `preflight` that a person reads shows: the same rows in the same order.
struct PreflightPage {
    /// The most columns of a model that are shown.
    static let maximumColumns = 50
    /// The most categories of a column that are shown.
    static let maximumCategories = 20
    /// The most bytes of a text that are shown.
    static let maximumText = 200

    /// One thing below a question: a finding, or an input that breaks the model.
    struct Detail: Equatable {
        /// What it is about: a column, an owner, a file; empty where the rule says it.
        var subject: String
        /// `error`, `warning`, `note` of a finding; `error`, `rejected`, `silent` of an input.
        var word: String
        /// How bad it is.
        var severity: Severity
        /// What happens, or what is wrong.
        var text: String
        /// The file and the line; empty where there is none.
        var place: String
        /// The rule; nil for an input.
        var rule: String?
    }

    /// One question with its answer.
    struct Row {
        /// The question.
        let question: PreflightResult.Question
        /// From 1 to 5.
        let number: Int
        /// The answer.
        let answer: PreflightResult.Answer
        /// Whether it decides.
        let isRequired: Bool
        /// Whether something could not be read or proved.
        let isUndecided: Bool
        /// One line.
        let summary: String
        /// What fixes it; nil where it is answered.
        let remedy: String?
        /// What decides first.
        let details: [Detail]
        /// How many more there are.
        let left: Int
        /// What answers it.
        let evidence: [PreflightResult.Evidence]
        /// How many more pieces of evidence there are.
        let evidenceLeft: Int

        /// The number with the question.
        var title: String { "\(number) \(question.sentence)" }
        /// The answer in words.
        var word: String { answer.words + (isRequired ? "" : " (not required)") }
    }

    /// The model in words: `churn (mlflow, scikit-learn 1.5.2)`.
    let model: String
    /// The image in words.
    let image: String
    /// The verdict.
    let verdict: PreflightResult.Verdict
    /// The five questions.
    let rows: [Row]
    /// The model's columns.
    let columns: [Column]
    /// How many columns more there are.
    let columnsLeft: Int
    /// What changed since the previous model.
    let changes: [ContractChange]
    /// How many changes more there are.
    let changesLeft: Int

    /// A column of the contract in words.
    struct Column {
        let name: String
        let type: String
        let required: String
        let null: String
        let values: String
    }

    init(_ result: PreflightResult) {
        let name = PosixPath.lastComponent(result.model.name)
        let library = result.contract?.library.map { library in
            ", \(library.name)" + (library.training.map { " " + $0 } ?? "")
        }
        model = "\(Self.cut(name)) (\(Self.cut(result.model.format + (library ?? ""))))"
        let identity = result.verification.identity.image
        let digest = (identity?.manifest ?? identity?.config).map { "@\($0)" } ?? ""
        let serving = result.verification.context.serving?.about
        let given = serving?.name ?? result.verification.names.serving
        let transport = "docker://"
        let shown =
            serving?.reference
            ?? (given.hasPrefix(transport) ? String(given.dropFirst(transport.count)) : PosixPath.lastComponent(given))
        image = shown.contains("@") ? Self.cut(shown) : Self.cut(shown, Self.maximumText - digest.utf8.count) + digest
        verdict = result.verdict
        rows = zip(1..., result.questions).map { number, answer in
            Self.row(number, answer, result)
        }
        let inputs = result.contract?.inputs ?? []
        columns = inputs.prefix(Self.maximumColumns).map(Self.column)
        columnsLeft = max(0, inputs.count - Self.maximumColumns)
        changes = Array(result.changes.prefix(Self.maximumColumns))
        changesLeft = max(0, result.changes.count - Self.maximumColumns)
    }

    /// A text of at most so many bytes, cut between characters.
    static func cut(_ text: String, _ limit: Int = maximumText) -> String {
        guard text.utf8.count > limit else { return text }
        var output = ""
        var count = 0
        for character in text.unicodeScalars {
            let width = UTF8.width(character)
            guard count + width <= limit - 3 else { break }
            count += width
            output.unicodeScalars.append(character)
        }
        return output + "…"
    }

    // MARK: Rows

    private static func row(
        _ number: Int, _ answer: PreflightResult.QuestionAnswer, _ result: PreflightResult
    ) -> Row {
        var details = answer.findings.enumerated().sorted { left, right in
            left.element.severity == right.element.severity
                ? left.offset < right.offset : left.element.severity > right.element.severity
        }.map { detail($0.element) }
        if answer.question == .input { details += inputs(result.probes) }
        let remedy = answer.remedy.map { remedy in
            cut(remedy).replacing("--of MODEL", with: "--of \(ShellQuoting.quoted(result.model.name))")
        }
        return Row(
            question: answer.question, number: number, answer: answer.answer,
            isRequired: result.required.contains(answer.question), isUndecided: answer.isUndecided,
            summary: cut(answer.summary), remedy: remedy, details: Array(details.prefix(maximumColumns)),
            left: max(0, details.count - maximumColumns), evidence: Array(answer.evidence.prefix(maximumColumns)),
            evidenceLeft: max(0, answer.evidence.count - maximumColumns))
    }

    private static func detail(_ finding: Finding) -> Detail {
        Detail(
            subject: cut(finding.subject ?? ""), word: finding.severity.rawValue, severity: finding.severity,
            text: cut(finding.message), place: place(finding.file, finding.range?.start.line), rule: finding.rule)
    }

    private static func place(_ file: String, _ line: Int?) -> String {
        let name = file.utf8.count > 60 ? "…/" + PosixPath.lastComponent(file) : file
        return cut(name) + (line.map { ":\($0)" } ?? "")
    }

    /// The inputs that break the model or that it answers silently, one line a column and outcome.
    private static func inputs(_ probes: [ContractProbe]) -> [Detail] {
        struct Key: Hashable {
            let subject: String
            let outcome: ValueOutcome
            let why: String
        }
        var order: [Key] = []
        var values: [Key: [String]] = [:]
        for probe in probes {
            guard [.error, .silent, .rejected].contains(probe.outcome) else { continue }
            let subject =
                switch probe.column {
                case .name(let name): name
                case .position(let position): "position \(position)"
                case .row: "row"
                }
            let key = Key(subject: subject, outcome: probe.outcome, why: probe.why)
            if values[key] == nil { order.append(key) }
            values[key, default: []].append(Self.value(probe))
        }
        let ranks: [ValueOutcome: Int] = [.error: 0, .silent: 1, .rejected: 2]
        return order.enumerated().sorted { left, right in
            (ranks[left.element.outcome] ?? 3, left.offset) < (ranks[right.element.outcome] ?? 3, right.offset)
        }.map { _, key in
            let all = values[key] ?? []
            let shown = all.prefix(3).joined(separator: " or ") + (all.count > 3 ? " and \(all.count - 3) more" : "")
            return Detail(
                subject: cut(key.subject), word: key.outcome.rawValue,
                severity: key.outcome == .error ? .error : key.outcome == .silent ? .warning : .note,
                text: cut(shown + ": " + key.why), place: "", rule: nil)
        }
    }

    private static func value(_ probe: ContractProbe) -> String {
        switch probe.kind {
        case .extra, .missing, .reordered, .array: return probe.kind.rawValue
        case .json:
            if case .text(let text) = probe.value { return cut(text, 60) }
            return probe.value.json.text()
        case .null, .unseen, .outside, .text, .infinity, .huge, .boolean: return cut(probe.value.json.text(), 60)
        }
    }

    private static func column(_ input: ContractInput) -> Column {
        var values = ""
        if let categories = input.categories {
            let shown = categories.values.prefix(maximumCategories).map { cut($0.json.text(), 60) }
            let left = categories.values.count - shown.count
            values = shown.joined(separator: ", ") + (left > 0 ? " and \(left) more" : "")
        } else if let range = input.range {
            let ends = [range.minimum, range.maximum].map { $0.map { JSONValue.number($0).text() } ?? "…" }
            values = ends.joined(separator: " to ") + " (\(range.kind.rawValue))"
        }
        let shape = input.shape.map { shape in
            " [" + shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]"
        }
        func word(_ value: Bool?) -> String { value.map { $0 ? "yes" : "no" } ?? "?" }
        return Column(
            name: cut(input.name ?? "\(input.position)"), type: input.type.rawValue + (shape ?? ""),
            required: word(input.required), null: input.onNull.rawValue, values: values)
    }
}

extension PreflightResult.Answer {
    /// The answer in words.
    package var words: String {
        switch self {
        case .answered: "answered"
        case .notAnswered: "not answered"
        case .wrong: "wrong"
        }
    }
}

extension PreflightResult.Verdict {
    /// The verdict in words.
    var words: String {
        switch self {
        case .ready: "ready"
        case .notReady: "not ready"
        case .notProvable: "not provable"
        }
    }
}

extension PreflightResult.Question {
    /// The question as the page asks it.
    package var sentence: String {
        switch self {
        case .input: "What input will break it?"
        case .rollback: "What is the rollback plan?"
        case .monitoring: "How do we know it's broken?"
        case .environment: "What versions are pinned?"
        case .ownership: "Who gets paged?"
        }
    }
}
