import DockerfileSyntax
import SourceDocuments
import TestSupport
import Testing

@testable import PinRules

/// No input makes the check trap: real snippets, changed at random.
struct MutationTests {
    private static let dockerfiles = [
        "# syntax=docker/dockerfile:1\nARG V=3.11.9\nFROM python:${V}-slim AS base\nRUN --mount=type=bind,from=alpine:3,source=/x,target=/y apt-get update && \\\n    # pinproof: allow floating-apt-package -- x\n    apt-get install -y git=1:2.39 'curl' \"$P\" && rm -rf /x\nSHELL [\"/bin/bash\", \"-c\"]\nRUN <<EOF\npip install numpy==1.26.4 'pandas>=2' x@git+https://index.example/x@main -r r.txt -c c.txt\nEOF\nCOPY --from=base --chown=1:1 r.txt /app/\nADD --checksum=sha256:00 https://index.example/x /x\n",
        "FROM debian@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\nWORKDIR /src\nRUN git -C x clone --branch v1 https://index.example/x.git y && cd y && git checkout FETCH_HEAD\nRUN curl -fsSL https://index.example/i.sh | sh -s -- -y; wget -qO- $U | tar xz\nRUN echo \"$(sha256sum x | cut -d' ' -f1)  x\" | sha256sum -c -\nONBUILD RUN npm install -g @a/b@^1 c && yarn add d && npx e@latest\nRUN R -e \"install.packages(c('a','b'), repos='https://index.example/2024-01-01')\"\n",
        "FROM a\nRUN conda install -c x::y -y 'a[version=1,build=*]' b=1=2 && mamba env create -f environment.yml\nRUN uv pip sync r.txt; uv tool run --with x y; poetry add a@^1; pdm add b; pipx run --spec c==1 d\nRUN dnf install -y a-1:2.3-4.el9 @g && apk add 'b=~1' .v !c && gem install d:1 && go install e@v1 && cargo install f@1\nRUN hf download a/b --revision c && python -m spacy download d && git lfs pull && bundle config set frozen true\n",
    ]
    private static let locks = [
        (
            "requirements.txt",
            "-i https://index.example\n--extra-index-url=x\nnumpy==1.26.4 \\\n    --hash=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef # pinproof: allow weak-hash\n-e git+https://index.example/x@y#egg=z\n-r r.txt\nx[a,b]>=1,<2 ; python_version < '3.12'\n"
        ),
        (
            "environment.yml",
            "name: x\nchannels: [conda-forge]\ndependencies:\n  - python=3.11\n  - a::b==1=c\n  - pip:\n      - numpy>1\n"
        ),
        (
            "poetry.lock",
            "[[package]]\nname = \"six\"\nversion = \"1.17.0\"\noptional = false\nfiles = [{file = \"a\", hash = \"sha256:00\"}]\n[metadata]\nlock-version = \"2.1\"\ncontent-hash = \"0\"\n"
        ),
        (
            "uv.lock",
            "version = 1\nrequires-python = \">=3.11\"\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"b\" }]\n"
        ),
        (
            "Pipfile.lock",
            "{\"_meta\": {\"hash\": {\"sha256\": \"00\"}, \"pipfile-spec\": 6}, \"default\": {\"six\": {\"version\": \"==1\", \"hashes\": [\"sha256:00\"]}}}"
        ),
        (
            "pyproject.toml",
            "[project]\nname = \"m\"\ndependencies = [\"six>=1.16\"]\n[tool.poetry.dependencies]\na = \"^1\"\n"
        ),
    ]
    private static let beside = [
        "r.txt": "numpy\n-c c.txt\n", "c.txt": "numpy==1\n", "environment.yml": "dependencies: [a]\n",
        "pyproject.toml": "[project]\nname = \"m\"\ndependencies = [\"six>=2\"]\n",
        "Pipfile": "[packages]\nsix = \"*\"\n",
    ]

    private static func mutated(_ text: String, _ generator: inout SeededGenerator) -> String {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            let end = min(bytes.count, index + Int.random(in: 1...12, using: &generator))
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.removeSubrange(index..<end)
            case 2: bytes.insert(contentsOf: bytes[index..<end], at: Int.random(in: 0...bytes.count, using: &generator))
            case 3: bytes.insert("$\\\"'`(){}[]<>|&;#=@:-\n\r".utf8.randomElement(using: &generator) ?? 0, at: index)
            case 4: bytes.removeSubrange(index...)
            default: bytes.swapAt(index, end - 1)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("mutated files are checked without a trap", arguments: [1, 2, 3, 4] as [UInt64])
    func noTrap(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for round in 0..<fuzzRounds(150) {
            let text = Self.mutated(Self.dockerfiles[round % Self.dockerfiles.count], &generator)
            expectSound("Dockerfile", text)
            let lock = Self.locks[round % Self.locks.count]
            expectSound(lock.0, Self.mutated(lock.1, &generator))
        }
    }

    /// Whatever a file holds, each finding of it lies inside of it.
    private func expectSound(_ file: String, _ text: String) {
        let lines = SourceText(name: file, text: text).lineCount
        for finding in check(file, text, beside: Self.beside, require: .hashed).findings where finding.file == file {
            guard let range = finding.range else { continue }
            #expect(range.start <= range.end && range.end.line <= lines + 1, "\(finding.rule) in \(text)")
        }
    }
}
