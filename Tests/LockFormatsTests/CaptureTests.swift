import EnvironmentInventory
import SourceDocuments
import Testing

@testable import LockFormats

private let digest = "sha256:" + String(repeating: "cd", count: 32)

private func installed(_ name: String, _ version: String, tags: [String] = [], ecosystem: Ecosystem = .pypi) -> Package
{
    var package = Package(ecosystem: ecosystem, name: name, version: version)
    package.contentDigest = Digest(digest)
    package.installer = ecosystem == .pypi ? "pip" : nil
    package.wheelTags = tags
    return package
}

private let environment: Environment = {
    var environment = Environment(python: Interpreter(version: "3.11.7"))
    environment.platform = Platform(os: "linux", architecture: "amd64", cLibrary: CLibrary("glibc-2.36"))
    return environment
}()

private func captured(_ packages: [Package], lock text: String = "", named name: String = "pylock.toml") throws
    -> String
{
    var sources = ArtifactSources()
    if !text.isEmpty { sources.add(try lock(name, text), folder: "/project") }
    let target = CaptureWriter.target(of: environment)
    return CaptureWriter.text(
        of: environment, kind: "venv",
        entries: packages.map { .init(package: $0, source: sources.source(of: $0, target: target)) })
}

private let locked = """
    lock-version = "1.0"
    created-by = "x"
    [[packages]]
    name = "numpy"
    version = "1.26.4"
    sdist = { url = "https://index.example/numpy-1.26.4.tar.gz", hashes = { sha256 = "\(sha)" } }
    wheels = [
        { url = "https://index.example/numpy-1.26.4-cp311-cp311-manylinux_2_17_x86_64.whl", hashes = { sha256 = "\(String(sha.reversed()))" } },
        { url = "https://index.example/numpy-1.26.4-cp312-cp312-manylinux_2_17_x86_64.whl", hashes = { sha256 = "\(sha)" } },
        { path = "wheels/numpy-1.26.4-cp311-cp311-musllinux_1_1_x86_64.whl", hashes = { sha256 = "\(sha)" } },
    ]
    """

