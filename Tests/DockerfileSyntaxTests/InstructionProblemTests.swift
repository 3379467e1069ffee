import SourceDocuments
import Testing

@testable import DockerfileSyntax

/// What BuildKit refuses of an instruction, in its own order
/// (https://github.com/moby/buildkit/blob/master/frontend/dockerfile/instructions/parse.go).
@Suite("Problems of instructions")
struct InstructionProblemTests {
    private static func reasons(_ text: String) -> [String] { parse(text).problems.map(\.reason) }

    @Test(
        "arguments",
        arguments: [
            ("FROM", "FROM requires either one or three arguments"),
            ("FROM a b", "FROM requires either one or three arguments"),
            ("FROM a as b c", "FROM requires either one or three arguments"),
            ("FROM a in b", "FROM requires either one or three arguments"),
            ("FROM a AS B-1_.x", ""), ("FROM a AS -b", "invalid name for a build stage: '-b'"),
            ("FROM a AS 1", "invalid name for a build stage: '1'"),
            ("FROM a AS b/c", "invalid name for a build stage: 'b/c'"),
            ("FROM a AS é", "invalid name for a build stage: 'é'"), ("USER", "USER requires exactly one argument"),
            ("WORKDIR", "WORKDIR requires exactly one argument"),
            ("STOPSIGNAL", "STOPSIGNAL requires exactly one argument"),
            ("MAINTAINER", "MAINTAINER requires exactly one argument"), ("USER a b", ""),
            ("ENV", "ENV requires at least one argument"), ("LABEL", "LABEL requires at least one argument"),
            ("ENV =b", "ENV names can not be blank"), ("ENV a=b =c", "ENV names can not be blank"),
            ("LABEL =b", "LABEL names can not be blank"), ("ENV a", "ENV must have two arguments"),
            ("ENV a=b c", "no = in 'c', which must be of the form name=value"),
            ("ARG", "ARG requires at least one argument"), ("ARG =a", "ARG names can not be blank"), ("ARG a b=c", ""),
            ("COPY a", "COPY requires at least two arguments"), ("ADD", "ADD requires at least two arguments"),
            ("COPY a <<B\nB", "COPY cannot accept a heredoc as a destination"),
            ("EXPOSE", "EXPOSE requires at least one argument"), ("VOLUME", "VOLUME requires at least one argument"),
            ("VOLUME []", "VOLUME requires at least one argument"),
            ("HEALTHCHECK", "HEALTHCHECK requires at least one argument"), ("HEALTHCHECK NONE", ""),
            ("HEALTHCHECK none", ""), ("HEALTHCHECK NONE x", "HEALTHCHECK NONE takes no arguments"),
            ("HEALTHCHECK CMD", "a command is missing after HEALTHCHECK CMD"), ("HEALTHCHECK cmd x", ""),
            ("HEALTHCHECK curl", "unknown type 'curl' in HEALTHCHECK, try CMD"),
            ("ONBUILD", "ONBUILD requires at least one argument"),
            ("SHELL /bin/sh", "SHELL requires the arguments to be in JSON form"),
            ("SHELL []", "SHELL requires at least one argument"), ("SHELL [\"a\"]", ""), ("RUN", ""), ("CMD []", ""),
            ("ENTRYPOINT", ""), ("RUN [1]", "when using JSON array syntax, arrays must be comprised of strings only"),
            ("BUILD x", "unknown instruction: BUILD"), ("\\\n", "an instruction without a keyword"),
        ])
    func arguments(_ text: String, _ reason: String) {
        #expect(Self.reasons(text) == (reason.isEmpty ? [] : [reason]))
    }

