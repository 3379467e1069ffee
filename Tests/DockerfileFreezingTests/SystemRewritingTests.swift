import ContainerImages
import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments
import Testing

@testable import DockerfileFreezing

private let debian = "ID=debian\nVERSION_CODENAME=bookworm\n"

/// Knows curl, g++ and libc6 of each kind; the image `alpine` is none of Debian's.
private func lists(_ facts: inout PinFacts) {
    facts.system = { image, _ in
        if image.repository == "unknown" { return .failure(.noBase) }
        let versions = ["curl": "7.88.1-10+deb12u5", "g++": "4:12.2.0-3", "libc6": "2.36-9"]
        return .success(
            PackageLists(
                operatingSystem: image.repository == "alpine" ? "ID=alpine\n" : debian,
                versions: [.apt: versions, .apk: ["curl": "8.5.0-r0"], .rpm: ["gcc": "11.4.1-2.el9"]]))
    }
}

private func plain(_ marked: String) -> String { marked.replacing("«", with: "").replacing("»", with: "") }

@Suite struct SystemPackageRewritingTests {
    @Test(arguments: [
        (
            Ecosystem.apt,
            "FROM x:1\nRUN apt-get update && apt-get install -y \\\r\n\t«curl»   \\\r\n  # c\r\n «\"g++\"»\r\n",
            "FROM x:1\nRUN apt-get update && apt-get install -y \\\r\n\tcurl=7.88.1-10+deb12u5   \\\r\n  # c\r\n \"g++=4:12.2.0-3\"\r\n"
        ),
        (
            .apt, "FROM x:1 AS a\nFROM a\nRUN sudo apt-get install «libc6:amd64»\n",
            "FROM x:1 AS a\nFROM a\nRUN sudo apt-get install libc6:amd64=2.36-9\n"
        ),
        (
            .apt, "FROM x:1\nRUN [\"apt-get\", \"install\", «\"curl\"»]\n",
            "FROM x:1\nRUN [\"apt-get\", \"install\", \"curl=7.88.1-10+deb12u5\"]\n"
        ),
        (.apk, "FROM x:1\nRUN apk add --no-cache «curl»\n", "FROM x:1\nRUN apk add --no-cache curl=8.5.0-r0\n"),
        (.rpm, "FROM x:1\nRUN dnf install -y «gcc»\n", "FROM x:1\nRUN dnf install -y gcc-11.4.1-2.el9\n"),
        (.rpm, "FROM x:1\nRUN zypper install -y «gcc»\n", "FROM x:1\nRUN zypper install -y gcc=11.4.1-2.el9\n"),
    ])
    func versionsComeFromTheBase(ecosystem: Ecosystem, marked: String, expected: String) throws {
        let result = try rewrite(marked, ecosystem: ecosystem, also: lists)
        #expect(result.text.utf8.elementsEqual(expected.utf8))
        #expect(result.failures == [])
    }

    @Test(arguments: [
        ("FROM x:1\nRUN apt-get install «nope»\n", "neither has nope"),
        ("FROM unknown:1\nRUN apt-get install «curl»\n", "was not given"),
        ("FROM scratch\nRUN apt-get install «curl»\n", "built on scratch"),
        ("ARG B\nFROM $B\nRUN apt-get install «curl»\n", "built on $B"),
        ("FROM x:1\nRUN for p in curl vim; do apt-get install «$p»; done\n", "list"),
        ("FROM x:1\nRUN apt-get install «curl*»\n", "pattern"),
        ("FROM x:1\nRUN apt-get install «curl/sid»\n", "more than the name"),
        ("FROM x:1\nONBUILD RUN apt-get install «curl»\n", "another build"),
        ("FROM x:1\nRUN apt-get upgrade -y\nRUN apt-get install «curl»\n", "apt-get upgrade before it"),
    ])
    func whatIsNotKnownStays(marked: String, reason: String) throws {
        let result = try rewrite(marked, ecosystem: .apt, also: lists)
        #expect(result.text == plain(marked))
        #expect(result.failures.count == 1 && result.failures[0].contains(reason), "\(result.failures)")
    }
}

