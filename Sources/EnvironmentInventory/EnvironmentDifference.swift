/// What differs between the environments of two subjects.
public struct EnvironmentDifference: Sendable, Hashable {
    /// How a package differs.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case added
        case removed
        case changed
        /// The same version, other bytes.
        case rebuilt
    }

    /// One package that differs.
    public struct Change: Sendable, Hashable {
        /// The world of the package.
        public let ecosystem: Ecosystem
        /// Its normalised name.
        public let name: String
        /// How it differs.
        public let kind: Kind
        /// The package of the left subject; nil when it was added.
        public let left: Package?
        /// The package of the right subject; nil when it was removed.
        public let right: Package?

        /// Makes a change.
        public init(kind: Kind, left: Package?, right: Package?) {
            self.kind = kind
            self.left = left
            self.right = right
            self.ecosystem = left?.ecosystem ?? right?.ecosystem ?? .pypi
            self.name = left?.name ?? right?.name ?? ""
        }
    }

    /// A fact about the whole environment that differs: the interpreter, the platform.
    public struct Fact: Sendable, Hashable {
        /// What it is about: `python`, `platform`, `libc`.
        public let name: String
        /// What the left subject says.
        public let left: String
        /// What the right subject says.
        public let right: String

        /// Makes a fact.
        public init(name: String, left: String, right: String) {
            self.name = name
            self.left = left
            self.right = right
        }
    }

    /// The packages that differ, by ecosystem and name.
    public let changes: [Change]
    /// How many packages are the same.
    public let same: Int
    /// Facts beside the packages that differ; only facts that both sides know are compared.
    public let facts: [Fact]

    /// Makes a difference.
    public init(changes: [Change], same: Int, facts: [Fact] = []) {
        self.changes = changes
        self.same = same
        self.facts = facts
    }

    /// How many packages differ in one way.
    public func count(_ kind: Kind) -> Int { changes.count { $0.kind == kind } }

    /// Whether nothing differs.
    public var isEmpty: Bool { changes.isEmpty && facts.isEmpty }
}
