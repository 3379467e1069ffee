import EnvironmentInventory

/// One use of a file that commands install from: who uses it, and what else that command knows.
package struct FileUse: Sendable, Hashable {
    /// The file and line of the command.
    package let location: FileLocation
    /// What the command's constraints pin exactly.
    let constraints: ExactConstraints
    /// A constraints file that could not be read and may pin anything; nil when there is none.
    let unknownConstraints: String?

    /// The environments that the command installs into: its stage and those that build on it, or its job.
    var environments: Set<String>

    /// Whether two uses differ in their environments only.
    func isSameCommand(as other: FileUse) -> Bool {
        location == other.location && constraints == other.constraints
            && unknownConstraints == other.unknownConstraints
    }

    init(
        _ location: FileLocation, constraints: ExactConstraints = .init(), unknownConstraints: String? = nil,
        environments: Set<String>? = nil
    ) {
        self.location = location
        self.environments = environments ?? [location.file]
        self.constraints = constraints
        self.unknownConstraints = unknownConstraints
    }
}

extension FileLocation {
    /// The order of users in a finding: by file, then by line.
    static func inOrder(_ left: FileLocation, _ right: FileLocation) -> Bool {
        (left.file, left.line ?? 0) < (right.file, right.line ?? 0)
    }
}
