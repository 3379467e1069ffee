import ContainerImages
import EnvironmentInventory
import EnvironmentVerification
import InputContracts
import LockFormats
import ModelArchives

/// Compares the environments of two subjects, and of two images the files and configurations too.
public struct Differ: Sendable {
    /// What is compared, and how the subjects are read.
    public struct Options: Sendable {
        /// The target of a lock, the platform of an image.
        public var target: TargetSelection?
        /// Whether the files that no package owns and the configurations of images are left out.
        public var comparesOnlyPackages = false
        /// Limits and progress.
        public var reading = ReadingOptions()

        /// Creates the default options.
        public init() {}
    }

    /// What is compared, and how the subjects are read.
    public var options: Options

    /// Creates a differ.
    public init(options: Options = Options()) { self.options = options }

    /// Reads both subjects whole and compares them.
    ///
    /// - Parameters:
    ///   - left: the one subject, named as for ``Inspector/inspect(_:)``.
    ///   - right: the other one.
    public func compare(_ left: String, _ right: String) async throws(DifferenceError) -> SubjectDifference {
        try await runJob(DifferenceError.self) { [options] cancellation throws(InputError) in
            var reader = SubjectReader(
                target: options.target, reading: options.reading.cancelled(by: cancellation))
            reader.shared = SharedLayers()
            reader.modelImages = .withoutPackages
            reader.readsBinaries = !options.comparesOnlyPackages
            return try Self.compare(left, with: right, options: options, reader: reader)
        }
    }

    private static func compare(
        _ leftName: String, with rightName: String, options: Options, reader: SubjectReader
    ) throws(InputError) -> SubjectDifference {
        var left = try reader.read(leftName)
        var right = try reader.read(rightName)
        reader.shared?.clear()
        for (name, subject) in [(leftName, left), (rightName, right)] {
            if case .dockerfile = subject { throw InputError(DifferenceError.dockerfile(name)) }
        }
        var notes: [String] = []
        if options.target == nil {
            left = narrowed(left, leftName, to: right, &notes)
            right = narrowed(right, rightName, to: left, &notes)
        }
        let comparison = EnvironmentComparison.compare(left.environment, right.environment)
        var difference = comparison.difference
        if !options.comparesOnlyPackages, let change = Self.modelChange(left, right) {
            difference = EnvironmentDifference(
                changes: [change] + difference.changes, sames: difference.sames, facts: difference.facts)
        }
        var image: ImageDifference?
        if !options.comparesOnlyPackages, let leftSide = left.side, let rightSide = right.side {
            image = ImageComparison.compare(leftSide, rightSide, packages: difference)
            difference = difference.restingOnFiles()
        }
        var libraries: [LibraryDifference]?
        if !options.comparesOnlyPackages, let before = left.librarySources, let after = right.librarySources {
            libraries = LibraryDifference.compare(before, after)
        }
        var changes: [ContractChange]?
        if !options.comparesOnlyPackages, case .model(let before) = left, case .model(let after) = right {
            changes = Self.contractChanges(before, after, &notes)
        }
        notes += left.unreadDatabases.map { "\(leftName): \($0)" } + right.unreadDatabases.map { "\(rightName): \($0)" }
        return SubjectDifference(
            left: leftName, right: rightName, environment: difference, notCompared: comparison.notCompared,
            image: image, libraries: libraries, leftGaps: left.environment.gaps, rightGaps: right.environment.gaps,
            notes: notes,
            leftAbout: left.description, rightAbout: right.description, contractChanges: changes)
    }

    /// The changes of what two models take and give; nil where one of them does not say it.
    private static func contractChanges(
        _ left: Model, _ right: Model, _ notes: inout [String]
    ) -> [ContractChange]? {
        guard let before = left.contract, let after = right.contract else {
            // Of a model without any contract nobody expects one.
            guard left.contract != nil || right.contract != nil else { return nil }
            let name = left.contract == nil ? left.name : right.name
            notes.append("\(name): which inputs it takes is not known, so that the inputs are not compared")
            return nil
        }
        return ContractComparison.compare(before, after)
    }

