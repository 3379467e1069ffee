import EnvironmentInventory
import SourceDocuments

/// What a configuration names to be called.
struct HydraCalls {
    private struct Call {
        let subject: String
        let message: String
        let line: Int?
    }

    /// Values that are not visited yet.
    private struct Level {
        let nodes: [DocumentNode]
        let members: [DocumentTable.Member]
        var index = 0

        mutating func next() -> DocumentNode? {
            guard index < nodes.count + members.count else { return nil }
            index += 1
            return index <= nodes.count ? nodes[index - 1] : members[index - 1 - nodes.count].value
        }
    }

    private let file: HydraFile
    private var calls: [Call] = []
    private var unresolved: [Call] = []
    private var subjects: Set<String> = []
    private var modules: Set<String> = []
    private var isNamed = false
    private var expression: Int?

    init(_ file: HydraFile) { self.file = file }

    /// Whether nothing is called.
    private var isEmpty: Bool { !isNamed && calls.isEmpty && unresolved.isEmpty }

    // MARK: Documents

    /// Collects from a document.
    mutating func collect(_ root: DocumentNode) {
        if file.isPredictorJSON, let node = root.table?["type"], let name = node.text {
            call(name, line: node.place.line)
        }
        if file.isConfigJSON {
            for node in NamedClasses.types(of: root) {
                if let name = node.text { call(name, line: node.place.line) }
            }
        }
        var pending = [Level(nodes: [root], members: [])]
        while let last = pending.indices.last {
            guard let node = pending[last].next() else {
                pending.removeLast()
                continue
            }
            switch node.value {
            case .string(let text): read(text, line: node.place.line)
            case .array(let nodes): pending.append(Level(nodes: nodes, members: []))
            case .deferred(let list): pending.append(Level(nodes: list.nodes, members: []))
            case .table(let table):
                read(table)
                pending.append(Level(nodes: [], members: table.members))
            case .null, .boolean, .integer, .float, .date: break
            }
        }
    }

    private mutating func read(_ table: DocumentTable) {
        if let target = table["_target_"] { name(target, isCertain: true) }
        if let target = table["target"], file.isNemo || table["params"] != nil { name(target, isCertain: false) }
        if let target = table["class_path"] { name(target, isCertain: false) }
        // https://github.com/google/fiddle/blob/v0.3.0/fiddle/_src/experimental/serialization.py
        if table.string("type") == "pyref", let module = table["module"]?.text, let node = table["name"],
            let name = node.text
        {
            isNamed = true
            judge("\(module).\(name)", line: node.place.line)
        }
        if let node = NamedClasses.decoded(table), let name = node.text { call(name, line: node.place.line) }
        if let node = table["characters_class"], let name = node.text, name.contains(".") {
            call(name, line: node.place.line)
        }
        for node in NamedClasses.fetched(by: table, isArchive: file.isConfigJSON) {
            isNamed = true
            leaveOut(node.text ?? "", "loading takes this file from there, not from the model", line: node.place.line)
        }
        if file.isYAML, table["backbone"] != nil || table["head"] != nil, let node = table["activation"],
            let text = node.string, text.utf8.contains(UInt8(ascii: "(")), !HydraTexts.isActivation(text)
        {
            add("activation", "loading evaluates an expression of Python", line: node.place.line)
        }
    }

    /// Names what a node holds.
    ///
    /// - Parameter isCertain: whether nothing but a name can stand there; else it is one where it has a dot.
    private mutating func name(_ node: DocumentNode, isCertain: Bool) {
        guard let name = node.text, !name.isEmpty else { return }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let isPath = parts.allSatisfy { HydraNames.isIdentifier($0) }
        guard isCertain || (isPath && parts.count > 1) || name.containsText("${") else { return }
        isNamed = true
        if isPath, let first = parts.first { modules.insert(String(first)) }
        // MONAI's components are named without a module.
        let isComponent = file.isBundle && parts.count == 1 && (parts[0].first?.isUppercase ?? false)
        if isComponent, !HydraNames.isRunner(parts[0]) { return }
        judge(name, line: node.place.line)
    }

    /// Judges a name that is called or imported in any case.
    mutating func call(_ name: String, line: Int) {
        guard !name.isEmpty else { return }
        isNamed = true
        judge(name, line: line)
    }