    @Test(
        "flags",
        arguments: [
            ("FROM --platform=x a", ""), ("FROM --platform a", "missing a value on flag: --platform"),
            ("FROM --from=x a", "unknown flag: --from"),
            ("FROM --platform=a --platform=b c", "duplicate flag specified: --platform"),
            ("COPY --from=a --chown=b --chmod=c --link --parents --exclude=d --exclude=e f g", ""),
            ("COPY --checksum=x a b", "unknown flag: --checksum"), ("ADD --from=x a b", "unknown flag: --from"),
            ("ADD --checksum=x --keep-git-dir=true --unpack --link=FALSE a b", ""),
            ("COPY --link=maybe a b", "expecting boolean value for flag --link, not: maybe"),
            ("COPY --link= a b", "expecting boolean value for flag --link, not: "),
            ("COPY --link --link a b", "duplicate flag specified: --link"),
            ("COPY --exclude a b", "missing a value on flag: --exclude"),
            ("RUN --mount=type=cache,target=/x --mount=type=tmpfs --network=none --security=insecure --device=x a", ""),
            ("RUN --network a", "missing a value on flag: --network"),
            ("RUN --network=a --network=b c", "duplicate flag specified: --network"),
            ("RUN --mounts=x a", "unknown flag: --mounts"),
            ("HEALTHCHECK --interval=1s --timeout=1s --start-period=1s --start-interval=1s --retries=3 CMD a", ""),
            ("HEALTHCHECK --interval CMD a", "missing a value on flag: --interval"),
            ("USER --x a", "unknown flag: --x"), ("ENV --x a=b", "unknown flag: --x"),
            ("CMD --x=y a", "unknown flag: --x"),
            // BuildKit never looks at the flags of these two.
            ("ARG --x a", ""), ("STOPSIGNAL --x 9", ""),
        ])
    func flags(_ text: String, _ reason: String) {
        #expect(Self.reasons(text) == (reason.isEmpty ? [] : [reason]))
    }

    @Test(
        "what ONBUILD may not run",
        arguments: [
            ("ONBUILD RUN a", ""), ("ONBUILD ONBUILD RUN a", "ONBUILD ONBUILD is not allowed"),
            ("ONBUILD FROM a", "FROM is not allowed as an ONBUILD trigger"),
            ("ONBUILD MAINTAINER a", "MAINTAINER is not allowed as an ONBUILD trigger"),
            ("ONBUILD COPY a", "COPY requires at least two arguments"), ("ONBUILD X", "unknown instruction: X"),
            ("ONBUILD RUN --x a", "unknown flag: --x"),
        ])
    func triggers(_ text: String, _ reason: String) {
        #expect(Self.reasons(text) == (reason.isEmpty ? [] : [reason]))
    }

    @Test("nesting has an end, and is refused as a whole")
    func nesting() {
        let deep = parse("FROM a\n" + String(repeating: "ONBUILD ", count: 40) + "RUN x\n")
        #expect(deep.refusal?.reason == "ONBUILD is nested too deeply" && deep.refusal?.range.start.line == 2)
    }

