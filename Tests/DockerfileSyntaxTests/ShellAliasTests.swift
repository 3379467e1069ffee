import Testing

@testable import DockerfileSyntax

/// What shells read in different ways: aliases in scripts, and `((..))` that is no arithmetic.
@Suite struct ShellAliasTests {
    @Test(
        "two open parentheses are two subshells where they hold no arithmetic",
        arguments: [
            ("RUN ((pip install x))", ["pip|install|x"]), ("RUN (((pip install x)))", ["pip|install|x"]),
            ("RUN (( pip install x && b ))", ["pip|install|x", "b"]),
            ("RUN ((a; pip install x))", ["a", "pip|install|x"]),
            ("RUN ((./i.sh)) && b", ["./i.sh", "b"]), ("RUN ((make && make all))", ["make", "make|all"]),
            ("RUN ((yes | make))", ["yes", "make"]), ("RUN ((make))", ["make"]),
            ("RUN (( pip install $X )); b", ["pip|install|?", "b"]),
            ("RUN ((cd /a; b) && c); d", ["cd|/a", "b", "c", "d"]),
            ("RUN if ((pip install x)); then b; fi", ["pip|install|x", "b"]),
        ])
    func subshells(_ text: String, _ expected: [String]) { #expect(commands(text) == expected) }

    @Test(
        "arithmetic has no commands",
        arguments: [
            ("RUN (( i++ )); a", ["a"]), ("RUN (( $(nproc) > 4 )) && a", ["nproc", "a"]),
            ("RUN (( x = (1 + 2) * 3 )); a", ["a"]),
            ("RUN for ((i=0;i<3;i++)); do a; done", ["a"]), ("RUN a $(( 1 + (2) )); b", ["a|?", "b"]),
            ("RUN (( ${a[0]} % 2 == 0 )) || b", ["b"]), ("RUN (( $RETRIES <= 16#ff )) && b", ["b"]),
            ("SHELL [\"/bin/bash\", \"-c\"]\nRUN (( i++ )) || true; while (( i < 3 )); do a; done", ["true", "a"]),
            ("RUN [[ $(( x )) ]] && a", ["a"]), ("RUN (( i += 2, j-- )); a", ["a"]),
        ])
    func arithmetic(_ text: String, _ expected: [String]) { #expect(commands(text) == expected) }

    @Test(
        "an alias is replaced, and the command as it is written counts as well",
        arguments: [
            (
                "RUN <<EOF\nalias p=\"pip install\"\np x\nEOF",
                ["alias|p=pip install", "p|x", "pip|install|x"]
            ),
            (
                "RUN <<EOF\nalias p='pip install' q=b\nq && p \"x y\" $Z\nEOF",
                ["alias|p=pip install|q=b", "q", "b", "p|x y|?", "pip|install|x y|?"]
            ),
            (
                "RUN <<EOF\nalias pip='pip --quiet'\npip install x\nEOF",
                ["alias|pip=pip --quiet", "pip|install|x", "pip|--quiet|install|x"]
            ),
            ("RUN <<EOF\nalias a=b b=c\na x\nEOF", ["alias|a=b|b=c", "a|x", "b|x", "c|x"]),
            (
                "RUN <<EOF\nalias p='cd /x && pip install'\np y\nEOF",
                ["alias|p=cd /x && pip install", "p|y", "cd|/x", "pip|install|y"]
            ),
            (
                "RUN <<EOF\nalias sudo='sudo ' p='pip install'\nsudo p x\nEOF",
                [
                    "alias|sudo=sudo |p=pip install", "sudo|p|x", "p|x", "sudo|pip|install|x", "pip|install|x",
                ]
            ),
            (
                "RUN <<EOF\nalias p='pip install'\n\\p x\n'p' y\necho p z\nEOF",
                ["alias|p=pip install", "p|x", "p|y", "echo|p|z"]
            ),
            ("RUN <<EOF\nalias\nalias -p ll\np x\nEOF", ["alias", "alias|-p|ll", "p|x"]),
        ])
    func aliases(_ text: String, _ expected: [String]) { #expect(commands(text) == expected) }

    @Test("an alias whose name only the build knows is a gap")
    func unknownAlias() {
        let gaps = model("FROM a:1\nRUN <<EOF\nalias \"$X\"\np y\nEOF\n").runs[0].gaps
        #expect(gaps.map(\.reason) == ["the alias is known only during the build"])
    }
}
