import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// `make TARGET` with a Makefile of the build context (https://www.gnu.org/software/make/manual/html_node/Rules.html).
///
/// Read are the recipes of the named targets and of their prerequisites, with the variables that the Makefile and the
/// command line set. Left out: conditionals, functions, includes and pattern rules; a recipe that uses such a value holds
/// words that are not known.
extension CommandReader {
    /// Reads the recipes that a `make` runs.
    mutating func read(target command: ShellCommand, _ step: RunStep, _ source: CommandSource) {
        guard let name = command.name, name == "make" || name == "gmake", source.depth < Self.maximumDepth else {
            return
        }
        let grammar = OptionGrammar(valueOptions: [
            "-C", "--directory", "-f", "--file", "--makefile", "-I", "-o", "-W", "-j", "-l", "--jobs",
        ])
        let arguments = grammar.arguments(command.words.dropFirst().map { CommandWord($0, in: source.text) })
        let directory = arguments.option("-C", "--directory")
        if directory != nil, directory?.value == nil { return }
        let folder = directory?.value.map { $0 + "/" } ?? ""
        let names =
            arguments.option("-f", "--file", "--makefile")?.value.map { [$0] }
            ?? ["GNUmakefile", "makefile", "Makefile"]
        for name in names {
            guard let found = find(folder + name, command, step), found.path != nil,
                case .text(let file) = found.file
            else { continue }
            let operands = arguments.operands
            let targets = operands.compactMap(\.text).filter { !$0.contains("=") }
            guard readCalls.insert("\(file.name) \(operands.map { $0.text ?? $0.raw })").inserted else { return }
            let makefile = makefile(file)
            var variables: [(String, String)] = makefile.variables
            for operand in operands.compactMap(\.text) {
                guard let equals = operand.firstIndex(of: "=") else { continue }
                variables.append((String(operand[..<equals]), String(operand[operand.index(after: equals)...])))
            }
            add(file: file, kind: "makefile")
            let place = FileLocation(
                file: source.text.name, line: source.text.place(at: command.range.lowerBound).line)
            let inner = CommandSource(
                text: file, usedBy: source.usedBy ?? place, hasSnapshot: source.hasSnapshot, depth: source.depth + 1)
            let (recipes, unread) = makefile.recipes(of: targets)
            for target in unread {
                addUnread(
                    "make \(target)", "no rule of the Makefile that is read makes it", in: source,
                    at: source.text.range(command.range))
            }
            for recipe in recipes {
                read(
                    step.step(
                        ofCommandLine: recipe, in: file, by: command,
                        directory: directory?.value ?? ".", setting: variables), inner)
            }
            return
        }
    }

    /// The rules of a file, read once however often it is called.
    private mutating func makefile(_ file: SourceText) -> Makefile {
        if let last = lastMakefile, last.name == file.name { return last.makefile }
        let makefile = Makefile(file)
        lastMakefile = (file.name, makefile)
        return makefile
    }
}

/// A Makefile's rules and variables, as far as they are written out.
struct Makefile {
    private struct MakeRule {
        let target: String
        let prerequisites: [String]
        let recipe: MappedText
    }

    /// The variables, in the order of the file.
    private(set) var variables: [(String, String)] = []
    private var rules: [MakeRule] = []
    /// The indexes of the rules of each target.
    private var rulesOfTargets: [String: [Int]] = [:]

    private static let maximumTargets = 64
    private static let maximumDepth = 16

