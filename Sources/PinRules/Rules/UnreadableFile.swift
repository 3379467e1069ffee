import EnvironmentInventory

/// What could not be parsed, with line and reason; the rest of the file is checked all the same.
package enum UnreadableFile: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "unreadable-file",
        summary: "A file, or a part of one, could not be read.",
        why: "What cannot be read cannot be shown to be pinned.",
        help: "Fix what the message names, or exclude the file.",
        bad: [
            .init("FROM python:3.11.9\n«INSTALL numpy»\n"),
            .init(file: "requirements.txt", "«numpy==»\n"),
        ],
        good: [.init("FROM python:3.11.9\n# a comment\nRUN true\n")])
}
