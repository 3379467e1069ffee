import DockerfileSyntax
import SourceDocuments

/// Pipelines of Azure DevOps and their templates (https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/): images of
/// containers, scripts, and the tasks of ``AzureTasks``.
enum AzurePipeline: Manifest {
    static let kind = "azure pipeline"

    static func matches(path: String) -> Bool { ManifestPath.isYAML(ManifestPath.name(of: path)) }

    static func recognizes(_ source: ManifestSource) -> Bool { isPipeline(source.text) }

    /// Whether a file is one: by its name; in a directory of pipelines by a key of theirs; elsewhere by that and by what no
    /// other pipeline has, `vmImage` or the version of a task.
    static func isPipeline(_ text: SourceText) -> Bool {
        let name = ManifestPath.name(of: text.name)
        guard ManifestPath.isYAML(name) else { return false }
        if isNamed(name) { return true }
        func has(_ key: String) -> Bool { YAMLRootKeys.has([key], in: text) }
        func isMarked() -> Bool {
            if text.bytes[...].namesKey(Array("vmImage".utf8)) || namesTask(text.bytes) { return true }
            if text.bytes[...].containsBytes(Array("\nextends:\n  template:".utf8)) { return true }
            return text.bytes[...].namesKey(Array("template".utf8)) && has("extends")
                && YAMLReader.readAll(text).documents.contains { $0[keys: "extends", "template"] != nil }
        }
        let isInDirectory = !directories.isDisjoint(with: ManifestPath.directories(of: text.name))
        return (isInDirectory || isMarked()) && keys.contains(where: has) && !has("apiVersion")
    }

    private static let keys = ["stages", "jobs", "steps", "extends", "resources"]

    /// Whether a step names a task with its version, `- task: Bash@3`.
    private static func namesTask(_ bytes: [UInt8]) -> Bool {
        let key = Array("task".utf8)
        var rest = bytes[...]
        while let found = rest.firstRange(ofBytes: key) {
            rest = rest[found.upperBound...].drop { " \"'".utf8.contains($0) }
            guard rest.first == UInt8(ascii: ":") else { continue }
            rest = rest.dropFirst().drop { " \"'".utf8.contains($0) }
            let name = rest.prefix(while: \.isASCIIAlphanumeric)
            let version = rest[name.endIndex...].prefix(2)
            if !name.isEmpty, version.first == UInt8(ascii: "@"), version.last?.isASCIIDigit ?? false { return true }
        }
        return false
    }

    private static func isNamed(_ name: String) -> Bool {
        ["azure-pipeline", "azure_pipeline", ".azure-pipeline", ".vsts-ci"].contains { name.hasPrefix($0) }
            || [".azure-pipelines.yml", ".azure-pipelines.yaml"].contains { name.hasSuffix($0) }
    }

    private static let directories: Set<Substring> = [
        ".azure-pipelines", "azure-pipelines", ".azuredevops", ".azure-pipeline", "azure-pipeline",
    ]

    /// What holds for the nodes below one.
    struct Scope {
        var directory: String? = "/"
        var macros = AzureMacros()
        /// The names of containers that the file declares.
        var containers = Set<String>()
        /// Whether a job checks out several repositories, so that nobody knows where one of them is.
        var hasSeveralCheckouts = false
        /// Whether `script` is one of `cmd`.
        var isWindows = false

        /// Where a step runs, with its own `env`.
        func place(_ step: DocumentNode) -> ManifestReader.Place {
            var place = ManifestReader.Place()
            place.directory = directory
            // A script's status is that of its last command.
            place.stopsAtFailure = false
            place.variables = macros.environment
            place.variables["CI"] = "true"
            for name in AzureMacros.workspaces where !hasSeveralCheckouts {
                place.variables[name.uppercased().replacing(".", with: "_")] = "/"
                place.variables[String(AzureMacros.variable(name.utf8).dropFirst(2).dropLast())] = "/"
            }
            for member in step[keys: "env"]?.members ?? [] {
                place.variables[member.key] = .some(member.value.text.flatMap { macros.expand($0).known })
            }
            return place
        }
    }

