import DockerfileSyntax
import Testing

@testable import PinRules

/// Whole Dockerfiles: stages, variables, files that are followed, pragmas.
struct DockerfileCheckTests {
    private static let hash = PythonPackageWithoutHash.exampleDigest

    private static let images: [(rule: String, text: String)] = [
        ("floating-image", "# syntax=«docker/dockerfile»\nFROM scratch\n"),
        ("floating-image", "FROM debian:12.5 AS a\nFROM a\nCOPY --from=a /x /x\nCOPY --from=0 /y /y\n"),
        ("floating-image", "FROM «index.example:5000/team/app»\n"),
        ("floating-image", "FROM index.example:5000/team/app:1.2 AS python\nFROM python\n"),
        ("floating-image", "ARG V\nFROM python:${V:-3.11.9}\nFROM «debian:${V:-latest}»\n"),
        ("floating-image", "FROM debian:12.5\nONBUILD COPY --from=«alpine» /x /x\n"),
        ("floating-image", "FROM debian:12.5\nRUN --mount=type=bind,from=«alpine:latest»,target=/m true\n"),
        ("unresolved-variable", "ARG TAG\nFROM «python:$TAG»\n"),
        ("unresolved-variable", "FROM --platform=$BUILDPLATFORM python:3.11.9\n"),
        ("image-without-digest", "FROM «debian:12.5»\nFROM debian:12.5@\(hash)\nFROM scratch\n"),
        (
            "overridable-digest",
            "ARG V=12.5\nARG D=\(hash)\nFROM debian:${V}@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"
        ),
        ("overridable-digest", "ARG V=12.5@\(hash)\nFROM «debian:$V»\n"),
        ("overridable-digest", "ARG V=12.5\nARG D=\(hash.dropFirst(7))\nFROM debian:$V@sha256:$D\n"),
        ("unreadable-file", "FROM debian:12.5\n«COPPY a b»\nRUN true\n"),
        (
            "floating-apt-package",
            "FROM debian:12.5\nCOPPY a b\nRUN apt-get install -y «git»\n"
        ),
        ("floating-apt-package", "FROM debian:12.5\nONBUILD RUN apt-get install -y «git»\n"),
        ("floating-apt-package", "FROM debian:12.5\nRUN <<EOF\napt-get update\napt-get install -y «git»\nEOF\n"),
        ("floating-apt-package", "FROM debian:12.5\nRUN [\"apt-get\", \"install\", «\"git\"»]\n"),
        ("floating-apt-package", "FROM debian:12.5\nARG P=\"git curl=7.88\"\nRUN apt-get install -y «$P»\n"),
        (
            "floating-apt-package",
            "FROM debian:12.5 AS base\nRUN echo 'deb https://snapshot.debian.org/archive/debian/20240501T000000Z bookworm main' > /etc/apt/sources.list\nFROM base\nRUN apt-get install -y git\nFROM debian:12.5\nRUN apt-get install -y «git»\n"
        ),
        (
            "unverified-download",
            "FROM debian:12.5\nADD --checksum=\(hash) https://index.example/x /\nADD «https://index.example/y» /\nADD local.tgz /\n"
        ),
        (
            "floating-git-checkout",
            "FROM debian:12.5\nADD «https://index.example/x.git» /x\nADD https://index.example/x.git#v1.2.3 /y\n"
        ),
        (
            "floating-git-checkout",
            "FROM debian:12.5\nWORKDIR /src\nRUN git clone https://index.example/x.git\nWORKDIR /src/x\nRUN git reset --hard 0123456789012345678901234567890123456789\n"
        ),
        (
            "floating-git-checkout",
            "FROM debian:12.5\nWORKDIR /src\nRUN git clone «https://index.example/x.git»\nRUN git clone https://index.example/y.git && git -C y checkout 0123456789012345678901234567890123456789\n"
        ),
        (
            "floating-requirement",
            "FROM python:3.11.9\nCOPY <<-EOF r.txt\n\t«numpy»\n\tpandas==2.2.2\n\tEOF\nRUN pip install -r r.txt\n"
        ),
        (
            "floating-requirement",
            "FROM python:3.11.9\nRUN cat > /r.txt <<EOF\n«numpy>=1»\nEOF\nRUN pip install -r /r.txt && pip install -r /r.txt\n"
        ),
        ("floating-gem", "FROM ruby:3.3.3\nENV BUNDLE_DEPLOYMENT=1\nRUN bundle install\n"),
        ("unlocked-python-project", "FROM python:3.11.9\nENV UV_FROZEN=1\nRUN uv sync\n"),
    ]

    @Test("images, stages, variables and instructions", arguments: images.indices)
    func instructions(index: Int) {
        let (rule, text) = Self.images[index]
        expectMarks(rule, "Dockerfile", text, require: rule == "image-without-digest" ? .hashed : .exact)
    }

    @Test("every unknown value is a warning, never an error")
    func unknownIsWarning() {
        let text =
            "ARG A\nFROM $A\nCOPY r.txt .\nRUN pip install -r r.txt -c $C x==$V\nRUN apt-get install -y $P\nRUN git clone $U\n"
        let findings = check("Dockerfile", text).findings
        #expect(findings.count >= 4)
        #expect(findings.allSatisfy { $0.rule == "unresolved-variable" && $0.severity == .warning }, "\(findings)")
        #expect(findings.allSatisfy { $0.strength == .unknown })
    }

