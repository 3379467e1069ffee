/// A rule of `check` or `verify`, with its documentation.
public struct Rule: Sendable, Hashable {
    /// A file that shows the rule at work. In a bad one, `«` and `»` stand around what the rule marks.
    package struct Example: Sendable, Hashable {
        /// The file name, which determines how the text is read: `Dockerfile`, `requirements.txt`.
        package let file: String
        /// The text, with marks in a bad example.
        package let text: String
        /// The pin strength that is required of the example.
        package let require: PinStrength
        /// Other files of the build context that the example needs, by name.
        package let context: [String: String]

        /// Creates an example.
        package init(
            file: String = "Dockerfile", require: PinStrength = .exact, context: [String: String] = [:], _ text: String
        ) {
            self.file = file
            self.text = text
            self.require = require
            self.context = context
        }

        /// The text without the marks.
        package var plainText: String {
            String(text.unicodeScalars.filter { $0 != "«" && $0 != "»" }.map(Character.init))
        }
    }

    /// The name, after the bad pattern: `floating-image`.
    public let name: String
    /// What it fires on, one sentence.
    public let summary: String
    /// Why that is bad.
    public let why: String
    /// How to fix it.
    public let help: String
    /// The rules of hadolint that mean the same, `DL3008`: their pragmas are honoured.
    package let hadolint: [String]
    /// Examples on which the rule fires, exactly at the marks.
    package let bad: [Example]
    /// Examples on which the rule is silent.
    package let good: [Example]

    /// Creates a rule.
    package init(
        name: String, summary: String, why: String, help: String, hadolint: [String] = [], bad: [Example] = [],
        good: [Example] = []
    ) {
        self.name = name
        self.summary = summary
        self.why = why
        self.help = help
        self.hadolint = hadolint
        self.bad = bad
        self.good = good
    }
}
