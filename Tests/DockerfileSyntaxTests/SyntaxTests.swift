import SourceDocuments
import Testing

@testable import DockerfileSyntax

func parse(_ text: String) -> Dockerfile { Dockerfile.parse(SourceText(name: "Dockerfile", text: text)) }

/// `keyword flags|arguments` of each instruction, with its lines.
private func summary(_ text: String) -> [String] {
    parse(text).instructions.map {
        let words = ($0.flags.map(\.text) + $0.arguments).joined(separator: "|")
        return "\($0.startLine)-\($0.endLine) \($0.keyword)\($0.isJSON ? " json" : "") \(words)"
    }
}

@Suite struct SyntaxTests {
    @Test(arguments: [
        ("FROM a\nRUN b c  d ", ["1-1 from a", "2-2 run b c  d"]),
        ("from a as b\nrun x", ["1-1 from a|as|b", "2-2 run x"]),
        ("\u{FEFF}FROM a\r\nRUN b \\\r\n  c\r\n", ["1-1 from a", "2-3 run b   c"]),
        ("RUN a \\\n# c\n\n  # d\n  b\nRUN c", ["1-5 run a   b", "6-6 run c"]),
        ("RUN a \\\\\nRUN b", ["1-1 run a \\\\", "2-2 run b"]),
        ("RUN a \\  \n b", ["1-2 run a  b"]),
        ("\\\nFROM a", ["1-2 from a"]),
        ("# escape=`\nRUN a `\n b \\\nUSER c", ["2-3 run a  b \\", "4-4 user c"]),
        ("# c\n# escape=`\nRUN a `\nUSER c", ["3-3 run a `", "4-4 user c"]),
        ("ENV a b  c\nENV a=b c=\"d e\" f='g h' i=j\\ k", ["1-1 env a|b  c", "2-2 env a|b|c|\"d e\"|f|'g h'|i|j\\ k"]),
        ("LABEL a=b \\\n c=d", ["1-2 label a|b|c|d"]),
        ("ARG a b=c", ["1-1 arg a|b=c"]),
        ("CMD [\"a\", \"b\\u00e4\\n\"]", ["1-1 cmd json a|bä\n"]),
        ("CMD [\"a\",]", ["1-1 cmd [\"a\",]"]),
        ("CMD ['a']", ["1-1 cmd ['a']"]),
        ("CMD [\"a\"] b", ["1-1 cmd [\"a\"] b"]),
        ("COPY --from=a --chown=\"b c\" -- d e", ["1-1 copy --from=a|--chown=b c|d|e"]),
        ("COPY [\"a b\", \"c\"]", ["1-1 copy json a b|c"]),
        ("HEALTHCHECK --interval=3s CMD [\"a\"]", ["1-1 healthcheck json --interval=3s|CMD|a"]),
        ("EXPOSE 80  443/tcp", ["1-1 expose 80|443/tcp"]),
        ("FOO bar", ["1-1 foo "]),
        ("RUN <<A cat <<-'B' && c\n1\nA\n\t2\n\tB\nUSER d", ["1-5 run <<A cat <<-'B' && c", "6-6 user d"]),
        ("COPY <<a <<\"b\" /d/\n1\na\n2\nb\nUSER d", ["1-5 copy <<a|<<\"b\"|/d/", "6-6 user d"]),
        ("RUN echo '<<A'\nUSER b", ["1-1 run echo '<<A'", "2-2 user b"]),
        ("RUN [\"<<A\"]\nUSER b", ["1-1 run json <<A", "2-2 user b"]),
        ("RUN cat << A\n1\nA\nUSER b", ["1-3 run cat << A", "4-4 user b"]),
        ("RUN cat <<<A\nUSER b", ["1-1 run cat <<<A", "2-2 user b"]),
    ])
    func instructions(_ text: String, _ expected: [String]) {
        #expect(summary(text) == expected)
    }

    @Test func heredocs() {
        let run = parse("RUN <<A cat <<-'B'\n1 $x\nA\n\t2\n\tB\nUSER d").instructions[0]
        #expect(run.heredocs.map(\.name) == ["A", "B"])
        #expect(run.heredocs.map(\.content) == ["1 $x\n", "\t2\n"])
        #expect(run.heredocs.map(\.expand) == [true, false])
        #expect(run.heredocs.map(\.chomp) == [false, true])
        #expect(run.heredocs.map(\.contentLine) == [2, 4])
        let trigger = parse("ONBUILD COPY <<a /b\n1\na\n").instructions[0]
        #expect(trigger.heredocs.isEmpty)
        #expect(trigger.trigger?.heredocs.map(\.content) == ["1\n"])
        #expect(trigger.trigger?.arguments == ["<<a", "/b"])
    }