@Suite struct SnapshotRewritingTests {
    private static let moment = "20240601T000000Z"

    private static func archive(_ newline: String = "\n") -> String {
        let options =
            "deb [check-valid-until=no signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://snapshot.debian.org/archive"
        return [
            "RUN rm -f /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources \\",
            "    && printf '%s\\n' \\",
            "        '\(options)/debian/\(moment) bookworm main' \\",
            "        '\(options)/debian/\(moment) bookworm-updates main' \\",
            "        '\(options)/debian-security/\(moment) bookworm-security main' \\",
            "        > /etc/apt/sources.list",
        ].map { $0 + newline }.joined()
    }

    private static func rewritten(_ marked: String) throws -> (text: String, failures: [String]) {
        let result = try rewrite(marked, ecosystem: .apt) { facts in
            lists(&facts)
            facts.snapshot = moment
        }
        return (result.text, result.failures)
    }

    @Test(arguments: [
        (
            "FROM x:1\n# tools\nRUN apt-get update && apt-get install «curl» «git»\nRUN apt-get install «vim»\n",
            "FROM x:1\n{A}# tools\nRUN apt-get update && apt-get install curl git\nRUN apt-get install vim\n"
        ),
        // The stage below uses apt first, and a comment about a rule stays with its line.
        (
            "FROM x:1 AS a\nENV A=1\n\n# pinproof: allow x -- y\nRUN apt-get update\nFROM a\nRUN apt-get install «curl»\n",
            "FROM x:1 AS a\nENV A=1\n\n{A}# pinproof: allow x -- y\nRUN apt-get update\nFROM a\nRUN apt-get install curl\n"
        ),
        ("FROM x:1\r\nRUN apt-get install «curl»\r\n", "FROM x:1\r\n{W}RUN apt-get install curl\r\n"),
    ])
    func oneInstructionSetsTheStage(marked: String, expected: String) throws {
        let result = try Self.rewritten(marked)
        let text = expected.replacing("{A}", with: Self.archive()).replacing("{W}", with: Self.archive("\r\n"))
        #expect(result.text.utf8.elementsEqual(text.utf8))
        #expect(result.failures == [])
    }

    @Test(arguments: [
        ("FROM alpine:1\nRUN apt-get install «curl»\n", "neither Debian nor Ubuntu"),
        ("FROM x:1\nUSER jovyan\nRUN apt-get install «curl»\n", "does not run as root"),
        ("FROM x:1\nRUN sudo apt-get install «curl»\n", "does not run as root"),
    ])
    func whereItCannotBeSet(marked: String, reason: String) throws {
        let result = try Self.rewritten(marked)
        #expect(result.text == plain(marked))
        #expect(result.failures.count == 1 && result.failures[0].contains(reason), "\(result.failures)")
    }
}

@Suite struct GitRewritingTests {
    private static let commit = "c0ffee0123456789c0ffee0123456789c0ffee01"

    private static func rewritten(_ marked: String) throws -> (text: String, failures: [String]) {
        let result = try rewrite(marked, ecosystem: .git) { facts in
            facts.commit = { url, reference in
                url.hasSuffix("unknown")
                    ? .failure(PinFailure("nobody knows \(reference ?? "HEAD")")) : .success(commit)
            }
        }
        return (result.text, result.failures)
    }

