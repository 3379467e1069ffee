import SourceDocuments
import Testing

@testable import DockerfileSyntax

/// What the readers of Dockerfiles and shell scripts cannot know, they say.
struct GapTests {
    private static let unread: [(text: String, kind: SyntaxGap.Kind, subject: String)] = [
        ("SHELL [\"powershell\", \"-Command\"]\nRUN Install-Module x\n", .interpreter, "Install-Module x"),
        ("SHELL [\"cmd\", \"/S\", \"/C\"]\nRUN choco install x\n", .interpreter, "choco install x"),
        ("SHELL [\"/usr/bin/perl\", \"-e\"]\nRUN print 1\n", .interpreter, "print 1"),
        ("RUN <<EOF\n#!/usr/bin/env ruby\nputs 1\nEOF\n", .interpreter, "#!/usr/bin/env ruby"),
        ("ARG X\nRUN eval $X\n", .computedScript, "eval $X"),
        ("RUN eval \"$(make commands)\"\n", .computedScript, "eval \"$(make commands)\""),
        ("RUN decrypt x | bash\n", .computedScript, "bash"),
        ("RUN decrypt x | sudo sh -s -- -y\n", .computedScript, "sh -s -- -y"),
        ("ONBUILD RUN eval $X\n", .computedScript, "eval $X"),
    ]

    @Test("each construct that is not read is a gap with its text and line", arguments: unread.indices)
    func gaps(index: Int) {
        let (text, kind, subject) = Self.unread[index]
        let file = SourceText(name: "Dockerfile", text: "FROM debian:12.5\n" + text)
        let model = DockerfileModel(Dockerfile.parse(file))
        #expect(model.gaps.map(\.kind) == [kind])
        #expect(model.gaps.map(\.subject) == [subject])
        #expect(model.gaps.allSatisfy { !$0.reason.isEmpty })
        #expect(model.runs.flatMap(\.gaps) == model.gaps)
        let gap = model.gaps.first?.gap(in: file)
        #expect(gap?.source?.file == "Dockerfile")
        #expect(gap?.source?.line == file.place(at: model.gaps[0].range.lowerBound).line)
    }

    @Test(
        "what is read, or sets up the shell, is not a gap",
        arguments: [
            "RUN echo hello | bash\n", "RUN eval 'apt-get update'\n", "RUN eval \"$(ssh-agent -s)\"\n",
            "RUN eval \"$(/opt/conda/bin/conda shell.bash hook)\"\n", "RUN curl -s https://index.example/x | sh\n",
            "RUN sh -c 'true'\n", "RUN [\"/bin/echo\", \"x\"]\n", "# escape=`\nRUN true\n",
            "RUN if [ a = b ]; then eval $X; fi\n",
        ])
    func noGaps(_ text: String) {
        let source =
            text.hasPrefix("#") ? text.replacing("\nRUN", with: "\nFROM debian:12.5\nRUN") : "FROM debian:12.5\n" + text
        let model = DockerfileModel(Dockerfile.parse(SourceText(name: "Dockerfile", text: source)))
        #expect(model.gaps.isEmpty, "\(model.gaps)")
        #expect(!model.runs.isEmpty)
    }

    @Test("a script that nests without end is cut with a gap")
    func limits() {
        let nested = String(repeating: "sh -c '", count: 1) + String(repeating: "eval ", count: 60) + "true'"
        let model = DockerfileModel(
            Dockerfile.parse(SourceText(name: "Dockerfile", text: "FROM a:1\nRUN \(nested)\n")))
        #expect(model.gaps.contains { $0.kind == .limit })
        #expect(model.gaps.count <= 256)
    }

