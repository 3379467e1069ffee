import ContainerImages
import EnvironmentInventory
import EnvironmentVerification

/// What reports say of the two sides of a verification.
extension Verification {
    /// Adds the sides, the layers and the command; and to each finding the layer that brought it.
    mutating func describe(
        training: SubjectDescription, _ trainingSide: TrainingSide, serving: SubjectDescription,
        _ servingSide: ServingSide, _ request: VerifyRequest
    ) {
        context.training = Context.Side(
            about: training, python: trainingSide.environment.python, platform: trainingSide.environment.platform)
        context.serving = Context.Side(
            about: serving, python: servingSide.environment.python, platform: servingSide.environment.platform)
        context.layers = servingSide.configuration?.steps(ofLayers: servingSide.layers) ?? []
        context.baseLayerCount = servingSide.baseLayerCount
        context.rules = EnvironmentVerifier.rules
        context.lock = request.lock
        context.hasArtifacts = !request.wheels.isEmpty
        context.command = request.command(identity: serving.imageIdentity)
        guard !context.layers.isEmpty else { return }
        for index in findings.indices {
            let finding = findings[index]
            let number = servingSide.fileSystem?.lookup(finding.file)?.layer
            let own = number.flatMap { context.layers.indices.contains($0) ? context.layers[$0] : nil }
            findings[index].layer = (own ?? context.layer(namedIn: finding.message))?.diffID
        }
    }
}

extension VerifyRequest {
    /// The words of the command that gives the same verdict again; an image of a registry is named by its digest.
    func command(identity: ImageIdentity?) -> [String] {
        var image = image
        if image.hasPrefix("docker://"), !image.contains("@"), let manifest = identity?.manifest {
            image += "@\(manifest)"
        }
        var words = ["pinproof", "verify", model, image]
        func add(_ option: String, _ value: String?) { if let value { words += [option, value] } }
        add("--lock", lock)
        for wheel in wheels { add("--wheels", wheel) }
        if evidence != .intact { add("--evidence", evidence.rawValue) }
        add("--model-path", modelPath)
        add("--model-key", modelKey)
        add("--base", base)
        add("--from-lock", frozenLock)
        for application in applications { add("--app", application) }
        if scope == .named { words.append("--only-named") }
        if isStrict { words.append("--strict") }
        if let target {
            add("--python", target.python?.description)
            add("--platform", target.platform?.rawValue)
            add("--libc", target.cLibrary?.description)
            for extra in target.extras.sorted() { add("--extra", extra) }
            for group in target.groups.sorted() { add("--group", group) }
            if target.includesAllExtras { words.append("--all-extras") }
            if target.includesAllGroups { words.append("--all-groups") }
            add("--environment", target.environment)
        }
        return words
    }
}
