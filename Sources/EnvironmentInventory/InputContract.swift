import SourceDocuments

/// What a model takes and gives, as its files say it (`pinproof/contract/1`).
package struct InputContract: Sendable, Hashable {
    /// How a caller's columns find the model's.
    package enum Binding: String, Sendable, Hashable {
        /// By name; extra and reordered columns change nothing.
        case name
        /// By name, and exactly these in this order.
        case exactNames = "exact-names"
        /// By position.
        case position
    }

    /// What becomes of a column that the model does not know.
    package enum ExtraColumns: String, Sendable, Hashable {
        case ignored, error, unknown
    }

    /// What checks requests in front of the model.
    package enum Enforcement: String, Sendable, Hashable {
        case mlflow, openapi, schema, none
    }

    /// The columns or tensors, in the order of their positions.
    package var inputs: [ContractInput] = []
    /// How they are found; nil where nothing says it.
    package var binding: Binding?
    /// What becomes of columns that are not in ``inputs``.
    package var extraColumns = ExtraColumns.unknown
    /// What the model answers.
    package var outputs: [ContractOutput] = []
    /// What a request may set besides (MLflow's `params`).
    package var parameters: [ContractParameter] = []
    /// What checks requests.
    package var enforcedBy: [Enforcement] = []
    /// The library whose version decides about outcomes, `scikit-learn`.
    package var library: LibraryVersion?
    /// What was met and could not be read; a contract with gaps is not shown as whole.
    package var gaps: [Gap] = []

    /// Creates an empty contract.
    package init() {}

    /// The versions of the library that made the model and of the one that serves it.
    package struct LibraryVersion: Sendable, Hashable {
        /// The distribution's name.
        package var name: String
        /// The version that wrote the model.
        package var training: String?
        /// The version in the serving image; nil without one.
        package var serving: String?

        /// Creates the versions.
        package init(name: String, training: String? = nil, serving: String? = nil) {
            self.name = name
            self.training = training
            self.serving = serving
        }
    }
}

/// The type of a value in a request.
package enum ContractType: String, Sendable, Hashable, CaseIterable {
    case boolean, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, float32, float64, string, binary
    case datetime, object, array, any
}

/// What a model makes of a value.
package enum ValueOutcome: String, Sendable, Hashable, CaseIterable {
    /// It was made for the value.
    case accepted
    /// Something in front of the model refuses it.
    case rejected
    /// The model raises.
    case error
    /// An answer to what it never saw, or to another value than was sent.
    case silent
    /// Nothing says it.
    case unknown
}

/// A scalar in a contract: a category, an end of a range, a default.
package enum ContractScalar: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int64)
    /// Finite, or an infinity; `nan` is ``null`` with pandas and its own category with scikit-learn.
    case number(Double)
    case text(String)
}

/// Which bounds hold for the values of an input.
package struct ContractRange: Sendable, Hashable {
    /// Where the bounds come from.
    package enum Kind: String, Sendable, Hashable {
        /// The values seen in training; nothing refuses others.
        case training
        /// A schema refuses others.
        case constraint
    }

    /// The lowest value; nil for none. Finite.
    package var minimum: Double?
    /// The highest value; nil for none. Finite.
    package var maximum: Double?
    /// Where the bounds come from.
    package var kind: Kind

    /// Creates a range; an end that is not finite is none.
    package init(minimum: Double?, maximum: Double?, kind: Kind) {
        self.minimum = minimum.flatMap { $0.isFinite ? $0 : nil }
        self.maximum = maximum.flatMap { $0.isFinite ? $0 : nil }
        self.kind = kind
    }
}

/// A statement about an input, and where it stands.
package struct ContractSource: Sendable, Hashable {
    /// The file, inside of the model or beside it.
    package var file: String
    /// The line, the first being 1; nil where ``offset`` counts or the whole file is meant.
    package var line: Int?
    /// The byte offset, the first being 0.
    package var offset: Int?
    /// What it says: `OneHotEncoder.categories_`, `signature.inputs`.
    package var says: String
    /// How strong it is: `claimed`, `recorded` or `hashed`.
    package var strength: String

    /// Creates a source.
    package init(file: String, line: Int? = nil, offset: Int? = nil, says: String, strength: String) {
        self.file = file
        self.line = line
        self.offset = offset
        self.says = says
        self.strength = strength
    }
}

