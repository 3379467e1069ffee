import ParallelWork
import SourceDocuments
import TestSupport
import Testing

@testable import DockerfileSyntax

/// Reads everything there is of a text; its instructions follow one another inside of it.
func readEverything(_ bytes: [UInt8]) {
    let dockerfile = Dockerfile.parse(SourceText(name: "Dockerfile", bytes: bytes))
    var end = 0
    for instruction in dockerfile.instructions {
        #expect(end <= instruction.byteRange.lowerBound && instruction.byteRange.upperBound <= bytes.count)
        end = instruction.byteRange.upperBound
        _ = instruction.arguments
        _ = instruction.flags.map { ($0.name, $0.value) }
    }
    let model = DockerfileModel(dockerfile)
    for run in model.runs {
        for command in run.commands { _ = command.argv }
        _ = model.contextSources(for: "/app/requirements.txt", at: run.instructionIndex)
    }
}

@Suite struct FuzzTests {
    private static let seeds = [
        """
        # syntax=docker/dockerfile:1
        # escape=\\
        ARG V=3.11 W="a b"
        FROM --platform=$BUILDPLATFORM python:${V%.*}-slim AS base
        ENV A=1 B="x y" C=${A:+z}
        ENV old form value
        RUN --mount=type=bind,from=base,source=a,target=/b \\
            # comment

            apt-get update && apt-get install -y "curl=${A:-7.*}" $B \\
            || { echo $(date `uname -a`) >&2; exit 1; }
        RUN <<EOF
        set -- a b; for x in "$@"; do case $x in a|b) pip install "$x==${V//./-}" ;; esac; done
        if [[ $a =~ ^(x|y)$ ]]; then (( x = 1 )); fi; f() { echo $((1 + $(nproc))); }; cat <<-E2 | sudo -u a bash -lc 'x "y"'
        \tpip
        \tE2
        EOF
        COPY <<a --from=0 <<"b c" /dest/
        1
        a
        2
        b c
        ONBUILD RUN ["sh", "-c", "a \\u00e4 && b"]
        SHELL ["/bin/bash", "-o", "pipefail", "-c"]
        HEALTHCHECK --interval=3s CMD ["a", "b"]
        LABEL a="b c" d='e'
        ADD --checksum=sha256:00 https://x.example/y /z
        RUN x=(a b c); y="${x[@]}"; echo ${y:1:2} ${#y} ${!y} $'\\x41\\u00e4' {a,b} <(z) 2>&1 &>f 3<&0
        """,
        "FROM a\r\nRUN b \\\r\n  c\r\nWORKDIR d\r\n",
        "# escape=`\nFROM a\nRUN b `\n c ``\n",
    ].map { Array($0.utf8) }

    private static let pieces =
        [
            "\\", "\\\n", "\n", "\r\n", "\"", "'", "`", "$", "${", "}", "${a:-", "$(", "$((", "))", "((", ")", "(",
            "[[", "]]", "<<EOF",
            "\nEOF\n", "<<-", "<<", "<(", "#", "--", "[\"a\"]", "[", "{", "ONBUILD ", "RUN ", "FROM ", "COPY ",
            "\u{A0}",
            "\u{FEFF}", "if ", " then ", " fi ", "case a in ", "esac", ";;", ";", "&", "&&", "|", "for a in ", " do ",
            " done ",
            "a=(", "$'", "\\u12", "bash -c ", "eval ", "xargs ", "sudo ", "@", ":", "=", "%", "/", "*", "\0", "!",
        ].map { Array($0.utf8) } + [[0xFF], [0xC2], [0xE2, 0x80], [0xF0, 0x9F]]

