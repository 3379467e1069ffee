import EnvironmentInventory

/// The servers that can serve a model.
package enum ModelServer: String, Sendable, Hashable, CaseIterable {
    /// `mlflow models serve` (https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/).
    case mlflow
    /// `bentoml serve` (https://docs.bentoml.com/en/latest/reference/bentoml/cli.html).
    case bentoml
    /// `torchserve` (https://docs.pytorch.org/serve/configuration.html).
    case torchserve
    /// `mlserver start` (https://mlserver.readthedocs.io/en/latest/reference/cli.html).
    case mlserver
    /// A command of the user's own.
    case command

    /// The server of a model's format, as ``Model/format`` names it; nil when the format has none of its own.
    package static func standard(format: String) -> ModelServer? {
        switch format {
        case "mlflow": .mlflow
        case "bentoml": .bentoml
        case "torchserve": .torchserve
        case "mlserver": .mlserver
        default: nil
        }
    }
}

/// A model in an image and what starts its server.
package struct ModelServing: Sendable {
    /// The model that is copied into the image.
    package struct Content: Sendable {
        /// The model's own name, without its directory.
        package let name: String
        /// The digest over its files.
        package let treeDigest: Digest
        /// Whether it is one file; it is then copied into ``ModelServing/folder`` under its name.
        package let isFile: Bool

        /// Creates a content.
        package init(name: String, treeDigest: Digest, isFile: Bool) {
            self.name = name
            self.treeDigest = treeDigest
            self.isFile = isFile
        }
    }

    /// The directory of the model next to the Dockerfile.
    package static let contextFolder = "model"
    /// The directory of the model in the image.
    package static let folder = "/opt/model"

    /// The server.
    package let server: ModelServer
    /// The model; nil when a command needs none.
    package let model: Content?
    /// The words of the entry point.
    package let command: [String]
    /// The port that the server listens on; nil if a command of the user's own decides it.
    package let port: Int?
    /// The configuration file of the server, next to the Dockerfile and in /opt.
    package let configuration: (name: String, text: String)?

    /// Plans the serving of a model.
    ///
    /// - Parameters:
    ///   - words: the words of the user's own command.
    ///   - runtimes: the packages that the model's own settings name as what serves it.
    ///   - packages: the names of what the lock installs.
    ///   - environment: the directory of the environment in the image.
    /// - Throws: ``FreezeError`` when the lock lacks the server, or the server cannot start such a model.
    package init(
        server: ModelServer, model: Content?, words: [String], runtimes: [String], packages: Set<String>,
        environment: String
    ) throws(FreezeError) {
        let path = Self.folder
        let program = "\(environment)/bin/\(server.rawValue)"
        self.server = server
        self.model = model
        var configuration: (name: String, text: String)?
        if server != .command {
            guard let model else {
                throw FreezeError(reasons: ["--serve \(server.rawValue) needs the model: --model DIR"])
            }
            guard model.isFile == (server == .torchserve) else {
                throw FreezeError(reasons: [
                    server == .torchserve
                        ? "--serve torchserve takes a model archive, NAME.mar, and \(model.name) is a directory"
                        : "--serve \(server.rawValue) takes the model as a directory, and \(model.name) is a file: unpack it"
                ])
            }
            try Self.require(server, runtimes: runtimes, in: packages)
        }
        switch server {
        case .mlflow:
            command = [
                program, "models", "serve", "--model-uri", path, "--env-manager", "local", "--host", "0.0.0.0",
                "--port",
                "8080",
            ]
            port = 8080
        case .bentoml:
            command = [program, "serve", path, "--host", "0.0.0.0", "--port", "3000"]
            port = 3000
        case .torchserve:
            let file = model?.name ?? ""
            guard FreezeText.isWord(file) else {
                throw FreezeError(reasons: [
                    "\(file): TorchServe takes no such file name; use letters, digits, '-', '_'"
                ])
            }
            configuration = (
                "torchserve.properties",
                "inference_address=http://0.0.0.0:8080\nmanagement_address=http://127.0.0.1:8081\n"
                    + "metrics_address=http://127.0.0.1:8082\nmodel_store=\(path)\nload_models=\(file)\n"
            )
            command = [program, "--start", "--foreground", "--ncs", "--ts-config", "/opt/torchserve.properties"]
            port = 8080
        case .mlserver:
            command = [program, "start", path]
            port = 8080
        case .command:
            guard !words.isEmpty else {
                throw FreezeError(reasons: [
                    "nothing says what serves: write the command after two dashes, --serve command -- python -m app"
                ])
            }
            command = words
            port = nil
        }
        self.configuration = configuration
    }

    private static func require(
        _ server: ModelServer, runtimes: [String], in packages: Set<String>
    ) throws(FreezeError) {
        var missing: [String] = []
        switch server {
        case .mlflow:
            // The small distribution can serve as well, if the packages that it leaves out are also locked.
            if !packages.contains("mlflow") {
                missing = packages.contains("mlflow-skinny") ? ["pandas", "uvicorn", "fastapi"] : ["mlflow"]
            }
        case .bentoml, .torchserve, .mlserver: missing = [server.rawValue]
        case .command: break
        }
        missing = (missing + runtimes).filter { !packages.contains($0) }
        guard missing.isEmpty else {
            let names = missing.joined(separator: ", ")
            throw FreezeError(reasons: [
                "--serve \(server.rawValue): the lock does not install \(names): add \(names) to what is locked, "
                    + "in the version that saved the model, and lock again"
            ])
        }
    }

    /// Adds the values of the template's names.
    func add(to values: inout TemplateValues) {
        values[.model] = model == nil ? nil : Self.contextFolder
        values[.modelFolder] = Self.folder
        values[.modelDigest] = model?.treeDigest.hex
        values[.serve] = server.rawValue
        values[.servePort] = port.map(String.init)
        values[.serveConfiguration] = configuration?.name
    }
}
