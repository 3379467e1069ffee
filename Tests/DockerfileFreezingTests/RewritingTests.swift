import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments
import Testing

@testable import DockerfileFreezing

private let digest = "sha256:" + String(repeating: "ab", count: 32)
private let other = "sha256:" + String(repeating: "cd", count: 32)

/// Rewrites a text whose findings are the places between « and ».
///
/// Images are known by every name but `unknown`; downloads by every URL but those that end in `unknown`.
func rewrite(
    _ marked: String, ecosystem: Ecosystem = .image, lock: LockedRequirements? = nil,
    also change: (inout PinFacts) -> Void = { _ in }
) throws -> (text: String, failures: [String], changes: Int) {
    var bytes: [UInt8] = []
    var starts: [Int] = []
    var ranges: [Range<Int>] = []
    for scalar in marked.unicodeScalars {
        if scalar == "«" {
            starts.append(bytes.count)
        } else if scalar == "»" {
            ranges.append((starts.popLast() ?? 0)..<bytes.count)
        } else {
            bytes += Array(String(scalar).utf8)
        }
    }
    let source = SourceText(name: "Dockerfile", bytes: bytes)
    let model = DockerfileModel(Dockerfile.parse(source))
    let findings = ranges.map { range in
        Finding(
            rule: "test", severity: .error, file: "Dockerfile", range: source.range(range), message: "",
            ecosystem: ecosystem, subject: source.string(range).filter { $0 != "\"" || ecosystem == .download },
            strength: .floating)
    }
    let known = try #require(Digest(digest))
    var facts = PinFacts(
        image: { $0.repository == "unknown" ? .failure(PinFailure("nobody knows it")) : .success(known) },
        download: { $0.hasSuffix("unknown") ? .failure(PinFailure("nobody knows it")) : .success(known) },
        packages: lock)
    change(&facts)
    let result = try DockerfileRewriting(model, findings: findings, facts: facts)
    return (
        result.text.string(0..<result.text.bytes.count), result.failures.values.map(\.reason).sorted(),
        result.changes.count
    )
}

