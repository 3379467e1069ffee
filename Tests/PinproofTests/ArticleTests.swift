import FoundationEssentials
import Testing

/// The articles of the documentation catalogue: their code compiles (ArticleCode.swift) and does what they say.
struct ArticleTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let demo = root.appending(path: "docs/demo").path

    private static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    }

    @Test(
        "each code block of an article is a part of the compiled code",
        arguments: ["Pinproof", "CheckATree", "VerifyADeployment", "ReadAnImage"])
    func blocks(_ article: String) throws {
        let code = try Self.text("Tests/ClientPackage/Sources/Client/ArticleCode.swift")
        let parts = try Self.text("Sources/Pinproof/Pinproof.docc/\(article).md")
            .split(separator: "```", omittingEmptySubsequences: false)
        // Text and code take turns.
        let blocks = parts.indices.filter { $0 % 2 == 1 }.map { parts[$0] }
        #expect(!blocks.isEmpty && parts.count % 2 == 1)
        for block in blocks {
            let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.first == "swift")
            #expect(code.contains(lines.dropFirst().joined(separator: "\n")), "\(article): \(block)")
        }
    }

    @Test("the code of the articles, run on the demo")
    func code() async throws {
        let (model, image) = ("\(Self.demo)/churn-model.tar.gz", "\(Self.demo)/churn-image.oci.tar")
        let findings = try await checkTree("\(Self.demo)/careless")
        #expect(findings.count == 5)
        #expect(findings.first?.hasPrefix("\(Self.demo)/careless/Dockerfile:1: error: ") == true)
        #expect(try await !isAcceptable("\(Self.demo)/careless"))
        #expect(try await mayDeploy(model, on: image, wheels: "\(Self.demo)/wheels"))
        #expect(try await differingPackages(model, on: image).isEmpty)
        let changed = try await differingPackages(model, on: "\(Self.demo)/churn-image-changed.oci.tar")
        #expect(Array(changed.keys) == ["waitress"])
        #expect(try await readImage(image)["attrs"] == "26.1.0")
        #expect(await explain(model) == "\(model) is a model")
        #expect(await explain("/nonexistent").hasPrefix("/nonexistent: "))
    }
}
