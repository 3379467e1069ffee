import Testing

@testable import EnvironmentInventory

private let digest = "sha256:" + String(repeating: "0a", count: 32)

struct ImageReferenceTests {
    @Test(
        arguments: [
            ("python", "python", nil, "docker.io/library/python", PinStrength.floating),
            ("python:3.11", "python", "3.11", "docker.io/library/python", .exact),
            ("python:latest", "python", "latest", "docker.io/library/python", .floating),
            ("bitnami/python:3", "bitnami/python", "3", "docker.io/bitnami/python", .exact),
            ("localhost:5000/a/b:1_x.y-z", "localhost:5000/a/b", "1_x.y-z", "localhost:5000/a/b", .exact),
            ("ghcr.io/astral-sh/uv", "ghcr.io/astral-sh/uv", nil, "ghcr.io/astral-sh/uv", .floating),
            ("index.docker.io/python:3", "index.docker.io/python", "3", "docker.io/library/python", .exact),
            ("a__b/c--d/e.f:1", "a__b/c--d/e.f", "1", "docker.io/a__b/c--d/e.f", .exact),
            ("python@\(digest)", "python", nil, "docker.io/library/python", .hashed),
            ("python:latest@\(digest)", "python", "latest", "docker.io/library/python", .hashed),
        ] as [(String, String, String?, String, PinStrength)])
    func accepted(text: String, repository: String, tag: String?, canonical: String, strength: PinStrength) throws {
        let reference = try #require(ImageReference(text))
        #expect(reference.repository == repository)
        #expect(reference.tag == tag)
        #expect(reference.canonicalRepository == canonical)
        #expect(reference.strength == strength)
        #expect(reference.description == text)
    }

    @Test(arguments: [
        "", "Python", "python:", "python@", "python@sha256:00", "a//b", "/a", "a/", "a b", "a:b:c", "-a", "a-", "a___b",
        "a..b",
        "localhost:port/a", "python:.x", "python:\(String(repeating: "a", count: 129))", "a/B", "é", "a\n",
    ])
    func refused(text: String) {
        #expect(ImageReference(text) == nil)
    }

    @Test func digests() {
        #expect(Digest("sha256:" + String(repeating: "AB", count: 32))?.hex == String(repeating: "ab", count: 32))
        #expect(Digest("sha256:" + String(repeating: "g", count: 64)) == nil)
        #expect(Digest("sha256:00") == nil)
        #expect(Digest("crc32:00000000") == nil)
        #expect(Digest("noColon") == nil)
        #expect(
            Digest(.md5, bytes: [UInt8](repeating: 255, count: 16))?.description == "md5:"
                + String(repeating: "f", count: 32))
    }

    @Test(arguments: [
        (Ecosystem.pypi, "numpy", "1.26.4+local", "pkg:pypi/numpy@1.26.4%2Blocal"),
        (.apt, "libc6", "2:2.36-9+deb12u4", "pkg:deb/debian/libc6@2:2.36-9%2Bdeb12u4"),
        (.npm, "@scope/x", "1", "pkg:npm/%40scope/x@1"),
    ])
    func packageURLs(ecosystem: Ecosystem, name: String, version: String, purl: String) {
        #expect(Package(ecosystem: ecosystem, name: name, version: version).packageURL == purl)
    }

    @Test func ladders() {
        #expect(
            Evidence.named < .intact && Evidence.intact < .claimed && Evidence.claimed < .trained
                && Evidence.trained < .locked)
        #expect(Severity.note < .warning && Severity.warning < .error)
        #expect(PinStrength.unknown.satisfies(.exact) == nil)
        #expect(PinStrength.exact.satisfies(.hashed) == false)
        #expect(PinStrength.hashed.satisfies(.exact) == true)
        #expect(Verdict.match.combined(with: .notProvable) == .notProvable)
        #expect(Verdict.notProvable.combined(with: .mismatch) == .mismatch)
    }
}
