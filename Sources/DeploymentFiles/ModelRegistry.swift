import EnvironmentInventory
import SourceDocuments

/// The registered models of one MLflow store.
package struct ModelRegistry: Sendable {
    /// How the store keeps them.
    package enum Kind: String, Sendable, Hashable {
        case files = "mlflow-files"
        case sqlite = "mlflow-sqlite"
    }

    /// The kind.
    package var kind: Kind
    /// The directory `models` of a file store, or the database.
    package var location: String
    /// The registered models by name.
    package var models: [RegisteredModel] = []

    /// Creates an empty registry.
    package init(kind: Kind, location: String) {
        self.kind = kind
        self.location = location
    }

    /// The directory that `storage_location` counts from: what holds `mlruns`, or the database.
    package var base: String {
        switch kind {
        case .sqlite: PosixPath.directory(location)
        case .files:
            PosixPath.lastComponent(PosixPath.directory(location)) == "mlruns"
                ? PosixPath.directory(PosixPath.directory(location)) : PosixPath.directory(location)
        }
    }
}

/// A registered model of MLflow: its versions, and the aliases that point to them.
package struct RegisteredModel: Sendable {
    /// The name.
    package var name: String
    /// The file that describes it.
    package var file: String
    /// The versions that were not deleted, by number.
    package var versions: [ModelVersion] = []
    /// The aliases by name.
    package var aliases: [ModelAlias] = []
    /// The tags of the registered model, by key.
    package var tags: [ModelTag] = []

    /// Creates a model without versions.
    package init(name: String, file: String) {
        self.name = name
        self.file = file
    }

    /// Returns the version that an alias points to; nil when there is no such alias, or it points to nothing.
    package func version(alias: String) -> ModelVersion? {
        aliases.first { $0.name == alias }.flatMap { alias in
            versions.first { String($0.number) == alias.version }
        }
    }
}

/// An alias of a registered model.
package struct ModelAlias: Sendable, Hashable {
    /// The name: `champion`.
    package var name: String
    /// The version as written.
    package var version: String
    /// The file that says it.
    package var file: String
}

/// A version of a registered model.
package struct ModelVersion: Sendable, Hashable {
    /// The number, from 1 on.
    package var number: Int64
    /// The file that describes it.
    package var file: String
    /// `source` as written: `models:/m-...`, a path or URL.
    package var source: String?
    /// `storage_location` as written.
    package var storageLocation: String?
    /// The run that made it.
    package var run: String?
    /// The identifier of the logged model, since MLflow 3.
    package var modelID: String?
    /// The tags of the version and of its run, by key.
    package var tags: [ModelTag] = []

    /// The identifier of the logged model as `model_id` or `source` says it: `m-...`.
    package var loggedModel: String? {
        if let modelID { return modelID }
        guard let source, source.hasPrefix("models:/m-") else { return nil }
        return String(source.dropFirst("models:/".count))
    }

    /// Returns the paths at which the version's directory may be, the most likely one first.
    ///
    /// A store is copied from where it was written: the path counts from `mlruns/` on, else from any of its directories on,
    /// as long as two components are left.
    ///
    /// - Parameter base: the directory that holds the store.
    package func directories(in base: String) -> [String] {
        var paths: [String] = []
        for text in [storageLocation, source].compactMap({ $0 }) {
            guard let names = Self.components(text) else { continue }
            var starts: [Int] = []
            if let start = names.firstIndex(of: "mlruns") { starts.append(start) }
            if names.count >= 2 { starts += 0...(names.count - 2) }
            for start in starts {
                let rest = names[start...].joined(separator: "/")
                let path = base.isEmpty ? rest : base == "/" ? "/" + rest : base + "/" + rest
                if !paths.contains(path) { paths.append(path) }
            }
        }
        return paths
    }

    /// The path of a location without a scheme, or of a `file:` URL; nil for any other scheme.
    private static func localPath(_ text: String) -> String? {
        if text.hasPrefix("file://") {
            let rest = text.dropFirst("file://".count)
            guard let slash = rest.firstIndex(of: "/") else { return nil }
            return String(rest[slash...])
        }
        if text.hasPrefix("file:") { return String(text.dropFirst("file:".count)) }
        return text.contains(":") ? nil : text
    }

    /// The components of a local path; nil for another scheme, or a path with `..`.
    private static func components(_ text: String) -> [String]? {
        guard let path = localPath(text) else { return nil }
        let names = path.split(separator: "/").filter { $0 != "." }.map(String.init)
        return names.contains("..") || names.isEmpty ? nil : names
    }
}

/// A tag of MLflow, and the file that says it.
package struct ModelTag: Sendable, Hashable {
    /// The key: `owner`.
    package var key: String
    /// The value.
    package var value: String
    /// The file.
    package var file: String
}
