import EnvironmentInventory
import Testing

@testable import DeploymentFiles

/// CODEOWNERS as GitHub and GitLab document it.
struct CodeOwnersTests {
    private func owners(_ text: String, _ path: String, file: String = "CODEOWNERS") throws -> [[String]] {
        let reading = deployment(file, text)
        #expect(reading.gaps == [])
        return try #require(reading.value.codeOwners.first).claims(for: path).map(\.values)
    }

    @Test(
        "patterns",
        arguments: [
            ("*", "a/b/c", true), ("*.pkl", "a/m.pkl", true), ("*.pkl", "a/m.pk", false),
            ("/build/logs/", "build/logs/x", true),
            ("/build/logs/", "a/build/logs/x", false), ("docs/*", "docs/a.md", true), ("docs/*", "docs/b/a.md", false),
            ("apps/", "x/apps/y/z", true), ("/docs/", "docs/a/b", true), ("**/logs", "a/b/logs/c", true),
            ("/apps/github", "apps/github", true),
            ("/scripts/", "scripts", false), ("a/**/c", "a/b/b/c", true), ("a/**/c", "a/c", true),
            ("models/churn", "models/churn/MLmodel", true),
            ("models/churn", "x/models/churn/MLmodel", false), ("README.md", "docs/README.md", true),
            ("/*.md", "docs/README.md", false),
            ("/**", "a/b", true), ("m?del", "model", true), ("***a***b", "xxaxxb", true), ("", "a", true),
        ])
    func patterns(pattern: String, path: String, isMatch: Bool) {
        #expect(CodeOwnersPattern(pattern, isGitLab: false).matches(path) == isMatch || pattern.isEmpty)
    }

    @Test func theLastMatchWins() throws {
        let text = "# all\n* @org/all # everyone\n/models/ @org/ml ann@post.example\n/models/free/\n/a\\ b/\\#c @x\n"
        #expect(try owners(text, "x") == [["@org/all"]])
        #expect(try owners(text, "models/churn/MLmodel") == [["@org/ml", "ann@post.example"]])
        #expect(try owners(text, "models/free/x") == [])
        #expect(try owners(text, "a b/#c") == [["@x"]])
    }

    @Test func sectionsOfGitLab() throws {
        let text = "* @all\n[Docs][2] @docs\ndocs/*.md\n^[Models]\nchurn/m.pkl @risk\n[DOCS]\n*.md @late\n"
        #expect(try owners(text, "x/docs/a.md") == [["@all"], ["@late"]])
        #expect(try owners(text, "models/churn/m.pkl") == [["@all"], ["@risk"]])
    }

    @Test func oneFileOfADirectoryCounts() {
        let reading = deployment([
            "docs/CODEOWNERS": "* @docs\n", ".github/CODEOWNERS": "* @github\n", "CODEOWNERS": "* @root\n",
            "other/CODEOWNERS": "* @other\n",
        ])
        #expect(reading.value.codeOwners.map(\.file) == [".github/CODEOWNERS", "other/CODEOWNERS"])
        #expect(reading.value.codeOwners.map(\.base) == ["", "other"])
        #expect(reading.value.codeOwners.last?.relative("other/m/MLmodel") == "m/MLmodel")
        #expect(reading.value.codeOwners.last?.relative("m/MLmodel") == nil)
    }

    @Test func longPatternsEnd() {
        let pattern = CodeOwnersPattern(String(repeating: "**/a*a*a*", count: 400), isGitLab: false)
        #expect(!pattern.matches(String(repeating: "a/", count: 400) + String(repeating: "a", count: 4000) + "b"))
    }
}
