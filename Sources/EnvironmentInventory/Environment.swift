/// A Python interpreter: `cpython` and its version.
public struct Interpreter: Sendable, Hashable {
    /// The implementation, as in `sys.implementation.name`: `cpython`, `pypy`.
    public let implementation: String
    /// The version as far as it is known, `3.11` or `3.11.7`.
    public let version: String
    /// Where the fact was read.
    package let source: FileLocation?

    /// Creates an interpreter.
    package init(implementation: String = "cpython", version: String, source: FileLocation? = nil) {
        self.implementation = implementation
        self.version = version
        self.source = source
    }
}

/// What is installed, or should be, according to a subject: interpreter, platform and packages.
public struct Environment: Sendable, Hashable {
    /// The Python interpreter, when one is known.
    public var python: Interpreter?
    /// The platform, when it is known.
    public var platform: Platform?
    /// The packages, in the order of ``sortPackages()``.
    public var packages: [Package]
    /// What the subject names and the reader could not turn into a package, in the order of the source.
    public var gaps: [Gap]

    /// Creates an environment.
    package init(
        python: Interpreter? = nil, platform: Platform? = nil, packages: [Package] = [], gaps: [Gap] = []
    ) {
        self.python = python
        self.platform = platform
        self.packages = packages
        self.gaps = gaps
    }

    /// Puts the packages into their one order: by ecosystem, name, version, location.
    package mutating func sortPackages() {
        func precedes(_ left: Int, _ right: Int) -> Bool {
            if packages[left].ecosystem != packages[right].ecosystem {
                return packages[left].ecosystem < packages[right].ecosystem
            }
            if packages[left].name != packages[right].name { return packages[left].name < packages[right].name }
            let (left, right) = (packages[left], packages[right])
            return (left.version ?? "", left.location ?? "", left.source?.line ?? 0)
                < (right.version ?? "", right.location ?? "", right.source?.line ?? 0)
        }
        // Locks are sorted mostly; and a package is large to be moved about.
        if packages.indices.dropFirst().allSatisfy({ !precedes($0, $0 - 1) }) { return }
        packages = packages.indices.sorted(by: precedes).map { packages[$0] }
    }
}
