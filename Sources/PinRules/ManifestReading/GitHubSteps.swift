import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// The steps of a workflow's job or of a composite action.
enum GitHubSteps {
    /// What a job says for all of its steps.
    struct Defaults {
        var environment: ScriptVariables
        var directory: String?
        var shell: String?
        var isWindows = false
        /// The directory of the action whose steps these are; nil for a workflow.
        var actionDirectory: String?

        mutating func add(_ run: DocumentNode?) {
            directory = run?[keys: "working-directory"]?.text ?? directory
            shell = run?[keys: "shell"]?.text ?? shell
        }
    }

    static func read(_ steps: [DocumentNode], _ reader: inout ManifestReader, _ defaults: Defaults) {
        var checkouts: [Checkout] = []
        for step in steps {
            if let uses = step[keys: "uses"] {
                if let checkout = Checkout(step, uses) { checkouts.append(checkout) }
                readUses(uses, &reader, checkouts: checkouts)
                readBuild(step, uses.text ?? "", &reader)
            }
            guard let run = step[keys: "run"] else { continue }
            var place = ManifestReader.Place()
            let directory = step[keys: "working-directory"]?.text ?? defaults.directory ?? "."
            let plain = Expressions.withoutWorkspace(directory)
            place.directory = plain.contains("${{") ? nil : ContainerPath.join("/", plain)
            place.variables = defaults.environment.merging(variables(step[keys: "env"]))
            place.variables["GITHUB_WORKSPACE"] = "/"
            place.variables["CI"] = "true"
            if let directory = defaults.actionDirectory { place.variables["GITHUB_ACTION_PATH"] = directory }
            let shell = step[keys: "shell"]?.text ?? defaults.shell ?? (defaults.isWindows ? "pwsh" : "bash")
            place.interpreter = RunStep.interpreter(named: shell)
            reader.addCommands(run, place, rewriting: Expressions.rewritten)
        }
    }

    /// A repository that a step checks out into a directory of its own
    /// (https://github.com/actions/checkout#usage).
    struct Checkout {
        let directory: String
        let isOfOther: Bool

        init?(_ step: DocumentNode, _ uses: DocumentNode) {
            guard uses.text?.hasPrefix("actions/checkout@") ?? false,
                let path = step[keys: "with", "path"]?.text.map({ PosixPath.belowRoot($0) }), !path.isEmpty
            else { return nil }
            directory = path
            let repository = step[keys: "with", "repository"]?.text.map { $0.filter { $0 != " " } }
            isOfOther = repository.map { $0 != "${{github.repository}}" } ?? false
        }

        func holds(_ path: String) -> Bool { path == directory || path.hasPrefix(directory + "/") }
    }

    /// The variables of an `env` key; an expression has no value that the file gives.
    static func variables(_ node: DocumentNode?) -> [String: String?] {
        var values: [String: String?] = [:]
        for member in node?.members ?? [] {
            let text = member.value.text
            values[member.key] = .some(text.flatMap { $0.contains("${{") ? nil : $0 })
        }
        return values
    }

    /// `uses: owner/repository[/path]@reference`, `docker://image`, `./local`.
    ///
    /// - Parameter checkouts: the directories into which the steps before have checked repositories out.
    static func readUses(_ node: DocumentNode, _ reader: inout ManifestReader, checkouts: [Checkout] = []) {
        guard let text = node.string else { return }
        if text.hasPrefix("docker://") {
            return reader.addImage(text, isKnown: !text.contains("${{"), at: node.range, requestedBy: "uses")
        }
        // A local action is a file of the same checkout.
        if text.hasPrefix("./") || text.hasPrefix("../") {
            var path = PosixPath.belowRoot(text)
            if let checkout = checkouts.last(where: { $0.holds(path) }) {
                if checkout.isOfOther {
                    return reader.addUnread(
                        text, requestedBy: "uses", "it is of another repository", at: node.range)
                }
                path = String(path.dropFirst(checkout.directory.count).drop { $0 == "/" })
            }
            return reader.addUse(path, as: .action, named: text, requestedBy: "uses", at: node.range)
        }
        let reference = text.firstIndex(of: "@").map { text[text.index(after: $0)...] }
        let strength: PinStrength
        var reason: String?
        if let reference, GitReference.isCommit(reference) {
            strength = .hashed
        } else if let reference, isVersion(reference) {
            strength = .exact
        } else if text.contains("${{") {
            strength = .unknown
        } else {
            strength = .floating
            reason = reference.map { "\($0) is a branch or a tag that can move" } ?? "it has no reference"
        }
        reader.add(
            Pin(
                kind: .action, subject: text, strength: strength, file: reader.text.name, range: node.range,
                requestedBy: "uses", reason: reason))
    }

    /// `v4`, `v4.1.2`.
    private static func isVersion(_ text: Substring) -> Bool {
        guard text.first == "v" else { return false }
        let numbers = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        return numbers.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(\.isASCIIDigit) }
    }

    /// The build of `docker/build-push-action` (https://github.com/docker/build-push-action#inputs).
    private static func readBuild(_ step: DocumentNode, _ uses: String, _ reader: inout ManifestReader) {
        guard uses.hasPrefix("docker/build-push-action"), let with = step[keys: "with"] else { return }
        // Without a context the action builds the repository itself.
        var context = Expressions.withoutWorkspace(with[keys: "context"]?.text ?? ".")
        // The commit that the workflow runs for, and a directory of it.
        if context.hasPrefix("{{defaultContext}}") {
            context = String(context.dropFirst("{{defaultContext}}".count).drop { $0 == ":" || $0 == "/" })
            if context.isEmpty { context = "." }
        }
        let file = with[keys: "file"]?.text.map { Expressions.withoutWorkspace($0) }
        var arguments: [String: String] = [:]
        for line in (with[keys: "build-args"]?.string ?? "").split(separator: "\n") {
            guard let equals = line.firstIndex(of: "="), !line.contains("${{") else { continue }
            arguments[String(line[..<equals].drop { $0 == " " })] = String(line[line.index(after: equals)...])
        }
        reader.addBuild(context: context, dockerfile: file, base: .checkout, arguments: arguments, at: step.place)
    }
}
