import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// `make TARGET` with a Makefile of the build context (https://www.gnu.org/software/make/manual/html_node/Rules.html).
///
/// Read are the recipes of the named targets and of their prerequisites, with the variables that the Makefile and the
/// command line set. `$(shell command)` runs when the file is read, and both sides of a conditional are taken. Other
/// functions are left out: a recipe that uses such a value holds words that are not known, an include by one is named.
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
        let chosen = arguments.option("-f", "--file", "--makefile")
        for option in [directory, chosen].compactMap({ $0 }) where option.value == nil {
            return addUnread(
                "make \(option.name) \(option.valueWord?.raw ?? "")", "its Makefile is known only during the build",
                in: source, at: source.text.range(command.range))
        }
        let folder = directory?.value.map { $0 + "/" } ?? ""
        let names =
            chosen?.value.map { [$0] } ?? ["GNUmakefile", "makefile", "Makefile"]
        for name in names {
            guard let found = find(folder + name, command, step), found.path != nil,
                case .text(let file) = found.file
            else { continue }
            let operands = arguments.operands
            let targets = operands.compactMap(\.text).filter { !$0.contains("=") }
            guard readCalls.insert("\(file.name) \(operands.map { $0.text ?? $0.raw })").inserted else { return }
            let makefile = makefile(file, in: folder, command, step)
            var variables: [(String, String)] = makefile.variables
            for operand in operands.compactMap(\.text) {
                guard let equals = operand.firstIndex(of: "=") else { continue }
                variables.append((String(operand[..<equals]), String(operand[operand.index(after: equals)...])))
            }
            add(file: file, kind: "makefile")
            let place = FileLocation(
                file: source.text.name, line: source.text.place(at: command.range.lowerBound).line)
            let (recipes, unread) = makefile.steps(of: targets)
            for target in unread {
                addUnread(
                    "make \(target)", "no rule of the Makefile that is read makes it", in: source,
                    at: source.text.range(command.range))
            }
            let isFirst = readCalls.insert("\(file.name) shell").inserted
            for name in isFirst ? makefile.unreadIncludes : [] {
                addUnread(
                    "include \(name)", "the Makefile includes it, and it is not read", in: source,
                    at: source.text.range(command.range))
            }
            for (recipe, file) in (isFirst ? makefile.shellCalls : []) + recipes {
                add(file: file, kind: "makefile")
                let inner = CommandSource(
                    text: file, usedBy: source.usedBy ?? place, hasSnapshot: source.hasSnapshot,
                    depth: source.depth + 1)
                read(
                    step.step(
                        ofCommandLine: recipe, in: file, by: command,
                        directory: directory?.value ?? ".", setting: variables), inner)
            }
            return
        }
    }

    /// As many files as one Makefile includes.
    private static let maximumIncludes = 64

    /// The rules of a file and of those that it includes, read once however often it is called.
    private mutating func makefile(
        _ file: SourceText, in folder: String, _ command: ShellCommand, _ step: RunStep
    ) -> Makefile {
        if let last = lastMakefile, last.name == file.name { return last.makefile }
        var makefile = Makefile(file)
        var open = makefile.includes[...]
        var seen = Set<String>()
        while let (written, isNeeded) = open.popFirst() {
            guard seen.insert(written).inserted else { continue }
            guard seen.count <= Self.maximumIncludes, let names = makefile.words(written) else {
                // The files of a compiler name headers.
                if isNeeded || ![".d", ".d)", ".d}"].contains(where: written.hasSuffix) {
                    makefile.unreadIncludes.append(written)
                }
                continue
            }
            if names != [written] {
                open.insert(contentsOf: names.map { ($0, isNeeded) }, at: open.startIndex)
                continue
            }
            guard let found = find(folder + written, command, step), found.path != nil,
                case .text(let text) = found.file
            else {
                if isNeeded { makefile.unreadIncludes.append(written) }
                continue
            }
            let other = Makefile(text)
            open += other.includes
            makefile.add(other)
        }
        makefile.resolve()
        lastMakefile = (file.name, makefile)
        return makefile
    }
}

