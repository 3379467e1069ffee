import ArgumentParser
import EnvironmentInventory
import FindingReports
import ModelArchives
import Pinproof
import SourceDocuments

/// The formats of `inspect`: those of an environment, and the JSON Schema of a model's rows.
enum InspectFormats: ReportFormatList {
    /// A format.
    enum Format: Sendable {
        case environment(any EnvironmentReportFormat.Type)
        case jsonSchema
    }

    static var named: [(name: String, format: Format)] {
        EnvironmentReportFormats.all.map { ($0.name, .environment($0)) } + [("json-schema", .jsonSchema)]
    }
}

/// What `inspect --contract` shows.
struct ContractInspection {
    private let model: Model
    private let name: String

    /// Creates the inspection of a subject that is a model.
    init(_ subject: Subject, name: String) throws {
        guard let model = subject.content.model else {
            throw ValidationError("\(name): --contract is about the inputs of a model")
        }
        self.model = model
        self.name = name
    }

    /// The contract; without one the exit status is 2, and what was not understood is named.
    func result(_ format: ReportArgument<InspectFormats>, _ style: TerminalStyle) throws -> CommandResult {
        let reading = model.contractReading
        guard let contract = reading.contract else {
            var lines = ["pinproof: \(name): no input contract could be determined"]
            lines += reading.gaps.map { "pinproof: \($0.description)" }
            lines += reading.findings.map { "pinproof: \($0.severity.rawValue): \($0.message) [\($0.rule)]" }
            return CommandResult(text: "", diagnostics: lines, status: .undecided)
        }
        switch format.name {
        case JSONEnvironmentReport.name: return CommandResult(text: contract.json.document())
        case TextEnvironmentReport.name:
            var text = contract.text(name: name, style: style)
            for finding in reading.findings {
                text += shown("\(finding.severity.rawValue): \(finding.message) [\(finding.rule)]") + "\n"
            }
            return CommandResult(text: text)
        default:
            guard case .jsonSchema = format.format else {
                throw ValidationError("--contract is shown as text, json or json-schema")
            }
            return CommandResult(text: contract.rowSchema.document())
        }
    }
}