    /// The change of two models whose files differ; nil for the same files, and for other subjects.
    private static func modelChange(_ left: SubjectContent, _ right: SubjectContent) -> EnvironmentDifference.Change? {
        guard case .model(let left) = left, case .model(let right) = right, left.treeDigest != right.treeDigest else {
            return nil
        }
        func side(_ model: Model) -> Package {
            var package = Package(ecosystem: .model, name: "model", version: nil)
            package.contentDigest = model.treeDigest
            return package
        }
        return .init(kind: .model, left: side(left), right: side(right), basis: .content)
    }

    /// Resolves a universal lock for the interpreter and platform of the other side, as `verify` does.
    ///
    /// A lock that cannot be resolved for them stays whole, and a note says so.
    private static func narrowed(
        _ subject: SubjectContent, _ name: String, to other: SubjectContent, _ notes: inout [String]
    ) -> SubjectContent {
        guard case .lock(let lock, _) = subject, subject.description.kind == .lock else {
            return subject
        }
        switch other {
        case .image, .installed: break
        case .lock where other.description.kind == .capture: break
        case .dockerfile, .lock, .model: return subject
        }
        guard let python = other.environment.python, let platform = other.environment.platform else { return subject }
        var target = LockFormats.Target()
        target.python = python.version
        target.platform = platform
        target.cLibrary = platform.cLibrary
        do throws(LockReadingError) {
            return .lock(lock, environment: try lock.environment(for: target))
        } catch {
            notes.append("\(name): all of its packages are compared, not only those that loading needs: \(error)")
            return subject
        }
    }
}

/// Why two subjects could not be compared.
public enum DifferenceError: JobError {
    /// A subject cannot be read whole.
    case input(InputError)
    /// The subject is a Dockerfile, which holds no environment.
    case dockerfile(String)
    /// The task was cancelled.
    case cancelled

    /// What is wrong and where.
    public var description: String {
        switch self {
        case .input(let error): error.description
        case .dockerfile(let name):
            "\(name): a Dockerfile says how an environment is made, not what is in it: diff its image"
        case .cancelled: "cancelled"
        }
    }
}

/// What differs between two subjects.
public struct SubjectDifference: Sendable {
    /// The left subject as named.
    public let left: String
    /// The right subject as named.
    public let right: String
    /// What differs between the packages.
    public let environment: EnvironmentDifference
    /// How many packages of an operating system only one subject can have.
    public let notCompared: [Ecosystem: Int]
    /// What differs besides the packages; nil where it was not compared.
    public let image: ImageDifference?
    /// The shared libraries that each side takes from another place or version; nil where they were not compared.
    package let libraries: [LibraryDifference]?
    /// What the left subject names and its reader could not turn into a package.
    public let leftGaps: [Gap]
    /// What the right subject names and its reader could not turn into a package.
    public let rightGaps: [Gap]
    /// What the reader of the comparison should know, a sentence each.
    public let notes: [String]

    /// What the left subject is, with its identity.
    package let leftAbout: SubjectDescription
    /// What the right subject is, with its identity.
    package let rightAbout: SubjectDescription
    /// What changed in what two models take and give; nil for other subjects, and where one does not say it.
    package let contractChanges: [ContractChange]?

    /// Whether nothing that was compared differs.
    public var isEmpty: Bool { environment.isEmpty && (image?.isEmpty ?? true) && (libraries?.isEmpty ?? true) }

    /// Whether the comparison covers everything that the subjects name.
    ///
    /// A gap is not comparable, so subjects with gaps are never called the same, unless it is a package without a name that a
    /// commit or a hash pins. Two images with the same gaps are the
    /// exception: their files, those with the gaps among them, were compared byte by byte.
    public var isDecided: Bool {
        leftGaps.allSatisfy(\.isCompared) && rightGaps.allSatisfy(\.isCompared) || image != nil && leftGaps == rightGaps
    }
}

extension SubjectContent {
    /// What can be compared besides packages: of an image, or of the root of a system. A venv's own files hold its path.
    fileprivate var side: ImageComparison.Side? {
        switch self {
        case .image(let image):
            .init(files: image.fileSystem, configuration: image.configuration, environment: image.environment)
        case .installed(let installed) where installed.kind == .rootFolder:
            .init(files: installed.fileSystem, configuration: ImageConfiguration(), environment: installed.environment)
        default: nil
        }
    }
}