/// A Makefile's rules and variables, as far as they are written out.
struct Makefile {
    struct MakeRule {
        /// The target as it is written, with variables.
        let target: String
        /// What it needs, as it is written.
        let prerequisites: [String]
        let recipe: MappedText
        let file: SourceText
    }

    /// Commands and the file that holds them.
    typealias Step = (recipe: MappedText, file: SourceText)

    /// The assignments in the order of the file, and whether they add to a value.
    private(set) var assignments: [(name: String, value: String, isAdded: Bool)] = []
    /// The variables, in the order of the file.
    var variables: [(String, String)] { assignments.map { ($0.name, $0.value) } }
    /// The commands that run when the file is read.
    private(set) var shellCalls: [Step] = []
    /// The files that it includes, as they are written, and whether they have to be there.
    private(set) var includes: [(name: String, isNeeded: Bool)] = []
    /// Those that have to be there and that were not found, or are too many.
    fileprivate(set) var unreadIncludes: [String] = []
    private(set) var rules: [MakeRule] = []
    /// The rules by what they make and need once variables stand for their values.
    var resolution = Resolution()

    private static let maximumTargets = 64
    private static let maximumDepth = 16

    init(_ text: SourceText) {
        var targets: [String] = []
        var prerequisites: [String] = []
        var recipe = MappedText()
        var recipePrefix = UInt8(ascii: "\t")
        func rule() -> [MakeRule] {
            targets.map { MakeRule(target: $0, prerequisites: prerequisites, recipe: recipe, file: text) }
        }
        var line = 1
        while let offsets = text.offsets(ofLine: line) {
            line += 1
            if text.bytes[offsets].first == recipePrefix {
                recipe.append(makeRecipeLine: text.bytes[offsets].dropFirst())
                continue
            }
            // A line that ends with a backslash goes on in the next one.
            var end = offsets.upperBound
            var pieces = [text.string(offsets)]
            while Self.isContinued(text.bytes[offsets.lowerBound..<end]), let next = text.offsets(ofLine: line) {
                pieces.append(text.string(next))
                end = next.upperBound
                line += 1
            }
            let content = pieces.map { $0.hasSuffix("\\") ? String($0.dropLast()) : $0 }.joined(separator: " ")
            let whole = text.bytes[offsets.lowerBound..<end]
            guard let first = content.first, first != "#" else { continue }
            shellCalls += Self.shellCalls(in: whole).map { ($0, text) }
            // Lines of `define`, of conditionals, and what stands behind no rule.
            if first == " " || first == "\t" { continue }
            let head = content.split(separator: "#", maxSplits: 1).first.map(String.init) ?? ""
            if head.hasPrefix(".RECIPEPREFIX"), let equals = head.firstIndex(of: "=") {
                recipePrefix = head[head.index(after: equals)...].utf8.first { $0 != UInt8(ascii: " ") } ?? 9
                continue
            }
            if let directive = head.split(separator: " ").first,
                ["include", "-include", "sinclude"].contains(directive)
            {
                includes += Self.expressions(head).dropFirst().map { ($0, directive == "include") }
                continue
            }
            if let (name, value) = Self.assignment(head) {
                let isAdded = head.prefix { $0 != "=" }.hasSuffix("+")
                assignments.append((name, value, isAdded))
                continue
            }
            guard let colon = Self.colon(in: head) else { continue }
            rules += rule()
            recipe = MappedText()
            targets = Self.expressions(String(head[..<colon]))
            let rest = head[head.index(after: colon)...]
            prerequisites = Self.expressions(String(rest.prefix { $0 != ";" }.map { $0 == "|" ? " " : $0 })).map {
                $0.hasPrefix(":") ? String($0.dropFirst()) : $0
            }.filter { !$0.isEmpty }
            // `target: ; command`
            if rest.contains(";"), let semicolon = whole.firstIndex(of: UInt8(ascii: ";")) {
                recipe.append(makeRecipeLine: whole[(semicolon + 1)...])
            }
        }
        rules += rule()
        resolve()
    }

