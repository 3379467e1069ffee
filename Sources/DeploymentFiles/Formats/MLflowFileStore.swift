import EnvironmentInventory
import SourceDocuments

/// The tags of MLflow that say who answers for a model.
enum MLflowTags {
    /// What each key says.
    static let roles: [String: OwnershipClaim.Role] = [
        "owner": .owner, "runbook_url": .runbook, "runbook": .runbook, "on_call": .onCall, "oncall": .onCall,
        "on-call": .onCall,
    ]
    /// The keys.
    static let keys = Set(roles.keys)
}

/// Reads the model registry of MLflow's file store: `models/NAME/meta.yaml`, `version-N/meta.yaml`, `aliases/`, `tags/`.
///
/// Layout: https://github.com/mlflow/mlflow/blob/master/mlflow/store/model_registry/file_store.py, measured with 3.17.2. An alias is a
/// file that holds the number of a version; MLflow does not look for it in meta.yaml, which repeats it.
struct MLflowFileStore {
    private struct Entry {
        let file: DeploymentFile
        let document: DocumentNode
    }

    private var models: [String: Entry] = [:]
    private var versions: [String: [Entry]] = [:]
    private var values: [DeploymentFile] = []
    /// The directories of registered models that could not be read.
    private var damaged: Set<String> = []

    /// Takes a document of the registry; false for any other file.
    mutating func takes(_ file: DeploymentFile, documents: [DocumentNode], isDamaged: Bool) -> Bool {
        guard PosixPath.lastComponent(file.name) == "meta.yaml" else { return false }
        let directory = PosixPath.directory(file.name)
        let parent = PosixPath.directory(directory)
        let isVersion = PosixPath.lastComponent(directory).hasPrefix("version-")
        if isDamaged {
            damaged.insert(isVersion ? parent : directory)
            return true
        }
        guard let table = documents.first?.table else { return false }
        // Runs, experiments and logged models have a meta.yaml too.
        guard table["experiment_id"] == nil, table["artifact_location"] == nil, table["lifecycle_stage"] == nil else {
            return true
        }
        let entry = Entry(file: file, document: documents.first ?? DocumentNode(.null, at: documents[0].place))
        if isVersion {
            versions[parent, default: []].append(entry)
        } else if PosixPath.lastComponent(parent) == "models" {
            models[directory] = entry
        } else {
            return false
        }
        return true
    }

    /// Adds an alias or a tag.
    mutating func add(_ file: DeploymentFile) { values.append(file) }

    /// Adds the registries to a deployment.
    func finish(into reading: inout Reading<Deployment>) {
        var registries: [String: ModelRegistry] = [:]
        var small: [String: [DeploymentFile]] = [:]
        for file in values { small[PosixPath.directory(file.name), default: []].append(file) }
        let aliased = small.keys.filter { PosixPath.lastComponent($0) == "aliases" }.map(PosixPath.directory)
            .filter { PosixPath.lastComponent(PosixPath.directory($0)) == "models" }
        let directories = Set(models.keys).union(versions.keys).union(aliased)
        for directory in directories.sorted() {
            let location = PosixPath.directory(directory)
            let model = model(in: directory, small, &reading.gaps)
            registries[location, default: ModelRegistry(kind: .files, location: location)].models.append(model)
            let files = [models[directory]?.file.name].compactMap { $0 } + model.versions.map(\.file)
            reading.value.files += files.map { Deployment.RecognisedFile(name: $0, format: "mlflow") }
        }
        reading.value.registries += registries.keys.sorted().compactMap { registries[$0] }
        addRunTags(small, &reading)
    }