    init(_ text: SourceText) {
        var targets: [String] = []
        var prerequisites: [String] = []
        var recipe = MappedText()
        func rule() -> [MakeRule] {
            targets.map { MakeRule(target: $0, prerequisites: prerequisites, recipe: recipe) }
        }
        for line in 1...max(1, text.lineCount) {
            guard let offsets = text.offsets(ofLine: line) else { break }
            let bytes = text.bytes[offsets]
            if bytes.first == UInt8(ascii: "\t") {
                recipe.append(makeRecipeLine: bytes.dropFirst())
                continue
            }
            let content = text.string(offsets)
            guard let first = content.first, first != "#", first != " " else { continue }
            let head = content.split(separator: "#", maxSplits: 1).first.map(String.init) ?? ""
            if let (name, value) = Self.assignment(head) {
                variables.append((name, value))
                continue
            }
            guard let colon = head.firstIndex(of: ":") else { continue }
            rules += rule()
            recipe = MappedText()
            targets = head[..<colon].split(separator: " ").map(String.init)
            prerequisites = head[head.index(after: colon)...].split { " :|".contains($0) }.map(String.init)
        }
        rules += rule()
        for (index, rule) in rules.enumerated() { rulesOfTargets[rule.target, default: []].append(index) }
    }

    /// `NAME = value`, `:=`, `?=`, `+=`; nil for anything else.
    private static func assignment(_ line: String) -> (String, String)? {
        guard let equals = line.firstIndex(of: "=") else { return nil }
        var name = line[..<equals]
        while let last = name.last, ":?+! ".contains(last) { name = name.dropLast() }
        if name.hasPrefix("export ") { name = name.dropFirst("export ".count) }
        guard !name.isEmpty, name.utf8.allSatisfy({ $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") }) else {
            return nil
        }
        let value = line[line.index(after: equals)...].drop { $0 == " " }
        return (String(name), String(value))
    }

    /// The recipes of targets and of what they need, prerequisites first; without a target that of the first rule.
    ///
    /// - Returns: the recipes, and the targets that no rule names or that are too many.
    func recipes(of targets: [String]) -> (recipes: [MappedText], unread: [String]) {
        let first = rules.first { !$0.target.hasPrefix(".") }.map { [$0.target] } ?? []
        var seen = Set<String>()
        var result: [MappedText] = []
        var unread: [String] = []
        func visit(_ target: String, _ depth: Int) {
            guard !seen.contains(target) else { return }
            guard depth < Self.maximumDepth, seen.count < Self.maximumTargets else {
                if unread.count < Self.maximumTargets { unread.append(target) }
                return
            }
            seen.insert(target)
            // A target may have several rules; what all of them name is made before.
            let own = (rulesOfTargets[target] ?? []).map { rules[$0] }
            for rule in own { for prerequisite in rule.prerequisites { visit(prerequisite, depth + 1) } }
            result += own.map(\.recipe).filter { $0.count > 0 }
        }
        for target in targets.isEmpty ? first : targets {
            if rulesOfTargets[target] != nil { visit(target, 0) } else { unread.append(target) }
        }
        return (result, unread)
    }
}

extension MappedText {
    /// Adds a line of a recipe as the shell gets it: `$(NAME)` is `${NAME}`, `$$` is `$`, `@` and `-` in front are make's.
    fileprivate mutating func append(makeRecipeLine line: ArraySlice<UInt8>) {
        var line = line
        while let first = line.first, "@-+ \t".utf8.contains(first) { line = line.dropFirst() }
        var index = line.startIndex
        while index < line.endIndex {
            let byte = line[index]
            let next = index + 1 < line.endIndex ? line[index + 1] : 0
            if byte == UInt8(ascii: "$"), next == UInt8(ascii: "$") {
                append([UInt8(ascii: "$")][...], standingFor: index..<(index + 2))
                index += 2
            } else if byte == UInt8(ascii: "$"), next == UInt8(ascii: "("),
                let close = line[(index + 2)...].firstIndex(where: {
                    !$0.isASCIIAlphanumeric && $0 != UInt8(ascii: "_")
                }),
                line[close] == UInt8(ascii: ")")
            {
                let name = Array("${".utf8) + line[(index + 2)..<close] + Array("}".utf8)
                append(name[...], standingFor: index..<(close + 1))
                index = close + 1
            } else {
                append(line[index...index], at: index)
                index += 1
            }
        }
        append([UInt8(ascii: "\n")][...], at: line.endIndex)
    }
}
