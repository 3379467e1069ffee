import SourceDocuments

/// What one place says about who owns a model, who is called, or where the runbook is.
package struct OwnershipClaim: Sendable, Hashable {
    /// What it says.
    package enum Role: String, Sendable, Hashable {
        case owner
        case onCall = "on-call"
        case runbook
    }

    /// The kind of file that says it.
    package enum Source: String, Sendable, Hashable {
        case codeOwners = "CODEOWNERS"
        case backstage = "Backstage"
        case mlflow = "MLflow"
        case dataContract = "data contract"
        case alert
        case declaration
    }

    /// What it says.
    package var role: Role
    /// The names or references, any of which may answer; an empty text is one that says nothing.
    package var values: [String]
    /// The kind of file.
    package var source: Source
    /// What it is said of: the name of a component, a registered model, an alert; nil where the file does not say.
    package var subject: String?
    /// The file.
    package var file: String
    /// Where it is; nil where the file has no lines.
    package var range: SourceRange?

    /// Creates a claim.
    package init(
        _ role: Role, _ values: [String], source: Source, subject: String? = nil, file: String, range: SourceRange?
    ) {
        self.role = role
        self.values = values
        self.source = source
        self.subject = subject
        self.file = file
        self.range = range
    }

    /// Whether each of its values stands for one that nobody filled in.
    package var isPlaceholder: Bool { values.allSatisfy(PlaceholderText.matches) }
}

/// Texts that stand for something that nobody filled in: `TODO`, `TBD`, `changeme`, nothing at all.
package enum PlaceholderText {
    private static let words: Set<String> = [
        "", "todo", "tbd", "tba", "fixme", "changeme", "change-me", "change_me", "replaceme", "replace-me",
        "replace_me",
        "placeholder", "example", "none", "null", "nil", "n/a", "na", "unknown", "unowned", "nobody", "noone", "no-one",
        "xxx", "xxxx", "your-team", "your_team", "yourteam", "my-team", "your-name", "someone", "dummy",
    ]

    /// Whether a text is a placeholder, as a whole or as its first word.
    package static func matches(_ text: String) -> Bool {
        let trimmed = trim(text).lowercased()
        if words.contains(trimmed) { return true }
        if trimmed.first == "<", trimmed.last == ">" { return true }
        let first = trimmed.utf8.prefix { isWordByte($0) }
        if ["todo", "tbd", "fixme", "changeme"].contains(String(decoding: first, as: UTF8.self)) { return true }
        if trimmed.containsText("://") {
            let last = trimmed.split(separator: "/").last.map { trim(String($0)) } ?? ""
            return ["todo", "tbd", "fixme", "changeme", "change-me"].contains(last)
        }
        return words.contains(trim(OwnerName(trimmed).canonical))
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// A text without blanks and marks around it.
    private static func trim(_ text: String) -> String {
        let marks: Set<UInt8> = Set("\"'`?!.-_*@: \t\r\n".utf8)
        let bytes = Array(text.utf8)
        guard let start = bytes.firstIndex(where: { !marks.contains($0) }),
            let end = bytes.lastIndex(where: { !marks.contains($0) })
        else { return "" }
        return String(decoding: bytes[start...end], as: UTF8.self)
    }
}