@Suite struct ImageRewritingTests {
    @Test(arguments: [
        // A tag stays, a missing one is said.
        ("FROM «python:3.11»\n", "FROM python:3.11@D\n"),
        ("FROM «python»\n", "FROM python:latest@D\n"),
        ("from\t«python:3.11»\tAS x  \r\n\r\n# a comment\r\n", "from\tpython:3.11@D\tAS x  \r\n\r\n# a comment\r\n"),
        ("\u{FEFF}FROM «python:3.11»", "\u{FEFF}FROM python:3.11@D"),
        (
            "FROM --platform=linux/arm64 \\\n # why\n\n  «python:3.11» \\\n  AS x\n",
            "FROM --platform=linux/arm64 \\\n # why\n\n  python:3.11@D \\\n  AS x\n"
        ),
        ("# escape=`\nFROM `\n  «python:3.11»\n", "# escape=`\nFROM `\n  python:3.11@D\n"),
        ("# syntax=«docker/dockerfile:1»\nFROM scratch\n", "# syntax=docker/dockerfile:1@D\nFROM scratch\n"),
        ("FROM scratch\nCOPY --from=«busybox:1» /bin/sh /\n", "FROM scratch\nCOPY --from=busybox:1@D /bin/sh /\n"),
        (
            "FROM scratch\nRUN --mount=type=bind,from=«busybox:1»,target=/b ls <<EOF\nFROM python\nEOF\n",
            "FROM scratch\nRUN --mount=type=bind,from=busybox:1@D,target=/b ls <<EOF\nFROM python\nEOF\n"
        ),
        (
            "FROM scratch\nONBUILD COPY --from=«busybox» /b /\n",
            "FROM scratch\nONBUILD COPY --from=busybox:latest@D /b /\n"
        ),
        // One ARG is the whole reference: its default gets the digest.
        (
            "ARG BASE=python:3.11\nFROM «$BASE»\nFROM «${BASE}» AS b\n",
            "ARG BASE=python:3.11@D\nFROM $BASE\nFROM ${BASE} AS b\n"
        ),
        ("ARG BASE=\"python:3.11\"\nFROM «${BASE}»\n", "ARG BASE=\"python:3.11@D\"\nFROM ${BASE}\n"),
        // It holds a part, or is used elsewhere: the digest goes behind the variable.
        ("ARG TAG=3.11\nFROM «python:${TAG}»\n", "ARG TAG=3.11\nFROM python:${TAG}@D\n"),
        ("ARG TAG=3.11\nARG BASE=python:$TAG\nFROM «$BASE»\n", "ARG TAG=3.11\nARG BASE=python:$TAG\nFROM $BASE@D\n"),
        ("ARG B=python\nFROM «$B»\nFROM «$B:3»\n", "ARG B=python\nFROM $B:latest@D\nFROM $B:3@D\n"),
        ("ARG B=a:1\nARG C=x/$B\nFROM «$B»\n", "ARG B=a:1\nARG C=x/$B\nFROM $B@D\n"),
        // An ARG that another one hands on whole is pinned in its default.
        (
            "ARG BASE_IMAGE=ubuntu:24.04\nARG INTEL=${BASE_IMAGE}\nFROM «${BASE_IMAGE}» AS a\nFROM «${INTEL}» AS b\n",
            "ARG BASE_IMAGE=ubuntu:24.04@D\nARG INTEL=${BASE_IMAGE}\nFROM ${BASE_IMAGE} AS a\nFROM ${INTEL} AS b\n"
        ),
        ("ARG B=a:1\nARG C=$B\nFROM «$B»\n", "ARG B=a:1@D\nARG C=$B\nFROM $B\n"),
        ("ARG B=a:1\nARG C=${B}\nFROM «$C»\n", "ARG B=a:1@D\nARG C=${B}\nFROM $C\n"),
        ("ARG B=a:1\nARG C=$B\nARG E=$C\nFROM «$B»\n", "ARG B=a:1@D\nARG C=$B\nARG E=$C\nFROM $B\n"),
        ("ARG BASE\nFROM «${BASE:-python:3.11}»\n", "ARG BASE\nFROM ${BASE:-python:3.11@D}\n"),
    ])
    func onlyTheReferenceChanges(marked: String, expected: String) throws {
        let result = try rewrite(marked)
        #expect(result.text.utf8.elementsEqual(expected.replacing("@D", with: "@" + digest).utf8))
        #expect(result.failures == [])
    }

    @Test(arguments: [
        ("FROM «unknown:1»\n", "nobody knows it"),
        ("ARG BASE\nFROM «$BASE»\n", "the file gives no value of BASE"),
    ])
    func whatIsNotKnownStays(marked: String, reason: String) throws {
        let result = try rewrite(marked)
        #expect(result.text == marked.replacing("«", with: "").replacing("»", with: ""))
        #expect(result.failures == [reason])
        #expect(result.changes == 0)
    }

    @Test func whatNoFindingNamesStays() throws {
        let text = "FROM python:3.11 # pinproof: allow\nCOPY --from=x:1 a b\n"
        #expect(try rewrite(text).text == text)
    }
}

@Suite struct DownloadRewritingTests {
    private static let sum = " && echo \"\(digest.dropFirst(7))  F\" | sha256sum -c -"