    private static let followed: [(files: [String: String], text: String, file: String, line: Int)] = [
        (
            ["requirements.txt": "numpy\n"], "COPY requirements.txt /tmp/\nRUN pip install -r /tmp/requirements.txt\n",
            "requirements.txt", 1
        ),
        (["a/r.txt": "six==1.17.0\nnumpy>1\n"], "COPY a /app\nWORKDIR /app\nRUN pip install -r r.txt\n", "a/r.txt", 2),
        (
            ["r.txt": "-r base.txt\n", "base.txt": "numpy\n"], "COPY . /app/\nWORKDIR /app\nRUN pip install -r r.txt\n",
            "base.txt", 1
        ),
        (
            ["r.txt": "numpy\n"],
            "WORKDIR /w\nRUN --mount=type=bind,source=r.txt,target=/w/r.txt pip install -r r.txt\n", "r.txt", 1
        ),
        (
            ["environment.yml": "dependencies:\n  - numpy\n"],
            "COPY environment.yml /\nRUN conda env update -f /environment.yml\n", "environment.yml", 2
        ),
        (["r.txt": "numpy\n"], "COPY r.txt /\nRUN uv pip sync /r.txt\n", "r.txt", 1),
    ]

    @Test("the finding lies in the file that is at fault, with its use", arguments: followed.indices)
    func followedFiles(index: Int) {
        let (files, text, file, line) = Self.followed[index]
        let findings = check("Dockerfile", "FROM python:3.11.9\n" + text, beside: files).findings
            .filter { $0.rule == "floating-requirement" }
        #expect(findings.map(\.file) == [file])
        #expect(findings.first?.range?.start.line == line)
        #expect(findings.first?.usedBy.map(\.file) == ["Dockerfile"])
    }

    @Test("exact constraints pin what a command names")
    func constraints() {
        let text = "FROM python:3.11.9\nCOPY c.txt /\nRUN pip install -c /c.txt numpy pandas\n"
        let findings = check("Dockerfile", text, beside: ["c.txt": "numpy==1.26.4\npandas>2\n"]).findings
        #expect(findings.map(\.subject) == ["pandas"])
    }

    @Test("a file with hashes passes at hashed, and so does a system package with a version")
    func hashed() {
        let files = ["r.txt": "six==1.17.0 \\\n    --hash=\(Self.hash)\n"]
        let text =
            "FROM python:3.11.9@\(Self.hash)\nCOPY r.txt /\nRUN pip install --require-hashes -r /r.txt && apt-get install -y git=1:2 && apk add git=2-r0 && dnf install -y git-2.43.5-1\n"
        let findings = check("Dockerfile", text, beside: files, require: .hashed).findings
        #expect(findings.isEmpty, "\(findings)")
    }

    @Test("poetry install keeps to a lock that the context holds")
    func poetry() {
        let text = "FROM python:3.11.9\nWORKDIR /app\nCOPY pyproject.toml poetry.lock ./\nRUN poetry install\n"
        #expect(check("Dockerfile", text, beside: ["poetry.lock": "x"]).findings.isEmpty)
        #expect(check("Dockerfile", text).findings.map(\.rule) == ["unlocked-python-project"])
    }

    private static let pragmas: [(text: String, remaining: Int, suppressed: Int)] = [
        ("# pinproof: allow floating-image -- reason\nFROM debian\n", 0, 1),
        ("FROM debian\n# pinproof: allow floating-image\n", 1, 0),
        (
            "FROM debian:1\n# pinproof: allow floating-apt-package, floating-python-package -- both\nRUN apt-get install -y a && pip install b\n",
            0, 2
        ),
        (
            "FROM debian:1\n# pinproof: allow floating-apt-package\nRUN apt-get update && \\\n  apt-get install -y \\\n    a \\\n    b\n",
            0, 2
        ),
        (
            "FROM debian:1\nRUN apt-get install -y \\\n    a \\\n    # pinproof: allow floating-apt-package -- old\n    b\n",
            1, 1
        ),
        ("FROM debian:1\n# pinproof: allow floating-image\nRUN apt-get install -y a\n", 1, 0),
        (
            "FROM debian:1\n# hadolint ignore=DL3008\nRUN apt-get install -y a && \\\n    apt-get install -y b\nRUN apt-get install -y c\n",
            1, 2
        ),
        ("# hadolint global ignore=DL3006,DL3008\nFROM debian\nRUN apt-get install -y a\n", 0, 2),
        ("FROM debian:1\n# hadolint ignore=DL3009,DL3013\nRUN pip install a && apt-get install -y b\n", 1, 1),
        ("FROM debian:1\n\n# hadolint ignore=DL3008\n\n# a comment between\nRUN apt-get install -y a\n", 0, 1),
        ("FROM debian:1\nRUN echo '# pinproof: allow floating-apt-package' && apt-get install -y a\n", 1, 0),
    ]

    @Test("pragmas", arguments: pragmas.indices)
    func pragma(index: Int) {
        let (text, remaining, suppressed) = Self.pragmas[index]
        let result = check("Dockerfile", text)
        #expect(result.findings.count == remaining, "\(text)\(result.findings.map(\.message))")
        #expect(result.suppressed.count == suppressed, "\(text)")
    }

    @Test("a file of another language is one finding or few, not one a line")
    func notADockerfile() {
        let text = String(repeating: "let x = 1;\n", count: 400)
        #expect(check("Dockerfile", text).findings.count <= 20)
    }

    @Test("build arguments and contexts")
    func buildArguments() {
        let text = "ARG TAG\nFROM python:$TAG\n"
        #expect(
            check("Dockerfile", text, options: DockerfileOptions(buildArguments: ["TAG": "3.11.9"])).findings.isEmpty)
        #expect(
            check("Dockerfile", text, options: DockerfileOptions(buildArguments: ["TAG": "latest"])).findings.map(
                \.rule)
                == ["floating-image"])
    }
}
