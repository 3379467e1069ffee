import SourceDocuments
import Testing

@testable import DockerfileSyntax

/// Where a file of the image comes from (https://docs.docker.com/reference/dockerfile/#copy, #add, #run---mount).
struct CopySourceTests {
    /// The sources of a path at the last instruction, likeliest first: `context PATH`, `image N PATH`, `url URL`, `run`.
    private static func sources(_ path: String, _ text: String, _ options: DockerfileOptions = .init()) -> [String] {
        let model = model(text, options)
        return model.contextSources(for: path, at: model.dockerfile.instructions.count - 1).map { source in
            switch source {
            case .context(let path): "context \(path)"
            case .buildContext(let name, let path): "named \(name) \(path)"
            case .image(let index, let path): "image \(model.images[index].text) \(path)"
            case .content(let text, _): "content \(text.string)"
            case .download(let url): "url \(url)"
            case .generated: "run"
            }
        }
    }

    private static let filesCases: [(path: String, text: String, first: String?)] = [
        ("/app/r.txt", "COPY r.txt /app/", "context r.txt"),
        ("/app/r.txt", "COPY r.txt /app/r.txt", "context r.txt"),
        ("/app/r.txt", "COPY sub/r.txt /app/", "context sub/r.txt"),
        ("/app/s.txt", "COPY r.txt /app/s.txt", "context r.txt"),
        ("/app/r.txt", "WORKDIR /app\nCOPY r.txt .", "context r.txt"),
        ("/app/r.txt", "WORKDIR /app\nCOPY r.txt ./", "context r.txt"),
        ("/app/sub/r.txt", "WORKDIR /app\nCOPY r.txt sub/", "context r.txt"),
        ("/app/r.txt", "WORKDIR /app\nCOPY . .", "context r.txt"),
        ("/app/a/r.txt", "COPY . /app", "context a/r.txt"),
        ("/app/r.txt", "COPY src /app", "context src/r.txt"),
        ("/app/r.txt", "COPY src/ /app/", "context src/r.txt"),
        ("/app/a/r.txt", "COPY src /app", "context src/a/r.txt"),
        ("/app/r.txt", "COPY a.txt r.txt /app/", "context r.txt"),
        ("/app/r.txt", "COPY *.txt /app/", "context r.txt"),
        ("/app/r.txt", "COPY sub/*.txt /app/", "context sub/r.txt"),
        ("/app/r.txt", "COPY r?txt /app/", "context r.txt"),
        ("/app/r.txt", "COPY *.toml /app/", nil),
        ("/app/r.txt", "COPY /r.txt /app/", "context r.txt"),
        ("/app/r.txt", "COPY ../r.txt /app/", "context r.txt"),
        ("/app/r.txt", "COPY ./r.txt /app/", "context r.txt"),
        ("/app/r.txt", "COPY [\"r.txt\", \"/app/\"]", "context r.txt"),
        ("/app/a b.txt", "COPY [\"a b.txt\", \"/app/\"]", "context a b.txt"),
        ("/app/r.txt", "ARG F=r.txt\nCOPY $F /app/", "context r.txt"),
        ("/app/r.txt", "ENV D=/app\nCOPY r.txt $D/", "context r.txt"),
        ("/app/r.txt", "ARG D\nCOPY r.txt $D/", nil),
        ("/app/r.txt", "COPY --chown=1:1 --link r.txt /app/", "context r.txt"),
        ("/app/x/r.txt", "COPY --parents x/r.txt /app/", "context x/r.txt"),
        ("/app/x/y/r.txt", "COPY --parents x /app/", "context x/y/r.txt"),
        ("/app/r.txt", "COPY --parents x/r.txt /app/", nil),
        ("/app/r.txt", "ADD r.txt /app/", "context r.txt"),
        ("/app/r.txt", "ADD https://x.example/r.txt /app/", "url https://x.example/r.txt"),
        ("/app/s.txt", "ADD https://x.example/r.txt /app/s.txt", "url https://x.example/r.txt"),
        ("/app/r.txt", "COPY r.txt /other/", nil),
        ("/app/r.txt", "COPY r.txt /application/", nil),
        ("/app/r.txt", "COPY old.txt /app/r.txt\nCOPY new.txt /app/r.txt", "context new.txt"),
        ("/app/r.txt", "RUN echo x > /app/r.txt", "run"),
        ("/app/r.txt", "WORKDIR /app\nRUN echo x >> r.txt", "run"),
        ("/app/r.txt", "COPY r.txt /app/\nRUN cd /app && echo x > r.txt", "run"),
        ("/app/r.txt", "RUN cat > /app/r.txt <<EOF\nflask\nEOF", "content flask\n"),
        ("/app/r.txt", "COPY <<EOF /app/r.txt\nflask\nEOF", "content flask\n"),
        ("/app/r.txt", "COPY --from=img:1 /src/r.txt /app/", "image img:1 /src/r.txt"),
        ("/app/r.txt", "ONBUILD COPY r.txt /app/", "context r.txt"),
    ]

