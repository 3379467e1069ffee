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
    package let file: String
    /// What it says; its gaps are what could not be read.
    package var contract: InputContract
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
