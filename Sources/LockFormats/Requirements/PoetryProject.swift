import SourceDocuments

/// What a project that Poetry manages declares, in the tables of its pyproject.toml
/// (https://python-poetry.org/docs/pyproject/, https://python-poetry.org/docs/dependency-specification/).
enum PoetryProject {
    /// The name of the mark of a dependency that only an extra brings in, until it is known which.
    private static let optionalMark = ""

    /// Reads `name = "^1.2"`, `name = {version = "...", markers = "..."}` or a list of these.
    static func dependencies(
        _ member: DocumentTable.Member, file: String
    ) throws(LockReadingError) -> [LockDependency] {
        if let list = member.value.array {
            var found: [LockDependency] = []
            for node in list { found.append(try dependency(member.key, node, file: file)) }
            return found
        }
        return [try dependency(member.key, member.value, file: file)]
    }

    private static func dependency(
        _ name: String, _ node: DocumentNode, file: String
    ) throws(LockReadingError) -> LockDependency {
        var dependency = LockDependency(name: PythonRules.normalizedName(name), range: node.range)
        if let constraint = node.string {
            dependency.constraint = constraint
            return dependency
        }
        let fields = try DocumentFields(node, file: file, what: "the dependency \(name)")
        dependency.constraint = try fields.string("version")
        dependency.marker = try fields.string("markers")
        dependency.python = try fields.string("python")
        dependency.extras = try fields.strings("extras").map(PythonRules.normalizedName)
        if let platform = try fields.string("platform") {
            let marker = "sys_platform == \"\(platform)\""
            dependency.marker = dependency.marker.map { "(\($0)) and \(marker)" } ?? marker
        }
        if try fields.boolean("optional") == true { dependency.neededByExtras = [optionalMark] }
        return dependency
    }

    /// Finds what the project needs, in the pyproject.toml beside the lock.
    static func addRoots(
        to graph: inout RequirementGraph, extras: [String: [String]], context: LockReadingContext
    ) {
        switch context.load("pyproject.toml") {
        case .failure(let error):
            graph.missingRoots =
                "a lock of this version does not say what the project itself needs, and pyproject.toml cannot be read: "
                + error.reason
        case .success(let text):
            do { try addRoots(to: &graph, extras: extras, project: text) } catch {
                graph.missingRoots = "pyproject.toml cannot be read: \(error.description)"
            }
        }
    }

    private static func addRoots(
        to graph: inout RequirementGraph, extras: [String: [String]], project text: SourceText
    ) throws(LockReadingError) {
        let root = try LockText.toml(text)
        var roots: [LockDependency] = []
        if let project = try root.fields("project") {
            for node in try project.array("dependencies") { roots.append(try declared(node, file: text.name)) }
            if let optional = try project.fields("optional-dependencies") {
                for member in optional.table.members {
                    for node in try optional.array(member.key) {
                        var dependency = try declared(node, file: text.name)
                        dependency.neededByExtras = [PythonRules.normalizedName(member.key)]
                        roots.append(dependency)
                    }
                }
            }
        }
        if let poetry = try root.fields("tool")?.fields("poetry") {
            let declaredNames = Set(roots.map(\.name))
            roots += try dependencies(poetry, "dependencies", group: nil).filter {
                $0.name != "python" && !declaredNames.contains($0.name)
            }
            roots += try dependencies(poetry, "dev-dependencies", group: "dev")
            graph.groups.insert("dev")
            if let groups = try poetry.fields("group") {
                for member in groups.table.members {
                    let fields = try DocumentFields(member.value, file: text.name, what: "a group")
                    graph.groups.insert(PythonRules.normalizedName(member.key))
                    roots += try dependencies(fields, "dependencies", group: PythonRules.normalizedName(member.key))
                }
            }
        }
        for index in roots.indices where roots[index].neededByExtras == [optionalMark] {
            let names = extras.filter { $0.value.contains(roots[index].name) }.map(\.key)
            roots[index].neededByExtras = names.isEmpty ? [optionalMark] : Set(names)
        }
        graph.roots = roots
    }

    private static func dependencies(
        _ fields: DocumentFields, _ key: String, group: String?
    ) throws(LockReadingError) -> [LockDependency] {
        guard let table = try fields.fields(key) else { return [] }
        var found: [LockDependency] = []
        for member in table.table.members {
            for var dependency in try dependencies(member, file: fields.file) {
                dependency.group = group
                found.append(dependency)
            }
        }
        return found
    }

    /// A requirement of PEP 508 as an arrow.
    static func declared(_ node: DocumentNode, file: String) throws(LockReadingError) -> LockDependency {
        guard let text = node.string else {
            throw LockReadingError(
                file: file, place: node.place, reason: "a requirement must be a string, not \(node.typeName)")
        }
        return try declared(text, file: file, range: node.range)
    }

    static func declared(_ text: String, file: String, range: SourceRange) throws(LockReadingError)
        -> LockDependency
    {
        switch PythonRules.requirement(text) {
        case .failure(let error):
            throw LockReadingError(file: file, place: range.start, reason: "\(text) is malformed: \(error.reason)")
        case .success(let parsed):
            return LockDependency(
                name: parsed.name, extras: parsed.extras, marker: parsed.marker,
                constraint: parsed.url == nil && !parsed.specifier.isEmpty ? parsed.specifier : nil, range: range)
        }
    }
}
