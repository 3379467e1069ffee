import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// `pinproof.toml`: what a project asks of `check` (docs/configuration.md).
///
/// Keys: `extend` (the path of another such file), `require`, `fail-on`, `exclude` (patterns as in .gitignore), `[rules] name = "off|note|warning|error"`, and
/// `[images] "name:tag" = "sha256:..."`, digests that the project knows. Anything else is an error with its place.
struct CheckConfiguration: Sendable {
    /// What a rule's findings become.
    enum Setting: Sendable { case off, severity(Severity) }

    var require: PinStrength?
    var failOn: FailureThreshold?
    var exclude = GitIgnore([])
    private var saysExclude = false
    /// The file that this one extends, as it is written.
    private(set) var extended: String?
    var rules: [String: Setting] = [:]
    var images: [String: Digest] = [:]
    /// Build contexts by a pattern of Dockerfiles; both are relative to the directory of the file that says so.
    var contexts: [(pattern: String, directory: String, base: String)] = []
    /// The absolute directory of the file.
    var directory = ""

    static let fileName = "pinproof.toml"

    /// The most files that may extend each other.
    private static let maximumChain = 16

    /// The configuration of the nearest folder upwards from a path; an empty one when there is none.
    static func find(from path: String) throws(InputError) -> CheckConfiguration {
        try CheckPolicies(Checker.Options()).configuration(for: path)
    }

    /// Reads a file and those that it extends.
    static func load(_ path: String) throws(InputError) -> CheckConfiguration {
        var chain: [CheckConfiguration] = []
        var seen = Set<String>()
        var next: String? = path
        while let current = next {
            guard chain.count < maximumChain, seen.insert(CheckoutPaths.normalized(current)).inserted else {
                throw InputError("\(path): extend forms a cycle, or over more than \(maximumChain) files")
            }
            let bytes = try InputError.wrapping { () throws(ArchiveReadingError) in
                try readFile(path: current, limit: 1 << 20)
            }
            var configuration = try InputError.wrapping { () throws(DocumentError) in
                try CheckConfiguration(SourceText(name: current, bytes: bytes))
            }
            let parent = Pinproof.folder(of: current)
            configuration.directory = absoluteFolder(join(parent, "x")) ?? parent
            configuration.contexts = configuration.contexts.map { ($0.pattern, $0.directory, configuration.directory) }
            next = configuration.extended.map { $0.hasPrefix("/") ? $0 : join(parent, $0) }
            chain.append(configuration)
        }
        var result = chain.removeFirst()
        for base in chain { result.inherit(base) }
        return result
    }

    /// Takes what this configuration does not say itself from the one that it extends.
    private mutating func inherit(_ base: CheckConfiguration) {
        require = require ?? base.require
        failOn = failOn ?? base.failOn
        if !saysExclude { (exclude, saysExclude) = (base.exclude, base.saysExclude) }
        rules.merge(base.rules) { own, _ in own }
        images.merge(base.images) { own, _ in own }
        contexts += base.contexts
    }

    init() {}

    /// The build context that the configuration gives a Dockerfile; nil when it speaks of none.
    func context(of path: String) -> String? {
        guard !contexts.isEmpty, let parent = absoluteFolder(path) else { return nil }
        let absolute = join(parent, Pinproof.fileName(path))
        for (pattern, context, base) in contexts {
            guard absolute.hasPrefix(base == "/" ? "/" : base + "/") else { continue }
            let relative = String(absolute.dropFirst(base == "/" ? 1 : base.count + 1))
            let text = pattern.contains("/") ? relative : Pinproof.fileName(relative)
            guard Glob.matches(Array(pattern.utf8), Array(text.utf8)) else { continue }
            return CheckoutPaths.normalized(join(Self.spelled(base, above: path), context))
        }
        return nil
    }

    /// A directory as the path of a file below it spells it; its absolute path when that cannot be said.
    private static func spelled(_ directory: String, above path: String) -> String {
        var candidate = Pinproof.folder(of: path)
        while true {
            if absoluteFolder(join(candidate, "x")) == directory { return candidate }
            if candidate == "." || candidate == "/" { return directory }
            candidate = Pinproof.folder(of: candidate)
        }
    }

    /// The finding of an image whose digest the project knows, with that digest in its help.
    func withKnownDigest(_ finding: Finding, in text: SourceText?) -> Finding {
        guard finding.ecosystem == .image, finding.strength == .exact, let subject = finding.subject,
            let digest = images[subject]
        else { return finding }
        var known = Finding(
            rule: finding.rule, severity: finding.severity, file: finding.file, range: finding.range,
            message: finding.message, help: "Write \(subject)@\(digest)", ecosystem: .image, subject: subject,
            strength: finding.strength, usedBy: finding.usedBy)
        if let text, let range = finding.range, let line = text.offsets(ofLine: range.start.line),
            range.end.line == range.start.line,
            text.bytes[line].dropFirst(range.start.column - 1).starts(with: subject.utf8)
        {
            known.replacement = "\(subject)@\(digest)"
        }
        return known
    }

    /// Reads the file.
    init(_ text: SourceText) throws(DocumentError) {
        let root = try TOMLReader.read(text)
        func fail(_ place: SourcePosition, _ reason: String) -> DocumentError {
            DocumentError(file: text.name, place: place, reason: reason)
        }
        for member in root.table?.members ?? [] {
            let value = member.value
            switch member.key {
            case "require":
                guard let strength = value.string.flatMap({ PinStrength(rawValue: $0) }),
                    [.exact, .hashed].contains(strength)
                else { throw fail(value.place, "require is \"exact\" or \"hashed\"") }
                require = strength
            case "fail-on":
                guard let word = value.string, let threshold = FailureThreshold(rawValue: word) else {
                    throw fail(value.place, "fail-on is \"error\", \"warning\", \"note\" or \"never\"")
                }
                failOn = threshold
            case "exclude":
                guard let patterns = value.array, patterns.allSatisfy({ $0.string != nil }) else {
                    throw fail(value.place, "exclude is a list of patterns")
                }
                saysExclude = true
                exclude = GitIgnore(Array(patterns.compactMap(\.string).joined(separator: "\n").utf8))
            case "extend":
                guard let path = value.string, !path.isEmpty else { throw fail(value.place, "extend is a path") }
                extended = path
            case "rules":
                guard let table = value.table else { throw fail(value.place, "rules is a table") }
                for rule in table.members {
                    guard Rules.checked.contains(where: { $0.name == rule.key }) else {
                        throw fail(rule.keyPlace, "there is no rule '\(rule.key)'")
                    }
                    guard let word = rule.value.string, word == "off" || Severity(rawValue: word) != nil else {
                        throw fail(rule.value.place, "a rule is \"off\", \"note\", \"warning\" or \"error\"")
                    }
                    rules[rule.key] = Severity(rawValue: word).map { .severity($0) } ?? .off
                }
            case "images":
                guard let table = value.table else { throw fail(value.place, "images is a table") }
                for image in table.members {
                    guard let digest = image.value.string.flatMap({ Digest($0) }) else {
                        throw fail(image.value.place, "an image's value is its digest, \"sha256:...\"")
                    }
                    images[image.key] = digest
                }
            case "contexts":
                guard let table = value.table else { throw fail(value.place, "contexts is a table") }
                for context in table.members {
                    guard let directory = context.value.string else {
                        throw fail(context.value.place, "a context is a directory")
                    }
                    contexts.append((context.key, directory, ""))
                }
            default: throw fail(member.keyPlace, "there is no setting '\(member.key)'")
            }
        }
    }
}
