import ArgumentParser
import ContainerImages
import EnvironmentInventory
import Pinproof

struct AttachCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach", _superCommandName: pinproofName,
        abstract: "Puts a signed attestation beside its image, where admission controllers look.",
        discussion: """
            IMAGE is docker:// or an OCI layout. The attestation has to be about the image's manifest. Other attestations \
            of the image are kept. Exit status: 0 attached; 1 the attestation is about something else; 2 unreadable or refused.
            """, version: pinproofVersion)

    static let examples = [
        CommandExample(
            "Put a verdict beside the image",
            "pinproof attach verdict.json docker://registry.example/serving:1.4"),
        CommandExample(
            "See what would be written", "pinproof attach verdict.json oci:layout:app --layout att --dry-run"),
    ]

    @Argument(
        help: ArgumentHelp("The attestation that verify --attest --key wrote.", valueName: "statement"),
        completion: .file())
    var statement: String

    @Argument(help: ArgumentHelp("The image.", valueName: "image"), completion: .file())
    var image: String

    @Option(
        help: ArgumentHelp(
            "The forms: att (cosign's tag), bundle (sigstore's, as a referrer); both by default.", valueName: "forms"))
    var layout = AttachLayouts.all

    @Flag(help: "Write nothing: show what would be written.")
    var dryRun = false

    @OptionGroup var target: PlatformOptions

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    func result(progress: ProgressLine?) async throws -> CommandResult {
        var options = Attacher.Options()
        options.layouts = layout.layouts
        options.isDry = dryRun
        options.target = target.selection
        options.reading = limit.reading(progress)
        let result = try await Attacher(options: options).attach(statement, to: image)
        if result.isRefused {
            return CommandResult(text: "", diagnostics: result.lines.map { "pinproof: " + $0 }, status: .found)
        }
        return CommandResult(text: result.lines.map { visible($0) + "\n" }.joined())
    }
}

/// The value of `--layout`: forms separated by commas.
struct AttachLayouts: ExpressibleByArgument, Sendable {
    /// The forms.
    let layouts: [AttestationStore.Layout]

    /// Both forms.
    static let all = AttachLayouts(layouts: AttestationStore.Layout.allCases)

    private init(layouts: [AttestationStore.Layout]) { self.layouts = layouts }

    init?(argument: String) {
        let layouts = argument.split(separator: ",", omittingEmptySubsequences: false).map {
            AttestationStore.Layout(rawValue: String($0))
        }
        guard !layouts.isEmpty, layouts.allSatisfy({ $0 != nil }) else { return nil }
        self.layouts = layouts.compactMap { $0 }
    }

    static var allValueStrings: [String] { AttestationStore.Layout.allCases.map(\.rawValue) }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings + ["att,bundle"]) }
    var defaultValueDescription: String { layouts.map(\.rawValue).joined(separator: ",") }
}

extension AttachError: CommandFailure {
    var usage: String? { nil }
}