    @Test(arguments: [
        (
            "FROM x\nADD «https://index.example/a.tar» /x\n",
            "FROM x\nADD --checksum=D https://index.example/a.tar /x\n"
        ),
        (
            "FROM x\nONBUILD ADD --chown=1 «https://index.example/a» /x\r\n",
            "FROM x\nONBUILD ADD --checksum=D --chown=1 https://index.example/a /x\r\n"
        ),
        (
            "FROM x\nRUN curl -fsSLo f «https://index.example/f» && \\\n  sh f\n",
            "FROM x\nRUN curl -fsSLo f https://index.example/f{f} && \\\n  sh f\n"
        ),
        (
            "FROM x\nRUN curl -O «https://index.example/a/f.sh»\n",
            "FROM x\nRUN curl -O https://index.example/a/f.sh{f.sh}\n"
        ),
        (
            "FROM x\nRUN wget -q «https://index.example/f.sh»\n",
            "FROM x\nRUN wget -q https://index.example/f.sh{f.sh}\n"
        ),
        (
            "FROM x\nRUN curl «https://index.example/f» > /tmp/f\n",
            "FROM x\nRUN curl https://index.example/f > /tmp/f{/tmp/f}\n"
        ),
    ])
    func checksAreAdded(marked: String, expected: String) throws {
        let result = try rewrite(marked, ecosystem: .download)
        var text = expected.replacing("=D", with: "=" + digest)
        if let start = text.firstIndex(of: "{"), let end = text.firstIndex(of: "}") {
            let file = String(text[text.index(after: start)..<end])
            text.replaceSubrange(start...end, with: Self.sum.replacing("F\"", with: file + "\""))
        }
        #expect(result.text.utf8.elementsEqual(text.utf8))
        #expect(result.failures == [])
    }

    @Test(arguments: [
        "FROM x\nRUN curl «https://index.example/f» | sh\n",
        "FROM x\nRUN curl -o f «https://index.example/f»; sh f\n",
        "FROM x\nRUN curl -o f «https://index.example/f» || true\n",
        "FROM x\nRUN if true; then curl -o f «https://index.example/f»; fi\n",
        "FROM x\nRUN curl -fsSL «https://index.example/f»\n",
        "FROM x\nARG V\nRUN curl -o f «https://index.example/$V»\n",
        "FROM x\nADD «https://index.example/unknown» /x\n",
        "FROM x\nRUN [\"curl\", \"-o\", \"f\", «\"https://index.example/f\"»]\n",
    ])
    func whatNoCheckCanGuardStays(marked: String) throws {
        let result = try rewrite(marked, ecosystem: .download)
        #expect(result.text == marked.replacing("«", with: "").replacing("»", with: ""))
        #expect(result.failures.count == 1)
    }
}

@Suite struct PythonInstallRewritingTests {
    private static func lock() throws -> LockedRequirements {
        let hash = try #require(Digest(digest))
        let packages = [("numpy", "1.26.4"), ("scikit-learn", "1.5.2")].map { name, version -> Package in
            var package = Package(ecosystem: .pypi, name: name, version: version)
            package.artifacts = [Artifact(name: "\(name)-py3-none-any.whl", url: nil, hashes: [hash])]
            return package
        }
        return LockedRequirements(lock: "uv.lock", try HashedRequirements(Environment(packages: packages)))
    }
    private static let mount =
        " --mount=type=bind,source=requirements.pinproof.txt,target=/tmp/requirements.pinproof.txt"
    private static let install = "--require-hashes --no-deps -r /tmp/requirements.pinproof.txt"

    @Test(arguments: [
        ("FROM x\nRUN pip install --no-cache-dir «numpy»\n", "FROM x\nRUN{M} pip install --no-cache-dir {I}\n"),
        (
            "FROM x\nRUN python3 -m pip install «numpy» «'scikit-learn>=1.5'» -q && ls\n",
            "FROM x\nRUN{M} python3 -m pip install {I} -q && ls\n"
        ),
        (
            "FROM x\nRUN apt-get update && uv pip install --system «numpy==1.26.4»\n",
            "FROM x\nRUN{M} apt-get update && uv pip install --system {I}\n"
        ),
        (
            "FROM x\r\nRUN pip install \\\r\n\t«numpy» \\\r\n # why\r\n\t«scikit-learn» \r\n",
            "FROM x\r\nRUN{M} pip install \\\r\n # why\r\n\t{I} \r\n"
        ),
        (
            "FROM x\nRUN --network=host <<EOF\npip install «numpy»\nEOF\n",
            "FROM x\nRUN{M} --network=host <<EOF\npip install {I}\nEOF\n"
        ),
    ])
    func installsComeFromTheLock(marked: String, expected: String) throws {
        let result = try rewrite(marked, ecosystem: .pypi, lock: Self.lock())
        let text = expected.replacing("{M}", with: Self.mount).replacing("{I}", with: Self.install)
        #expect(result.text.utf8.elementsEqual(text.utf8))
        #expect(result.failures == [])
    }

