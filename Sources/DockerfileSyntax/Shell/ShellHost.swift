import EnvironmentInventory

/// The machine that a simulated script would run on: its files and its user.
package protocol ShellHost {
    /// Returns the bytes of a file; nil when there is none or when its bytes are not known.
    func contents(of path: String) -> [UInt8]?
    /// Returns what is at a path, links followed; nil when nothing is.
    func kind(of path: String) -> ShellHostEntry?
    /// Returns a path with its links followed; nil when nothing is there.
    func realPath(of path: String) -> String?
    /// Returns the names in a directory in byte order; nil when it is not a directory.
    func names(in directory: String) -> [String]?
    /// The number of the user that runs the script; nil when it is not known.
    var userID: Int? { get }
}

/// What a ``ShellHost`` has at a path.
package struct ShellHostEntry: Sendable, Hashable {
    /// Whether it is a directory.
    package let isDirectory: Bool
    /// Whether somebody may execute it.
    package let isExecutable: Bool
    /// Whether everybody may read it.
    package let isReadable: Bool
    /// Whether everybody may execute it, or go into it.
    package let isSearchable: Bool
    /// The size in bytes.
    package let size: Int

    /// Creates an entry.
    package init(
        isDirectory: Bool, isExecutable: Bool = false, size: Int = 0, isReadable: Bool = true, isSearchable: Bool = true
    ) {
        self.isDirectory = isDirectory
        self.isReadable = isReadable
        self.isSearchable = isSearchable
        self.isExecutable = isExecutable
        self.size = size
    }
}

/// A program that a script starts.
package struct ShellProcess: Sendable, Hashable {
    /// The program and its arguments.
    package let words: [String]
    /// The working directory; nil when it is not known.
    package let directory: String?
    /// The exported variables; one that is not known has the value nil.
    package let environment: [String: String?]
    /// Whether the program replaces the shell, `exec`.
    package let isReplacement: Bool
    /// Whether it depends on something unknown whether it starts.
    package let isConditional: Bool
    /// The file and line of the command.
    package let source: FileLocation
}
