import EnvironmentInventory

/// One use of a file that commands install from: who uses it, and what else that command knows.
package struct FileUse: Sendable, Hashable {
    /// The file and line of the command.
    package let location: FileLocation
    /// The names that the command's constraints pin exactly.
    let constrainedNames: Set<String>
    /// A constraints file that could not be read and may pin anything; nil when there is none.
    let unknownConstraints: String?

    init(_ location: FileLocation, constrainedNames: Set<String> = [], unknownConstraints: String? = nil) {
        self.location = location
        self.constrainedNames = constrainedNames
        self.unknownConstraints = unknownConstraints
    }
}

extension FileLocation {
    /// The order of users in a finding: by file, then by line.
    static func inOrder(_ left: FileLocation, _ right: FileLocation) -> Bool {
        (left.file, left.line ?? 0) < (right.file, right.line ?? 0)
    }
}
