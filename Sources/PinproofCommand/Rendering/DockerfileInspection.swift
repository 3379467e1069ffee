import DockerfileSyntax
import EnvironmentInventory
import FindingReports
import Pinproof
import SourceDocuments

/// What `inspect` shows of a Dockerfile.
struct DockerfileInspection {
    private let model: DockerfileModel

    /// Parses the file.
    ///
    /// - Throws: an input error with the position of what BuildKit would refuse.
    init(_ text: SourceText) throws(InputError) {
        let dockerfile = try parseDockerfile(text)
        if let refusal = dockerfile.refusal { throw InputError(refusal.description) }
        model = DockerfileModel(dockerfile)
    }

    /// The tree for programs, `pinproof/inspect/1`; its keys are documented in docs/json.md.
    var json: JSONValue { Self.json(model).withoutCredentials }

    /// The tree for a person.
    var text: String { Self.plain(model) }

    private static func json(_ model: DockerfileModel) -> JSONValue {
        .members([
            "schema": .string("pinproof/inspect/1"),
            "subject": SubjectDescription(kind: .dockerfile, format: "dockerfile", name: model.dockerfile.text.name)
                .json,
            "instructions": .array(
                model.dockerfile.instructions.enumerated().map { index, instruction in
                    self.instruction(instruction, model.commands(ofInstruction: index))
                }),
            "stages": .array(
                model.stages.map {
                    .members([
                        "name": .optional($0.name), "index": .integer($0.index), "base": .string($0.baseText),
                        "line": .integer($0.line),
                    ])
                }),
            "images": .array(
                model.images.map {
                    .members([
                        "reference": .string($0.text), "line": .integer($0.line), "role": .string($0.role.rawValue),
                        "strength": .string($0.strength.rawValue),
                    ])
                }),
        ])
    }

    private static func instruction(_ instruction: Instruction, _ commands: [ShellCommand]) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("keyword", .string(instruction.keyword)),
            .init("flags", .strings(instruction.flags.map(\.text))),
            .init("arguments", .strings(instruction.arguments)),
            .init("json", .boolean(instruction.isJSON)),
            .init("startLine", .integer(instruction.startLine)),
            .init("endLine", .integer(instruction.endLine)),
            .init("heredocs", heredocs(instruction)),
            .init("commands", instruction.trigger == nil ? self.commands(commands) : .array([])),
        ]
        if let trigger = instruction.trigger {
            members.append(
                .init(
                    "trigger",
                    .members([
                        "keyword": .string(trigger.keyword),
                        "flags": .strings(trigger.flags.map(\.text)),
                        "arguments": .strings(trigger.arguments),
                        "json": .boolean(trigger.isJSON),
                        "heredocs": heredocs(trigger),
                        "commands": self.commands(commands),
                    ])))
        }
        return .object(members)
    }

    private static func heredocs(_ instruction: Instruction) -> JSONValue {
        .array(
            instruction.heredocs.map {
                .members(["name": .string($0.name), "content": .string($0.content), "expand": .boolean($0.expand)])
            })
    }

    private static func commands(_ commands: [ShellCommand]) -> JSONValue {
        .array(
            commands.filter { !$0.words.isEmpty && !$0.isFromCall }.map { command in
                .members([
                    "argv": .array(command.argv.map { .optional($0) }),
                    "line": .integer(command.line),
                ])
            })
    }

    private static func plain(_ model: DockerfileModel) -> String {
        var text = "\(visible(model.dockerfile.text.name))  dockerfile\n"
        for stage in model.stages {
            let name = stage.name.map { " \($0)" } ?? ""
            text += "\nstage \(stage.index)\(firstLine(name)) from \(firstLine(stage.baseText))  (line \(stage.line))\n"
            for index in stage.instructions {
                let instruction = model.dockerfile.instructions[index]
                let words = (instruction.flags.map(\.text) + instruction.arguments).joined(separator: " ")
                text += "  \(instruction.startLine): \(instruction.keyword) \(firstLine(words))\n"
                for command in model.commands(ofInstruction: index)
                where !command.words.isEmpty && !command.isFromCall {
                    let words = command.words.map { $0.text ?? $0.raw }.joined(separator: " ")
                    text += "      \(command.line): \(firstLine(words))\n"
                }
            }
        }
        if !model.images.isEmpty { text += "\nimages\n" }
        for image in model.images {
            text += "  \(image.line): \(firstLine(image.text))  \(image.strength.rawValue), \(image.role.rawValue)\n"
        }
        return text
    }

    private static func firstLine(_ text: String) -> String {
        // Before the cut, which might leave half a URL.
        let line = URLCredentials.redacted(text).split(separator: "\n", omittingEmptySubsequences: false).first ?? ""
        return visible(line.count > 120 ? line.prefix(119) + "…" : String(line))
    }
}

extension JSONValue {
    /// The value without the credentials of the URLs in its texts.
    fileprivate var withoutCredentials: JSONValue {
        switch self {
        case .string(let text): .string(URLCredentials.redacted(text))
        case .array(let items): .array(items.map(\.withoutCredentials))
        case .object(let members): .object(members.map { .init($0.key, $0.value.withoutCredentials) })
        default: self
        }
    }
}