    private mutating func judge(_ name: String, line: Int?) {
        if HydraNames.isHarmless(name.split(separator: ".", omittingEmptySubsequences: false)) { return }
        add(name, "loading may call \(name), which this configuration names", line: line)
    }

    // MARK: Texts

    private mutating func read(_ text: String, line: Int) {
        for interpolation in HydraTexts.interpolations(in: text) {
            switch interpolation {
            case .creates(let name):
                add(name, "loading makes a part of the configuration from a text, where a call can stand", line: line)
            case .resolves(let name):
                leaveOut(name, "the loader's own code resolves this part of the configuration", line: line)
            }
        }
        guard file.isBundle else { return }
        switch HydraTexts.expression(text) {
        case .none: break
        case .likely: if expression == nil { expression = line }
        case .calls: add("$", "loading evaluates an expression of Python", line: line)
        }
        if HydraTexts.leavesBundle(text) {
            isNamed = true
            leaveOut(text, "the configuration takes a part of another file, which is not followed", line: line)
        }
    }

    // MARK: Tags

    /// The tags of HyperPyYAML that name what is called
    /// (https://github.com/speechbrain/HyperPyYAML/blob/v1.2.2/hyperpyyaml/core.py).
    private static let callingTags = ["!new:", "!name:", "!apply:", "!applyref:"]

    /// Collects from a tag of YAML (https://pyyaml.org/wiki/PyYAMLDocumentation).
    mutating func collect(_ tag: YAMLReader.Tag) {
        if tag.text.hasBytePrefix("tag:yaml.org,2002:python/") {
            return add("python", "a tag names an object of Python that an unsafe loader makes", line: nil)
        }
        if let name = Self.rest(of: tag.text, behind: "!include:") {
            isNamed = true
            let included = HydraFile(name)
            // A file of the model with such a name is looked at itself.
            let isFollowed = included.isYAML && !name.hasPrefix("/") && !name.pathNames.contains("..")
            if !isFollowed { leaveOut(name, "the configuration includes a file that is not followed", line: tag.line) }
        } else if let name = Self.rest(of: tag.text, behind: "!module:") {
            isNamed = true
            if HydraNames.isModule(name.split(separator: ".", omittingEmptySubsequences: false)) { return }
            add(name, "loading imports \(name), which this configuration names", line: tag.line)
        } else {
            for prefix in Self.callingTags {
                guard let name = Self.rest(of: tag.text, behind: prefix) else { continue }
                isNamed = true
                judge(name, line: tag.line)
            }
        }
    }

    private static func rest(of tag: String, behind prefix: String) -> String? {
        guard tag.hasBytePrefix(prefix) else { return nil }
        let rest = String(decoding: tag.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
        return rest.isEmpty ? nil : rest
    }

    // MARK: What was found

    mutating func add(_ subject: String, _ message: String, line: Int?) {
        guard subjects.insert(subject).inserted else { return }
        calls.append(Call(subject: subject, message: message, line: line))
    }

    private mutating func leaveOut(_ subject: String, _ reason: String, line: Int) {
        guard subjects.insert("gap " + subject).inserted else { return }
        unresolved.append(Call(subject: String(subject.prefix(80)), message: reason, line: line))
    }

    /// How many calls have a finding each.
    private static let namedCalls = 64

    /// What the configuration names; nil where it calls nothing.
    mutating func content(in file: String) -> ModelFileContent? {
        if isNamed, let expression { add("$", "loading evaluates an expression of Python", line: expression) }
        // In files of others such a text means something else.
        if !isNamed, !self.file.isKept { unresolved = [] }
        if isEmpty { return nil }
        func finding(_ call: Call, _ message: String) -> Finding {
            Finding(
                rule: ModelRules.dangerousGlobal.name, severity: .warning, file: file, range: nil,
                message: message + (call.line.map { " (line \($0))" } ?? ""),
                help: "do not load this file; ask where it comes from", ecosystem: .model, subject: call.subject)
        }
        var content = ModelFileContent("")
        content.findings = calls.prefix(Self.namedCalls).map { finding($0, $0.message) }
        if let next = calls.dropFirst(Self.namedCalls).first {
            let count = calls.count - Self.namedCalls
            content.findings.append(finding(next, "loading may call \(count) others that this configuration names"))
        }
        for call in unresolved.prefix(Self.namedCalls) {
            content.leaveOut(call.subject, call.message, in: file, at: call.line.map { .line($0) })
        }
        if self.file.isNemo { content.modules = modules }
        return content
    }
}
