import DockerfileFreezing
import ModelArchives
import SourceDocuments

/// Plans what a frozen image serves, and holds the model against the lock.
struct FreezeServing {
    let request: FreezeRequest
    let source: FreezeSource
    let installation: Installation

    /// The serving; nil when neither a model nor a command was named.
    func make() throws(InputError) -> ModelServing? {
        if source.model == nil, request.server == nil, request.command.isEmpty { return nil }
        if let model = source.model?.content { try holdAgainstLock(model) }
        let server = try server()
        let words = request.command.isEmpty ? request.entrypoint ?? [] : request.command
        if server != .command, !request.command.isEmpty {
            throw InputError(FreezingError.commandOfServer)
        }
        let path = source.model?.path
        let content = source.model.map {
            ModelServing.Content(
                name: fileName($0.path), treeDigest: $0.content.treeDigest, isFile: isRegularFile($0.path))
        }
        let runtimes = server == .mlserver ? try path.map(Self.runtimes) ?? [] : []
        do throws(FreezeError) {
            return try ModelServing(
                server: server, model: content, words: words, runtimes: runtimes,
                packages: Set(installation.packages.map(\.name)), environment: installation.environmentFolder)
        } catch { throw InputError(error.description) }
    }

    private func server() throws(InputError) -> ModelServer {
        if let chosen = request.server, let server = ModelServer(rawValue: chosen.rawValue) { return server }
        if !request.command.isEmpty || request.entrypoint != nil { return .command }
        let format = source.model?.content.format ?? ""
        if let server = ModelServer.standard(format: format) { return server }
        throw InputError(
            "\(source.model?.path ?? request.lock): a model of the format \(format) has no server of its own: write what "
                + "serves it after two dashes, --serve command -- python -m app")
    }

    /// What the libraries wrote into the model has to be what the lock installs.
    private func holdAgainstLock(_ model: Model) throws(InputError) {
        let versions = Dictionary(installation.packages.map { ($0.name, $0.version) }) { first, _ in first }
        var wrong: [String] = []
        for fact in model.facts where fact.about == .package && fact.strength == .recorded {
            let place = fact.place.map { ", \($0)" } ?? ""
            guard let version = versions[fact.name] else {
                wrong.append("\(fact.name) \(fact.value) made it (\(fact.file)\(place)); the lock has no \(fact.name)")
                continue
            }
            if version.split(separator: "+")[0] != fact.value.split(separator: "+")[0] {
                wrong.append(
                    "\(fact.name) \(fact.value) made it (\(fact.file)\(place)); the lock installs \(version)")
            }
        }
        guard wrong.isEmpty else {
            throw InputError(
                "\(model.name) was not trained with what \(source.name) installs:\n  "
                    + wrong.joined(separator: "\n  ")
                    + "\nlock the environment that trained it, or train again in the one that is locked")
        }
    }

    /// The distributions that an MLServer model's settings name as its runtime: `mlserver_sklearn.SKLearnModel`
    /// (https://mlserver.readthedocs.io/en/latest/reference/model-settings.html).
    private static func runtimes(_ path: String) throws(InputError) -> [String] {
        let file = join(path, "model-settings.json")
        guard isRegularFile(file) else { return [] }
        let text = try readText(file)
        let root = try InputError.wrapping { () throws(DocumentError) in try JSONReader.read(text) }
        let module = root.table?["implementation"]?.string?.split(separator: ".").first ?? ""
        guard module.hasPrefix("mlserver_") else { return [] }
        return [String(module.map { $0 == "_" ? "-" : $0 })]
    }
}