    @Test func directivesAndComments() {
        let file = parse(
            "#syntax = docker/dockerfile:1 \n# check=skip=all\n# c\n# syntax=x\nFROM a\nRUN b \\\n  # inner\n c\n")
        #expect(
            file.directives.map { "\($0.name)=\($0.value) \($0.line)" } == [
                "syntax=docker/dockerfile:1 1", "check=skip=all 2",
            ])
        #expect(file.comments.map { "\($0.line) \($0.text)" }.suffix(3) == ["3 c", "4 syntax=x", "7 inner"])
        #expect(file.instructions[0].precedingComments.map(\.text) == ["c", "syntax=x"])
        #expect(file.text.string(file.directives[0].valueRange) == "docker/dockerfile:1")
    }

    /// What BuildKit's parser refuses as a whole, with the line; the rest of the file is read on.
    @Test(arguments: [
        ("", 1, 0), ("# only\n", 2, 0), ("FROM a\nENV b\nUSER c", 2, 2), ("FROM a\nENV a=b c\nUSER c", 2, 2),
        ("FROM a\nRUN [1]\nUSER c", 2, 2), ("FROM a\nRUN <<A\nb\n", 2, 2), ("# escape=x\nFROM a", 1, 1),
        ("# escape=`\n# escape=`\nFROM a", 2, 1),
        ("FROM a\nRUN " + String(repeating: "x", count: 65_532) + "\nUSER c", 2, 3),
    ])
    func refusals(_ text: String, _ line: Int, _ read: Int) {
        let file = parse(text)
        #expect(file.refusal?.range.start.line == line)
        #expect(file.instructions.count == read)
    }

    @Test func longestLine() {
        #expect(parse("FROM a\nRUN " + String(repeating: "x", count: 65_531) + "\nUSER c").refusal == nil)
    }

    @Test(arguments: [
        ("FOO a", "unknown instruction: FOO"), ("FROM a b", "FROM requires either one or three arguments"),
        ("FROM a AS 1b", "invalid name for a build stage: '1b'"), ("COPY a", "COPY requires at least two arguments"),
        ("COPY --form=a b c", "unknown flag: --form"),
        ("SHELL bash", "SHELL requires the arguments to be in JSON form"),
        ("ONBUILD ONBUILD RUN a", "ONBUILD ONBUILD is not allowed"),
        ("ONBUILD FROM a", "FROM is not allowed as an ONBUILD trigger"),
        ("RUN --mount a", "missing a value on flag: --mount"),
        ("HEALTHCHECK X", "unknown type 'X' in HEALTHCHECK, try CMD"),
    ])
    func badInstructions(_ text: String, _ reason: String) {
        let file = parse(text)
        #expect(file.problems.map(\.reason) == [reason])
        #expect(file.refusal == nil)
    }

    @Test func editsKeepEveryOtherByte() throws {
        let text = "FROM  python:3.11 AS b\r\n# c\n\nRUN pip install \\\r\n  flask \\\n  # d\n  'numpy'  # e\n"
        let file = parse(text)
        let model = DockerfileModel(file)
        var edit = DocumentEdit()
        edit.replace(try #require(model.images.first).range, with: "python:3.12")
        let words = try #require(model.runs.first?.commands.first).words
        edit.replace(words[2].range, with: "flask==3.0.0")
        edit.replace(words[3].range, with: "numpy==2.0")
        let result = try edit.applied(to: file.text)
        #expect(
            result.string(0..<result.bytes.count)
                == text.replacing("python:3.11", with: "python:3.12").replacing("flask", with: "flask==3.0.0")
                .replacing("'numpy'", with: "numpy==2.0"))
        edit.replace(words[2].range, with: "x")
        #expect(throws: TextEditError.self) { try edit.applied(to: file.text) }
        #expect(throws: TextEditError.outside(0..<9_999)) {
            try DocumentEdit([TextEdit(range: 0..<9_999, replacement: "")]).applied(to: file.text)
        }
    }
}
