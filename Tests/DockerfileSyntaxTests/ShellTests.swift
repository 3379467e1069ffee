import Testing

@testable import DockerfileSyntax

/// The argument vectors of the RUN instructions of a Dockerfile, as text; `?` where a word cannot be known.
func commands(_ text: String) -> [String] {
    model("FROM a:1\n" + text).runs.flatMap(\.commands).filter { !$0.words.isEmpty }.map {
        $0.argv.map { $0 ?? "?" }.joined(separator: "|")
    }
}

@Suite struct ShellTests {
    @Test(arguments: [
        ("RUN a b && c 'd e' \"f $X\" g\\ h", ["a|b", "c|d e|?|g h"]),
        ("RUN V=1.2 && pip install x==$V", ["pip|install|x==1.2"]),
        ("ARG V=3\nENV W=$V.1\nRUN pip install x==${W} y", ["pip|install|x==3.1|y"]),
        ("ENV P=\"a b\"\nRUN apt-get install $P \"$P\"", ["apt-get|install|a|b|a b"]),
        ("RUN apk add musl>=1.1 'x>=2'", ["apk|add|musl|x>=2"]),
        ("RUN apk add x # comment && y", ["apk|add|x"]),
        ("RUN if true; then a; elif b; then c; else d; fi", ["true", "a", "b", "c", "d"]),
        ("RUN for p in a b; do pip install $p; done", ["pip|install|?"]),
        ("RUN for p in a; do pip install $p==1; done", ["pip|install|a==1"]),
        ("RUN while read x; do echo $x; done < f", ["read|x", "echo|?"]),
        ("RUN case $x in a|b) c ;; *) d ;; esac", ["c", "d"]),
        // The body is listed where it stands, and again for each call.
        ("RUN f() { a; }; f", ["a", "f", "a"]),
        ("RUN f() { a $1; }", ["a|?"]),
        ("RUN f() { a \"$@\" $2; }; f 'x y' z", ["a|?|?", "f|x y|z", "a|x y|z|z"]),
        ("RUN f() { shift; a $* $#; }; f x y; a $1", ["shift", "a|?|?", "f|x|y", "shift", "a|y|1", "a|?"]),
        ("RUN f() { g $1; }; g() { a $1; }; f x", ["g|?", "a|?", "f|x", "g|x", "a|x"]),
        ("RUN f() { f; a; }; f", ["f", "a", "f", "f", "a"]),
        ("RUN f() { V=$1; }; f x; a $V", ["f|x", "a|x"]),
        ("RUN f() { for p; do a $p; done; }; f x", ["a|?", "f|x", "a|x"]),
        ("RUN set -- x y; shift || true; a $1", ["set|--|x|y", "shift", "true", "a|y"]),
        ("RUN set -- x y; false || shift; a $1 \"$@\"", ["set|--|x|y", "false", "shift", "a|?|?"]),
        ("RUN set -- x y; a $1 \"$@\"; shift; a $1", ["set|--|x|y", "a|x|x|y", "shift", "a|y"]),
        ("RUN (a; b) && { c; }", ["a", "b", "c"]),
        ("RUN echo $(a `b`) <(c)", ["echo|?|?", "a|?", "b", "c"]),
        (
            "RUN sudo -u x -E env A=b pip install y",
            ["sudo|-u|x|-E|env|A=b|pip|install|y", "env|A=b|pip|install|y", "pip|install|y"]
        ),
        ("RUN bash -lc 'pip install \"x y\" && z'", ["bash|-lc|pip install \"x y\" && z", "pip|install|x y", "z"]),
        ("RUN [\"sh\", \"-c\", \"a && b\"]", ["sh|-c|a && b", "a", "b"]),
        ("RUN [\"pip\", \"install\", \"x\"]", ["pip|install|x"]),
        ("RUN conda run -n e pip install x", ["conda|run|-n|e|pip|install|x", "pip|install|x"]),
        ("RUN uv run --with z pytest", ["uv|run|--with|z|pytest", "pytest"]),
        ("RUN cat a | xargs -n 1 pip install", ["cat|a", "xargs|-n|1|pip|install", "pip|install"]),
        ("RUN su -c 'a b' user", ["su|-c|a b|user", "a|b"]),
        ("RUN <<EOF\na\nb\nEOF", ["a", "b"]),
        ("RUN cat <<EOF > x && c\na\nb\nEOF", ["cat", "c"]),
        ("RUN bash <<EOF\na\nEOF", ["bash", "a"]),
        ("RUN <<EOF\n#!/usr/bin/env python3\nimport x\nEOF", []),
        ("RUN <<EOF\n#!/bin/bash\nx\nEOF", ["x"]),
        ("RUN python3 <<EOF\nimport x\nEOF", ["python3"]),
        ("SHELL [\"powershell\", \"-c\"]\nRUN a; b", []),
        ("SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN a; b", ["a", "b"]),
        ("SHELL [\"conda\", \"run\", \"-n\", \"x\", \"/bin/bash\", \"-c\"]\nRUN a; b", ["a", "b"]),
        ("RUN x=(a b); pip install \"${x[@]}\"", ["pip|install|a|b"]),
        ("RUN V=$(curl x); pip install y==$V", ["curl|x", "pip|install|?"]),
        ("RUN echo $'a\\tb'\\''c'", ["echo|a\tb'c"]),
        ("RUN export V=2 && pip install y==$V", ["export|V=2", "pip|install|y==2"]),
        ("RUN if x; then V=1; else V=2; fi; y $V", ["x", "y|?"]),
        ("ONBUILD RUN a b", ["a|b"]),
        ("RUN a &&\\\n  # comment\n  b", ["a", "b"]),
        ("RUN time pip install x", ["time|pip|install|x", "pip|install|x"]),
        ("RUN bash -c \"a $(b) && pip install x\"", ["bash|-c|?", "a|?", "b", "pip|install|x"]),
        ("RUN [[ -n $(a) ]] && (( x = 1 )) || b", ["a", "b"]),
        ("RUN echo \"${V:-a b}\" ${V:-c d}", ["echo|a b|c|d"]),
    ])
    func words(_ text: String, _ expected: [String]) {
        #expect(commands(text) == expected)
    }

    @Test func places() {
        let run = model("FROM a:1\nRUN pip install \\\n    x==1 && \\\n    y\n").runs[0]
        #expect(run.commands.map(\.line) == [2, 4])
        #expect(run.commands[0].words[2].raw == "x==1")
        #expect(run.commands[0].words[2].range == 31..<35)
        #expect(run.commands[0].pipeline != run.commands[1].pipeline)
        #expect(run.commands[1].connector == .and)
    }

    @Test func directoriesAndUsers() {
        let run = model("FROM a:1\nWORKDIR /a\nUSER u\nRUN cd b && x && (cd /c; y) && sudo z\n").runs[0]
        #expect(run.commands.map(\.workingDirectory) == ["/a", "/a/b", "/a/b", "/c", "/a/b", "/a/b"])
        #expect(run.commands.map(\.user) == ["u", "u", "u", "u", "u", "root"])
    }
}