    @Test("a file that COPY, ADD or a redirection puts there is found", arguments: filesCases)
    func files(path: String, text: String, first: String?) {
        #expect(Self.sources(path, "FROM a:1\n\(text)\nRUN use").first == first, "\(text)")
    }

    private static let stagesCases: [(path: String, text: String, first: String?)] = [
        (
            "/t/r.txt", "FROM a:1 AS one\nCOPY r.txt /s/\nFROM a:1\nCOPY --from=one /s/r.txt /t/\nRUN use",
            "context r.txt"
        ),
        ("/t/r.txt", "FROM a:1\nCOPY r.txt /s/\nFROM a:1\nCOPY --from=0 /s /t\nRUN use", "context r.txt"),
        ("/t/r.txt", "FROM a:1 AS one\nCOPY r.txt /s/\nFROM one\nCOPY --from=ONE /s /t\nRUN use", "context r.txt"),
        ("/s/r.txt", "FROM a:1 AS one\nCOPY r.txt /s/\nFROM one\nRUN use", "context r.txt"),
        ("/s/r.txt", "FROM a:1 AS one\nCOPY r.txt /s/\nFROM a:1\nRUN use", nil),
        ("/t/r.txt", "FROM a:1\nCOPY --from=late /s /t\nRUN use\nFROM a:1 AS late\nCOPY r.txt /s/\nRUN x", nil),
        (
            "/u/r.txt",
            "FROM a:1 AS one\nCOPY r.txt /s/\nFROM a:1 AS two\nCOPY --from=one /s /t\nFROM a:1\nCOPY --from=two /t /u\nRUN use",
            "context r.txt"
        ),
    ]

    @Test("a file of another stage leads to where that stage has it from", arguments: stagesCases)
    func stages(path: String, text: String, first: String?) {
        #expect(Self.sources(path, text).first == first, "\(text)")
    }

    private static let mountsCases: [(path: String, flag: String, first: String?)] = [
        ("/r.txt", "type=bind,source=r.txt,target=/r.txt", "context r.txt"),
        ("/m/r.txt", "type=bind,source=sub,target=/m", "context sub/r.txt"),
        ("/m/r.txt", "type=bind,target=/m", "context r.txt"),
        ("/m/r.txt", "target=/m", "context r.txt"),
        ("/m/r.txt", "type=bind,src=sub,dst=/m,ro", "context sub/r.txt"),
        ("/w/m/r.txt", "type=bind,target=m", "context r.txt"),
        ("/m/r.txt", "type=bind,from=img:2,target=/m", "image img:2 /r.txt"),
        ("/m/r.txt", "type=cache,target=/m", nil),
        ("/m/r.txt", "type=secret,id=x,target=/m/r.txt", nil),
        ("/m/r.txt", "\"type=bind\",\"target=/m\"", "context r.txt"),
        ("/m/r.txt", "type=bind,target=/n", nil),
    ]

    @Test("a bind mount leads to what it mounts", arguments: mountsCases)
    func mounts(path: String, flag: String, first: String?) {
        #expect(Self.sources(path, "FROM a:1\nWORKDIR /w\nRUN --mount=\(flag) use").first == first, "\(flag)")
    }