    private static let conditions: [(script: String, reachable: [String])] = [
        ("if [ \"$A\" != SKIP ]; then one; fi", []),
        ("if [ \"$A\" = SKIP ]; then one; else two; fi", ["one"]),
        ("if [ \"$A\" = x ]; then one; elif [ \"$A\" = SKIP ]; then two; else three; fi", ["two"]),
        ("if [[ $A == SKIP ]]; then one; else two; fi", ["one"]),
        ("if [ -z \"$E\" ]; then one; fi; two", ["one", "two"]),
        ("if test -n \"$E\"; then one; fi; two", ["two"]),
        ("[ \"$A\" = SKIP ] || one", []),
        ("[ \"$A\" = SKIP ] && one", ["one"]),
        ("[ \"$A\" != SKIP ] && one || two", ["two"]),
        ("! [ \"$A\" = SKIP ] && one", []),
        ("if [ \"$UNKNOWN\" = x ]; then one; else two; fi", ["one", "two"]),
        ("if [ -f /x ]; then one; else two; fi", ["one", "two"]),
        ("if [[ $A == S* ]]; then one; else two; fi", ["one", "two"]),
        ("A=b; if [ \"$A\" = SKIP ]; then one; else two; fi", ["two"]),
        ("if true; then one; fi", ["one"]),
    ]

    @Test("a branch behind a test that fails with the file's values is not reachable", arguments: conditions.indices)
    func conditionsAreEvaluated(index: Int) {
        let (script, reachable) = Self.conditions[index]
        let text = "FROM debian:12.5\nARG A=SKIP\nARG E=\"\"\nRUN \(script)\n"
        let model = DockerfileModel(Dockerfile.parse(SourceText(name: "Dockerfile", text: text)))
        let commands = model.runs[0].commands.filter { ["one", "two", "three"].contains($0.name ?? "") }
        #expect(commands.filter { !$0.isUnreachable }.compactMap(\.name) == reachable, "\(script)")
        // Nothing is left out of the list.
        #expect(commands.count == ["one", "two", "three"].filter { script.contains($0) }.count)
    }

    @Test("a variable that is set in a branch that is not taken keeps its value")
    func unreachableAssignments() {
        let text = "FROM debian:12.5\nARG A=x\nRUN if [ $A = y ]; then V=1; else V=2; fi; use $V\n"
        let model = DockerfileModel(Dockerfile.parse(SourceText(name: "Dockerfile", text: text)))
        #expect(model.runs[0].commands.last?.argv == ["use", "2"])
    }

    @Test("what a pipeline writes into a shell is read with its positions")
    func pipedScripts() {
        let text =
            "FROM debian:12.5\nRUN echo \"pip install x\" | bash\nRUN printf '%s\\n' 'apt-get update' | sudo sh\n"
        let file = SourceText(name: "Dockerfile", text: text)
        let model = DockerfileModel(Dockerfile.parse(file))
        let commands = model.runs.flatMap(\.commands)
        let pip = commands.first { $0.name == "pip" }
        #expect(pip?.argv == ["pip", "install", "x"])
        #expect(pip.map { file.string($0.range) } == "pip install x")
        #expect(commands.contains { $0.argv == ["apt-get", "update"] })
    }

    @Test("CMD and ENTRYPOINT are read, and are not a part of the build")
    func starts() {
        let text = "FROM debian:12.5\nENTRYPOINT [\"pip\", \"install\", \"x\"]\nCMD pip install y\n"
        let model = DockerfileModel(Dockerfile.parse(SourceText(name: "Dockerfile", text: text)))
        #expect(model.runs.isEmpty)
        #expect(model.starts.flatMap(\.commands).map(\.argv) == [["pip", "install", "x"], ["pip", "install", "y"]])
    }

    @Test("a replacement that grows without bound has no value")
    func growing() {
        let long = String(repeating: "a", count: 700)
        let texts = ["FROM a:${A//a/${A//a/${A//a/$A}}}\n", "FROM b:1\nARG A\nRUN x ${A//a/${A//a/${A//a/$A}}}\n"]
        for text in texts {
            let source = SourceText(name: "Dockerfile", text: "ARG A=\(long)\n" + text)
            let model = DockerfileModel(Dockerfile.parse(source))
            #expect(model.images.first?.strength == (text.hasPrefix("FROM a") ? .unknown : .exact))
            #expect(model.runs.allSatisfy { $0.commands.allSatisfy { $0.argv == ["x", nil] } })
        }
    }

    @Test("defaults that double have no value, and take no time")
    func doubling() {
        var text = "ARG A0=xx\n"
        for number in 1...59 { text += "ARG A\(number)=${A\(number - 1)}${A\(number - 1)}\n" }
        text += "FROM a:${A59}\n"
        let model = DockerfileModel(Dockerfile.parse(SourceText(name: "Dockerfile", text: text)))
        #expect(model.images.map(\.strength) == [.unknown])
    }
}