    @Test(arguments: [
        ("FROM x\nRUN pip install «torch»\n", "uv.lock does not hold torch"),
        ("FROM x\nRUN pip install «'numpy<1.26'»\n", "uv.lock holds numpy 1.26.4, which is not <1.26"),
        (
            "FROM x\nRUN pip install «numpy» -e .\n",
            "its command also has -e, which an install with hashes does not take"
        ),
        ("FROM x\nONBUILD RUN pip install «numpy»\n", "a file of the build context cannot be mounted there"),
        ("FROM x\nARG V\nRUN pip install «numpy» $V\n", "a word of its command depends on a variable"),
    ])
    func whatTheLockDoesNotHoldStays(marked: String, reason: String) throws {
        let result = try rewrite(marked, ecosystem: .pypi, lock: Self.lock())
        #expect(result.text == marked.replacing("«", with: "").replacing("»", with: ""))
        #expect(result.failures == [reason])
    }
}

@Suite struct RewritingRecordTests {
    @Test func whatAnEarlierRunWroteStays() throws {
        let text = """
            {"schema": "pinproof/lock/1", "lock": {"name": "uv.lock"}, "images": {"a:1": "\(digest)"},
             "downloads": {"https://index.example/x": ["\(digest)", "\(other)"]}, "snapshot": null}
            """
        var record = try RewritingRecord(json: SourceText(name: "lock", text: text))
        var added = DockerfileRewriting.Record()
        added.images["b:2"] = Digest(other)
        added.downloads["https://index.example/y"] = Digest(other)
        record.add(added)
        let again = try RewritingRecord(json: SourceText(name: "lock", text: record.text))
        #expect(again.text == record.text)
        #expect(again.images.count == 2)
        #expect(again.download("https://index.example/y") == Digest(other))
        #expect(again.download("https://index.example/x") == nil)
        #expect(record.text.contains("\"uv.lock\""))
        #expect(again.digest(of: try #require(ImageReference("docker.io/library/b:2"))) == Digest(other))
    }

    @Test func credentialsOfURLsAreNotWritten() throws {
        let commit = String(repeating: "ab", count: 20)
        let text = """
            {"schema": "pinproof/lock/1", "downloads": {"https://old:secret@h.example/x": "\(digest)"},
             "repositories": {"https://secret@h.example/r#main": "\(commit)"}}
            """
        var record = try RewritingRecord(json: SourceText(name: "lock", text: text))
        var added = DockerfileRewriting.Record()
        added.downloads["https://u:secret@h.example/y"] = Digest(other)
        added.downloads["https://a:secret@h.example/z"] = Digest(other)
        added.downloads["https://b:secret@h.example/z"] = Digest(digest)
        added.repositories["https://secret@h.example/s"] = commit
        record.add(added)
        #expect(!record.text.contains("secret") && record.text.contains("https://***@h.example/y"))
        let again = try RewritingRecord(json: SourceText(name: "lock", text: record.text))
        #expect(again.download("https://new:secret@h.example/x") == Digest(digest))
        #expect(again.download("https://u:secret@h.example/y") == Digest(other))
        #expect(again.commit("https://secret@h.example/r#main") == commit)
        #expect(again.commit("https://secret@h.example/s") == commit)
        // Two users were given two files.
        #expect(again.download("https://a:secret@h.example/z") == nil)
    }
}
