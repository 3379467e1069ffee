import DockerfileSyntax
import SourceDocuments

/// The variables of a pipeline of Azure DevOps, and what stands for them in texts: `$(name)`, which is replaced before a
/// shell sees it, and `${{ variables.name }}`
/// (https://learn.microsoft.com/azure/devops/pipelines/process/variables).
struct AzureMacros {
    /// The values by name in lower case; nil for a name whose value the file does not give.
    private var values: ScriptVariables = [:]
    /// The names that scripts set while they run, in lower case: what the file gives them does not count.
    private let changed: Set<String>

    init(changed: Set<String> = []) { self.changed = changed }

    /// The variables that hold the directory of the checkout.
    static let workspaces = [
        "Build.SourcesDirectory", "System.DefaultWorkingDirectory", "Build.Repository.LocalPath",
        "Build.RepositoryLocalPath",
    ]

    /// The directories above the checkout, which is `s` in them.
    private static let parents: Set<String> = ["pipeline.workspace", "agent.builddirectory"]

    private static let maximumName = 256

    /// The values for the environment of a script: names in upper case, `_` for a dot.
    private(set) var environment: ScriptVariables = [:]

    /// Adds a variable; one that was given twice for the same place has no value.
    mutating func add(_ name: String, _ value: String?) {
        let name = name.lowercased()
        let known = value.flatMap { expand($0).known }
        values[name] = .some(known)
        environment[name.uppercased().replacing(".", with: "_").replacing(" ", with: "_")] = .some(
            changed.contains(name) ? nil : known)
    }

    /// The text with its variables; nil for `known` when one of them has no value.
    func expand(_ text: String) -> (written: String, known: String?) {
        guard text.contains("$") else { return (text, text) }
        let script = rewritten(MappedText(text, standingFor: 0..<0))
        let written = script.string
        let isKnown = !written.containsText(Expressions.prefix) && !written.contains("$[")
        return (written.replacing(Expressions.prefix, with: "${"), isKnown ? written : nil)
    }

    /// A path in the checkout; nil when it is not known.
    func path(_ text: String) -> String? {
        var macros = self
        for name in Self.workspaces { macros.values[name.lowercased()] = "/" }
        return macros.expand(text).known.flatMap { $0.contains("$") ? nil : $0 }
    }

    /// The variable of a script that stands for one without a value.
    static func variable(_ name: some Sequence<UInt8>) -> String {
        Expressions.prefix + String(decoding: name.lazy.filter(\.isASCIIAlphanumeric).prefix(64), as: UTF8.self) + "}"
    }

    // MARK: Scripts

    /// The script with values in the place of macros, and a variable without a value for each one that is not known.
    func rewritten(_ script: MappedText) -> MappedText {
        let bytes = script.bytes
        guard bytes[...].containsBytes([UInt8(ascii: "$")]) else { return script }
        let functions = Self.functions(bytes)
        var result = MappedText()
        var start = 0
        var index = 0
        while index + 1 < bytes.count {
            guard bytes[index] == UInt8(ascii: "$"),
                let (end, text) = replacement(bytes, index, functions)
            else {
                index += 1
                continue
            }
            result.append(script.slice(start..<index))
            result.append(Array(text.utf8)[...], standingFor: script.fileRange(index..<end))
            index = end
            start = end
        }
        result.append(script.slice(start..<bytes.count))
        return result
    }

