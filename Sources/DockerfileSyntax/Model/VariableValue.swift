/// What is known about a variable at a place of the file.
public enum VariableValue: Sendable, Hashable {
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
public struct Expansion: Sendable {
    /// The text; the parts that cannot be known are kept as they are written.
    public internal(set) var mapped = MappedText()
    /// Whether every part is known.
    public internal(set) var isKnown = true
    /// The variables that were used, with the bytes of the text that they gave.
    public internal(set) var uses: [Use] = []

    /// One variable's part of the text.
    public struct Use: Sendable, Hashable {
        /// The variable's name.
        public let name: String
        /// The bytes of the expanded text.
        public let range: Range<Int>
        /// Whether they are the variable's value, and known.
        public let isKnown: Bool
    }

    /// The text; the parts that cannot be known are kept as they are written.
    public var text: String { mapped.string }
    /// The text when every part is known, else nil.
    public var known: String? { isKnown ? mapped.string : nil }
}
