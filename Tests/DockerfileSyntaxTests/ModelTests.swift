import EnvironmentInventory
import SourceDocuments
import Testing

@testable import DockerfileSyntax

func model(_ text: String, _ options: DockerfileOptions = DockerfileOptions()) -> DockerfileModel {
    DockerfileModel(Dockerfile.parse(SourceText(name: "Dockerfile", text: text)), options: options)
}

@Suite struct ModelTests {
    @Test(arguments: [
        ("FROM python:3.11", "python:3.11", PinStrength.exact),
        ("FROM python", "python", .floating),
        ("ARG V=3.11\nFROM python:${V}-slim", "python:3.11-slim", .exact),
        ("ARG V\nFROM python:${V}", "python:${V}", .unknown),
        ("ARG V\nFROM python:${V:-3.12}", "python:3.12", .exact),
        ("FROM python:${V:-3.12}", "python:3.12", .exact),
        ("ARG A=3 B=${A}.11\nFROM python:$B", "python:3.11", .exact),
        ("ARG T=v1.2.3\nFROM x:${T#v}", "x:1.2.3", .exact),
        ("ARG T=a/b\nFROM ${T%/*}:1", "a:1", .exact),
        ("ARG T=1.2.3\nFROM x:${T//./-}", "x:1-2-3", .exact),
        ("ARG T=1.2.3\nFROM x:${T/./-}", "x:1-2.3", .exact),
        ("ARG B\nFROM x:${A:-${B:-7}}", "x:7", .exact),
        ("ARG X=1\nFROM x${X:+:2}", "x:2", .exact),
        ("ARG X\nFROM x${X:+:2}", "x", .floating),
        ("FROM --platform=$BUILDPLATFORM golang:1.22", "golang:1.22", .exact),
        ("FROM x:${TARGETARCH}", "x:${TARGETARCH}", .unknown),
        ("FROM localhost:5000/a/b:1", "localhost:5000/a/b:1", .exact),
    ])
    func images(_ text: String, _ reference: String, _ strength: PinStrength) throws {
        let images = model(text).images
        #expect(images.map(\.text) == [reference])
        #expect(images.map(\.strength) == [strength])
    }

    @Test func digestsInsideOfArguments() {
        let digest = "sha256:" + String(repeating: "a", count: 64)
        let inside = model("ARG V=3.11@\(digest)\nFROM python:${V}").images[0]
        #expect(inside.strength == .hashed)
        #expect(inside.hasOverridableDigest)
        let whole = model("ARG I=python:3.11@\(digest)\nFROM ${I}").images[0]
        #expect(whole.strength == .hashed)
        #expect(!whole.hasOverridableDigest)
    }

    @Test func stagesAndRoles() {
        let model = model(
            """
            # syntax=docker/dockerfile:1
            FROM a:1 AS Build
            FROM build AS next
            COPY --from=0 /x /y
            COPY --from=BUILD /x /y
            COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/
            RUN --mount=type=bind,from=data:2,source=/d,target=/d ls
            ONBUILD COPY --from=b:3 /x /y
            FROM scratch
            FROM base-${TARGETARCH}
            """)
        #expect(
            model.images.map { "\($0.role.rawValue) \($0.text) \($0.line)" } == [
                "syntax docker/dockerfile:1 1", "from a:1 2", "copyFrom ghcr.io/astral-sh/uv:0.5 6",
                "mountFrom data:2 7", "onbuild b:3 8", "from base-${TARGETARCH} 10",
            ])
        #expect(model.stages.map(\.base) == [.image(1), .stage(0), .scratch, .image(5)])
        #expect(model.stages.map(\.name) == ["build", "next", nil, nil])
    }

    @Test func given() {
        var options = DockerfileOptions()
        options.buildArguments = ["V": "9"]
        options.buildContexts = ["base": "docker-image://other:5", "alpine": "folder"]
        #expect(model("ARG V=1\nFROM x:$V", options).images.map(\.text) == ["x:9"])
        #expect(model("FROM base", options).images.map(\.text) == ["other:5"])
        #expect(model("FROM alpine:latest", options).images.isEmpty)
        options.targetPlatform = Platform(os: "linux", architecture: "arm64")
        #expect(model("FROM x:$TARGETARCH", options).images.map(\.text) == ["x:arm64"])
    }

    @Test func files() {
        let model = model(
            """
            FROM a:1 AS b
            WORKDIR /src
            COPY reqs/ ./
            FROM a:1
            WORKDIR /app
            COPY requirements.txt .
            COPY --from=b /src/dev.txt /tmp/
            RUN pip install -r requirements.txt -r /tmp/dev.txt
            """)
        func paths(_ path: String) -> [String] {
            model.contextSources(for: path, at: 7).compactMap {
                if case .context(let path) = $0 { path } else { nil }
            }
        }
        #expect(paths("/app/requirements.txt").first == "requirements.txt")
        #expect(paths("/tmp/dev.txt").first == "reqs/dev.txt")
    }

    @Test(
        "a file that was copied under its name is found behind any number of folders; else nothing further is an answer"
    )
    func manyFolders() {
        let folders = (0..<100).map { "COPY d\($0) /app/\n" }.joined()
        func sources(_ body: String) -> [String] {
            let model = model(body)
            let run = model.runs.last?.instructionIndex ?? 0
            return model.contextSources(for: "/app/r.txt", at: run).map {
                if case .context(let path) = $0 { path } else { "\($0)" }
            }
        }
        let base = "FROM x AS base\nCOPY e/r.txt /app/\nFROM base\n"
        let found = sources("FROM x\nCOPY e/r.txt /app/\n" + folders + "RUN x\n")
        #expect(found.first == "d99/r.txt" && found.suffix(2) == ["e/r.txt", "e/r.txt/r.txt"])
        #expect(found.count == CopyIndex.maximumFolders + 2)
        // An earlier folder may hold the file, so that of the stage below is no answer.
        #expect(sources(base + folders + "RUN x\n").count == CopyIndex.maximumFolders)
        #expect(sources(base + "COPY d /app/\nRUN x\n") == ["d/r.txt", "e/r.txt", "e/r.txt/r.txt"])
        #expect(sources("FROM x\nCOPY d r.txt e /app/\nRUN x\n") == ["r.txt", "r.txt/r.txt", "d/r.txt", "e/r.txt"])
    }
}
