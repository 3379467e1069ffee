import SourceDocuments
import Testing

@testable import DockerfileSyntax

/// Quotes, escapes and variables of a Dockerfile's words.
///
/// The cases are those of BuildKit's own tests, `envVarTest` and `lex_test.go`
/// (https://github.com/moby/buildkit/tree/master/frontend/dockerfile/shell, Apache License 2.0): a word, and what BuildKit
/// makes of it.
struct WordExpansionTests {
    private static let environment = ["PWD": "/home", "SHELL": "bash", "KOREAN": "한국어", "NULL": ""]

    private static func expand(
        _ word: String, _ values: [String: String] = environment
    ) throws(WordSyntaxError) -> Expansion {
        let text = MappedText(Array(word.utf8), 0..<word.utf8.count)
        return try WordLexer.expand(text, escape: UInt8(ascii: "\\")) { values[$0].map { .known($0) } ?? .unset }
    }

    private static let words: [(written: String, text: String)] = [
        ("hello", "hello"),
        ("he'll'o", "hello"),
        (#"he\'llo"#, "he'llo"),
        (#"abc\tdef"#, "abctdef"),
        (#""abc\tdef""#, #"abc\tdef"#),
        (#""abc\\tdef""#, #"abc\tdef"#),
        (#"'abc\tdef'"#, #"abc\tdef"#),
        (#"hello\"#, "hello"),
        (#"hello\\"#, #"hello\"#),
        (#""hel'lo""#, "hel'lo"),
        (#"'hello\'"#, #"hello\"#),
        (#"'hello\there'"#, #"hello\there"#),
        (#"'hello\\there'"#, #"hello\\there"#),
        (#""''""#, "''"),
        ("$.", "$."),
        ("he$.x", "he$.x"),
        ("he$PWD", "he/home"),
        (#"he\$PWD"#, "he$PWD"),
        (#"he\\$PWD"#, #"he\/home"#),
        (#""he\$PWD""#, "he$PWD"),
        (#""he\\$PWD""#, #"he\/home"#),
        (#"\${}"#, "${}"),
        (#"\${}aaa"#, "${}aaa"),
        (#"he\${}"#, "he${}"),
        (#"he\${}xx"#, "he${}xx"),
        ("he${PWD}", "he/home"),
        ("he${XXX:-000}xx", "he000xx"),
        ("he${PWD:-000}xx", "he/homexx"),
        ("he${XXX:-$PWD}xx", "he/homexx"),
        ("he${XXX:-${PWD:-yyy}}xx", "he/homexx"),
        ("he${XXX:-${YYY:-yyy}}xx", "heyyyxx"),
        ("he${PWD?}", "he/home"),
        ("he${PWD:?}", "he/home"),
        ("he${NULL?}", "he"),
        ("he${PWD:+${SHELL}}xx", "hebashxx"),
        ("he${PWD:+000}xx", "he000xx"),
        ("'he${XX}'", "he${XX}"),
        (#""he${PWD}""#, "he/home"),
        (#""he'$PWD'""#, "he'/home'"),
        (#""$PWD""#, "/home"),
        ("'$PWD'", "$PWD"),
        (#"'\$PWD'"#, #"\$PWD"#),
        (#"'"hello"'"#, #""hello""#),
        (#"'he\$PWD'"#, #"he\$PWD"#),
        ("he${PWD:+${PWD}:}xx", "he/home:xx"),
        (#"he${XXX:-\$PWD:}xx"#, "he$PWD:xx"),
        (#"he${XXX:-\${PWD}z}xx"#, "he${PWDz}xx"),
        ("안'녕'하세요", "안녕하세요"),
        (#"안녕\'하세요"#, "안녕'하세요"),
        ("안녕$.x", "안녕$.x"),
        ("안녕$PWD", "안녕/home"),
        ("안녕${PWD}", "안녕/home"),
        ("안녕${XXX:-000}xx", "안녕000xx"),
        ("'안녕${XX}'", "안녕${XX}"),
        ("$KOREAN", "한국어"),
        ("안녕$KOREAN", "안녕한국어"),
        ("${aaa:-bbb}}", "bbb}"),
        ("${aaa:-bbb}", "bbb"),
        ("${aaa:-${bbb:-ccc}}", "ccc"),
        ("${aaa:-bbb {foo}", "bbb {foo"),
        ("${1:-bbb}", "bbb"),
        ("${2:-bbb}", "bbb"),
        ("${9:-bbb}", "bbb"),
        ("${999:-bbb}", "bbb"),
        ("${999:-bbb}aaa", "bbbaaa"),
        ("${001:-bbb}", "bbb"),
        ("${001:-bbb}aaa", "bbbaaa"),
        ("${@:-bbb}", "bbb"),
        ("${@:-bbb}aaa", "bbbaaa"),
        ("${*:-bbb}", "bbb"),
        ("${#:-bbb}", "bbb"),
        ("${?:-bbb}", "bbb"),
        ("${-:-bbb}", "bbb"),
        ("${$:-bbb}", "bbb"),
        ("${!:-bbb}", "bbb"),
        ("${0:-bbb}", "bbb"),
        ("he${XXX:+${PWD}}xx", "hexx"),
        ("he${XXX:+000}xx", "hexx"),
        ("${1:+bbb}", ""),
        ("${2:+bbb}", ""),
        ("${9:+bbb}", ""),
        ("${999:+bbb}", ""),
        ("${999:+bbb}aaa", "aaa"),
        ("${001:+bbb}", ""),
        ("${001:+bbb}aaa", "aaa"),
        ("${@:+bbb}", ""),
        ("${@:+bbb}aaa", "aaa"),
        ("${*:+bbb}", ""),
        ("${#:+bbb}", ""),
        ("${?:+bbb}", ""),
        ("${-:+bbb}", ""),
        ("${$:+bbb}", ""),
        ("${!:+bbb}", ""),
        ("${0:+bbb}", ""),
    ]

    @Test("a word whose variables are set is what BuildKit makes of it", arguments: words)
    func knownWords(written: String, text: String) throws {
        #expect(try Self.expand(written).known == text)
    }

    private static let wordsWithUnsetVariables: [(written: String, rest: String)] = [
        ("he$1x", "hex"),
        ("he$pwd.", "he."),
        ("he${hi}", "he"),
        ("he${hi}xx", "hexx"),
        ("${aaa}}", "}"),
        ("$1", ""),
        ("${1}", ""),
        ("$2", ""),
        ("${2}", ""),
        ("$9", ""),
        ("${9}", ""),
        ("$999", ""),
        ("${999}", ""),
        ("$999aaa", "aaa"),
        ("${999}aaa", "aaa"),
        ("$001", ""),
        ("${001}", ""),
        ("$001aaa", "aaa"),
        ("${001}aaa", "aaa"),
        ("$@", ""),
        ("${@}", ""),
        ("$@@@", "@@"),
        ("$@aaa", "aaa"),
        ("${@}aaa", "aaa"),
        ("$*", ""),
        ("${*}", ""),
        ("$#", ""),
        ("${#}", ""),
        ("$?", ""),
        ("${?}", ""),
        ("$-", ""),
        ("${-}", ""),
        ("$$", ""),
        ("${$}", ""),
        ("$!", ""),
        ("${!}", ""),
        ("$0", ""),
        ("${0}", ""),
    ]

    @Test(
        "a variable that nothing sets leaves the word unknown; what else it says is kept",
        arguments: wordsWithUnsetVariables)
    func unknownWords(written: String, rest: String) throws {
        let expansion = try Self.expand(written)
        #expect(expansion.known == nil)
        // BuildKit puts nothing in the place of the variable. Here its place is told, and a build argument may fill it.
        var bytes = expansion.mapped.bytes
        for use in expansion.uses.reversed() where !use.isKnown { bytes.removeSubrange(use.range) }
        #expect(String(decoding: bytes, as: UTF8.self) == rest)
    }

    @Test(
        "a word that BuildKit refuses is an error, or unknown where only the value is at fault",
        arguments: [
            "he'llo",
            #"he\\'llo"#,
            #""hello"#,
            #""hello\""#,
            "'hello",
            "${}",
            "${}aaa",
            "he${}",
            "he${}xx",
            "he${.}",
            "he${XXX:YYY}",
            "he${XXX?}",
            "he${XXX:?}",
            "he${NULL:?}",
            "he${PWD",
            "he${PWD:=000}xx",
            "${{aaa}",
            "${aaa",
            "${{aaa:-bbb}",
            "${aaa:-bbb",
            "${aaa:-bbb ${foo}",
            "${:}",
            "${:-bbb}",
            "${:+bbb}",
        ])
    func refusedWords(_ written: String) {
        do throws(WordSyntaxError) {
            let expansion = try Self.expand(written)
            // `?` refuses a value that a build argument may still give.
            #expect(expansion.known == nil)
            #expect(written.contains("?"))
        } catch {
            #expect(!error.reason.isEmpty)
        }
    }

    /// `FOO` is set, `BAR` is empty, `BAZ` is not set.
    private static let modifiers: [(written: String, text: String?)] = [
        ("${FOO-aaa}", "xxx"),
        ("${BAR-bbb}", ""),
        ("${BAZ-ccc}", "ccc"),
        ("${FOO:-aaa}", "xxx"),
        ("${BAR:-bbb}", "bbb"),
        ("${BAZ:-ccc}", "ccc"),
        ("${FOO:-}", "xxx"),
        ("${BAZ:-}", ""),
        ("${FOO+aaa}", "aaa"),
        ("${BAR+bbb}", "bbb"),
        ("${BAZ+ccc}", ""),
        ("${FOO:+aaa}", "aaa"),
        ("${BAR:+bbb}", ""),
        ("${BAZ:+ccc}", ""),
        ("${FOO?aaa}", "xxx"),
        ("${BAR?bbb}", ""),
        ("${FOO:?aaa}", "xxx"),
        ("${BAR:?bbb}", nil),
        ("${BAZ?ccc}", nil),
        ("${BAZ:?ccc}", nil),
    ]

    @Test("each modifier tells a value, an empty value and none apart", arguments: modifiers)
    func modifiersOfUnsetAndEmptyValues(written: String, text: String?) throws {
        #expect(try Self.expand(written, ["FOO": "xxx", "BAR": ""]).known == text)
    }

    private static let patterns: [(written: String, values: [String: String], text: String)] = [
        (#"${FOO#()[]{\}^$.\*\?|\\}"#, ["FOO": #"()[]{}^$.*?|\x"#], "x"),
        (#"${FOO%%\**}"#, ["FOO": "xx**"], "xx"),
        ("${FOO#*x*y}", ["FOO": "xxyy"], "y"),
        ("${FOO#*}", ["FOO": "xxyy"], "xxyy"),
        ("${FOO#$BAR}", ["FOO": "xxyy", "BAR": "x"], "xyy"),
        ("${FOO#$BAR}", ["FOO": "xxyy", "BAR": ""], "xxyy"),
        ("${FOO#}", ["FOO": "xxyy"], "xxyy"),
        ("${FOO##*x}", ["FOO": "xxyy"], "yy"),
        ("${FOO##}", ["FOO": "xxyy"], "xxyy"),
        (#"${FOO#?\?}"#, ["FOO": "???y"], "?y"),
        ("${ABC:-.}${FOO%x}${ABC:-.}", ["FOO": "xxyy"], ".xxyy."),
        (#"${FOO%%\**\*}"#, ["FOO": "a***yy*"], "a"),
        ("${FOO%}", ["FOO": "xxyy"], "xxyy"),
        ("${FOO%%$BAR}", ["FOO": "xxyy", "BAR": ""], "xxyy"),
        ("${FOO/$NEEDLE/.}", ["FOO": "/foo*/*/*.txt", "NEEDLE": #"\*/"#], "/foo.*/*.txt"),
        ("${FOO//$NEEDLE/.}", ["FOO": "/foo*/*/*.txt", "NEEDLE": #"\*/"#], "/foo..*.txt"),
        ("${FOO/$NEEDLE/}", ["FOO": "/tmp/tmp/bar.txt", "NEEDLE": "/tmp"], "/tmp/bar.txt"),
        ("${FOO//$NEEDLE/}", ["FOO": "/tmp/tmp/bar.txt", "NEEDLE": "/tmp"], "/bar.txt"),
        ("${FOO/$NEEDLE/$WITH}", ["FOO": "/a/foo/b/c.txt", "NEEDLE": "/?/", "WITH": "/"], "/foo/b/c.txt"),
        ("${FOO//$NEEDLE/$WITH}", ["FOO": "/a/foo/b/c.txt", "NEEDLE": "/?/", "WITH": "/"], "/foo/c.txt"),
        (
            "${FOO/$NEEDLE/$WITH}", ["FOO": "http://example.com", "NEEDLE": "http://", "WITH": "https://"],
            "https://example.com"
        ),
        (#"${FOO//\//\/}"#, ["FOO": "/tmp/foo.txt"], #"\/tmp\/foo.txt"#),
        ("${FOO/$BAR/ww}", ["FOO": "xxyy", "BAR": ""], "wwxxyy"),
        ("${FOO///}", ["FOO": "xxyy"], "xxyy"),
    ]

    @Test("prefixes, suffixes and replacements are those of BuildKit", arguments: patterns.indices)
    func patternModifiers(index: Int) throws {
        let (written, values, text) = Self.patterns[index]
        #expect(try Self.expand(written, values).known == text, "\(written)")
    }

    @Test(
        "modifiers that BuildKit does not have are errors",
        arguments: [
            "${FOO=aaa}", "${FOO=:aaa}", "${FOO=}", "${FOO:=aaa}", "${FOO:#}", "${FOO:##}", "${FOO:%}", "${FOO:%%}",
            "${FOO//ww}", "${FOO//}", "${FOO^}", "${FOO,,}", "${FOO@Q}", "${FOO:0:1}", "${#FOO}", "${!FOO}",
        ])
    func unknownModifiers(_ written: String) {
        #expect(throws: WordSyntaxError.self) { try Self.expand(written, ["FOO": "xxyy"]) }
    }

    @Test(
        "a pattern has three escapes that fit, others are refused", arguments: [#"\x"#, #"\"#, #"\\\"#])
    func patternEscapes(_ pattern: String) {
        #expect(throws: WordSyntaxError.self) { try GlobPattern(Array(pattern.utf8)) }
    }

    private static let releases: [(variant: String?, file: String)] = [
        ("v7", "something-v1.2.3.linux-arm-v7.tar.gz"),
        ("", "something-v1.2.3.linux-arm.tar.gz"),
        (nil, "something-v1.2.3.linux-arm.tar.gz"),
    ]

    @Test("a file name of a release follows the platform", arguments: releases)
    func releaseNames(variant: String?, file: String) throws {
        let word = "something-${VERSION}.${TARGETOS}-${TARGETARCH}${TARGETVARIANT:+-${TARGETVARIANT}}.tar.gz"
        var values = ["VERSION": "v1.2.3", "TARGETOS": "linux", "TARGETARCH": "arm"]
        values["TARGETVARIANT"] = variant
        #expect(try Self.expand(word, values).known == file)
    }

    private static let splits: [(line: String, words: [String])] = [
        ("hello", ["hello"]),
        (#"" there  ""#, [" there  "]),
        ("hello there     ", ["hello", "there"]),
        (#"hello\ there"#, ["hello there"]),
        (#"hello\" there"#, [#"hello""#, "there"]),
        (#"hello"\\there""#, [#"hello\there"#]),
        (#"hello"\there""#, [#"hello\there"#]),
        (#"hello'\\there'"#, [#"hello\\there"#]),
        (#"hello'\there'"#, [#"hello\there"#]),
        ("hello'$there'", ["hello$there"]),
        ("foo bar 'abc xyz'", ["foo", "bar", "abc xyz"]),
        (#"föo bàr "âbc xÿz""#, ["föo", "bàr", "âbc xÿz"]),
        ("a\tb", ["a", "b"]),
        ("  ", []),
    ]

    @Test("a line is split at blanks that nothing quotes", arguments: splits)
    func splitLines(line: String, words: [String]) throws {
        let found = try WordLexer.words(of: Array(line.utf8), keepingQuotes: false, keepingEscapes: false)
        #expect(found.map { String(decoding: $0, as: UTF8.self) } == words)
    }

    @Test("a value knows which variable gave it, and where it stands in the word")
    func uses() throws {
        let expansion = try Self.expand("he${PWD:-x}/${XXX:-$SHELL}!")
        #expect(expansion.known == "he/home/bash!")
        #expect(expansion.uses.map(\.name) == ["PWD", "SHELL"])
        #expect(expansion.uses.map { expansion.mapped.string($0.range) } == ["/home", "bash"])
        #expect(!expansion.uses.contains { !$0.isKnown })
    }
}
