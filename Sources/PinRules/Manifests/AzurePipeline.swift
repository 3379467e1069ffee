import DockerfileSyntax
import SourceDocuments

/// Pipelines of Azure DevOps and their templates (https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/): images of
/// containers, and scripts. Left out: what tasks other than scripts do.
enum AzurePipeline: Manifest {
    static let kind = "azure pipeline"

    static func matches(path: String) -> Bool {
        let name = ManifestPath.name(of: path)
        guard ManifestPath.isYAML(name) else { return false }
        return isNamed(name) || !directories.isDisjoint(with: ManifestPath.directories(of: path))
    }

    static func recognizes(_ source: ManifestSource) -> Bool {
        isNamed(ManifestPath.name(of: source.text.name))
            || ["stages:", "jobs:", "steps:", "extends:", "resources:"].contains { source.hasLine(startingWith: $0) }
                && !source.hasLine(startingWith: "apiVersion:")
    }

    private static func isNamed(_ name: String) -> Bool {
        ["azure-pipeline", "azure_pipeline", ".azure-pipeline", ".vsts-ci"].contains { name.hasPrefix($0) }
            || [".azure-pipelines.yml", ".azure-pipelines.yaml"].contains { name.hasSuffix($0) }
    }

    private static let directories: Set<Substring> = [
        ".azure-pipelines", "azure-pipelines", ".azuredevops", ".azure-pipeline", "azure-pipeline",
    ]

    /// What holds for the nodes below one.
    private struct Scope {
        var place = ManifestReader.Place()
        /// The names of containers that the file declares.
        var containers = Set<String>()
    }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        for document in try YAMLStream.read(reader.text) {
            var scope = Scope()
            scope.place.variables["CI"] = "true"
            for name in workspaces { scope.place.variables[Self.variable(name)] = "/" }
            for container in document[keys: "resources", "containers"]?.array ?? [] {
                if let name = container[keys: "container"]?.text { scope.containers.insert(name) }
                if let image = container[keys: "image"] { addImage(image, &reader) }
            }
            reader.startJob()
            visit(document, scope, &reader, depth: 0)
        }
    }

    private static func addImage(_ node: DocumentNode, _ reader: inout ManifestReader) {
        guard let text = node.string else { return }
        let isKnown = !text.contains("$(") && !text.contains("${{") && !text.contains("$[")
        // The macros of this language stand where other manifests have variables.
        let written = text.replacing("$(", with: "${").replacing(")", with: "}")
        reader.addImage(isKnown ? text : written, isKnown: isKnown, at: node.range, requestedBy: "container")
    }

    private static func visit(_ node: DocumentNode, _ outer: Scope, _ reader: inout ManifestReader, depth: Int) {
        guard depth < 48 else { return }
        var scope = outer
        for item in node.array ?? [] { visit(item, scope, &reader, depth: depth + 1) }
        scope.place.variables.merge(variables(node[keys: "variables"])) { $1 }
        if node[keys: "steps"] != nil { reader.startJob() }
        readContainer(node[keys: "container"], scope, &reader)
        if let template = node[keys: "template"], let path = template.string { use(path, template, &reader) }
        readScript(node, scope, &reader)
        for member in node.members where !["resources", "inputs", "parameters", "variables"].contains(member.key) {
            visit(member.value, scope, &reader, depth: depth + 1)
        }
    }

    /// `container: name` of a resource, or an image.
    private static func readContainer(_ node: DocumentNode?, _ scope: Scope, _ reader: inout ManifestReader) {
        guard let node else { return }
        if let image = node[keys: "image"] { return addImage(image, &reader) }
        guard let text = node.string, !scope.containers.contains(text) else { return }
        if text.contains(":") || text.contains("/") { return addImage(node, &reader) }
        reader.addUnread(
            text, requestedBy: "container", "it may be an image, or a container of another file", at: node.range)
    }

    private static func readScript(_ node: DocumentNode, _ scope: Scope, _ reader: inout ManifestReader) {
        let task = node[keys: "task"]?.text?.lowercased() ?? ""
        let isPowerShell = task.hasPrefix("powershell@")
        let inputs = node[keys: "inputs"]
        let given = task.hasPrefix("bash@") || task.hasPrefix("cmdline@") || isPowerShell ? inputs : nil
        let scripts: [(DocumentNode?, ShellInterpreter)] = [
            (node[keys: "script"], .shell), (node[keys: "bash"], .shell), (node[keys: "pwsh"], .powerShell),
            (node[keys: "powershell"], .powerShell), (given?[keys: "script"], isPowerShell ? .powerShell : .shell),
        ]
        for (script, interpreter) in scripts {
            guard let script, script.string != nil else { continue }
            var place = scope.place
            place.interpreter = interpreter
            place.variables.merge(GitHubSteps.variables(node[keys: "env"])) { $1 }
            if let directory = (node[keys: "workingDirectory"] ?? inputs?[keys: "workingDirectory"])?.text {
                let plain = workspaces.reduce(directory) { $0.replacing("$(\($1))", with: "/") }
                place.directory = plain.contains("$") ? nil : ContainerPath.join("/", plain)
            }
            reader.addCommands(script, place) { text in
                Expressions.rewritten(Expressions.rewritten(text), from: "$(", to: ")", where: isMacro)
            }
        }
    }

    /// Whether `$(..)` is a variable of the pipeline and no command of the shell: one name, which holds a dot or a capital.
    private static func isMacro(_ name: ArraySlice<UInt8>) -> Bool {
        !name.isEmpty
            && name.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") }
            && name.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0.isASCIIUppercase }
    }

    /// The variables that hold the directory of the checkout.
    private static let workspaces = [
        "Build.SourcesDirectory", "System.DefaultWorkingDirectory", "Build.Repository.LocalPath",
    ]

    /// The variable of the shell that stands for one of the pipeline.
    private static func variable(_ name: String) -> String {
        String(Expressions.prefix.dropFirst(2)) + name.filter { $0.isLetter || $0.isNumber }
    }

    private static func variables(_ node: DocumentNode?) -> [String: String?] {
        var values = GitHubSteps.variables(node)
        for item in node?.array ?? [] {
            guard let name = item[keys: "name"]?.text else { continue }
            values[name] = .some(item[keys: "value"]?.text.flatMap { $0.contains("$") ? nil : $0 })
        }
        // A variable is one of the environment too, and a macro in the text.
        var result = values.mapValues { $0.flatMap { $0.contains("$(") ? nil : $0 } }
        for (name, value) in result { result[variable(name)] = .some(value) }
        return result
    }

    /// A template of the same repository is read, one of another repository is not
    /// (https://learn.microsoft.com/azure/devops/pipelines/process/templates).
    private static func use(_ path: String, _ node: DocumentNode, _ reader: inout ManifestReader) {
        if path.contains("@") {
            guard path.hasSuffix("@self") else {
                return reader.addUnread(path, requestedBy: "template", "it is of another repository", at: node.range)
            }
            return use(String(path.dropLast("@self".count)), node, &reader)
        }
        if path.contains("$") {
            return reader.addUnread(
                path, requestedBy: "template", "its path is known in the build only", at: node.range)
        }
        reader.addUse(path, as: .azure, named: path, requestedBy: "template", at: node.range)
    }
}