    private func replacement(_ bytes: [UInt8], _ start: Int, _ functions: Set<String>) -> (end: Int, text: String)? {
        if bytes[start...].starts(with: "${{".utf8) {
            var end = start + 3
            while end + 1 < bytes.count, bytes[end] != UInt8(ascii: "}") || bytes[end + 1] != UInt8(ascii: "}") {
                end += 1
            }
            end = min(end + 2, bytes.count)
            let inner = bytes[start..<end]
            let name = Self.variable(ofExpression: inner.prefix(Self.maximumName))
            return (end, name.flatMap { value(of: $0) } ?? Self.variable(inner))
        }
        guard bytes[start + 1] == UInt8(ascii: "(") else { return nil }
        let isName: (UInt8) -> Bool = {
            $0.isASCIIAlphanumeric || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
        let name = bytes[(start + 2)...].prefix(Self.maximumName).prefix(while: isName)
        guard !name.isEmpty, name.endIndex < bytes.count, bytes[name.endIndex] == UInt8(ascii: ")") else { return nil }
        let text = String(decoding: name, as: UTF8.self)
        guard isMacro(text, functions) || isCommandLine(start..<(name.endIndex + 1), bytes) && !functions.contains(text)
        else { return nil }
        var end = name.endIndex + 1
        if Self.parents.contains(text.lowercased()), bytes[end...].starts(with: "/s".utf8),
            end + 2 == bytes.count || !isName(bytes[end + 2])
        {
            end += 2
            return (end, value(of: Self.workspaces[0]) ?? Self.variable(Self.workspaces[0].utf8))
        }
        return (end, value(of: text) ?? Self.variable(name))
    }

    private func value(of name: String) -> String? {
        let name = name.lowercased()
        return changed.contains(name) ? nil : values[name].flatMap { $0 }
    }

    /// Whether `$(name)` is a variable of the pipeline. The agent replaces the names that it knows and leaves the others to
    /// the shell: a declared name and one with a dot or a capital are variables, a function of the script and a word in
    /// lower case that nothing declares are commands.
    private func isMacro(_ name: String, _ functions: Set<String>) -> Bool {
        if values[name.lowercased()] != nil || changed.contains(name.lowercased()) { return true }
        if functions.contains(name) { return false }
        if let dot = name.lastIndex(of: ".") {
            return !["sh", "py", "pl", "rb", "exe"].contains(name[name.index(after: dot)...])
        }
        return name.utf8.contains { $0.isASCIIUppercase }
    }

    /// Whether `$(name)` is all of a line: a command that only the build knows, whoever replaces it.
    private func isCommandLine(_ range: Range<Int>, _ bytes: [UInt8]) -> Bool {
        let feed = UInt8(ascii: "\n")
        let before = bytes[..<range.lowerBound].suffix(Self.maximumName).reversed().first { !$0.isASCIIBlank }
        let after = bytes[range.upperBound...].prefix(Self.maximumName).first { !$0.isASCIIBlank }
        return (before ?? feed) == feed && [feed, UInt8(ascii: "\r")].contains(after ?? feed)
    }

    /// `variables.name`, `variables['name']`
    private static func variable(ofExpression bytes: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: bytes.dropFirst(3).dropLast(2).filter { !$0.isASCIIBlank }, as: UTF8.self)
        guard text.hasPrefix("variables") else { return nil }
        let rest = text.dropFirst("variables".count)
        if rest.hasPrefix(".") { return String(rest.dropFirst()) }
        guard rest.hasPrefix("['"), rest.hasSuffix("']"), rest.count > 4 else { return nil }
        return String(rest.dropFirst(2).dropLast(2))
    }

    /// The functions that a script defines: `name()` and `function name`.
    private static func functions(_ bytes: [UInt8]) -> Set<String> {
        var names = Set<String>()
        var word = 0..<0
        var isAfterKeyword = false
        var index = 0
        while index < bytes.count {
            if bytes[index].isASCIIAlphanumeric || bytes[index] == UInt8(ascii: "_")
                || bytes[index] == UInt8(ascii: "-")
            {
                let end =
                    bytes[index...].firstIndex {
                        !$0.isASCIIAlphanumeric && $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-")
                    } ?? bytes.count
                if isAfterKeyword {
                    names.insert(String(decoding: bytes[index..<end].prefix(maximumName), as: UTF8.self))
                }
                isAfterKeyword = bytes[index..<end].elementsEqual("function".utf8)
                word = index..<end
                index = end
                continue
            }
            if bytes[index] == UInt8(ascii: "("), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: ")"),
                !word.isEmpty, bytes[word.upperBound..<index].allSatisfy(\.isASCIIBlank)
            {
                names.insert(String(decoding: bytes[word].prefix(maximumName), as: UTF8.self))
            }
            if !bytes[index].isASCIIBlank {
                word = 0..<0
                isAfterKeyword = false
            }
            index += 1
        }
        return names
    }

    /// The names that scripts set while they run: `##vso[task.setvariable variable=NAME]`.
    static func namesSetByScripts(_ text: SourceText) -> Set<String> {
        let mark = Array("setvariable variable=".utf8)
        var names = Set<String>()
        var index = 0
        while index + mark.count < text.bytes.count {
            guard text.bytes[index] == mark[0], text.bytes[index...].starts(with: mark) else {
                index += 1
                continue
            }
            let name = text.bytes[(index + mark.count)...].prefix(maximumName).prefix {
                $0.isASCIIAlphanumeric || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
            }
            names.insert(String(decoding: name, as: UTF8.self).lowercased())
            index = name.endIndex
        }
        return names
    }
}
