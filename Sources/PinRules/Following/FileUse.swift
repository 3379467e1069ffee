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
    var environments: Set<InstallEnvironments>

    /// Whether two uses differ in their environments only.
    func isSameCommand(as other: FileUse) -> Bool {
        location == other.location && constraints == other.constraints
            && unknownConstraints == other.unknownConstraints
    }

    init(
        _ location: FileLocation, constraints: ExactConstraints = .init(), unknownConstraints: String? = nil,
        environments: InstallEnvironments? = nil
    ) {
        self.location = location
        self.environments = [environments ?? InstallEnvironments(owner: location.file, stages: nil)]
        self.constraints = constraints
        self.unknownConstraints = unknownConstraints
    }
}

/// Environments that a command installs into.
package struct InstallEnvironments: Sendable, Hashable {
    /// The file that makes them, and the build of it.
    var owner: String
    /// The numbers of its stages, as ``StageLineage`` counts them; nil for the one environment of a file without stages.
    let stages: Range<Int>?
}

extension FileLocation {
    /// The order of users in a finding: by file, then by line.
    static func inOrder(_ left: FileLocation, _ right: FileLocation) -> Bool {
        (left.file, left.line ?? 0) < (right.file, right.line ?? 0)
    }
}
