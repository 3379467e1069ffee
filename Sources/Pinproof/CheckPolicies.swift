import EnvironmentInventory
import Synchronization

/// The configurations that apply to the files of one run: the nearest `pinproof.toml` above each file, else the one that
/// `--config` names, or none with `--isolated`.
final class CheckPolicies: Sendable {
    private let options: Checker.Options
    /// The one configuration of every file; nil where each has the nearest one.
    private let fixed: CheckConfiguration?
    private let byDirectory = Mutex<[String: Result<CheckConfiguration, InputError>]>([:])
    private let absolute = Mutex<[String: String?]>([:])

    init(_ options: Checker.Options) throws(InputError) {
        self.options = options
        if let path = options.configurationFile {
            fixed = try CheckConfiguration.load(path)
        } else {
            fixed = options.isIsolated ? CheckConfiguration() : nil
        }
    }

    /// Whether directories below a walked one can have configurations of their own.
    var isNested: Bool { fixed == nil }

    /// The configuration of a file or a directory.
    func configuration(for path: String) throws(InputError) -> CheckConfiguration {
        if let fixed { return fixed }
        return try configuration(in: path == "-" ? "." : isFolder(path) ? path : folder(of: path))
    }

    /// The configuration of a file, without a look at what lies at its path.
    func configuration(ofFile path: String) throws(InputError) -> CheckConfiguration {
        if let fixed { return fixed }
        return try configuration(in: path == "-" ? "." : folder(of: path))
    }

    private func configuration(in parent: String) throws(InputError) -> CheckConfiguration {
        let known = absolute.withLock { $0[parent] }
        let directory = known ?? absoluteFolder(parent)
        if known == nil { absolute.withLock { $0[parent] = .some(directory) } }
        guard let directory else { return CheckConfiguration() }
        return try nearest(directory)
    }

    /// The configuration of the nearest directory upwards, by absolute paths.
    private func nearest(_ directory: String) throws(InputError) -> CheckConfiguration {
        var passed: [String] = []
        var current = directory
        var result: Result<CheckConfiguration, InputError>?
        while result == nil {
            if let known = byDirectory.withLock({ $0[current] }) {
                result = known
                break
            }
            passed.append(current)
            let candidate = join(current, CheckConfiguration.fileName)
            if isRegularFile(candidate) {
                do throws(InputError) { result = .success(try CheckConfiguration.load(candidate)) } catch {
                    result = .failure(error)
                }
            } else if current == "/" || current == "." {
                result = .success(CheckConfiguration())
            }
            current = folder(of: current)
        }
        let settled = result ?? .success(CheckConfiguration())
        byDirectory.withLock { known in
            for directory in passed { known[directory] = settled }
        }
        return try settled.get()
    }

    /// The strength that is required of a file; that of the command line above all.
    func strength(for path: String) throws(InputError) -> PinStrength {
        if let require = options.require { return require.strength }
        return try configuration(for: path).require ?? .exact
    }

    /// The strength that is required of something that is known to be a file.
    func strength(ofFile path: String) throws(InputError) -> PinStrength {
        if let require = options.require { return require.strength }
        return try configuration(ofFile: path).require ?? .exact
    }

    /// The severity from which on findings of a file fail the check.
    func threshold(for path: String) throws(InputError) -> FailureThreshold {
        if let failOn = options.failOn { return failOn }
        return try configuration(for: path).failOn ?? .error
    }
}
