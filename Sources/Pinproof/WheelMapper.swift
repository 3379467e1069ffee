import EnvironmentInventory
import EnvironmentVerification

/// Reads the wheels and conda packages of a directory and maps their sha256 to their content digests.
public struct WheelMapper: Sendable {
    /// How the packages are read.
    public struct Options: Sendable {
        /// The absolute paths of the environments that conda packages are installed into.
        public var prefixes: [String] = []

        /// Creates the default options.
        public init() {}
    }

    /// How the packages are read.
    public var options: Options

    /// Creates a mapper.
    public init(options: Options = Options()) { self.options = options }

    /// Reads every wheel and conda package below a directory.
    public func map(_ directory: String) async throws(WheelMappingError) -> WheelMapping {
        try await runJob(WheelMappingError.self) { [options] cancellation throws(InputError) in
            if let relative = options.prefixes.first(where: { !$0.hasPrefix("/") }) {
                throw InputError(WheelMappingError.relativePrefix(relative))
            }
            let (map, problems) = try Wheels.read(
                folder: directory, prefixes: options.prefixes, cancellation: cancellation)
            return WheelMapping(map: map, problems: problems)
        }
    }
}

/// Why a directory could not be mapped.
public enum WheelMappingError: JobError {
    /// The directory or a package in it cannot be read whole.
    case input(InputError)
    /// A path of ``WheelMapper/Options/prefixes`` is not absolute.
    case relativePrefix(String)
    /// The task was cancelled.
    case cancelled

    /// What is wrong and where.
    public var description: String {
        switch self {
        case .input(let error): error.description
        case .relativePrefix(let path): "a prefix is an absolute path, and '\(path)' is not"
        case .cancelled: "cancelled"
        }
    }
}

/// The packages of a directory, and what is wrong with them.
public struct WheelMapping: Sendable {
    /// The map, for the rooms of this package.
    package let map: WheelMap
    /// Records that disagree with their wheels, and files that two packages install differently; a sentence each.
    public let problems: [String]

    /// Returns the text of the map, which ``Verifier/Options/wheels`` takes as a file.
    ///
    /// - Parameter listsFiles: whether it holds the digest of each file, so that `verify` can name those that differ.
    public func text(listsFiles: Bool = false) -> String { (listsFiles ? map : map.withoutFiles).json.document() }
}
