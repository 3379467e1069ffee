import Glibc
import SourceDocuments
import Testing

@testable import DockerfileSyntax

/// Writes what was read from a folder of Dockerfiles as JSON lines, for the scripts in `Oracle/`.
///
/// Runs only when `DOCKERFILE_CORPUS` (the folder) and `DOCKERFILE_DUMP` (the file to write) are set.
@Suite struct OracleDump {
    @Test(.enabled(if: environment("DOCKERFILE_CORPUS") != nil))
    func dump() throws {
        guard let folder = environment("DOCKERFILE_CORPUS"), let output = environment("DOCKERFILE_DUMP") else { return }
        var lines: [UInt8] = []
        for name in fileNames(folder).sorted() where name != "SOURCES.txt" {
            guard let bytes = readBytes(folder + "/" + name) else { continue }
            let dockerfile = Dockerfile.parse(SourceText(name: name, bytes: bytes))
            let model = DockerfileModel(dockerfile)
            // A word's place in the file holds the word, unless a continuation lies in it.
            for word in model.runs.flatMap(\.commands).flatMap(\.words) {
                let written = dockerfile.text.string(word.range)
                if word.standsInFile, !written.contains("\n"), !written.contains("\r\n"), !word.raw.contains("\n") {
                    #expect(
                        written == word.raw || written.contains("\\"),
                        "\(name): \(written.debugDescription) \(word.raw.debugDescription)")
                }
            }
            let value = JSONValue.members([
                "file": .string(name),
                "refusal": .optional(dockerfile.refusal?.description),
                "problems": .strings(dockerfile.problems.map(\.description)),
                "instructions": .array(dockerfile.instructions.map(Self.json)),
                "content": .strings(model.problems.map(\.description)),
                "images": .array(
                    model.images.map {
                        .members([
                            "line": .integer($0.line), "role": .string($0.role.rawValue), "reference": .string($0.text),
                            "written": .string($0.written), "strength": .string($0.strength.rawValue),
                        ])
                    }),
                "commands": .array(
                    model.runs.flatMap(\.commands).filter { !$0.words.isEmpty && !$0.isFromCall }.map { command in
                        .members([
                            "line": .integer(command.line), "argv": .array(command.argv.map { .optional($0) }),
                            "raw": .strings(command.words.map(\.raw)),
                            "directory": .optional(command.workingDirectory), "user": .optional(command.user),
                        ])
                    }),
                "scripts": .array(
                    model.runs.filter { $0.interpreter == .shell }.map { run in
                        let (script, heredocs) = ShellParser.parse(run.script)
                        var walker = SimpleCommandWalker(text: run.script)
                        walker.walk(script, heredocs)
                        return .members([
                            "line": .integer(dockerfile.instructions[run.instructionIndex].startLine),
                            "text": .string(run.script.string),
                            "problem": .optional(script.problem?.reason),
                            "commands": .array(walker.found.map { .strings($0) }),
                        ])
                    }),
            ])
            lines += value.text().utf8.map { $0 == 0x0A ? 0x20 : $0 }
            lines.append(0x0A)
        }
        try writeBytes(lines, output)
    }

    private static func json(_ instruction: Instruction) -> JSONValue {
        .members([
            "keyword": .string(instruction.keyword),
            "flags": .strings(instruction.flags.map(\.text)),
            "arguments": .strings(instruction.arguments),
            "json": .boolean(instruction.isJSON),
            "startLine": .integer(instruction.startLine),
            "endLine": .integer(instruction.endLine),
            "heredocs": .array(
                instruction.heredocs.map {
                    .members([
                        "name": .string($0.name), "fd": .integer($0.fileDescriptor), "content": .string($0.content),
                    ])
                }),
            "trigger": instruction.trigger.map(json) ?? .null,
        ])
    }
}

/// Collects the words of every simple command as they are written.
private struct SimpleCommandWalker {
    var text: MappedText
    var found: [[String]] = []

    mutating func walk(_ script: ShellScript, _ heredocs: [ShellSyntaxHeredoc]) {
        let outer = text
        text = script.text
        walk(script.body, heredocs)
        text = outer
    }

    private mutating func walk(_ body: ShellBody, _ heredocs: [ShellSyntaxHeredoc]) {
        for statement in body.statements {
            for element in statement.elements {
                for node in element.pipeline.commands { walk(node, heredocs) }
            }
        }
    }

    private mutating func walk(_ redirects: [ShellRedirect], _ heredocs: [ShellSyntaxHeredoc]) {
        for redirect in redirects {
            walk(redirect.target.parts)
            if let number = redirect.heredoc { walk(heredocs[number].parts) }
        }
    }

    private mutating func walk(_ parts: [ShellWordPart]) {
        for part in parts {
            switch part {
            case .text: break
            case .parameter(let parameter, _):
                walk(parameter.operand)
                walk(parameter.replacement)
            case .arithmetic(let parts, _): walk(parts)
            case .command(let script, let heredocs, _, _), .process(let script, let heredocs, _): walk(script, heredocs)
            }
        }
    }

    private mutating func walk(_ node: ShellNode, _ heredocs: [ShellSyntaxHeredoc]) {
        switch node {
        case .simple(let simple):
            let ranges = simple.assignments.map(\.range) + simple.words.map(\.range)
            if !ranges.isEmpty { found.append(ranges.map { text.slice($0).string }) }
            for assignment in simple.assignments {
                walk(assignment.value?.parts ?? [])
                for word in assignment.array ?? [] { walk(word.parts) }
            }
            for word in simple.words { walk(word.parts) }
            walk(simple.redirects, heredocs)
        case .group(let body, let redirects), .subshell(let body, let redirects):
            walk(body, heredocs)
            walk(redirects, heredocs)
        case .ifClause(let branches, let otherwise, let redirects):
            for branch in branches {
                walk(branch.condition, heredocs)
                walk(branch.body, heredocs)
            }
            if let otherwise { walk(otherwise, heredocs) }
            walk(redirects, heredocs)
        case .loop(let condition, let body, let redirects):
            walk(condition, heredocs)
            walk(body, heredocs)
            walk(redirects, heredocs)
        case .forEach(_, let words, let body, let redirects):
            for word in words ?? [] { walk(word.parts) }
            walk(body, heredocs)
            walk(redirects, heredocs)
        case .caseClause(let subject, let items, let redirects):
            walk(subject.parts)
            for item in items {
                for pattern in item.patterns { walk(pattern.parts) }
                walk(item.body, heredocs)
            }
            walk(redirects, heredocs)
        case .function(_, let body): walk(body, heredocs)
        case .test(let words, let body, let redirects):
            for word in words { walk(word.parts) }
            if let body { walk(body, heredocs) }
            walk(redirects, heredocs)
        }
    }
}

/// The value of an environment variable, nil when it is not set.
func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// The names of the files in a folder.
func fileNames(_ folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if !name.hasPrefix(".") { names.append(name) }
    }
    return names
}

/// The bytes of a file, nil when it cannot be read.
func readBytes(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        if count == 0 { return result }
        result += buffer[..<count]
    }
}

struct CannotWrite: Error { let path: String }

/// Writes a file.
func writeBytes(_ bytes: [UInt8], _ path: String) throws {
    guard let file = fopen(path, "wb") else { throw CannotWrite(path: path) }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw CannotWrite(path: path) }
}