    @Test(arguments: [
        (
            "FROM x\nRUN git clone «https://index.example/a.git» && make -C a\n",
            "FROM x\nRUN git clone https://index.example/a.git && git -C a checkout {C} && make -C a\n"
        ),
        (
            "FROM x\nRUN git clone -b v1 --depth 1 «https://index.example/a» /opt/a > /dev/null\n",
            "FROM x\nRUN git clone -b v1 --depth 1 https://index.example/a /opt/a > /dev/null && git -C /opt/a fetch --depth 1 origin {C} && git -C /opt/a checkout {C}\n"
        ),
        (
            "FROM x\nRUN set -e; git clone --recursive «https://index.example/a»; ls\n",
            "FROM x\nRUN set -e; git clone --recursive https://index.example/a; git -C a checkout {C}; git -C a submodule update --init --recursive; ls\n"
        ),
        (
            "FROM x\nRUN git clone «https://index.example/a» && cd a && git checkout v1 && make\n",
            "FROM x\nRUN git clone https://index.example/a && cd a && git checkout {C} && make\n"
        ),
        (
            "FROM x\nWORKDIR /w\nRUN git clone «https://index.example/a»\nRUN cd /other && git checkout main\n",
            "FROM x\nWORKDIR /w\nRUN git clone https://index.example/a && git -C a checkout {C}\nRUN cd /other && git checkout main\n"
        ),
        ("FROM x\nADD «https://index.example/a.git» /a\n", "FROM x\nADD https://index.example/a.git#{C} /a\n"),
        (
            "FROM x\nADD --keep-git-dir «https://index.example/a.git#main:docs» /a\n",
            "FROM x\nADD --keep-git-dir https://index.example/a.git#{C}:docs /a\n"
        ),
        (
            "FROM x\nRUN pip install «git+https://me@index.example/a.git#egg=a» «\"git+https://index.example/b@v1\"»\n",
            "FROM x\nRUN pip install git+https://me@index.example/a.git@{C}#egg=a \"git+https://index.example/b@{C}\"\n"
        ),
    ])
    func theCommitIsTaken(marked: String, expected: String) throws {
        let result = try Self.rewritten(marked)
        #expect(result.text == expected.replacing("{C}", with: Self.commit))
        #expect(result.failures == [])
    }

    @Test(arguments: [
        "FROM x\nRUN git clone «https://index.example/unknown»\n",
        "FROM x\nRUN git clone «https://index.example/a»; make\n",
        "FROM x\nRUN git clone «https://index.example/a» || true\n",
        "FROM x\nRUN if true; then git clone «https://index.example/a»; fi\n",
        "FROM x\nRUN git clone --mirror «https://index.example/a»\n",
        "FROM x\nARG V=v1\nRUN git clone -b $V «https://index.example/a»\n",
        "FROM x\nRUN git clone «https://index.example/a»\nRUN git -C a pull\n",
        "FROM x\nRUN git clone «https://index.example/a» && cd a && git switch --detach v1\n",
    ])
    func whatCannotBeHeldStays(marked: String) throws {
        let result = try Self.rewritten(marked)
        #expect(result.text == plain(marked))
        #expect(result.failures.count == 1)
    }
}

@Suite struct ProjectRewritingTests {
    @Test func projectsKeepToTheirLock() throws {
        // The subject of the finding is `npm install`, its place the word behind npm.
        for (command, subject, lock, text, expected) in [
            ("npm «install» --omit=dev", "npm install", "package-lock.json", "{}", "npm ci --omit=dev"),
            ("yarn «install»", "yarn install", "yarn.lock", "# yarn lockfile v1\n", "yarn install --frozen-lockfile"),
            ("yarn «install»", "yarn install", "yarn.lock", "__metadata:\n", "yarn install --immutable"),
            ("pnpm «install»", "pnpm install", "pnpm-lock.yaml", "", "pnpm install --frozen-lockfile"),
            ("uv «sync» --no-dev", "uv sync", "uv.lock", "", "uv sync --locked --no-dev"),
        ] {
            let source = "FROM x\nWORKDIR /app\nCOPY . .\nRUN \(command)\n"
            let result = try Self.project(source, subject, lock, text)
            #expect(result.text == "FROM x\nWORKDIR /app\nCOPY . .\nRUN \(expected)\n")
            #expect(result.failures == [])
            // Without the lock, or with a folder elsewhere, nothing is touched.
            let other = try Self.project(source, subject, "other", text)
            #expect(other.text == plain(source))
            #expect(other.failures.count == 1)
        }
        let elsewhere = "FROM x\nCOPY . .\nRUN npm «install» --prefix web\n"
        #expect(try Self.project(elsewhere, "npm install", "package-lock.json", "{}").text == plain(elsewhere))
        let byName = try rewrite("FROM x\nRUN npm install «left-pad»\n", ecosystem: .npm)
        #expect(byName.failures == ["it is installed by name"])
    }

