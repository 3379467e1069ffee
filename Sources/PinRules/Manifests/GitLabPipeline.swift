import DockerfileSyntax
import SourceDocuments

/// Pipelines of GitLab: `.gitlab-ci.yml` and the files of the repository that it includes
/// (https://docs.gitlab.com/ci/yaml/), whatever their names. Left out: includes from other projects and servers.
enum GitLabPipeline: Manifest {
    static let kind = "gitlab pipeline"

    static func matches(path: String) -> Bool {
        let name = ManifestPath.name(of: path)
        return ManifestPath.isYAML(name) && (name.hasPrefix(".gitlab-ci") || name.hasSuffix(".gitlab-ci.yml"))
    }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        let root = try YAMLReader.read(reader.text)
        let variables = ScriptVariables(Self.variables(root[keys: "variables"]))
        for include in root[keys: "include"]?.items ?? [] {
            readInclude(include, &reader)
        }
        if let node = root[keys: "default"] { read(node, &reader, variables, of: root, isJob: false) }
        read(root, &reader, variables, of: root, isJob: false)
        for member in root.members where !keywords.contains(member.key) && member.value.table != nil {
            reader.startJob()
            read(member.value, &reader, variables, of: root, isJob: true)
        }
    }

    /// `include`: https://docs.gitlab.com/ci/yaml/#include.
    private static func readInclude(_ include: DocumentNode, _ reader: inout ManifestReader) {
        let local = include[keys: "local"] ?? (include.string == nil ? nil : include)
        if let node = local, let path = node.string, !path.contains("://") {
            if path.contains("$") {
                return reader.addUnread(
                    path, requestedBy: "include", "its path is known only in the pipeline", at: node.range)
            }
            return reader.addUse(
                PosixPath.belowRoot(path), as: .gitLab, named: path, requestedBy: "include", at: node.range)
        }
        // Files of other projects and servers are not read.
        let isElsewhere = ["remote", "project", "component", "template"].contains { include[keys: $0] != nil }
        if isElsewhere || local != nil { return }
        reader.addUnread("include", requestedBy: "include", "it names no file", at: include.range)
    }

    private static let keywords: Set<String> = [
        "default", "variables", "include", "stages", "workflow", "image", "services", "before_script", "after_script",
        "cache", "spec",
    ]

    private static func read(
        _ node: DocumentNode, _ reader: inout ManifestReader, _ outer: ScriptVariables, of root: DocumentNode,
        isJob: Bool
    ) {
        let variables = outer.merging(Self.variables(node[keys: "variables"]))
        var images: [(DocumentNode, String)] = []
        if let image = node[keys: "image"] { images.append((image, "image")) }
        for service in node[keys: "services"]?.array ?? [] { images.append((service, "services")) }
        for (image, key) in images {
            guard let name = image[keys: "name"] ?? (image.string == nil ? nil : image), let written = name.string
            else {
                continue
            }
            let (text, isKnown) = Interpolation.expand(written) { variables[$0] ?? nil }
            reader.addImage(text, isKnown: isKnown, at: name.range, requestedBy: key)
        }
        var place = ManifestReader.Place()
        place.variables = variables
        place.variables["CI_PROJECT_DIR"] = "/"
        place.variables["CI"] = "true"
        reader.addCommands(node[keys: "hooks", "pre_get_sources_script"], place)
        for key in scripts { reader.addCommands(node[keys: key].map { resolved($0, in: root) }, place) }
        for step in isJob ? node[keys: "run"]?.array ?? [] : [] {
            reader.addCommands(step[keys: "script"], place)
            if let used = step[keys: "step"] {
                reader.addUnread(
                    used.text ?? "step", requestedBy: "run", "the steps that it stands for are not read", at: used.range
                )
            }
        }
        // A pipeline that a job starts has files of its own.
        for include in isJob ? node[keys: "trigger", "include"]?.items ?? [] : [] {
            if include[keys: "artifact"] != nil {
                reader.addUnread(
                    include[keys: "artifact"]?.text ?? "include", requestedBy: "trigger",
                    "a job of the pipeline makes it", at: include.range)
            } else {
                readInclude(include, &reader)
            }
        }
    }

    private static let scripts = ["before_script", "script", "after_script"]

    /// A script with what `!reference [.job, key]` names in its place; scripts of jobs are read where they stand
    /// (https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags).
    private static func resolved(_ node: DocumentNode, in root: DocumentNode) -> DocumentNode {
        guard let list = node.array else { return node }
        let keys = list.compactMap(\.string)
        if keys.count == list.count, keys.count > 1, let last = keys.last, !scripts.contains(last),
            let target = keys.reduce(root as DocumentNode?, { $0?[keys: $1] })
        {
            return target
        }
        return DocumentNode(.array(list.map { $0.array == nil ? $0 : resolved($0, in: root) }), range: node.range)
    }

    private static func variables(_ node: DocumentNode?) -> [String: String?] {
        var values: [String: String?] = [:]
        for member in node?.members ?? [] {
            let text = member.value.text ?? member.value[keys: "value"]?.text
            values[member.key] = .some(text.flatMap { $0.contains("$") ? nil : $0 })
        }
        return values
    }
}
