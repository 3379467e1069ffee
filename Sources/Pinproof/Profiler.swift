import ContentHashing
import DataProfiles
import EnvironmentInventory
import ModelArchives
import Preflight
import SourceDocuments

/// Makes a baseline of the rows of a file.
package struct Profiler: Sendable {
    /// What the baseline is of, and how it is read.
    package struct Options: Sendable {
        /// The model whose digest the baseline gets; nil for none.
        package var model: String?
        /// Limits and progress.
        package var reading = ReadingOptions()

        /// Creates the default options.
        package init() {}
    }

    /// What the baseline is of.
    package var options: Options

    /// Creates a profiler.
    package init(options: Options = Options()) { self.options = options }

    /// Reads a file of rows, CSV or JSON lines, whole.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - name: how the data set is called; nil for the name of the file.
    package func profile(
        _ path: String, name: String? = nil
    ) async throws(ProfileError) -> DataProfiler.Profile {
        try await runJob(ProfileError.self) { [options] cancellation throws(InputError) in
            let digest = try options.model.map { model throws(InputError) in
                try ModelBinding.digest(of: model, reading: options.reading.cancelled(by: cancellation))
            }
            var profile = try InputError.wrapping { () throws(DataReadingError) in
                try DataProfiler().profile(try DataTable(path: path, cancellation: cancellation))
            }
            profile.baseline.dataSet = (digest.map { "\($0) " } ?? "") + (name ?? fileName(path))
            return profile
        }
    }
}

/// The digest by which a baseline names its model.
enum ModelBinding {
    /// Returns the payload digest of a model, which stays the same when the baseline is put into the model.
    static func digest(of name: String, reading: ReadingOptions) throws(InputError) -> Digest {
        var reader = SubjectReader(target: nil, reading: reading)
        reader.keepsDocuments = true
        let subject = try reader.read(name)
        guard let model = subject.model else {
            throw InputError("\(name): it is a \(subject.description.kind.rawValue), and a baseline is of a model")
        }
        let (declaration, _) = try PreflightDeclaration.find(for: model, given: nil)
        return try InputError.wrapping { () throws(HashingError) in
            try PayloadDigest.compute(of: model, declaration: declaration)
        }
    }
}

/// Why a file could not be profiled.
package enum ProfileError: JobError {
    /// The file or the model cannot be read whole.
    case input(InputError)
    /// The task was cancelled.
    case cancelled

    /// What is wrong and where.
    package var description: String {
        switch self {
        case .input(let error): error.description
        case .cancelled: "cancelled"
        }
    }
}
