import ArgumentParser
import EnvironmentInventory
import FindingReports
import Pinproof
import SourceDocuments

/// A list of report formats, which `--format` takes by their names.
protocol ReportFormatList {
    /// A format of the list.
    associatedtype Format: Sendable
    /// Every format with its name, in the order in which help shows them.
    static var named: [(name: String, format: Format)] { get }
}

/// The value of `--format`: a member of a list.
struct ReportArgument<List: ReportFormatList>: ExpressibleByArgument, Sendable {
    /// The name in the list.
    let name: String
    /// The format.
    let format: List.Format

    /// Creates the default value of an option.
    init(_ name: String, _ format: List.Format) {
        self.name = name
        self.format = format
    }

    init?(argument: String) {
        guard let found = List.named.first(where: { $0.name == argument }) else { return nil }
        name = found.name
        format = found.format
    }

    static var allValueStrings: [String] { List.named.map(\.name) }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
    var defaultValueDescription: String { name }
}

/// The value of `--report`: `FORMAT=FILE`, another report of the same run.
struct ReportFile<List: ReportFormatList>: ExpressibleByArgument, Sendable {
    /// The format.
    let report: ReportArgument<List>
    /// The file to write.
    let path: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="),
            let report = ReportArgument<List>(argument: String(argument[..<equals]))
        else { return nil }
        let path = String(argument[argument.index(after: equals)...])
        guard !path.isEmpty else { return nil }
        self.report = report
        self.path = path
    }

    static var allValueStrings: [String] { List.named.map { "\($0.name)=FILE" } }
    static var defaultCompletionKind: CompletionKind { .list(List.named.map { $0.name + "=" }) }
}

extension CheckReportFormats: ReportFormatList {
    static var named: [(name: String, format: any CheckReportFormat.Type)] { all.map { ($0.name, $0) } }
}

extension EnvironmentReportFormats: ReportFormatList {
    static var named: [(name: String, format: any EnvironmentReportFormat.Type)] { all.map { ($0.name, $0) } }
}

extension DifferenceReportFormats: ReportFormatList {
    static var named: [(name: String, format: any DifferenceReportFormat.Type)] { all.map { ($0.name, $0) } }
}

extension VerificationReportFormats: ReportFormatList {
    static var named: [(name: String, format: any VerificationReportFormat.Type)] { all.map { ($0.name, $0) } }
}

extension PreflightReportFormats: ReportFormatList {
    static var named: [(name: String, format: any PreflightReportFormat.Type)] { all.map { ($0.name, $0) } }
}

extension TargetPlatform: ExpressibleByArgument {}

extension PythonRelease: ExpressibleByArgument {
    /// Parses the value of an option.
    public init?(argument: String) { self.init(argument) }
}

extension CLibrary: ExpressibleByArgument {
    /// Parses the value of an option.
    public init?(argument: String) { self.init(argument) }
}

extension Checker.RequiredStrength: ExpressibleByArgument {}

extension FailureThreshold: ExpressibleByArgument {}

extension Freezer.Installer: ExpressibleByArgument {}

extension Freezer.Server: ExpressibleByArgument {}

extension Evidence: ExpressibleByArgument {
    /// The names, the strongest evidence first.
    public static var allValueStrings: [String] { allCases.reversed().map(\.rawValue) }
}

extension RegistryMirror: ExpressibleByArgument {
    /// Parses the value of an option.
    public init?(argument: String) { self.init(argument) }
}

/// The value of an option that gives a name a value: `NAME=VALUE`.
struct NamedValue: ExpressibleByArgument, Sendable {
    /// The name.
    let name: String
    /// The value, which may be empty.
    let value: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
        name = String(argument[..<equals])
        value = String(argument[argument.index(after: equals)...])
    }
}

extension [NamedValue] {
    /// The values by name; the last one of a name counts.
    var dictionary: [String: String] { reduce(into: [:]) { $0[$1.name] = $1.value } }
}

/// The value of `--commit`: `owner/repository@reference=COMMIT`.
struct ActionCommit: ExpressibleByArgument, Sendable {
    /// The action without the path in its repository.
    let action: String
    /// The whole id of the commit.
    let commit: String

    init?(argument: String) {
        guard let equals = argument.lastIndex(of: "=") else { return nil }
        action = String(argument[..<equals])
        commit = String(argument[argument.index(after: equals)...])
        guard action.contains("@"), action.contains("/"), [40, 64].contains(commit.utf8.count),
            commit.utf8.allSatisfy(\.isLowercaseHexDigit)
        else { return nil }
    }
}

extension [ActionCommit] {
    /// The commits by action.
    var dictionary: [String: String] { reduce(into: [:]) { $0[$1.action] = $1.commit } }
}

/// The value of `--digest`: `NAME:TAG=sha256:...`.
struct ImageDigest: ExpressibleByArgument, Sendable {
    /// The image.
    let reference: ImageReference
    /// The digest of its manifest.
    let digest: Digest

    init?(argument: String) {
        guard let equals = argument.lastIndex(of: "="), let reference = ImageReference(String(argument[..<equals])),
            let digest = Digest(argument[argument.index(after: equals)...]), digest.algorithm == .sha256
        else { return nil }
        self.reference = reference
        self.digest = digest
    }
}

/// The value of `--select` and `--ignore`: names of rules with commas between them.
struct RuleNames: ExpressibleByArgument, Sendable {
    /// The names.
    let names: [String]

    init?(argument: String) {
        names = argument.split(separator: ",").map { String($0.drop { $0 == " " }) }
    }

    static var allValueStrings: [String] { [] }
}

/// The value of preflight's `--require`: names of questions with commas between them.
struct QuestionNames: ExpressibleByArgument, Sendable {
    /// The questions, in their own order.
    let questions: [PreflightResult.Question]

    init?(argument: String) {
        let words = argument.split(separator: ",", omittingEmptySubsequences: false).map { word in
            PreflightResult.Question(rawValue: String(word.drop { $0 == " " }))
        }
        guard !words.contains(nil) else { return nil }
        questions = PreflightResult.Question.allCases.filter { words.contains($0) }
    }

    /// Every question.
    init() { questions = PreflightResult.Question.allCases }

    static var allValueStrings: [String] { PreflightResult.Question.allCases.map(\.rawValue) }
    var defaultValueDescription: String { questions.map(\.rawValue).joined(separator: ",") }
}

/// The value of `--entrypoint`: the words of a command as a JSON list.
struct CommandWords: ExpressibleByArgument, Sendable {
    /// The words, at least one.
    let words: [String]

    init?(argument: String) {
        let root = try? JSONReader.read(SourceText(name: "--entrypoint", text: argument))
        guard let words = root?.array?.map(\.string), !words.isEmpty, !words.contains(nil) else { return nil }
        self.words = words.compactMap { $0 }
    }
}

/// The formats of `rules`.
enum RuleFormat: String, ExpressibleByArgument, CaseIterable {
    case text, markdown
}

/// The formats of `verify-attestation`.
enum AttestationFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

extension Verification.Scope: ExpressibleByArgument {}
