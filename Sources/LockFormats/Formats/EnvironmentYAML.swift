import EnvironmentInventory
import SourceDocuments

/// Reads conda's environment.yml: channels, dependencies and the `pip:` section; also its older spelling in JSON.
///
/// Format: https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html#create-env-file-manually;
/// a dependency is a match specification (``CondaSpecification``). The `pip:` section holds lines of a requirements file.
/// Selectors in comments (`# [linux]`) and templates are conda-build's and not read.
enum EnvironmentYAML: LockFormat {
    static let name = "environment.yml"
    static let ecosystem = Ecosystem.conda
    static let advice =
        "Lock the environment (conda-lock lock, pixi lock, or conda list --explicit --sha256) and install from the lock"
    static let isOneEnvironment = true
    static let coverage: Set<LockCoverage> = [.python]

    static func matches(fileName: String, text: SourceText) -> Bool {
        let lower = fileName.lowercased()
        guard lower.hasSuffix(".yml") || lower.hasSuffix(".yaml") else { return false }
        guard lower.hasPrefix("env") || lower.contains("environment") || lower.contains("conda") else { return false }
        // Other tools call their files environment.yml, too.
        return ["dependencies", "channels"].contains { YAMLRootKeys.has([$0], in: text) }
            || ["environment.yml", "environment.yaml"].contains(lower) && YAMLRootKeys.isBroken(text)
    }

    static func read(
        _ text: SourceText, context: LockReadingContext
    ) throws(LockReadingError) -> LockDocument {
        let root = try LockText.yaml(text)
        var document = LockDocument(format: self, text: text)
        for node in try root.array("channels") {
            guard let channel = node.text else { throw root.error("a channel must be a string", at: node.place) }
            document.indexes.append(LockIndex(kind: .channel, url: channel, file: text.name, range: node.range))
        }
        guard root.table["dependencies"] != nil else { throw root.error("\"dependencies\" is missing") }
        var pip = RequirementsReader(context: context)
        for node in try root.array("dependencies") {
            if let written = node.text {
                document.add(
                    CondaSpecification.requirement(written, file: text.name, range: node.range))
                continue
            }
            let fields = try DocumentFields(node, file: text.name, what: "a dependency")
            for member in fields.table.members where member.key != "pip" {
                document.gaps += otherInstaller(member, file: text.name)
            }
            for line in try fields.array("pip") {
                guard let written = line.text else {
                    throw fields.error("a line of pip must be a string", at: line.place)
                }
                pip.readLine(written, file: text.name, range: line.range)
            }
        }
        document.requirements += pip.requirements
        document.indexes += pip.indexes
        document.problems = pip.problems
        if let python = document.requirements.first(where: { $0.ecosystem == .conda && $0.name == "python" })?
            .specifier,
            !python.isEmpty
        {
            document.pythonRequirement = CondaSpecification.pythonSpecifier(python)
        }
        document.selection = RequirementsSelection(file: text.name, requirements: document.requirements)
        return document
    }

    /// The packages of a section that is not pip's: conda gives them to an installer of that name
    /// (https://github.com/conda/conda/tree/main/conda/env/installers).
    private static func otherInstaller(_ member: DocumentTable.Member, file: String) -> [Gap] {
        let nodes = member.value.array ?? [member.value]
        return nodes.map { node in
            Gap(
                URLCredentials.redacted(node.text ?? member.key),
                reason: "Pinproof does not read packages of the installer \(member.key)",
                source: FileLocation(file: file, line: node.place.line))
        }
    }
}
