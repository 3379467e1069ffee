import Testing

@testable import PinproofCommand

/// `diff` on the subjects of the demo.
struct DiffCommandTests {
    @Test("two images that differ in one file of one package: status 1")
    func images() async throws {
        let run = await pinproof("diff", Demo.image, Demo.changedImage, "--format", "json")
        #expect(run.status == 1)
        #expect(run.diagnostics.isEmpty)
        let document = try run.document()
        #expect(
            document.keys == [
                "schema", "left", "right", "changes", "facts", "files", "configuration", "libraries", "contract",
                "notCompared",
                "gaps",
                "summary",
            ])
        #expect(document.string("schema") == "pinproof/diff/1")
        #expect(document.string("left") == Demo.image)
        #expect(document["changes"]?.array?.count == 1)
        let change = try #require(document["changes", "0"])
        #expect(change.keys == ["ecosystem", "name", "kind", "left", "right", "basis"])
        #expect(change["left"]?.keys == ["version", "reference", "hashes", "contentDigest"])
        #expect(change.string("name") == "waitress")
        #expect(change.string("kind") == "rebuilt")
        #expect(change.string("basis") == "content")
        #expect(change.string("left", "contentDigest") != change.string("right", "contentDigest"))
        #expect(
            document["summary"]?.keys == [
                "same", "added", "removed", "changed", "rebuilt", "model", "sameBy", "files", "configuration",
                "bytecode", "libraries", "gaps",
            ])
    }

    @Test("the text names both sides and sums up")
    func text() async {
        let run = await pinproof("diff", Demo.image, Demo.changedImage, "--color", "never")
        #expect(
            run.output == """
                left  \(Demo.image)  manifest sha256:9e19e185674e7fb1c1f1dfc0f6eea772f690f91922dac33db202c937d8440194
                right \(Demo.changedImage)  manifest sha256:71822b23b664c4dacd772f8803ec951405ab8e6775ef81a3e903271e23641fef

                rebuilt pypi waitress  3.0.2 sha256:adfaa6742b66… → 3.0.2 sha256:e7dc58dd45d0…

                1 rebuilt, 7 same

                """)
    }

    @Test("a lock is resolved for the image that it is compared with: status 0")
    func lockAndImage() async throws {
        for reference in [Demo.lock, Demo.model] {
            let run = await pinproof("diff", reference, Demo.image, "--format", "json")
            #expect(run.status == 0)
            let document = try run.document()
            #expect(document["changes"]?.array?.isEmpty == true)
            #expect(document["notCompared"]?.keys == ["apt"])
        }
    }

    @Test("Markdown and HTML", arguments: [("markdown", "### Pinproof diff: 1 rebuilt, 7 same\n"), ("html", "<!")])
    func pages(_ format: String, _ start: String) async {
        let run = await pinproof("diff", Demo.image, Demo.changedImage, "--format", format)
        #expect(run.status == 1)
        #expect(run.output.hasPrefix(start))
        #expect(run.output.contains("waitress"))
    }

    @Test("a Dockerfile holds no environment: status 2")
    func dockerfile() async {
        let path = Demo.path("careless/Dockerfile")
        let run = await pinproof("diff", path, Demo.image)
        #expect(run.status == 2)
        #expect(
            run.diagnostics
                == "pinproof: \(path): a Dockerfile says how an environment is made, not what is in it: diff its image\n"
        )
    }

    @Test("without a second side it is wrong usage")
    func usage() async {
        let run = await pinproof("diff", Demo.image)
        #expect(run.status == 64)
        #expect(run.diagnostics.contains("Missing expected argument '<b>'"))
    }
}
