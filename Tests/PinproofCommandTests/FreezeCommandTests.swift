import FoundationEssentials
import Testing

@testable import PinproofCommand

/// `freeze` from the lock of the demo, and of its careless Dockerfile.
struct FreezeCommandTests {
    static let base =
        "registry.example/python:3.11-slim-bookworm@sha256:b1954be114698585242a1e23e0843723d8a61b46fd316b572b16096dc8df419a"

    @Test("a lock and a base become a pinned Dockerfile, and what it installs from")
    func plan() async throws {
        let directory = try Directory()
        let words = ["freeze", Demo.lock, "--base", Self.base, "--python", "3.11", "-o", directory.path]
        let run = await Program.run(words)
        #expect(run.status == 0)
        #expect(run.diagnostics.contains("not checked") == false)
        let names = [
            ".dockerignore", "Dockerfile", "pinproof.lock.json", "pinproof.source-policy.json",
            "requirements.frozen.txt",
        ]
        #expect(try directory.names == names)
        for name in names { #expect(run.output.contains("wrote \(directory(name))\n")) }
        #expect(
            run.output.contains(
                "6 packages by pip on registry.example/python:3.11-slim-bookworm@sha256:b1954be114698585242a1e23"))
        #expect(run.output.contains("for Python 3.11 on linux/amd64, glibc-"))
        #expect(run.output.contains("build it with: docker build \(directory.path)\n"))
        #expect(try directory.read("Dockerfile").contains("registry.example/python:3.11-slim-bookworm@sha256:b1954be1"))
        // A generated file holds nothing unpinned.
        #expect(await pinproof("check", "--require", "hashed", directory.path).status == 0)

        let again = await Program.run(words)
        #expect(again.status == 0)
        for name in names { #expect(again.output.contains("unchanged \(directory(name))\n")) }

        try directory.write("FROM scratch\n", to: "Dockerfile")
        let inTheWay = await Program.run(words)
        #expect(inTheWay.status == 2)
        #expect(inTheWay.diagnostics.hasPrefix("pinproof: \(directory("Dockerfile"))"))
        #expect(try directory.read("Dockerfile") == "FROM scratch\n")
        #expect(await Program.run(words + ["--force"]).status == 0)
        #expect(try directory.read("Dockerfile") != "FROM scratch\n")
    }

    @Test("a model that holds the lock of its training is copied beside the Dockerfile")
    func model() async throws {
        let directory = try Directory()
        let run = await pinproof(
            "freeze", Demo.model, "--base", Self.base, "--python", "3.11", "--installer", "pip", "-o", directory.path,
            "--serve", "command", "--", "waitress-serve", "app:application")
        #expect(run.status == 0, "\(run.diagnostics)")
        #expect(try directory.names.contains("model"))
        #expect(try directory.read("Dockerfile").contains("waitress-serve"))
    }

    @Test(
        "a base that cannot be what the options or the installer need: status 2, and nothing is written",
        arguments: [
            (["--base", "oci-archive:\(Demo.base)"], "has no pip for its Python 3.11.2"),
            (["--base", "oci-archive:\(Demo.base)", "--python", "3.12"], "--python 3.12: the base"),
            (["--base", "oci-archive:\(Demo.base)", "--libc", "musl-1.2"], "--libc musl-1.2: the base"),
            (["--base", "oci-archive:\(Demo.base)", "--libc", "glibc-2.40"], "has glibc-2.36"),
            (["--base", base], "add --python VERSION"),
            (["--base", base.replacing("slim", with: "alpine"), "--python", "3.11"], "add --libc musl-1.2"),
            (
                ["--base", base, "--python", "3.11", "--template", "/etc/passwd"],
                "makes a Dockerfile that is not pinned"
            ),
        ])
    func wrongBase(_ words: [String], _ message: String) async throws {
        let directory = try Directory()
        let run = await Program.run(["freeze", Demo.lock, "-o", directory("out")] + words)
        #expect(run.status == 2)
        #expect(run.diagnostics.contains(message), "\(run.diagnostics)")
        #expect(try directory.names.isEmpty)
    }

    @Test("a base whose digest is not known cannot be frozen: status 2, and nothing is written")
    func unknownDigest() async throws {
        let directory = try Directory()
        let run = await pinproof("freeze", Demo.lock, "--base", "python:3.11", "-o", directory("out"))
        #expect(run.status == 2)
        #expect(run.diagnostics.hasPrefix("pinproof: --base python:3.11: its digest is not known."))
        #expect(try directory.names.isEmpty)
    }

    @Test("a snapshot may be the moment of packages that are only found to be missing")
    func snapshotOfMissing() async throws {
        let directory = try Directory()
        let run = await pinproof(
            "freeze", Demo.lock, "--base", "oci-archive:\(Demo.base)", "--wheels", Demo.wheels, "--apt-missing",
            "--snapshot", "20240601T000000Z", "--python", "3.11", "-o", directory("out"))
        #expect(!run.diagnostics.contains("is the moment of the packages"), "\(run.diagnostics)")
        #expect(run.status < 3)
    }

    @Test(
        "wrong usage",
        arguments: [
            ([], "name a lock or a model to freeze, or --dockerfile to rewrite one"),
            ([Demo.lock], "--base names the image that the frozen one is built on"),
            ([Demo.lock, "--base", base, "--installer", "npm"], "'pip', 'uv', 'conda', 'micromamba' or 'pixi'"),
            (
                [Demo.lock, "--base", base, "--serve", "flask"],
                "'mlflow', 'bentoml', 'torchserve', 'mlserver' or 'command'"
            ),
            ([Demo.lock, "--base", base, "--entrypoint", "python"], "--entrypoint"),
            ([Demo.lock, "--base", base, "--diff"], "belong to --dockerfile"),
            (
                [Demo.lock, "--base", base, "--snapshot", "20240601T000000Z"],
                "--snapshot is the moment of the packages"
            ),
            (
                [Demo.lock, "--base", "oci-archive:\(Demo.base)", "--apt", "curl"],
                "--apt: nothing says from which moment the packages are"
            ),
            (
                [Demo.lock, "--base", base, "--installer", "uv", "--build-sdists", "x"],
                "--build-sdists: only pip builds"
            ),
            (
                [Demo.lock, "--base", base, "--installer", "pip", "--installer-image", "a:1"],
                "--installer-image: pip is the base's own"
            ),
            ([Demo.lock, "--base", "a@sha256:\(String(repeating: "0", count: 64))"], "name the tag too"),
            ([Demo.model, "--base", base, "--model", Demo.model], "is a model itself"),
            (["--dockerfile", "Dockerfile", "--model", "m"], "do not go with --dockerfile"),
            (["--dockerfile", "Dockerfile", "--diff", "--in-place"], "--diff writes nothing"),
            (["--dockerfile", "Dockerfile", "--diff", "-o", "x"], "--output has no use with --in-place or --diff"),
            (["--dockerfile", "Dockerfile", "--digest", "python"], "--digest"),
            (["--dockerfile", "Dockerfile", "--image", "python"], "--image takes oci:DIR:REF"),
            (["--dockerfile", "Dockerfile", "--snapshot", "june"], "--snapshot takes a moment as 20240601T000000Z"),
        ])
    func usage(_ words: [String], _ message: String) async throws {
        let directory = try Directory(["Dockerfile": "FROM python:3.11\n"])
        let words = words.map { $0 == "Dockerfile" ? directory($0) : $0 }
        let output = words.contains("--dockerfile") ? [] : ["-o", directory("out")]
        let target = words.contains("--base") ? ["--python", "3.11"] : []
        let run = await Program.run(["freeze"] + words + target + output)
        #expect(run.status == 64, "\(run.diagnostics)")
        #expect(run.output.isEmpty)
        #expect(run.diagnostics.contains(message), "\(run.diagnostics)")
        #expect(try directory.names == ["Dockerfile"])
    }

    @Test("--dockerfile pins what it can, shows the text, and lists the rest: status 1")
    func rewrite() async throws {
        let path = Demo.path("careless/Dockerfile")
        let digest = "sha256:" + String(repeating: "cd", count: 32)
        let run = await pinproof(
            "freeze", "--dockerfile", path, "--lock", Demo.lock, "--digest", "python:3.11-slim=\(digest)")
        #expect(run.status == 1)
        #expect(
            run.output.hasPrefix("FROM python:3.11-slim@\(digest)\nRUN apt-get update && apt-get install -y curl\n"))
        #expect(run.output.contains("--require-hashes"))
        #expect(run.diagnostics.contains("\(path):2:42: left as it is: "))
        #expect(run.diagnostics.contains(" pinned, 2 left as they were\n"))
    }