    @Test(arguments: 1...8)
    func mutatedFilesNeverTrap(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            guard var bytes = Self.seeds.randomElement(using: &generator) else { return }
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                let place = Int.random(in: 0...bytes.count, using: &generator)
                switch Int.random(in: 0..<5, using: &generator) {
                case 0, 1, 2: bytes.insert(contentsOf: Self.pieces.randomElement(using: &generator) ?? [], at: place)
                case 3:
                    bytes.removeSubrange(place..<min(place + Int.random(in: 1...20, using: &generator), bytes.count))
                default: bytes = Array(bytes[..<place]) + bytes[(place / 2)..<place] + bytes[place...]
                }
            }
            readEverything(bytes)
        }
    }

    /// What once trapped or took too long.
    private static let hostile = [
        "FROM a\nRUN <<X a <<Y $(b <<Z\nX\n",
        "FROM a\nRUN cat <<A; echo $(b <<B; (\nA\nB\n",
        "FROM a\nRUN " + String(repeating: "$((", count: 400),
        "FROM a\nRUN " + String(repeating: "((", count: 400),
        "FROM a\nRUN " + String(repeating: "$(", count: 4_000),
        "FROM a\nRUN " + String(repeating: "`", count: 4_001),
        "FROM a\nRUN " + String(repeating: "{ ", count: 4_000),
        "FROM a\nRUN " + String(repeating: "if a; then ", count: 4_000),
        "FROM a\nRUN " + String(repeating: "${a:-", count: 4_000),
        "FROM a\nENV a=" + String(repeating: "${a:-", count: 4_000),
        "FROM " + String(repeating: "${a:-", count: 4_000) + "}",
        String(repeating: "ONBUILD ", count: 4_000) + "RUN a",
        "FROM a\nRUN [" + String(repeating: "[", count: 20_000),
        "FROM a\nRUN [" + String(repeating: "{\"a\":", count: 10_000),
        "FROM a\n" + String(repeating: "ENV A=$A$A$A$A\n", count: 400) + "RUN b $A",
        "FROM a\nENV A=aaaaaaaaaa\nRUN " + String(repeating: "A=$A$A$A$A; ", count: 400) + "b $A",
        "FROM a\nRUN " + String(repeating: "sudo ", count: 3_000) + "a",
        "FROM a\nRUN " + String(repeating: "sh -c '", count: 300),
        "FROM a AS b\n" + String(repeating: "COPY --from=b /app /app\nCOPY --from=c / /\n", count: 8)
            + "FROM a AS c\nCOPY --from=b / /\nCOPY --from=c /app /app\nRUN x",
        "FROM a AS b\n" + String(repeating: "COPY --from=b / /app\nCOPY --from=b /app /\nRUN x > y\n", count: 40),
        "FROM a\nRUN eval 'eval \"eval $0\"'",
        "FROM a\nRUN " + String(repeating: "a && ", count: 5_000) + "b",
        "FROM a\nRUN " + String(repeating: "a | ", count: 5_000) + "b",
        "FROM a\nRUN " + String(repeating: "for a in b c; do ", count: 60),
        "FROM a\nRUN a=$(( ${x[", "FROM a\nRUN ${a[", "FROM a\nRUN $'", "FROM a\nRUN $'\\", "FROM a\nRUN a \\", "\\",
        "\\\n", "",
        "\u{FEFF}", "FROM", "FROM a AS", "ENV", "ENV =", "ENV a=", "COPY", "COPY a", "RUN", "RUN []", "SHELL []",
        "ARG =",
        "HEALTHCHECK", "ONBUILD", "# escape=", "# escape= ", "#=", "FROM a\nCOPY --from= a b", "FROM a\nRUN --mount= a",
        "FROM a\nRUN --mount=\" a", "FROM a\nCOPY --from=99999999999999999999 a b",
        "FROM a\nRUN 99999999999999999999<<A\nA",
        "FROM a\nRUN <<''\n", "FROM a\nRUN echo ${x:99999999999:1} ${x:-1:9999999999999999999}",
    ]

    // Anything quadratic takes minutes.
    @Test(.timeLimit(.minutes(1)), arguments: hostile.indices)
    func hostileFilesNeverTrap(_ number: Int) {
        let text = Self.hostile[number]
        readEverything(Array(text.utf8))
    }
}
