/// What differs between the environments of two subjects.
public struct EnvironmentDifference: Sendable, Hashable {
    /// How a package differs.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case added
        case removed
        case changed
        /// The same version, other bytes.
        case rebuilt
        /// The files of two models differ.
        case model
    }

    /// What it rests on that two packages are called the same or not, from weak to strong.
    public enum Basis: String, Sendable, Hashable, CaseIterable, Comparable {
        /// Names and versions: nothing is known of the bytes on one side at least.
        case version
        /// The hashes of the files that an installer downloads.
        case artifact
        /// The installed files, held against each other one by one or, where a content digest says nothing of them, by what is
        /// known of scripts and of the package's record.
        case files
        /// The content digests of what is installed.
        case content

        /// Orders from weak to strong.
        public static func < (left: Basis, right: Basis) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// One package that both subjects have alike.
    package struct Same: Sendable, Hashable {
        /// The package of the left subject.
        package let package: Package
        /// The package of the right subject; nil where nothing more is asked of it.
        package let other: Package?
        /// What that rests on.
        package let basis: Basis

        /// Creates a package that is the same.
        package init(package: Package, other: Package? = nil, basis: Basis) {
            self.package = package
            self.other = other
            self.basis = basis
        }
    }

    /// One package that differs.
    public struct Change: Sendable, Hashable {
        /// The ecosystem of the package.
        public let ecosystem: Ecosystem
        /// Its normalised name.
        public let name: String
        /// How it differs.
        public let kind: Kind
        /// The package of the left subject; nil when it was added.
        public let left: Package?
        /// The package of the right subject; nil when it was removed.
        public let right: Package?
        /// What the comparison rests on; nil when only one subject has the package.
        public let basis: Basis?

        /// Creates a change.
        package init(kind: Kind, left: Package?, right: Package?, basis: Basis? = nil) {
            self.basis = basis
            self.kind = kind
            self.left = left
            self.right = right
            self.ecosystem = left?.ecosystem ?? right?.ecosystem ?? .pypi
            self.name = left?.name ?? right?.name ?? ""
        }

        /// The name; for a package without one what its file writes in place of it.
        package var label: String { left?.label ?? right?.label ?? name }
    }

    /// A fact about the whole environment that differs: the interpreter, the platform.
    public struct Fact: Sendable, Hashable {
        /// What it is about: `python`, `platform`, `libc`.
        public let name: String
        /// The left subject's value.
        public let left: String
        /// The right subject's value.
        public let right: String

        /// Creates a fact.
        package init(name: String, left: String, right: String) {
            self.name = name
            self.left = left
            self.right = right
        }
    }

    /// The packages that differ, by ecosystem and name.
    public let changes: [Change]
    /// The packages that are the same, by ecosystem and name.
    package let sames: [Same]
    /// The facts that differ, such as the interpreter; only facts that both sides know are compared.
    public let facts: [Fact]

    /// Creates a difference.
    package init(changes: [Change], sames: [Same], facts: [Fact] = []) {
        self.changes = changes
        self.sames = sames
        self.facts = facts
    }

    /// How many packages differ in one way.
    package func count(_ kind: Kind) -> Int { changes.count { $0.kind == kind } }

    /// How many packages are the same.
    public var same: Int { sames.count }

    /// How many packages are the same on one basis.
    package func count(_ basis: Basis) -> Int { sames.count { $0.basis == basis } }

    /// The same difference, known to rest on the installed files where nothing better is at hand.
    package func restingOnFiles() -> EnvironmentDifference {
        EnvironmentDifference(
            changes: changes.map {
                .init(kind: $0.kind, left: $0.left, right: $0.right, basis: $0.basis.map { max($0, .files) })
            },
            sames: sames.map { .init(package: $0.package, other: $0.other, basis: max($0.basis, .files)) }, facts: facts
        )
    }

    /// Whether nothing differs.
    public var isEmpty: Bool { changes.isEmpty && facts.isEmpty }
}
