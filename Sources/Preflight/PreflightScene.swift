import DataProfiles
import DeploymentFiles
import EnvironmentInventory
import SourceDocuments

/// Everything that the answers are made of; nothing is read after it.
package struct PreflightScene: Sendable {
    /// A file that was looked at as a baseline.
    package struct ReadBaseline: Sendable {
        /// The file as findings name it.
        package var file: String
        /// What it is.
        package var document: BaselineDocument

        /// Creates a pair.
        package init(file: String, document: BaselineDocument) {
            self.file = file
            self.document = document
        }
    }

    /// The model.
    package var identity: PreflightResult.ModelIdentity
    /// What `verify` says of the model and the image.
    package var verification: Verification
    /// What of the model was not understood: it may hide what it takes.
    package var modelGaps: [Gap] = []
    /// What the model takes and gives; nil where nothing says it.
    package var contract: InputContract?
    /// What is wrong with the contract, and what it warns of.
    package var contractFindings: [Finding] = []
    /// The inputs that might break it.
    package var probes: [ContractProbe] = []
    /// What `--requests` holds; nil without it.
    package var requests: PreflightResult.Requests?
    /// The file of the requests.
    package var requestsFile = ""
    /// The previous deployment; nil where none was named.
    package var previous: PreflightResult.Previous?
    /// The digests by which the image that takes over can be named; empty where it is none.
    package var takeoverDigests: [Digest] = []
    /// What changed since the previous model; nil where the two contracts are not both known.
    package var changes: [ContractChange]?
    /// What `preflight.toml` says; nil where there is none.
    package var declaration: PreflightDeclaration?
    /// Where its references are looked for.
    package var references: ReferenceRoots
    /// What the files of the deployment say, and what could not be read of them.
    package var situation: DeploymentSituation
    /// The baselines that were found, or the one that was named.
    package var baselines: [ReadBaseline] = []
    /// What is damaged of them.
    package var baselineGaps: [Gap] = []
    /// The day on which waivers are judged.
    package var today: CalendarDate
    /// The questions that decide.
    package var required = PreflightResult.Question.allCases

    /// Creates a scene of which only the model is known.
    package init(
        identity: PreflightResult.ModelIdentity, verification: Verification, references: ReferenceRoots,
        today: CalendarDate
    ) {
        self.identity = identity
        self.verification = verification
        self.references = references
        self.today = today
        situation = DeploymentSituation(deployment: Deployment(), subject: identity.name)
    }

    /// The outputs that have to be covered: those of the declaration, else those of the contract that have a name.
    package var outputs: [String] {
        if let outputs = declaration?.outputs { return outputs.map(\.text) }
        return (contract?.outputs ?? []).compactMap(\.name)
    }
}