    @Test(
        "directives",
        arguments: [
            ("# escape=x\nFROM a", ["invalid escape token 'x', only ` and \\ are allowed"]),
            ("# escape=\nFROM a", []), ("# escape= \nFROM a", ["invalid escape token ' ', only ` and \\ are allowed"]),
            ("# syntax=a\n# SYNTAX=b\nFROM a", ["only one syntax parser directive can be used"]),
            ("# check=a\n# check=b\nFROM a", ["only one check parser directive can be used"]),
            ("# other=a\n# escape=x\nFROM a", []), ("#escape=`\nFROM a", []), ("", ["file with no instructions"]),
            ("\n\n# a\n", ["file with no instructions"]),
        ] as [(String, [String])])
    func directives(_ text: String, _ reasons: [String]) { #expect(Self.reasons(text) == reasons) }

    @Test("problems come in the order of the file, whatever kind they are")
    func order() {
        let problems = parse("FOO\nFROM a\nRUN [1]\nCOPY a\nRUN <<A\n").problems
        #expect(problems.map { $0.range.start.line } == [1, 3, 4, 5])
        #expect(problems.map(\.kind) == [.instruction, .syntax, .instruction, .syntax])
        #expect(problems.last?.reason == "unterminated heredoc A")
    }

    // MARK: JSON

    /// RFC 8259 as Go's encoding/json reads it; nil is the shell form.
    @Test(
        "the JSON form",
        arguments: [
            (#"["a"]"#, ["a"]), ("[]", []), ("[ ]", []), ("[\t\"a\" , \"b\" ]", ["a", "b"]),
            (#"["\"\\\/\b\f\n\r\t"]"#, ["\"\\/\u{8}\u{C}\n\r\t"]),
            (#"["\u00e4\u00E4"]"#, ["ää"]), (#"["\ud83d\ude00"]"#, ["😀"]), (#"["\ud83d"]"#, ["\u{FFFD}"]),
            (#"["\ud83dx"]"#, ["\u{FFFD}x"]), (#"["\ude00"]"#, ["\u{FFFD}"]), (#"["\u12"]"#, nil), (#"["\x41"]"#, nil),
            (#"["a",]"#, nil), (#"["a" "b"]"#, nil), (#"["a""#, nil), (#"["a"#, nil), ("[", nil), (#"["a"] b"#, nil),
            (#"['a']"#, nil), (#"[a]"#, nil), (#"["a\"]"#, nil), ("[\"a\tb\"]", nil), (#"[tru]"#, nil), ("[01]", nil),
            ("[1.]", nil), ("[1e]", nil), ("[1e999]", nil), ("[{\"a\"}]", nil), ("[{a: 1}]", nil), ("[[1,]]", nil),
            (#"{"a": 1}"#, nil), (#""a""#, nil),
        ] as [(String, [String]?)])
    func json(_ text: String, _ words: [String]?) throws {
        let instruction = try #require(parse("CMD \(text)").instructions.first)
        #expect(instruction.isJSON == (words != nil))
        #expect(instruction.arguments == words ?? [text])
    }

    @Test(
        "JSON with anything but strings is refused",
        arguments: [
            "[1]", "[-0.5e+3]", "[true, false, null]", "[{}]", #"[{"a": [1, {"b": "c"}], "d": null}]"#, "[[[]]]",
            #"["a", 1]"#,
        ])
    func otherJSON(_ text: String) {
        let reason = "when using JSON array syntax, arrays must be comprised of strings only"
        for keyword in ["CMD", "RUN", "COPY", "VOLUME", "ENTRYPOINT", "SHELL"] {
            #expect(Self.reasons("FROM a\n\(keyword) \(text)") == [reason])
        }
    }

    @Test("brackets without an end are the shell form, whatever their number")
    func deepJSON() throws {
        let text = String(repeating: "[", count: 30_000)
        #expect(try #require(parse("CMD \(text)").instructions.first).isJSON == false)
    }

    // MARK: Interpreters and mounts

    @Test(
        "the interpreter that a line names",
        arguments: [
            ("/bin/bash -e", ShellInterpreter.shell), ("/usr/bin/env bash", .shell),
            ("/usr/bin/env -S A=b -i zsh -x", .shell), ("dash", .shell), ("/bin/busybox sh", .shell), ("ksh\r", .shell),
            ("C:\\Windows\\System32\\cmd.exe /C", .commandPrompt), ("PowerShell.exe -Command", .powerShell),
            ("pwsh", .powerShell), ("arch -arch arm64 bash -e {0}", .shell),
            ("/usr/bin/env python3", .other("/usr/bin/env python3")),
            ("/usr/bin/env", .other("/usr/bin/env")), ("", .other("")), ("fish", .other("fish")),
            ("arch -x86_64 python", .other("arch -x86_64 python")),
        ])
    func interpreters(_ line: String, _ expected: ShellInterpreter) {
        #expect(ModelBuilder.interpreter(named: line) == expected)
    }

    /// `type target source` of the mount of a RUN below `WORKDIR /w`.
    @Test(
        "mounts",
        arguments: [
            ("type=cache,target=/x", "cache /x "), ("target=x,source=y", "bind /w/x y"),
            ("dst=/a,src=/b", "bind /a /b"),
            ("destination=/a/../b", "bind /b "), ("TYPE=SECRET,id=x", "secret - "),
            (#""target=/a,b",type=bind"#, "bind /a,b "), (#"target="a""b""#, "bind - "), ("readonly", "bind - "),
            ("type=$T,target=/x", "unknown /x "), ("target=$T", "bind - "), ("source=$T,target=/x", "bind /x ?"),
        ])
    func mounts(_ text: String, _ expected: String) throws {
        let model = DockerfileModel(parse("FROM a:1\nWORKDIR /w\nARG T\nRUN --mount='\(text)' x\n"))
        let mount = try #require(model.runs.first?.mounts.first)
        #expect("\(mount.type) \(mount.target ?? "-") \(mount.source ?? "?")" == expected)
    }

    @Test(
        "whether a shell ends at the first failure",
        arguments: [
            (#"["/bin/bash", "-e", "-c"]"#, true), (#"["/bin/bash", "-euo", "pipefail", "-c"]"#, true),
            (#"["/bin/bash", "-o", "errexit", "-c"]"#, true), (#"["/bin/bash", "-o", "pipefail", "-c"]"#, false),
            (#"["/bin/bash", "--verbose", "-c"]"#, false), (#"["/bin/sh", "-c"]"#, false),
        ])
    func failures(_ shell: String, _ stops: Bool) {
        let model = DockerfileModel(parse("FROM a:1\nSHELL \(shell)\nRUN x\nRUN [\"x\"]\n"))
        #expect(model.runs.map(\.stopsAtFailure) == [stops, false])
    }
}
