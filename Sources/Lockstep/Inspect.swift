/// `lockstep inspect`: what Lockstep understood of a subject.
public enum Inspect {
    /// Reads the subject and renders what it is.
    ///
    /// - Throws: ``CommandError`` for wrong usage, or when the subject cannot be read whole.
    public static func run(_ request: InspectRequest) throws(CommandError) -> CommandOutput {
        guard let format = EnvironmentReportFormats.named(request.format) else {
            throw unknownFormat(request.format, EnvironmentReportFormats.all.map { $0.name })
        }
        let subject = try SubjectReader(target: request.target, systemRecords: .checksums).read(request.subject)
        if case .dockerfile(let text) = subject {
            return try DockerfileInspection.render(text, format: request.format)
        }
        let report = EnvironmentReport(
            subject: subject.description, environment: subject.environment, additions: subject.additions,
            remarks: subject.remarks)
        return CommandOutput(text: format.render(report, style: request.style))
    }
}
