import SourceDocuments
import Testing

@testable import DockerfileSyntax

/// Here-documents (https://docs.docker.com/reference/dockerfile/#here-documents). The cases of the parser are those of BuildKit's
/// `parser_heredoc_test.go` and `parse_heredoc_test.go` (Apache License 2.0).
struct HeredocTests {
    /// What BuildKit notes of a here-document.
    struct Expected: Sendable {
        var name: String
        var content = ""
        var expands = true
        var chomps = false
        var descriptor = 0
    }

    private static let instructionsCases: [(text: String, heredocs: [Expected])] = [
        ("USER <<INVALID", []),
        ("RUN <<EMPTY\nEMPTY", [Expected(name: "EMPTY")]),
        ("RUN 3<<EMPTY2\nEMPTY2", [Expected(name: "EMPTY2", descriptor: 3)]),
        (#"RUN "<<NOHEREDOC""#, []),
        ("RUN <<INDENT\n\tfoo\n\tbar\nINDENT", [Expected(name: "INDENT", content: "\tfoo\n\tbar\n")]),
        ("RUN <<-UNINDENT\n\tbaz\nUNINDENT", [Expected(name: "UNINDENT", content: "\tbaz\n", chomps: true)]),
        ("RUN <<-UNINDENT2\n\tbaz\n\tUNINDENT2", [Expected(name: "UNINDENT2", content: "\tbaz\n", chomps: true)]),
        (
            "RUN <<-EXPAND\n\texpand $NAME\nEXPAND",
            [Expected(name: "EXPAND", content: "\texpand $NAME\n", chomps: true)]
        ),
        (
            "RUN <<-'NOEXPAND'\n\tdon't expand $NAME\nNOEXPAND",
            [Expected(name: "NOEXPAND", content: "\tdon't expand $NAME\n", expands: false, chomps: true)]
        ),
        (
            "RUN <<COMMENT\n# internal comment\necho foo bar # trailing comment\nCOMMENT",
            [Expected(name: "COMMENT", content: "# internal comment\necho foo bar # trailing comment\n")]
        ),
        (
            "RUN --mount=type=cache,target=/foo <<MOUNT\necho hello\nMOUNT",
            [Expected(name: "MOUNT", content: "echo hello\n")]
        ),
        (
            "COPY <<FILE1 <<FILE2 /dest\ncontent 1\nFILE1\ncontent 2\nFILE2",
            [Expected(name: "FILE1", content: "content 1\n"), Expected(name: "FILE2", content: "content 2\n")]
        ),
        ("COPY <<EOF /quotes\n\"foo\"\n'bar'\nEOF", [Expected(name: "EOF", content: "\"foo\"\n'bar'\n")]),
        (
            "COPY <<X <<Y /dest\nY\nX\nX\nY",
            [Expected(name: "X", content: "Y\n"), Expected(name: "Y", content: "X\n")]
        ),
        ("RUN <<COMPLEX python3\nprint('hello')\nCOMPLEX", [Expected(name: "COMPLEX", content: "print('hello')\n")]),
        ("COPY <<file.txt /dest\nhello\nfile.txt", [Expected(name: "file.txt", content: "hello\n")]),
        ("RUN <<eo'f'\necho foo\neof", [Expected(name: "eof", content: "echo foo\n", expands: false)]),
        ("RUN <<eo\\'f\necho foo\neo'f", [Expected(name: "eo'f", content: "echo foo\n")]),
        ("RUN <<'e'o\\'f\necho foo\neo'f", [Expected(name: "eo'f", content: "echo foo\n", expands: false)]),
        ("RUN <<'one two'\necho bar\none two", [Expected(name: "one two", content: "echo bar\n", expands: false)]),
        ("RUN <<$EOF\n$EOF", [Expected(name: "$EOF")]),
        ("RUN <<  EOF\nEOF", [Expected(name: "EOF")]),
        ("RUN <<  EOF  > foo\nEOF", [Expected(name: "EOF")]),
        (#"RUN ["<<EOF"]"#, []),
        (#"RUN ["<<'EOF'"]"#, []),
        ("ADD <<EOF /x\na\nEOF", [Expected(name: "EOF", content: "a\n")]),
        ("CMD cat <<EOF", []),
        ("RUN cat <<EOF\r\na\r\nEOF\r\n", [Expected(name: "EOF", content: "a\r\n")]),
    ]

    @Test("here-documents are those that BuildKit's parser finds", arguments: instructionsCases.indices)
    func instructions(index: Int) throws {
        let (text, expected) = Self.instructionsCases[index]
        let file = parse("FROM alpine:3.6\n\(text)\nUSER last\n")
        #expect(file.refusal == nil)
        let instruction = try #require(file.instructions.dropFirst().first)
        #expect(instruction.heredocs.map(\.name) == expected.map(\.name))
        #expect(instruction.heredocs.map(\.content) == expected.map(\.content))
        #expect(instruction.heredocs.map(\.expand) == expected.map(\.expands))
        #expect(instruction.heredocs.map(\.chomp) == expected.map(\.chomps))
        #expect(instruction.heredocs.map(\.fileDescriptor) == expected.map(\.descriptor))
        // What follows is an instruction again.
        #expect(file.instructions.last?.keyword == "user" && file.instructions.last?.arguments == ["last"])
    }

    private static let markersCases: [(word: String, name: String?)] = [
        ("<<EOF", "EOF"), ("<<'EOF'", "EOF"), (#"<<"EOF""#, "EOF"), ("<<-EOF", "EOF"), ("<<-'EOF'", "EOF"),
        (#"<<-"EOF""#, "EOF"),
        (#"<<EO"F""#, "EOF"), ("<< EOF", "EOF"), ("<<- EOF", "EOF"), ("", nil), ("EOF", nil), ("<<", nil), ("<<-", nil),
        ("<EOF", nil),
        ("<<<EOF", nil), ("<<EOF sh", nil),
    ]

    @Test("a word is a marker or is none", arguments: markersCases)
    func markers(word: String, name: String?) throws {
        #expect(try HeredocMarker(word: Array(word.utf8))?.name == name)
    }

    @Test("an open quote in a marker is an error", arguments: ["<<'EOF", "<<\"EOF", "<<EOF'", "<<EOF\""])
    func openQuotes(word: String) {
        #expect(throws: (any Error).self) { try HeredocMarker(word: Array(word.utf8)) }
    }

    private static let copiesCases: [(text: String, content: String)] = [
        ("COPY <<EOF /bar\nTESTING\nEOF", "TESTING\n"),
        ("COPY <<-EOF /bar\n\tTESTING\n\t\tmore\nEOF", "TESTING\nmore\n"),
        ("COPY <<'EOF' /bar\nTESTING\nEOF", "TESTING\n"),
        ("ADD <<EOF /bar\nEOF", ""),
    ]

    @Test("a file of COPY has the here-document's content", arguments: copiesCases)
    func copies(text: String, content: String) throws {
        let model = model("FROM a:1\n\(text)\nRUN cat /bar\n")
        let sources = model.contextSources(for: "/bar", at: 2)
        #expect(sources.count == 1)
        guard case .content(let found, let line)? = sources.first else {
            Issue.record("no content")
            return
        }
        #expect(found.string == content)
        #expect(line == 3)
    }

    @Test("several here-documents are files of their names in a directory")
    func directory() {
        let model = model("FROM a:1\nCOPY <<one <<two plain /d/\n1\none\n2\ntwo\nRUN x\n")
        func content(_ path: String) -> [String] {
            model.contextSources(for: path, at: 2).map { source in
                switch source {
                case .content(let text, _): text.string
                case .context(let path): "context \(path)"
                default: "other"
                }
            }
        }
        #expect(content("/d/one").contains("1\n"))
        #expect(content("/d/two").contains("2\n"))
        #expect(!content("/d/two").contains("1\n"))
        #expect(content("/d/plain").contains("context plain"))
    }

    @Test("a here-document cannot be the destination")
    func destination() {
        let file = parse("FROM a:1\nCOPY /foo <<EOF\nEOF\n")
        #expect(file.problems.map(\.reason) == ["COPY cannot accept a heredoc as a destination"])
    }

    private static let scriptsCases: [(text: String, argv: [[String]])] = [
        ("RUN <<EOF\nls /\nwhoami\nEOF", [["ls", "/"], ["whoami"]]),
        ("RUN <<-EOF\n\techo test\nEOF", [["echo", "test"]]),
        ("RUN <<EOF\n#!/bin/sh\nls\nEOF", [["ls"]]),
        ("RUN <<EOF cat\nls\nEOF", [["cat"]]),
        ("RUN <<EOF sh\nls\nEOF", [["sh"], ["ls"]]),
        ("RUN cat <<A <<B && id\n1\nA\n2\nB", [["cat"], ["id"]]),
        ("RUN cat <<EOF\n$(id)\nEOF", [["cat"], ["id"]]),
        ("RUN cat <<'EOF'\n$(id)\nEOF", [["cat"]]),
        ("RUN <<EOF\nFROM x\nRUN y\nEOF", [["FROM", "x"], ["RUN", "y"]]),
    ]

    @Test("the shell gets the text that BuildKit gives it", arguments: scriptsCases.indices)
    func scripts(index: Int) {
        let (text, argv) = Self.scriptsCases[index]
        let model = model("FROM a:1\n\(text)\n")
        #expect(model.runs.flatMap(\.commands).map { $0.argv.map { $0 ?? "?" } } == argv, "\(text)")
    }
}
