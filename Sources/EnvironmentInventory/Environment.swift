/// A Python interpreter: `cpython` and its version.
public struct Interpreter: Sendable, Hashable {
    /// The implementation as `sys.implementation.name` says it: `cpython`, `pypy`.
    public let implementation: String
    /// The version as far as it is known, `3.11` or `3.11.7`.
    public let version: String
    /// Where the fact was read.
    public let source: SourceLocation?

    /// Makes an interpreter.
    public init(implementation: String = "cpython", version: String, source: SourceLocation? = nil) {
        self.implementation = implementation
        self.version = version
        self.source = source
    }
}

/// What a subject says is installed, or should be: interpreter, platform and packages.
public struct Environment: Sendable, Hashable {
    /// The Python interpreter, when one is known.
    public var python: Interpreter?
    /// The platform, when it is known.
    public var platform: Platform?
    /// The packages, in the order of ``sortPackages()``.
    public var packages: [Package]

    /// Makes an environment.
    public init(python: Interpreter? = nil, platform: Platform? = nil, packages: [Package] = []) {
        self.python = python
        self.platform = platform
        self.packages = packages
    }

    /// Puts the packages into their one order: by ecosystem, name, version, location.
    public mutating func sortPackages() {
        packages.sort {
            ($0.ecosystem, $0.name, $0.version ?? "", $0.location ?? "", $0.source?.line ?? 0)
                < ($1.ecosystem, $1.name, $1.version ?? "", $1.location ?? "", $1.source?.line ?? 0)
        }
    }
}
