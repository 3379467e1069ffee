import EnvironmentInventory

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
