import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// Reads the model registry of MLflow's SQLite store: `registered_models`, `model_versions`, `registered_model_aliases`, tags.
///
/// Schema: https://github.com/mlflow/mlflow/tree/master/mlflow/store/model_registry/dbmodels, measured with 3.17.2. The database is
/// read from its bytes: nothing is locked or written. Models of one name in several workspaces are one with all of their versions only where
/// the workspace is the default one; others are named as not read.
enum MLflowDatabase {
    /// The stage of a version that was deleted and whose row was kept.
    static let deletedStage = "Deleted_Internal"

    static func read(_ file: DeploymentFile, beside files: [DeploymentFile], into reading: inout Reading<Deployment>) {
        func leaveOut(_ reason: String) {
            reading.gaps.append(Gap("", reason: reason, source: FileLocation(file: file.name, line: nil)))
        }
        var log: [UInt8] = []
        let bytes: [UInt8]
        do throws(ArchiveReadingError) {
            bytes = try file.contents(DeploymentReading.maximumDatabaseSize)
            for other in files where other.name == file.name + "-wal" {
                log = try other.contents(DeploymentReading.maximumDatabaseSize)
            }
            for other in files where other.name == file.name + "-journal" {
                if try !other.contents(DeploymentReading.maximumDatabaseSize).isEmpty {
                    return leaveOut("a journal lies next to it: a transaction was not finished")
                }
            }
        } catch { return leaveOut(error.description) }
        do throws(DocumentError) {
            let database = try SQLiteFile(bytes, log: log, name: file.name)
            guard try database.hasTable("registered_models"), try database.hasTable("model_versions") else {
                // A database of something else, unless it is one whose schema is damaged.
                return
            }
            var tables = Tables(database: database, file: file.name)
            let registry = try tables.registry()
            reading.value.registries.append(registry)
            reading.gaps += tables.gaps
            reading.value.files.append(Deployment.RecognisedFile(name: file.name, format: "mlflow"))
        } catch { leaveOut(error.reason) }
    }

    /// The tables of one database.
    private struct Tables {
        let database: SQLiteFile
        let file: String
        var gaps: [Gap] = []

        mutating func registry() throws(DocumentError) -> ModelRegistry {
            var models: [String: RegisteredModel] = [:]
            for row in try rows("registered_models", ["name"]) {
                guard let name = text(row, "name") else { continue }
                models[name] = RegisteredModel(name: name, file: file)
            }
            let runTags = try tags("tags", "run_uuid")
            let versionTags = try tags("model_version_tags", "name", "version")
            for row in try rows("model_versions", ["name", "version", "source", "run_id", "current_stage"]) {
                guard let name = text(row, "name"), let number = integer(row, "version") else { continue }
                if row["current_stage"] == .text(Array(MLflowDatabase.deletedStage.utf8)) { continue }
                guard models[name] != nil else {
                    leaveOut("\(name) \(number)", "the version belongs to no registered model")
                    continue
                }
                var version = ModelVersion(number: number, file: file)
                version.source = text(row, "source", isOptional: true)
                version.storageLocation = text(row, "storage_location", isOptional: true)
                version.run = text(row, "run_id", isOptional: true)
                version.tags = versionTags["\(name)\0\(number)"] ?? []
                if let run = version.run { version.tags += runTags[run] ?? [] }
                models[name]?.versions.append(version)
            }
            if try database.hasTable("registered_model_aliases") {
                for row in try rows("registered_model_aliases", ["alias", "name", "version"]) {
                    guard let alias = text(row, "alias"), let name = text(row, "name"),
                        let version = integer(row, "version")
                    else { continue }
                    guard models[name] != nil else {
                        leaveOut("\(name)@\(alias)", "the alias belongs to no registered model")
                        continue
                    }
                    models[name]?.aliases.append(ModelAlias(name: alias, version: String(version), file: file))
                }
            }
            let modelTags = try tags("registered_model_tags", "name")
            var registry = ModelRegistry(kind: .sqlite, location: file)
            registry.models = models.keys.sorted().compactMap { models[$0] }.map { model in
                var model = model
                model.versions.sort { $0.number < $1.number }
                model.aliases.sort { $0.name < $1.name }
                model.tags = modelTags[model.name] ?? []
                return model
            }
            return registry
        }

        /// The tags that say who answers, by what they belong to; none where the database has no such table.
        private mutating func tags(_ table: String, _ keys: String...) throws(DocumentError) -> [String: [ModelTag]] {
            guard try database.hasTable(table) else { return [:] }
            var tags: [String: [ModelTag]] = [:]
            for row in try rows(table, ["key", "value"] + keys) {
                guard case .text(let bytes)? = row["key"],
                    MLflowTags.keys.contains(String(decoding: bytes, as: UTF8.self)),
                    let key = text(row, "key")
                else { continue }
                let owner = keys.compactMap { column in
                    if case .integer(let number)? = row[column] { return String(number) }
                    return text(row, column)
                }
                guard owner.count == keys.count else { continue }
                let value = text(row, "value", isOptional: true) ?? ""
                tags[owner.joined(separator: "\0"), default: []].append(ModelTag(key: key, value: value, file: file))
            }
            return tags.mapValues { $0.sorted { $0.key < $1.key } }
        }

        /// The rows of a table by the names of its columns.
        private mutating func rows(
            _ table: String, _ needed: [String]
        ) throws(DocumentError) -> [[String: SQLiteFile.Value]] {
            guard let names = try database.columnNames(ofTable: table), let rows = try database.rows(ofTable: table)
            else {
                return []
            }
            for name in needed where !names.contains(name) {
                throw DocumentError(file: file, place: nil, reason: "the table \(table) has no column \(name)")
            }
            var read: [[String: SQLiteFile.Value]] = []
            read.reserveCapacity(rows.count)
            for row in rows {
                guard row.columns.count <= names.count else {
                    throw DocumentError(
                        file: file, place: nil, reason: "damaged: a row of \(table) has \(row.columns.count) columns")
                }
                let values = Dictionary(zip(names, row.columns)) { first, _ in first }
                if let workspace = values["workspace"], workspace != .text(Array("default".utf8)), workspace != .null {
                    leaveOut(table, "only the default workspace is read")
                    continue
                }
                read.append(values)
            }
            return read
        }

        private mutating func leaveOut(_ subject: String, _ reason: String) {
            let gap = Gap(subject, reason: reason, source: FileLocation(file: file, line: nil))
            if !gaps.contains(gap) { gaps.append(gap) }
        }

        /// A text of a row; nil for another type, which is recorded unless it is null where that is allowed.
        private mutating func text(
            _ row: [String: SQLiteFile.Value], _ column: String, isOptional: Bool = false
        ) -> String? {
            if case .text(let bytes)? = row[column], let text = String(validating: bytes, as: UTF8.self) { return text }
            if isOptional, row[column] == nil || row[column] == .null { return nil }
            leaveOut(column, "a row has no text in this column")
            return nil
        }

        private mutating func integer(_ row: [String: SQLiteFile.Value], _ column: String) -> Int64? {
            if case .integer(let value)? = row[column] { return value }
            leaveOut(column, "a row has no whole number in this column")
            return nil
        }
    }
}
