/// What a requirements file is for, as its name or its directory's name says: `requirements-train.txt`, `serving/requirements.txt`.
package enum ProjectRole: String, Sendable, Hashable {
    /// The model is trained there.
    case training
    /// The model answers there.
    case serving

    private static let words: [String: ProjectRole] = [
        "train": .training, "training": .training, "trainer": .training,
        "serve": .serving, "serving": .serving, "server": .serving, "inference": .serving, "infer": .serving,
        "predict": .serving, "prediction": .serving, "predictor": .serving, "deploy": .serving, "deployment": .serving,
        "production": .serving, "prod": .serving,
    ]

    /// The role of a file by its path; nil when neither its name nor its directory's says one.
    package init?(path: String) {
        for part in path.split(separator: "/").suffix(2).reversed() {
            for word in part.lowercased().split(whereSeparator: { !$0.isLetter }) {
                if let role = Self.words[String(word)] {
                    self = role
                    return
                }
            }
        }
        return nil
    }

    /// The directory of the project that a file belongs to: its own, or the one above a directory that is for one role.
    package static func projectDirectory(of path: String) -> String {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        if let last = parts.last, ProjectRole(path: String(last)) != nil { parts = parts.dropLast() }
        return parts.joined(separator: "/")
    }
}
