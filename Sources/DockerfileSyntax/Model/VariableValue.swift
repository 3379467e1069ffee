/// What is known about a variable at a place of the file.
package enum VariableValue: Sendable, Hashable {
    /// The file, or a build argument that was given, says the value.
    case known(String)
    /// Declared without a value (`ARG X`), or declared nowhere where only the file can declare it.
    case unset
    /// Declared nowhere in the file; the base image may set it.
    case undeclared
    /// Set to something that only the build knows: the output of a command, a platform that was not given.
    case dynamic
}

/// A word after its variables were put in.
package struct Expansion: Sendable {
    /// The text; the parts that cannot be known are kept as they are written.
    package internal(set) var mapped = MappedText()
    /// Whether every part is known.
    package internal(set) var isKnown = true
    /// The variables that were used, with the bytes of the text that they gave.
    package internal(set) var uses: [Use] = []

    /// One variable's part of the text.
    package struct Use: Sendable, Hashable {
        /// The variable's name.
        package let name: String
        /// The bytes of the expanded text.
        package let range: Range<Int>
        /// Whether they are the variable's value, and known.
        package let isKnown: Bool
    }

    /// The text; the parts that cannot be known are kept as they are written.
    package var text: String { mapped.string }
    /// The text when every part is known, else nil.
    package var known: String? { isKnown ? mapped.string : nil }
}