    private static func project(
        _ marked: String, _ subject: String, _ lock: String, _ text: String
    ) throws -> (text: String, failures: [String]) {
        let start = try #require(marked.utf8.firstRange(of: "«".utf8))
        let end = try #require(marked.utf8.firstRange(of: "»".utf8))
        let offset = marked.utf8.distance(from: marked.startIndex, to: start.lowerBound)
        let length = marked.utf8.distance(from: start.upperBound, to: end.lowerBound)
        let source = SourceText(name: "Dockerfile", text: plain(marked))
        let finding = Finding(
            rule: "test", severity: .error, file: "Dockerfile", range: source.range(offset..<(offset + length)),
            message: "", ecosystem: .npm, subject: subject, strength: .floating)
        var facts = PinFacts(image: { _ in .failure(.noBase) }, download: { _ in .failure(.noBase) })
        facts.contextFile = { $0 == lock ? SourceText(name: lock, text: text) : nil }
        let result = try DockerfileRewriting(
            DockerfileModel(Dockerfile.parse(source)), findings: [finding], facts: facts)
        return (result.text.string(0..<result.text.bytes.count), result.failures.values.map(\.reason))
    }
}

@Suite struct CondaRewritingTests {
    private static let mount = " --mount=type=bind,source=conda.pinproof.txt,target=/tmp/conda.pinproof.txt"

    private static func rewritten(_ marked: String) throws -> (text: String, failures: [String]) {
        let hash = try #require(Digest("sha256:" + String(repeating: "ab", count: 32)))
        let packages = [("numpy", "1.26.4"), ("python", "3.11.7")].map { name, version -> Package in
            var package = Package(ecosystem: .conda, name: name, version: version)
            package.artifacts = [
                Artifact(name: nil, url: "https://index.example/linux-64/\(name)-\(version)-0.conda", hashes: [hash])
            ]
            return package
        }
        let explicit = try CondaExplicitFile(Environment(packages: packages))
        let result = try rewrite(marked, ecosystem: .conda) {
            $0.condaPackages = LockedCondaPackages(lock: "conda-lock.yml", explicit)
        }
        return (result.text, result.failures)
    }

    @Test(arguments: [
        (
            "FROM x\nRUN conda install -y -c conda-forge «numpy» python=3.11 && ls\n",
            "FROM x\nRUN{M} conda install -y -c conda-forge --file /tmp/conda.pinproof.txt && ls\n"
        ),
        (
            "FROM x\nRUN micromamba create -yn x \\\n    «python» \\\n    «conda-forge::numpy>=1» -q\n", nil
        ),
        (
            "FROM x\nRUN micromamba create -y -n x \\\n    «python» \\\n    «conda-forge::numpy» -q\n",
            "FROM x\nRUN{M} micromamba create -y -n x \\\n    --file /tmp/conda.pinproof.txt -q\n"
        ),
        ("FROM x\nRUN conda install «scipy»\n", nil),
        ("FROM x\nRUN conda install «numpy=2»\n", nil),
        ("FROM x\nRUN conda update «numpy»\n", nil),
        ("FROM x\nRUN [\"conda\", \"install\", «\"numpy\"»]\n", nil),
    ])
    func installsComeFromTheExplicitFile(marked: String, expected: String?) throws {
        let result = try Self.rewritten(marked)
        #expect(result.text == (expected?.replacing("{M}", with: Self.mount) ?? plain(marked)))
        #expect(result.failures.isEmpty == (expected != nil))
    }
}