    static let maximumDepth = 48

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        let changed = AzureMacros.namesSetByScripts(reader.text)
        for document in try YAMLStream.read(reader.text) {
            var scope = Scope()
            scope.macros = AzureMacros(changed: changed)
            if let containers = document[keys: "resources", "containers"] {
                readContainers(containers, &scope, &reader, depth: 0)
            }
            reader.startJob()
            visit(document, scope, &reader, depth: 0)
        }
    }

    // MARK: Images

    /// `resources: containers:`, conditions in it included
    /// (https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/resources-containers-container).
    private static func readContainers(
        _ node: DocumentNode, _ scope: inout Scope, _ reader: inout ManifestReader, depth: Int
    ) {
        guard depth < maximumDepth else { return addTooDeep(node, &reader) }
        for item in node.array ?? [] { readContainers(item, &scope, &reader, depth: depth + 1) }
        guard let name = node[keys: "container"]?.text else {
            for member in node.members { readContainers(member.value, &scope, &reader, depth: depth + 1) }
            return
        }
        scope.containers.insert(name)
        if let image = node[keys: "image"] { addImage(image, scope, &reader) }
        guard let repository = node[keys: "repository"], let path = repository.text else { return }
        // Azure's own registry; its tag is `latest` where none is given.
        let registry = node[keys: "registry"]?.text.map { $0.contains(".") ? "\($0)/" : "\($0).azurecr.io/" } ?? ""
        let tag = node[keys: "tag"]
        let (written, known) = scope.macros.expand(registry + path + ":" + (tag?.text ?? "latest"))
        reader.addImage(
            written, isKnown: known != nil, at: (tag ?? repository).range, requestedBy: "container")
    }

    static func addImage(_ node: DocumentNode, _ scope: Scope, _ reader: inout ManifestReader) {
        guard let text = node.string else { return }
        let (written, known) = scope.macros.expand(text)
        if known == nil, written.hasPrefix("$") || written == text {
            // Nothing of it is written, or it is an expression of the run.
            return reader.addImage(text, isKnown: false, at: node.range, requestedBy: "container")
        }
        reader.addImage(written, isKnown: known != nil, at: node.range, requestedBy: "container")
    }

    /// `container: name` of a resource, or an image.
    private static func readContainer(_ node: DocumentNode?, _ scope: Scope, _ reader: inout ManifestReader) {
        guard let node else { return }
        if let image = node[keys: "image"] { return addImage(image, scope, &reader) }
        guard let text = node.string, !text.isEmpty, !scope.containers.contains(text) else { return }
        if text.contains(":") || text.contains("/") || scope.macros.expand(text).known.map({ $0 != text }) ?? false {
            return addImage(node, scope, &reader)
        }
        reader.addUnread(
            text, requestedBy: "container", "it may be an image, or a container of another file", at: node.range)
    }

    // MARK: Nodes

    private static func addTooDeep(_ node: DocumentNode, _ reader: inout ManifestReader) {
        guard node.table != nil || node.array != nil else { return }
        reader.addUnread("the rest", requestedBy: "", "it is nested too deep", at: node.range)
    }

    private static func visit(
        _ node: DocumentNode, _ outer: Scope, _ reader: inout ManifestReader, depth: Int
    ) {
        guard depth < maximumDepth else { return addTooDeep(node, &reader) }
        for item in node.array ?? [] { visit(item, outer, &reader, depth: depth + 1) }
        guard node.table != nil else { return }
        var scope = outer
        if let variables = node[keys: "variables"] {
            addVariables(variables, isConditional: false, &scope, &reader, depth: 0)
        }
        // Each job of a matrix has its own values.
        for leg in node[keys: "strategy", "matrix"]?.members ?? [] {
            for variable in leg.value.members { scope.macros.add(variable.key, nil) }
        }
        if let image = node[keys: "pool", "vmImage"]?.text?.lowercased() {
            scope.isWindows = image.hasPrefix("win") || image.hasPrefix("vs20")
        }
        if let steps = node[keys: "steps"] {
            reader.startJob()
            let checkouts = steps.array?.filter { $0[keys: "checkout"]?.text.map { $0 != "none" } ?? false }.count ?? 0
            if checkouts > 1 { (scope.hasSeveralCheckouts, scope.directory) = (true, nil) }
        }
        readContainer(node[keys: "container"], scope, &reader)
        for service in node[keys: "services"]?.members ?? [] { readContainer(service.value, scope, &reader) }
        if let template = node[keys: "template"], isUse(node, template) { use(template, &reader) }
        readOther(node, scope, &reader)
        AzureTasks.read(node, scope, &reader)
        for member in node.members where !leftOut.contains(member.key) {
            visit(member.value, scope, &reader, depth: depth + 1)
        }
    }

    private static let leftOut: Set<String> = ["resources", "inputs", "variables", "env", "services", "trigger", "pr"]

    /// Other repositories and what other pipelines made.
    private static func readOther(_ node: DocumentNode, _ scope: Scope, _ reader: inout ManifestReader) {
        if let checkout = node[keys: "checkout"], let name = checkout.text, !["self", "none"].contains(name) {
            reader.addUnread(
                name, requestedBy: "checkout", "what another checkout holds is not read", at: checkout.range)
        }
        if let download = node[keys: "download"], let name = download.text, !["current", "none"].contains(name) {
            reader.addUnread(
                name, requestedBy: "download", "what another pipeline made is not read", at: download.range)
        }
    }

    // MARK: Variables

    private static func addVariables(
        _ node: DocumentNode, isConditional: Bool, _ scope: inout Scope, _ reader: inout ManifestReader, depth: Int
    ) {
        guard depth < maximumDepth else { return addTooDeep(node, &reader) }
        for item in node.array ?? [] {
            if let template = item[keys: "template"] { use(template, &reader) }
            if let name = item[keys: "name"]?.text {
                scope.macros.add(name, isConditional ? nil : item[keys: "value"]?.text)
            } else {
                addVariables(item, isConditional: isConditional, &scope, &reader, depth: depth + 1)
            }
        }
        for member in node.members {
            if member.key.hasPrefix("${{") {
                addVariables(member.value, isConditional: true, &scope, &reader, depth: depth + 1)
            } else if member.value.table == nil, member.value.array == nil, node[keys: "template"] == nil,
                node[keys: "group"] == nil
            {
                scope.macros.add(member.key, isConditional ? nil : member.value.text)
            }
        }
    }

    // MARK: Templates

    /// Whether `template` is a reference, and no parameter of that name.
    private static func isUse(_ node: DocumentNode, _ template: DocumentNode) -> Bool {
        guard let path = template.string else { return false }
        let file = path.split(separator: "@").first ?? ""
        return file.hasSuffix(".yml") || file.hasSuffix(".yaml")
            || node.members.allSatisfy {
                ["template", "parameters"].contains($0.key) || $0.key.hasPrefix("${{")
            }
    }

    /// A template of the same repository is read, one of another repository is not
    /// (https://learn.microsoft.com/azure/devops/pipelines/process/templates).
    private static func use(_ node: DocumentNode, _ reader: inout ManifestReader) {
        guard let written = node.string else { return }
        func addUnread(_ reason: String) {
            reader.addUnread(written, requestedBy: "template", reason, at: node.range)
        }
        let path = written.hasSuffix("@self") ? String(written.dropLast("@self".count)) : written
        if path.contains("@") { return addUnread("it is of another repository") }
        if path.contains("$") { return addUnread("its path is known only during the build") }
        // A relative path begins at the file that names it.
        if let whole = path.hasPrefix("/") ? path : reader.source.directory.map({ "/\($0)/\(path)" }) {
            guard let inside = PosixPath.contained(whole) else { return addUnread("it lies outside of the checkout") }
            if case .missing = reader.source.checkout.file(inside) { return addUnread("it is not in the checkout") }
        }
        reader.addUse(path, as: .azure, named: written, requestedBy: "template", at: node.range)
    }
}
