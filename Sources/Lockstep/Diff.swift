/// `lockstep diff`: what differs between the environments of two subjects.
public enum Diff {
    /// Reads both subjects and renders the difference; status 1 when there is one.
    ///
    /// - Throws: ``CommandError`` for wrong usage, or when a subject cannot be read whole.
    public static func run(_ request: DiffRequest) throws(CommandError) -> CommandOutput {
        guard let format = DifferenceReportFormats.named(request.format) else {
            throw unknownFormat(request.format, DifferenceReportFormats.all.map { $0.name })
        }
        let reader = SubjectReader(target: request.target)
        let left = try reader.read(request.left)
        let right = try reader.read(request.right)
        for (name, subject) in [(request.left, left), (request.right, right)] {
            if case .dockerfile = subject {
                throw CommandError(
                    "\(name): a Dockerfile says how an environment is made, not what is in it: diff its image")
            }
        }
        let comparison = EnvironmentComparison.compare(left.environment, right.environment)
        let report = DifferenceReport(
            left: request.left, right: request.right, difference: comparison.difference,
            notCompared: comparison.notCompared)
        return CommandOutput(
            text: format.render(report, style: request.style),
            status: comparison.difference.isEmpty ? ExitStatus.success : ExitStatus.found)
    }
}
