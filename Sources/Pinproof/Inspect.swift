import ContainerImages
import EnvironmentInventory
import EnvironmentVerification
import FindingReports
import ModelArchives
import SourceDocuments

/// `pinproof inspect`: what Pinproof understood of a subject.
package enum Inspect {
    /// Reads the subject and renders what it is.
    ///
    /// - Throws: ``CommandError`` for wrong usage, or when the subject cannot be read whole.
    package static func run(_ request: InspectRequest) throws(CommandError) -> CommandOutput {
        guard let format = EnvironmentReportFormats.named(request.format) else {
            throw unknownFormat(request.format, EnvironmentReportFormats.all.map { $0.name })
        }
        var reader = SubjectReader(target: request.target, systemRecords: .checksums)
        reader.modelKey = request.modelKey
        let subject = try reader.read(request.subject)
        if request.modelKey != nil, subject.model == nil {
            throw CommandError("--key verifies the signature of a model", kind: .usage)
        }
        if case .dockerfile(let text) = subject {
            return try DockerfileInspection.render(text, format: request.format)
        }
        var additions = subject.additions
        var remarks = subject.remarks
        if request.listsFiles {
            guard let files = subject.fileSystem else {
                throw CommandError(
                    "\(request.subject): --files lists the files of an image or an installed environment", kind: .usage)
            }
            let listing = FileListing(files)
            if request.format == "json" { additions.append(.init("files", listing.json)) }
            if request.format == "text" { remarks += listing.lines }
        }
        var report = EnvironmentReport(
            subject: subject.description, environment: subject.environment, additions: additions, remarks: remarks)
        report.system = subject.systemInventory
        var output = CommandOutput(text: format.render(report, style: request.style))
        // Who gives a key asks for a verdict.
        if request.modelKey != nil, let model = subject.model, ModelKey.isRefuted(model) {
            output.status = ExitStatus.found
        }
        return output
    }
}

extension ReadSubject {
    fileprivate var systemInventory: SystemInventory? {
        switch self {
        case .image(let image): image.systemInventory()
        case .installed(let installed): installed.systemInventory()
        case .dockerfile, .lock, .model: nil
        }
    }

    fileprivate var model: Model? { if case .model(let model) = self { model } else { nil } }

    fileprivate var fileSystem: FileSystemIndex? {
        switch self {
        case .image(let image): image.fileSystem
        case .installed(let installed): installed.fileSystem
        case .dockerfile, .lock, .model: nil
        }
    }
}

/// Every file and link with what is known of it, in byte order of the paths' components.
private struct FileListing {
    private let entries: [(entry: FileSystemIndex.Entry, owner: String?)]

    init(_ files: FileSystemIndex) {
        let owners = FileOwners(files)
        var entries: [(FileSystemIndex.Entry, String?)] = []
        files.forEachEntry { entry in
            guard entry.kind != .directory else { return }
            entries.append((entry, owners.owner(of: entry).map { "\($0.owner.ecosystem.rawValue) \($0.owner.name)" }))
        }
        self.entries = entries
    }

    var json: JSONValue {
        .array(
            entries.map { entry, owner in
                .object(
                    [.init("path", .string(entry.path))] + ImageComparison.file(entry).members + [
                        .init("layer", .optional(entry.layer)), .init("owner", .optional(owner)),
                    ])
            })
    }

    /// `MODE SIZE SHA256 PATH`, a line each.
    var lines: [String] {
        let width = entries.map { String($0.entry.size).count }.max() ?? 0
        return entries.map { entry, _ in
            let size = String(entry.size)
            let mode = String(entry.mode, radix: 8)
            var line = String(repeating: "0", count: max(0, 4 - mode.count)) + mode
            line += " " + String(repeating: " ", count: width - size.count) + size + " "
            line += entry.sha256?.hex ?? String(repeating: "-", count: 64)
            line += " " + entry.path
            if case .symbolicLink(let target) = entry.kind { line += " -> " + target }
            return line
        }
    }
}
