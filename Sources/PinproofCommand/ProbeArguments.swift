import ArgumentParser
import EnvironmentInventory
import FindingReports
import InputContracts
import Pinproof
import SourceDocuments

/// Inputs that break a model, with the outcome that its files predict (`inspect --probes`).
struct ProbeArguments: ParsableArguments {
    @Flag(help: "Print inputs that break a model as JSON lines, each with the outcome that its files predict.")
    var probes = false

    @Option(
        help: ArgumentHelp(
            "The image that serves the model: outcomes are those of the versions in it.", valueName: "image"),
        completion: .file())
    var image: String?

    func validate() throws {
        if image != nil, !probes { throw ValidationError("--image chooses the versions of --probes") }
    }

    /// The probes of a subject that is a model; what its files do not say is named, and the exit status is 2.
    func result(_ subject: Subject, name: String, options: Inspector.Options) async throws -> CommandResult {
        guard let model = subject.content.model else {
            throw ValidationError("\(name): --probes is about the inputs of a model")
        }
        var serving: Environment?
        if let image {
            var options = options
            options.modelKey = nil
            let served = try await Inspector(options: options).inspect(image)
            guard served.system != nil else {
                throw ValidationError("\(image): --image names an image or an installed environment")
            }
            serving = served.environment
        }
        let probes = ModelProbes.all(model.contracts, training: model.environment, serving: serving)
        let gaps = Gap.deduplicated(model.contracts.flatMap(\.contract.gaps))
        let text = probes.map { $0.json.line() + "\n" }.joined()
        if probes.isEmpty, gaps.isEmpty {
            return CommandResult(
                text: "", diagnostics: ["pinproof: \(name): nothing in it says what inputs it takes"],
                status: .undecided)
        }
        return CommandResult(
            text: text, diagnostics: gaps.map { "pinproof: \($0.description)" },
            status: gaps.isEmpty ? .success : .undecided)
    }
}
