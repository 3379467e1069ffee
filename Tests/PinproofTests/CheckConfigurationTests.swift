import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import Pinproof

/// `pinproof.toml`: every setting, and what is refused with its place (docs/configuration.md).
struct CheckConfigurationTests {
    private static let digest = "sha256:" + String(repeating: "0", count: 64)

    private static func read(_ text: String) throws(DocumentError) -> CheckConfiguration {
        try CheckConfiguration(SourceText(name: "pinproof.toml", text: text))
    }

    @Test("every setting is read")
    func settings() throws {
        let configuration = try Self.read(
            """
            extend = "../base.toml"
            require = "hashed"
            fail-on = "warning"
            exclude = ["build/", "!keep"]
            [rules]
            floating-image = "off"
            unread-command = "error"
            [images]
            "python:3.11" = "\(Self.digest)"
            [contexts]
            "docker/*.Dockerfile" = "app"
            """)
        #expect(configuration.extended == "../base.toml")
        #expect(configuration.require == .hashed && configuration.failOn == .warning)
        #expect(configuration.rules.keys.sorted() == ["floating-image", "unread-command"])
        #expect(configuration.images.mapValues(\.description) == ["python:3.11": Self.digest])
        #expect(configuration.contexts.map { [$0.pattern, $0.directory] } == [["docker/*.Dockerfile", "app"]])
        let empty = try Self.read("# nothing\n")
        #expect(empty.require == nil && empty.failOn == nil && empty.rules.isEmpty && empty.extended == nil)
    }

    @Test(
        "what no setting is, with its line and column",
        arguments: [
            ("requires = \"exact\"", 1, 1, "there is no setting 'requires'"),
            ("[rule]", 1, 1, "there is no setting 'rule'"),
            ("\nrequire = \"floating\"", 2, 11, "require is \"exact\" or \"hashed\""),
            ("require = true", 1, 11, "require is \"exact\" or \"hashed\""),
            ("fail-on = \"fatal\"", 1, 11, "fail-on is \"error\", \"warning\", \"note\" or \"never\""),
            ("exclude = \"build\"", 1, 11, "exclude is a list of patterns"),
            ("exclude = [1]", 1, 11, "exclude is a list of patterns"),
            ("extend = \"\"", 1, 10, "extend is a path"), ("extend = [\"a\"]", 1, 10, "extend is a path"),
            ("rules = \"off\"", 1, 9, "rules is a table"),
            ("[rules]\nno-such = \"off\"", 2, 1, "there is no rule 'no-such'"),
            ("[rules]\nfloating-image = \"fatal\"", 2, 18, "a rule is \"off\", \"note\", \"warning\" or \"error\""),
            ("[rules]\nfloating-image = false", 2, 18, "a rule is \"off\", \"note\", \"warning\" or \"error\""),
            ("images = []", 1, 10, "images is a table"),
            ("[images]\n\"a:1\" = \"latest\"", 2, 9, "an image's value is its digest, \"sha256:...\""),
            ("contexts = 1", 1, 12, "contexts is a table"), ("[contexts]\n\"a\" = 1", 2, 7, "a context is a directory"),
        ])
    func refused(_ text: String, _ line: Int, _ column: Int, _ reason: String) {
        do throws(DocumentError) {
            _ = try Self.read(text)
            Issue.record("\(text) was read")
        } catch {
            #expect(error.reason == reason)
            #expect(error.place == SourcePosition(line: line, column: column))
        }
    }

    @Test("a file takes from what it extends only what it does not say itself")
    func extended() throws {
        let folder = TemporaryDirectory()
        folder.write(
            "base.toml",
            Array(
                """
                require = "hashed"
                fail-on = "note"
                exclude = ["base"]
                [rules]
                floating-image = "off"
                unread-command = "off"
                [images]
                "a:1" = "\(Self.digest)"
                """.utf8))
        folder.write("mid/pinproof.toml", Array("extend = \"../base.toml\"\nfail-on = \"never\"\n".utf8))
        let path = folder.write(
            "mid/sub/pinproof.toml",
            Array("extend = \"../pinproof.toml\"\nrequire = \"exact\"\n[rules]\nunread-command = \"error\"\n".utf8))
        let configuration = try CheckConfiguration.load(path)
        #expect(configuration.require == .exact && configuration.failOn == .never)
        if case .off? = configuration.rules["floating-image"] {} else { Issue.record("the rule of the base") }
        if case .severity(.error)? = configuration.rules["unread-command"] {} else { Issue.record("the own rule") }
        #expect(configuration.images.count == 1)
    }

    @Test("files that extend each other, or one that is not there, are an error")
    func circles() {
        let folder = TemporaryDirectory()
        folder.write("a.toml", Array("extend = \"b.toml\"\n".utf8))
        folder.write("b.toml", Array("extend = \"./a.toml\"\n".utf8))
        folder.write("self.toml", Array("extend = \"self.toml\"\n".utf8))
        folder.write("lost.toml", Array("extend = \"gone.toml\"\n".utf8))
        folder.write("cut.toml", Array("require = \"ex".utf8))
        for number in 0..<20 { folder.write("c\(number).toml", Array("extend = \"c\(number + 1).toml\"\n".utf8)) }
        for name in ["a", "b", "self", "lost", "cut", "c0"] {
            #expect(throws: InputError.self, "\(name)") { try CheckConfiguration.load("\(folder.path)/\(name).toml") }
        }
    }
}
