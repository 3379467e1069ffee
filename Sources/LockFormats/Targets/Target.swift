import EnvironmentInventory

/// What a universal lock is narrowed to.
package struct Target: Sendable, Hashable {
    /// The Python version, `3.11`, `3.11.7`, or `3.14t` for an interpreter without the global lock; nil where the lock
    /// decides.
    package var python: String?
    /// The platform; nil for linux/amd64.
    package var platform: Platform?
    /// The C library of a Linux; nil for that of the platform, else glibc 2.36.
    package var cLibrary: CLibrary?
    /// The project's extras that are installed.
    package var extras: Set<String> = []
    /// The dependency groups or categories that are installed besides the main dependencies.
    package var groups: Set<String> = []
    /// Whether all extras are installed.
    package var allExtras = false
    /// Whether all groups are installed.
    package var allGroups = false
    /// The environment of a file that holds several (pixi); nil for `default`.
    package var environment: String?

    /// Creates a target; everything that is not Python and platform is set afterwards.
    package init(python: String? = nil, platform: Platform? = nil, cLibrary: CLibrary? = nil) {
        self.python = python
        self.platform = platform
        self.cLibrary = cLibrary
    }

    /// Whether the interpreter was built without the global lock
    /// (https://docs.python.org/3/howto/free-threading-python.html).
    package var isFreeThreaded: Bool { python?.utf8.last == UInt8(ascii: "t") }

    /// The Python version without the letter of a free-threaded interpreter.
    package var pythonVersion: String? { python.map { isFreeThreaded ? String($0.dropLast()) : $0 } }
}
