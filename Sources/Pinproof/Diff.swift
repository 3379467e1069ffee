import ContainerImages
import DockerfileSyntax
import EnvironmentInventory
import EnvironmentVerification
import FindingReports
import LockFormats

/// `pinproof diff`: what differs between the environments of two subjects, and of two images the files and configurations too.
package enum Diff {
    /// Reads both subjects and renders the difference; status 1 when there is one, 2 when nothing differs but a gap was not compared.
    ///
    /// - Throws: ``CommandError`` for wrong usage, or when a subject cannot be read whole.
    package static func run(_ request: DiffRequest) throws(CommandError) -> CommandOutput {
        guard let format = DifferenceReportFormats.named(request.format) else {
            throw unknownFormat(request.format, DifferenceReportFormats.all.map { $0.name })
        }
        let reader = SubjectReader(target: request.target)
        var left = try reader.read(request.left)
        var right = try reader.read(request.right)
        for (name, subject) in [(request.left, left), (request.right, right)] {
            if case .dockerfile = subject {
                throw CommandError(
                    "\(name): a Dockerfile says how an environment is made, not what is in it: diff its image")
            }
        }
        var notes: [String] = []
        if request.target == nil {
            left = narrowed(left, request.left, to: right, &notes)
            right = narrowed(right, request.right, to: left, &notes)
        }
        let comparison = EnvironmentComparison.compare(left.environment, right.environment)
        var difference = comparison.difference
        var image: ImageDifference?
        if !request.comparesOnlyPackages, let leftSide = left.side, let rightSide = right.side {
            image = ImageComparison.compare(leftSide, rightSide, packages: difference)
            difference = difference.restingOnFiles()
        }
        let report = DifferenceReport(
            left: request.left, right: request.right, difference: difference,
            notCompared: comparison.notCompared, image: image,
            gaps: GapPair(left: left.environment.gaps, right: right.environment.gaps))
        return CommandOutput(
            text: format.render(report, style: request.style),
            diagnostics: notes
                + zip([request.left, request.right], [left, right]).flatMap { name, subject in
                    subject.unreadDatabases.map { "pinproof: \(name): \($0)" }
                },
            status: !report.isEmpty
                ? ExitStatus.found : report.isDecided ? ExitStatus.success : ExitStatus.undecided)
    }

    /// A universal lock beside what is installed, or was when it was captured: what it gives there, as `verify` takes it.
    ///
    /// A lock that gives nothing for that interpreter and platform stays whole, which is said.
    private static func narrowed(
        _ subject: ReadSubject, _ name: String, to other: ReadSubject, _ notes: inout [String]
    ) -> ReadSubject {
        guard case .lock = subject, subject.description.kind == .lock else { return subject }
        switch other {
        case .image, .installed: break
        case .lock where other.description.kind == .capture: break
        case .dockerfile, .lock, .model: return subject
        }
        guard let python = other.environment.python, let platform = other.environment.platform else { return subject }
        var target = Target()
        target.python = python.version
        target.platform = platform
        target.cLibrary = platform.cLibrary
        do {
            return try SubjectReader(target: nil).readLock(SubjectReader.withoutPrefix(name), target: target)
        } catch {
            notes.append("pinproof: \(name): everything in it is compared, it cannot be narrowed: \(error)")
            return subject
        }
    }
}

extension ReadSubject {
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
