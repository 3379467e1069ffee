/// The answers to five questions before a model is deployed (`pinproof/preflight/1`).
package struct PreflightResult: Sendable {
    /// The type of the predicate that holds the answers in an attestation; docs/attestation.md describes it.
    package static let predicateType = "https://pinproof.dev/preflight/v1"

    /// A question.
    package enum Question: String, Sendable, Hashable, CaseIterable {
        case input, rollback, monitoring, environment, ownership
    }

    /// An answer.
    package enum Answer: String, Sendable, Hashable {
        case answered
        case notAnswered = "not-answered"
        case wrong
    }

    /// What the answers come to.
    package enum Verdict: String, Sendable, Hashable {
        case ready
        case notReady = "not-ready"
        case notProvable = "not-provable"
    }

    /// Something that answers a question, and where it stands.
    package struct Evidence: Sendable, Hashable {
        /// What it is: `owner`, `baseline`, `alert`, `previous-model`, `columns`.
        package var kind: String
        /// Its value as a person reads it.
        package var value: String
        /// How strong it is: `claimed`, `recorded`, `hashed`, or a verify level.
        package var strength: String
        /// The file; nil where there is none.
        package var file: String?
        /// The line, the first being 1.
        package var line: Int?

        /// Creates a piece of evidence.
        package init(kind: String, value: String, strength: String, file: String? = nil, line: Int? = nil) {
            self.kind = kind
            self.value = value
            self.strength = strength
            self.file = file
            self.line = line
        }
    }

    /// The answer to one question.
    package struct QuestionAnswer: Sendable {
        /// The question.
        package var question: Question
        /// The answer.
        package var answer: Answer
        /// Whether the answer could not be decided, because something was not readable or provable.
        package var isUndecided = false
        /// One line for the page.
        package var summary: String
        /// What would fix it; nil when it is answered.
        package var remedy: String?
        /// What answers it.
        package var evidence: [Evidence] = []
        /// The findings that belong to it.
        package var findings: [Finding] = []

        /// Creates an answer.
        package init(question: Question, answer: Answer, summary: String, remedy: String? = nil) {
            self.question = question
            self.answer = answer
            self.summary = summary
            self.remedy = remedy
        }
    }

    /// What `--requests` holds.
    package struct Requests: Sendable, Hashable {
        /// A row that does not fit.
        package struct Invalid: Sendable, Hashable {
            /// The number of the row, the first being 1.
            package var row: Int
            /// The column; nil for the row as a whole.
            package var column: String?
            /// The rule.
            package var rule: String
            /// What is wrong, one sentence.
            package var message: String

            /// Creates an invalid row.
            package init(row: Int, column: String?, rule: String, message: String) {
                self.row = row
                self.column = column
                self.rule = rule
                self.message = message
            }
        }

        /// How many rows were read.
        package var rows = 0
        /// How many fit.
        package var valid = 0
        /// The others.
        package var invalid: [Invalid] = []

        /// Creates an empty result.
        package init() {}
    }

    /// The model's description in a result.
    package struct ModelIdentity: Sendable, Hashable {
        /// The format: `mlflow`.
        package var format: String
        /// The name as it was given.
        package var name: String
        /// The digest over every file.
        package var treeDigest: Digest
        /// The digest over the files without the declaration, what its `[monitoring]` names, and a signature.
        package var payloadDigest: Digest

        /// Creates an identity.
        package init(format: String, name: String, treeDigest: Digest, payloadDigest: Digest) {
            self.format = format
            self.name = name
            self.treeDigest = treeDigest
            self.payloadDigest = payloadDigest
        }
    }

    /// The previous model and image, and what `verify` says of them.
    package struct Previous: Sendable {
        /// The model; nil when only an image is known.
        package var model: ModelIdentity?
        /// The image's name and digest.
        package var image: String?
        /// The verification of the two; nil when one of them was not given.
        package var verification: Verification?

        /// Creates an empty description.
        package init() {}
    }

    /// What the answers come to.
    package var verdict: Verdict
    /// The questions that decide.
    package var required: [Question]
    /// The model.
    package var model: ModelIdentity
    /// The previous deployment; nil where none was named.
    package var previous: Previous?
    /// The five answers, in the order of ``Question/allCases``.
    package var questions: [QuestionAnswer]
    /// What the model takes and gives; nil where it was not understood.
    package var contract: InputContract?
    /// What changed since the previous model.
    package var changes: [ContractChange] = []
    /// The inputs that might break it.
    package var probes: [ContractProbe] = []
    /// What `--requests` holds; nil without it.
    package var requests: Requests?
    /// What `verify` says of the model and the image.
    package var verification: Verification
    /// What could not be read.
    package var gaps: [Gap] = []
    /// The rules that could have fired, for formats that carry their texts.
    package var rules: [Rule] = []
    /// The findings of all questions, in order.
    package var findings: [Finding] { Finding.sorted(questions.flatMap(\.findings)) }

    /// Creates a result.
    package init(
        verdict: Verdict, required: [Question], model: ModelIdentity, questions: [QuestionAnswer],
        verification: Verification
    ) {
        self.verdict = verdict
        self.required = required
        self.model = model
        self.questions = questions
        self.verification = verification
    }
}