/// A column or tensor that a model takes.
package struct ContractInput: Sendable, Hashable {
    /// The name; nil where the model knows positions only.
    package var name: String?
    /// The position, the first being 0.
    package var position: Int
    /// The type of a value, or of an element of a tensor.
    package var type = ContractType.any
    /// The parts of an object or array; nil for a value without parts, and where nothing says them.
    package var structure: ContractStructure?
    /// The dimensions of a tensor, nil in it for a free one; nil for a column.
    package var shape: [Int?]?
    /// Whether a request has to hold it; nil where nothing says it.
    package var required: Bool?
    /// Whether a missing value has a meaning; nil where nothing says it.
    package var nullable: Bool?
    /// The values that the model knows; nil where it has no such list.
    package var categories: Categories?
    /// The bounds.
    package var range: ContractRange?
    /// What a missing value does.
    package var onNull = ValueOutcome.unknown
    /// What a category that is not in ``categories`` does; nil where there are none.
    package var onUnseen: ValueOutcome?
    /// What a value outside of ``range`` does; nil where there is none.
    package var onOutside: ValueOutcome?
    /// The numbers that do not make the model raise, where a function in it takes only some.
    package var domain: ClosedRange<Double>?
    /// Whether an estimator reads it: a column that is dropped changes no answer.
    package var isRead: Bool?
    /// Where all of this stands.
    package var sources: [ContractSource] = []

    /// Creates an input of which nothing else is known.
    package init(name: String?, position: Int) {
        self.name = name
        self.position = position
    }

    /// The values of an input.
    package struct Categories: Sendable, Hashable {
        /// Each value, in the order of the file.
        package var values: [ContractScalar]
        /// Whether other values have a meaning too.
        package var isOpen: Bool

        /// Creates the list.
        package init(values: [ContractScalar], isOpen: Bool) {
            self.values = values
            self.isOpen = isOpen
        }
    }
}

/// What a model answers.
package struct ContractOutput: Sendable, Hashable {
    /// The name; nil for the one that has none.
    package var name: String?
    /// The type of a value.
    package var type: ContractType
    /// The dimensions of a tensor, nil in it for a free one.
    package var shape: [Int?]?
    /// The classes of a classifier, in its order; nil where it has none.
    package var classes: [ContractScalar]?

    /// Creates an output.
    package init(name: String?, type: ContractType, shape: [Int?]? = nil, classes: [ContractScalar]? = nil) {
        self.name = name
        self.type = type
        self.shape = shape
        self.classes = classes
    }
}

/// A parameter of a request.
package struct ContractParameter: Sendable, Hashable {
    /// The name.
    package var name: String
    /// The type.
    package var type: ContractType
    /// The value that is taken where a request does not set it, a list or an object too.
    package var defaultValue: JSONValue
    /// The dimensions of a list; nil for a scalar.
    package var shape: [Int?]?

    /// Creates a parameter.
    package init(name: String, type: ContractType, defaultValue: JSONValue, shape: [Int?]? = nil) {
        self.name = name
        self.type = type
        self.defaultValue = defaultValue
        self.shape = shape
    }
}

/// One input that might break a model, and what it does (`inspect --probes`).
package struct ContractProbe: Sendable, Hashable {
    /// What is done to a request.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case null, unseen, outside, text, infinity, huge, boolean, extra, missing, reordered, array, json
    }

    /// Which column it is about.
    package enum Column: Sendable, Hashable {
        case name(String)
        case position(Int)
        /// The whole row.
        case row
    }

    /// The column.
    package var column: Column
    /// What is done.
    package var kind: Kind
    /// The value that is sent; for ``Kind/json`` the JSON text. Infinity is the text `inf` or `-inf`.
    package var value: ContractScalar
    /// What becomes of it.
    package var outcome: ValueOutcome
    /// Why, one sentence.
    package var why: String
    /// The version of the library that the outcome holds for; of MLflow for ``Kind/json``.
    package var version: String?

    /// Creates a probe.
    package init(
        column: Column, kind: Kind, value: ContractScalar, outcome: ValueOutcome, why: String, version: String?
    ) {
        self.column = column
        self.kind = kind
        self.value = value
        self.outcome = outcome
        self.why = why
        self.version = version
    }
}

/// What differs between the contracts of two models.
package struct ContractChange: Sendable, Hashable {
    /// The name of the input or output; nil for the model as a whole.
    package var column: String?
    /// What changed: `removed`, `added`, `type`, `required`, `categories`, `output-type`, `class-removed`.
    package var kind: String
    /// The previous value as a person reads it; nil for none.
    package var previous: String?
    /// The value now.
    package var now: String?
    /// Whether a request that was valid before is refused now, or an answer lost something.
    package var breaksCallers: Bool
    /// Whether a request that is valid now is refused by the previous model.
    package var breaksRollback: Bool
    /// Whether it is about the outputs.
    package var isOutput: Bool

    /// Creates a change.
    package init(
        column: String?, kind: String, previous: String?, now: String?, breaksCallers: Bool, breaksRollback: Bool,
        isOutput: Bool = false
    ) {
        self.column = column
        self.kind = kind
        self.previous = previous
        self.now = now
        self.breaksCallers = breaksCallers
        self.breaksRollback = breaksRollback
        self.isOutput = isOutput
    }
}