    @Test("a named context is told by its name")
    func namedContexts() {
        var options = DockerfileOptions()
        options.buildContexts = ["deps": "../deps", "img": "docker-image://other:5"]
        #expect(
            Self.sources("/t/r.txt", "FROM a:1\nCOPY --from=deps s/r.txt /t/\nRUN use", options).first
                == "named deps s/r.txt")
        #expect(
            Self.sources("/t/r.txt", "FROM a:1\nCOPY --from=img /s/r.txt /t/\nRUN use", options).first
                == "image other:5 /s/r.txt")
    }

    @Test("stages that copy from each other end", arguments: ["/x", "/x/y/z"])
    func cycles(path: String) {
        var text = ""
        for number in 0..<40 { text += "FROM a:1 AS s\(number)\nCOPY --from=\(max(0, number - 1)) / /\nCOPY . /\n" }
        #expect(Self.sources(path, text + "RUN use").count <= 64)
    }

    private static let destinationsCases: [(text: String, destination: String?, isDirectory: Bool)] = [
        ("COPY a /b", "/b", false), ("COPY a /b/", "/b", true), ("COPY a .", "/", true), ("COPY a b /c", "/c", true),
        ("COPY a ./x/.", "/x", true), ("COPY a $X", nil, false), ("COPY a ../x", "/x", false), ("ADD a /", "/", true),
    ]

    @Test("a destination is absolute, and may be written as a directory", arguments: destinationsCases)
    func destinations(text: String, destination: String?, isDirectory: Bool) {
        let copy = model("FROM a:1\n\(text)").copies.first
        #expect(copy?.destination == destination)
        #expect(copy?.isDestinationFolder == isDirectory)
    }

    private static let checksumsCases: [(flags: String, checksum: String?)] = [
        ("", nil), ("--checksum=sha256:aa", "sha256:aa"), ("--checksum=$SUM", "sha256:bb"), ("--chown=1", nil),
    ]

    @Test("--checksum is expanded", arguments: checksumsCases)
    func checksums(flags: String, checksum: String?) {
        let copy = model("FROM a:1\nARG SUM=sha256:bb\nADD \(flags) https://x.example/y /").copies.first
        #expect(copy?.checksum == checksum)
        #expect(copy?.isAdd == true)
    }

    @Test("of copies to a path and to the folders above it the latest before the instruction comes first")
    func order() {
        let text =
            "FROM a:1\nCOPY a /w/\nCOPY b /w/r.txt\nCOPY c /\nCOPY d /w/r.txt\nCOPY e /w\nCOPY f /v\nRUN use\nCOPY g /w/"
        func found(_ stop: Int) -> [String] {
            var found: [String] = []
            model(text).findSource(of: "/w/r.txt", at: 7) { source in
                if case .context(let path) = source { found.append(path) }
                return found.count == stop
            }
            return found
        }
        #expect(found(0) == ["e/r.txt", "d", "c/w/r.txt", "b", "a/r.txt"])
        #expect(found(2) == ["e/r.txt", "d"])
    }

    @Test("the commands that write a file are found by its path: of the stage, and up to the instruction that asks")
    func writers() {
        let text =
            "FROM a:1 AS b\nRUN echo x > /f && cd /d && cat > ../f <<EOF\ny\nEOF\nRUN echo z >> /f; echo z >| /f > /g\n"
            + "FROM b\nRUN echo 2>/f\nRUN echo $X > $Y\nRUN pip install -r /f\nRUN echo late > /f\n"
        let model = model(text)
        func found(_ path: String, _ instruction: Int) -> [String] {
            model.contextSources(for: path, at: instruction).map { source in
                switch source {
                case .content(let text, let line): "content \(line) \(text.string)"
                case .generated(let index): "run \(index)"
                default: "other"
                }
            }
        }
        // Errors end in the file as well, `2>/f`.
        #expect(found("/f", 6) == ["run 4", "run 2", "run 2", "run 1", "content 3 y\n"])
        #expect(found("/f", 1) == ["run 1", "content 3 y\n"])
        #expect(found("/g", 6) == ["run 2"])
        #expect(found("/f", 7).first == "run 7")
        #expect(found("/none", 7).isEmpty)
    }
}