    /// Adds what an included file says.
    fileprivate mutating func add(_ other: Makefile) {
        assignments += other.assignments
        shellCalls += other.shellCalls
        rules += other.rules
    }

    private static func isContinued(_ line: ArraySlice<UInt8>) -> Bool {
        line.last { $0 != UInt8(ascii: "\r") } == UInt8(ascii: "\\")
    }

    /// The commands of `$(shell command)` and `NAME != command`, which run when the Makefile is read.
    private static func shellCalls(in line: ArraySlice<UInt8>) -> [MappedText] {
        var calls: [MappedText] = []
        func add(_ command: ArraySlice<UInt8>) {
            var call = MappedText()
            call.append(makeRecipeLine: command)
            calls.append(call)
        }
        var rest = line
        while let start = rest.firstRange(ofBytes: shell) {
            rest = rest[start.upperBound...]
            var depth = 1
            let end = rest.firstIndex { byte in
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") { depth -= 1 }
                return depth == 0
            }
            guard let end else { break }
            add(rest[..<end])
            rest = rest[end...]
        }
        if let equals = line.firstIndex(of: UInt8(ascii: "=")), equals > line.startIndex,
            line[equals - 1] == UInt8(ascii: "!"),
            line[..<(equals - 1)].allSatisfy({ $0.isASCIIAlphanumeric || $0.isASCIIBlank || $0 == UInt8(ascii: "_") })
        {
            add(line[(equals + 1)...])
        }
        return calls
    }

    fileprivate static let shell = Array("$(shell ".utf8)
    /// What make calls itself by.
    fileprivate static let calls = [Array("$(MAKE)".utf8), Array("${MAKE}".utf8)]

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

    /// The recipes of targets and of what they need with their files, prerequisites first; without a target that of the first
    /// rule.
    ///
    /// - Returns: the recipes, and the targets that no rule names or that are too many.
    func steps(of targets: [String]) -> (steps: [Step], unread: [String]) {
        let first = resolution.first.map { [$0] } ?? []
        var seen = Set<String>()
        // One pattern makes many files with the same recipe.
        var patterns = Set<Int>()
        var result: [Step] = []
        var unread: [String] = []
        func visit(_ target: String, _ depth: Int) {
            guard !seen.contains(target) else { return }
            guard depth < Self.maximumDepth, seen.count < Self.maximumTargets else {
                if unread.count < Self.maximumTargets { unread.append(target) }
                return
            }
            seen.insert(target)
            if resolution.hasMorePatterns, !resolution.hasOwnRule(target) { unread.append(target) }
            // A target may have several rules; what all of them name is made before.
            let own = resolution.rules(of: target).filter {
                !resolution.isPattern($0) || patterns.insert($0).inserted
            }
            for rule in own {
                for prerequisite in resolution.prerequisites[rule] ?? rules[rule].prerequisites {
                    visit(prerequisite, depth + 1)
                }
            }
            result += own.map { rules[$0] }.filter { $0.recipe.count > 0 }.map { ($0.recipe, $0.file) }
        }
        for target in targets.isEmpty ? first : targets {
            if resolution.rules(of: target).isEmpty { unread.append(target) } else { visit(target, 0) }
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
            } else if line[index...].starts(with: Makefile.shell) {
                // `$(shell command)` in a recipe is what `$(command)` is.
                append([byte, next][...], standingFor: index..<(index + 2))
                index += Makefile.shell.count
            } else if let call = Makefile.calls.first(where: { line[index...].starts(with: $0) }) {
                append(Array("make".utf8)[...], standingFor: index..<(index + call.count))
                index += call.count
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