    private func model(
        in directory: String, _ small: [String: [DeploymentFile]], _ gaps: inout [Gap]
    ) -> RegisteredModel {
        let directoryName = PosixPath.lastComponent(directory)
        var model = RegisteredModel(name: directoryName, file: directory + "/meta.yaml")
        var reader = ObjectReader(model.file)
        var stated: [String: Located<String>] = [:]
        if let entry = models[directory] {
            let name = reader.text(entry.document, ["name"])
            if name?.value != directoryName {
                reader.leaveOut(
                    "name", "it is not the name of the directory \(directoryName)",
                    at: name?.range ?? entry.document.range)
            }
            for member in entry.document.table?["aliases"]?.table?.members ?? [] {
                if let version = member.value.text { stated[member.key] = Located(version, member.value.range) }
            }
        } else if !damaged.contains(directory) {
            reader.leaveOut(directoryName, "the registered model has no meta.yaml", at: nil)
        }
        for entry in versions[directory] ?? [] {
            if let version = version(entry, small, &reader) { model.versions.append(version) }
        }
        model.versions.sort { $0.number < $1.number }
        for file in small[directory + "/aliases"] ?? [] {
            guard let version = text(file, &reader.gaps) else { continue }
            let name = PosixPath.lastComponent(file.name)
            model.aliases.append(ModelAlias(name: name, version: version, file: file.name))
            if let other = stated.removeValue(forKey: name), other.value != version {
                reader.leaveOut(
                    name, "meta.yaml says version \(other.value), and aliases/\(name) says \(version)", at: other.range)
            }
        }
        for (name, version) in stated.sorted(by: { $0.key < $1.key }) {
            reader.leaveOut(
                name, "the alias is in meta.yaml and not in aliases/, where MLflow looks for it", at: version.range)
        }
        model.tags = tags(small[directory + "/tags"] ?? [], &reader.gaps)
        gaps += reader.gaps
        return model
    }

    private func version(
        _ entry: Entry, _ small: [String: [DeploymentFile]], _ model: inout ObjectReader
    ) -> ModelVersion? {
        var reader = ObjectReader(entry.file.name)
        defer { model.gaps += reader.gaps }
        let directory = PosixPath.directory(entry.file.name)
        guard let number = reader.integer(entry.document, ["version"]) else {
            reader.leaveOut("version", "the version has no number", at: entry.document.range)
            return nil
        }
        if "version-\(number.value)" != PosixPath.lastComponent(directory) {
            reader.leaveOut("version", "it is not the number of the directory", at: number.range)
            return nil
        }
        if reader.text(entry.document, ["current_stage"])?.value == MLflowDatabase.deletedStage { return nil }
        var version = ModelVersion(number: number.value, file: entry.file.name)
        version.source = reader.text(entry.document, ["source"])?.value
        version.storageLocation = reader.text(entry.document, ["storage_location"])?.value
        version.run = reader.text(entry.document, ["run_id"])?.value
        version.modelID = reader.text(entry.document, ["model_id"])?.value
        version.tags = tags(small[directory + "/tags"] ?? [], &reader.gaps)
        return version
    }

    private func tags(_ files: [DeploymentFile], _ gaps: inout [Gap]) -> [ModelTag] {
        var tags: [ModelTag] = []
        for file in files {
            guard let value = text(file, &gaps) else { continue }
            tags.append(ModelTag(key: PosixPath.lastComponent(file.name), value: value, file: file.name))
        }
        return tags
    }

    /// Adds the tags of each version's run, which lie in the directory of its experiment.
    private func addRunTags(_ small: [String: [DeploymentFile]], _ reading: inout Reading<Deployment>) {
        var byRun: [String: [ModelTag]] = [:]
        for (directory, files) in small where PosixPath.lastComponent(directory) == "tags" {
            let run = PosixPath.lastComponent(PosixPath.directory(directory))
            guard run.utf8.count == 32 else { continue }
            byRun[run, default: []] += tags(files, &reading.gaps)
        }
        guard !byRun.isEmpty else { return }
        for registry in reading.value.registries.indices {
            for model in reading.value.registries[registry].models.indices {
                for index in reading.value.registries[registry].models[model].versions.indices {
                    guard let run = reading.value.registries[registry].models[model].versions[index].run else {
                        continue
                    }
                    reading.value.registries[registry].models[model].versions[index].tags +=
                        (byRun[run] ?? []).sorted { $0.key < $1.key }
                }
            }
        }
    }

    /// The text of a small file without the blanks around it; nil for one that cannot be read, which becomes a gap.
    private func text(_ file: DeploymentFile, _ gaps: inout [Gap]) -> String? {
        guard let text = DeploymentReading.text(of: file, gaps: &gaps) else { return nil }
        guard let value = String(validating: text.bytes, as: UTF8.self) else {
            gaps.append(Gap("", reason: "is not UTF-8", source: FileLocation(file: file.name, line: 1)))
            return nil
        }
        let blanks = Set(" \t\r\n".utf8)
        let bytes = Array(value.utf8)
        guard let start = bytes.firstIndex(where: { !blanks.contains($0) }),
            let end = bytes.lastIndex(where: { !blanks.contains($0) })
        else { return "" }
        return String(decoding: bytes[start...end], as: UTF8.self)
    }
}
