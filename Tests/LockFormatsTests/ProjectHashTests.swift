import LockFormats
import SourceDocuments
import Testing

/// The hashes that Poetry 2.5.1, pdm 2.29.4 and Pipenv 2026.10.3 wrote over these projects (make_locks.py).
@Suite struct ProjectHashTests {
    /// A lock's format, a project of its tool, and the sha256 in the lock.
    private static let projects = poetryProjects + otherProjects

    @Test(arguments: projects) func theHashIsKnown(format name: String, project: String, hash: String) throws {
        let file = name == "Pipfile.lock" ? "Pipfile" : "pyproject.toml"
        let found = try ProjectHash.candidates(project: SourceText(name: file, text: project), lockFormat: format(name))
        #expect(try #require(found).contains("sha256:" + hash))
    }

    /// A dependency more changes it, a comment does not.
    @Test(arguments: projects) func whatChangesIt(format name: String, project: String, hash: String) throws {
        let file = name == "Pipfile.lock" ? "Pipfile" : "pyproject.toml"
        func hashes(_ text: String) throws -> [String] {
            try ProjectHash.candidates(project: SourceText(name: file, text: text), lockFormat: format(name)) ?? []
        }
        #expect(try hashes("# a comment\n" + project).contains("sha256:" + hash))
        let changed = project.replacing("dependencies = [", with: "dependencies = [\"more\", ", maxReplacements: 1)
            .replacing("[packages]\n", with: "[packages]\nmore = \"*\"\n", maxReplacements: 1)
        if changed != project { #expect(try !hashes(changed).contains("sha256:" + hash)) }
    }
}
