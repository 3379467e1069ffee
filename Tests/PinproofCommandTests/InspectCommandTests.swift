import Testing

@testable import PinproofCommand

/// `inspect` on the subjects of the demo.
struct InspectCommandTests {
    @Test("the JSON of a model")
    func modelDocument() async throws {
        let run = await pinproof("inspect", Demo.model, "--format", "json")
        #expect(run.status == 0)
        #expect(run.diagnostics.isEmpty)
        let document = try run.document()
        #expect(document.keys == ["schema", "subject", "environment", "model"])
        #expect(document.string("schema") == "pinproof/inspect/1")
        #expect(document["subject"]?.keys == ["kind", "format", "name", "identity"])
        #expect(document.string("subject", "format") == "mlflow")
        #expect(
            document["model"]?.keys
                == ["format", "files", "treeDigest", "facts", "needs", "complete", "signature", "findings"])
        #expect(document.string("model", "treeDigest") == document.string("subject", "identity"))
        #expect(document["model", "files", "0"]?.keys == ["path", "sha256", "size"])
        #expect(document["model", "facts", "0"]?.keys == ["about", "name", "value", "strength", "file", "place"])
        #expect(document.string("model", "needs", "0") == "scorer")
        let package = try #require(document["environment", "packages", "0"])
        #expect(
            package.keys == [
                "ecosystem", "name", "version", "reference", "requirement", "strength", "purl", "hashes", "artifacts",
                "contentDigest",
                "location", "installer", "architecture", "layer", "record", "marker", "source",
            ])
        #expect(package.string("purl") == "pkg:pypi/attrs@26.1.0")
        #expect(package.string("source", "file") == "uv.lock")
    }

    @Test("the text of a model")
    func modelText() async {
        let run = await pinproof("inspect", Demo.model, "--color", "never")
        #expect(run.output.hasPrefix("\(Demo.model)  model, mlflow\n  identity  sha256:17875668ba37fddc"))
        #expect(run.output.contains("\n  attrs              26.1.0  1 hash\n"))
        #expect(run.output.contains("\nclaimed  interpreter python 3.11.2  (MLmodel, line 9)\n"))
        let end = "needs to load: scorer\n8 files, all understood\n"
        let note = "note: \(Demo.model)!MLmodel: loading runs the module scorer of code (line 8) [dangerous-global]\n"
        #expect(run.output.hasSuffix(end + note))
    }

    @Test("the JSON of an image")
    func imageDocument() async throws {
        let document = try await pinproof("inspect", Demo.image, "--format", "json").document()
        #expect(document.keys == ["schema", "subject", "environment", "system"])
        #expect(
            document["subject", "identity"]?.keys == [
                "manifest", "index", "onlyImageOfIndex", "platform", "config", "diffIds",
            ])
        #expect(document["subject", "identity", "diffIds"]?.array?.count == 2)
        #expect(
            document["system"]?.keys
                == ["distribution", "interpreters", "toolkits", "vendoredLibraries", "billsOfMaterials"])
        #expect(document.string("system", "distribution", "id") == "debian")
        #expect(document["environment", "packages"]?.array?.count == 8)
        #expect(document.string("environment", "python", "version") == "3.11.2")
    }

    @Test("the files of an image, in both formats")
    func files() async throws {
        let document = try await pinproof("inspect", Demo.base, "--files", "--format", "json").document()
        let files = try #require(document["files"]?.array)
        #expect(
            files.last?.keys
                == ["path", "type", "size", "mode", "uid", "gid", "sha256", "target", "layer", "owner"])
        #expect(files.last?.string("path") == "var/lib/dpkg/status")
        let text = await pinproof("inspect", Demo.base, "--files", "--color", "never").output
        #expect(
            text.contains(
                "\n0777     0 \(String(repeating: "-", count: 64)) etc/os-release -> ../usr/lib/os-release\n"))
        #expect(text.hasSuffix(" var/lib/dpkg/status\n"))
    }

    @Test("the JSON and the text of a Dockerfile")
    func dockerfile() async throws {
        let path = Demo.path("careless/Dockerfile")
        let document = try await pinproof("inspect", path, "--format", "json").document()
        #expect(document.keys == ["schema", "subject", "instructions", "stages", "images"])
        #expect(document["instructions"]?.array?.map { $0.string("keyword") } == ["from", "run", "run", "run", "cmd"])
        #expect(
            document["instructions", "1"]?.keys
                == ["keyword", "flags", "arguments", "json", "startLine", "endLine", "heredocs", "commands"])
        #expect(
            document["instructions", "1", "commands", "1", "argv"]?.array?.map(\.string)
                == ["apt-get", "install", "-y", "curl"])
        #expect(document["stages", "0"]?.keys == ["name", "index", "base", "line"])
        #expect(document["images", "0"]?.keys == ["reference", "line", "role", "strength"])
        let text = await pinproof("inspect", path).output
        #expect(text.hasPrefix("\(path)  dockerfile\n\nstage 0 from python:3.11-slim  (line 1)\n"))
        #expect(text.hasSuffix("\nimages\n  1: python:3.11-slim  exact, from\n"))
    }

    @Test("a lock as CycloneDX")
    func cycloneDX() async throws {
        let document = try await pinproof("inspect", Demo.lock, "--format", "cyclonedx").document()
        #expect(document.string("bomFormat") == "CycloneDX")
        #expect(document.string("specVersion") == "1.6")
        #expect(document["components"]?.array?.count == 6)
        #expect(document.string("components", "0", "bom-ref") == "pkg:pypi/attrs@26.1.0")
    }

    @Test("--output gets the whole result, and standard output nothing")
    func output() async throws {
        let directory = try Directory()
        let run = await pinproof("inspect", Demo.lock, "--format", "json", "-o", directory("lock.json"))
        #expect(run.output.isEmpty)
        #expect(run.status == 0)
        #expect(try directory.names == ["lock.json"])
        let printed = await pinproof("inspect", Demo.lock, "--format", "json").output
        #expect(try directory.read("lock.json") == printed)
    }

    @Test("--verbose says how it ended")
    func verbose() async {
        let run = await pinproof("inspect", Demo.lock, "--verbose")
        #expect(run.diagnostics.hasPrefix("pinproof: exit status 0 after "))
    }

    @Test(
        "options that the subject has no use for",
        arguments: [
            ([Demo.lock, "--files"], "--files lists the files of an image or an installed environment"),
            ([Demo.lock, "--key", Demo.lock], "--key verifies the signature of a model"),
            (
                [Demo.path("careless/Dockerfile"), "--format", "cyclonedx"],
                "--format cyclonedx shows an environment, and a Dockerfile has none"
            ),
        ])
    func usage(_ words: [String], _ message: String) async {
        let run = await Program.run(["inspect"] + words)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.diagnostics.contains(message), "\(run.diagnostics)")
    }

    @Test("a limit that is reached ends with 2 and is named")
    func limit() async {
        let run = await pinproof("inspect", Demo.image, "--max-entries", "3")
        #expect(run.status == 2)
        #expect(run.diagnostics.contains("it has more than 3 entries"))
    }
}