    @Test("--in-place writes the Dockerfile and its record, and a second run changes nothing: status 0")
    func inPlace() async throws {
        let digest = "sha256:" + String(repeating: "cd", count: 32)
        let directory = try Directory(["Dockerfile": "# a comment\nFROM python:3.11\n"])
        let words = ["freeze", "--dockerfile", directory("Dockerfile"), "--in-place"]
        let run = await Program.run(words + ["--digest", "python:3.11=\(digest)"])
        #expect(run.status == 0)
        #expect(run.output == "\(directory("Dockerfile")):2: python:3.11 -> python:3.11@\(digest)\n")
        #expect(try directory.read("Dockerfile") == "# a comment\nFROM python:3.11@\(digest)\n")
        #expect(try directory.names == ["Dockerfile", "pinproof.lock.json"])
        let again = await Program.run(words)
        #expect(again.status == 0)
        #expect(again.output.isEmpty)
    }

    @Test("--diff shows a unified diff and writes nothing; --output writes another file")
    func difference() async throws {
        let digest = "sha256:" + String(repeating: "cd", count: 32)
        let directory = try Directory(["Dockerfile": "FROM python:3.11\n"])
        let words = ["freeze", "--dockerfile", directory("Dockerfile"), "--digest", "python:3.11=\(digest)"]
        let run = await Program.run(words + ["--diff"])
        #expect(run.status == 0)
        #expect(
            run.output == """
                --- a/\(directory("Dockerfile"))
                +++ b/\(directory("Dockerfile"))
                @@ -1,1 +1,1 @@
                -FROM python:3.11
                +FROM python:3.11@\(digest)

                """)
        #expect(try directory.names == ["Dockerfile"])
        #expect(await Program.run(words + ["-o", directory("Dockerfile.frozen")]).status == 0)
        #expect(try directory.read("Dockerfile.frozen") == "FROM python:3.11@\(digest)\n")
        #expect(try directory.read("Dockerfile") == "FROM python:3.11\n")
    }
}