@Test func aCaptureReadsBackAsItWas() throws {
    var direct = installed("given", "2.0")
    direct.origin = DirectOrigin(
        url: "https://index.example/given-2.0-py3-none-any.whl", kind: .archive([try #require(Digest("sha256:" + sha))])
    )
    var editable = installed("own", "0.1")
    editable.origin = DirectOrigin(url: "file:///home/a%20b/own", kind: .directory(isEditable: true))
    editable.contentDigest = nil
    var vcs = installed("tool", "3")
    vcs.origin = DirectOrigin(
        url: "https://git.example/tool", kind: .repository(type: "git", commit: sha, revision: "main"))
    var deb = installed("libc6", "2.36-9", ecosystem: .apt)
    deb.architecture = "amd64"
    let packages = [direct, deb, installed("numpy", "1.26.4"), editable, installed("pip", "24.0"), vcs]
    let text = try captured(packages, lock: locked)
    #expect(try captured(packages, lock: locked) == text)
    let document = try lock("pylock.toml", text)
    let capture = try #require(document.capture)
    #expect(capture.writer == pinproofVersion)
    #expect(capture.kind == "venv")
    let whole = try document.environment(target: nil)
    #expect(whole.python == Interpreter(version: "3.11.7", source: whole.python?.source))
    #expect(whole.platform == environment.platform)
    #expect(pins(whole) == ["libc6==2.36-9", "given==2.0", "numpy==1.26.4", "own==-", "pip==24.0", "tool==3"])
    #expect(whole.packages.map { $0.contentDigest?.description } == [digest, digest, digest, nil, digest, digest])
    #expect(whole.packages[0].architecture == "amd64")
    #expect(whole.packages[2].artifacts.map(\.name) == ["numpy-1.26.4-cp311-cp311-manylinux_2_17_x86_64.whl"])
    #expect(whole.packages[5].commit == sha)
    #expect(text.contains("path = \"/home/a b/own\", editable = true"))
    // What an installer finds, for the captured target and for no other.
    let chosen = try document.environment(target: linux).packages.map(\.name)
    #expect(chosen == ["given", "numpy", "own", "tool"])
    #expect(throws: LockReadingError.self) { try document.environment(target: target("3.12")) }
    #expect(throws: LockReadingError.self) { try document.environment(target: target("3.11", "linux/arm64")) }
}

@Test(arguments: [
    (["cp311-cp311-musllinux_1_1_x86_64"], "/project/wheels/numpy-1.26.4-cp311-cp311-musllinux_1_1_x86_64.whl"),
    (["cp311-cp311-linux_x86_64"], "https://index.example/numpy-1.26.4.tar.gz"),
    ([], "https://index.example/numpy-1.26.4-cp311-cp311-manylinux_2_17_x86_64.whl"),
])
func theArtifactThatWasInstalledIsChosen(_ tags: [String], _ url: String) throws {
    let text = try captured([installed("numpy", "1.26.4", tags: tags)], lock: locked)
    let artifacts = try lock("pylock.toml", text).environment(target: nil).packages.flatMap(\.artifacts)
    #expect(artifacts.map(\.url) == [url])
}

@Test func withoutAPlaceHashesAreKeptAndNothingIsInvented() throws {
    let requirements = "numpy==1.26.4 --hash=sha256:\(sha) --hash=sha256:\(String(sha.reversed()))\nscipy==1.1\n"
    let text = try captured(
        [installed("numpy", "1.26.4"), installed("scipy", "1.2")], lock: requirements, named: "requirements.txt")
    #expect(text.contains("packages = []\n"))
    let whole = try lock("pylock.toml", text).environment(target: nil)
    #expect(pins(whole) == ["numpy==1.26.4", "scipy==1.2"])
    #expect(whole.packages[0].hashes.map(\.hex) == [sha, String(sha.reversed())].sorted())
    #expect(whole.packages[0].artifacts.count == 2)
    #expect(whole.packages[1].hashes.isEmpty)
    var sources = ArtifactSources()
    sources.add(try lock("requirements.txt", requirements), folder: "/")
    #expect(sources.source(of: installed("scipy", "1.2"), target: nil) == .unknown(.otherVersion("1.1"), []))
    var conda = installed("numpy", "1.26.4")
    conda.installer = "conda"
    conda.origin = DirectOrigin(url: "file:///build", kind: .directory(isEditable: false))
    #expect(sources.source(of: conda, target: nil) == .unknown(.foreign, []))
}

@Test func aReportOfPipNamesTheArtifact() throws {
    let report = try InstallationReport(
        SourceText(
            name: "report.json",
            text: """
                {"version": "1", "install": [
                  {"metadata": {"name": "NumPy", "version": "1.26.4"}, "download_info": {
                    "url": "https://index.example/numpy-1.26.4-cp311-cp311-linux_x86_64.whl",
                    "archive_info": {"hash": "sha256=\(sha)"}}},
                  {"metadata": {"name": "own", "version": "1"}, "download_info": {"url": "file:///x", "dir_info": {}}}]}
                """))
    var sources = ArtifactSources()
    sources.add(report)
    guard case .wheel(let artifact) = sources.source(of: installed("numpy", "1.26.4"), target: nil) else {
        Issue.record("no wheel")
        return
    }
    #expect(artifact.hashes.map(\.hex) == [sha])
    for text in ["{}", "{\"version\": \"2\", \"install\": []}", "{\"version\": \"1\", \"install\": [{}]}", "[", ""] {
        #expect(throws: LockReadingError.self) { try InstallationReport(SourceText(name: "r", text: text)) }
    }
}

@Test(arguments: [
    ("capture-version = \"2\"", "capture of version 2"),
    ("capture-version = \"1\"", "\"pinproof-version\" is missing"),
    ("capture-version = \"1\"\npinproof-version = \"1\"\nenvironment = 1", "must be a string"),
    (
        "capture-version = \"1\"\npinproof-version = \"1\"\nenvironment = \"venv\"\n[[tool.pinproof.packages]]\n"
            + "ecosystem = \"pypi\"\nname = \"a\"\ncontent-digest = \"sha256:ab\"", "not a content digest"
    ),
    (
        "capture-version = \"1\"\npinproof-version = \"1\"\nenvironment = \"venv\"\n[[tool.pinproof.packages]]\n"
            + "ecosystem = \"pypy\"\nname = \"a\"", "not an ecosystem"
    ),
    (
        "capture-version = \"1\"\npinproof-version = \"1\"\nenvironment = \"venv\"\n[tool.pinproof.platform]\n"
            + "os = \"linux\"\narch = \"amd64\"\nlibc = \"dietlibc\"", "not a C library"
    ),
])
func aMalformedCaptureIsRefused(_ table: String, _ words: String) {
    let text = "lock-version = \"1.0\"\ncreated-by = \"pinproof\"\npackages = []\n[tool.pinproof]\n" + table
    #expect(failure("pylock.toml", text).contains(words))
}
