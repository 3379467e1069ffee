import LockFormats
import PythonPackaging
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

    private static let poetryTable = "[tool.poetry.dependencies]\npython = \"^3.10\"\nleaf = \"^1.0\"\n"

    private func poetryHashes(_ project: String, writer: String = "2.5.1") throws -> [String] {
        let text = SourceText(name: "pyproject.toml", text: project)
        return try ProjectHash.candidates(
            project: text, lockFormat: format("poetry.lock"), writer: PythonVersion(writer)) ?? []
    }

    /// Each member is one that today's Poetry puts into its hash, also where no hash of an earlier one held it.
    @Test(arguments: [
        "[dependency-groups]\nz = [\"small\"]\n", "[dependency-groups]\nz = []\n",
        "[tool.poetry.group.z.dependencies]\nsmall = \"*\"\n", "[tool.poetry.group.z.dependencies]\n",
        "[tool.poetry.dev-dependencies]\nsmall = \"*\"\n", "[tool.poetry.extras]\nx = [\"leaf\"]\n",
        "[project]\nrequires-python = \">=3.10\"\n", "[project]\ndependencies = []\n",
        "[project.optional-dependencies]\nx = [\"small\"]\n",
        "[[tool.poetry.source]]\nname = \"x\"\nurl = \"https://index.example\"\n",
    ])
    func poetryHashesEveryPart(of addition: String) throws {
        let before = try poetryHashes(Self.poetryTable)
        let after = try poetryHashes(Self.poetryTable + addition)
        #expect(before.count == 1)
        #expect(Set(before).isDisjoint(with: after))
    }

    /// Poetry before 2.3 left the groups out, Poetry 1 the project's table.
    @Test func earlierPoetriesLeaveOut() throws {
        let groups = Self.poetryTable + "[dependency-groups]\nz = [\"small\"]\n"
        let plain = try poetryHashes(Self.poetryTable)
        #expect(try poetryHashes(groups, writer: "2.2.1").contains(plain[0]))
        #expect(try !poetryHashes(groups, writer: "2.3.0").contains(plain[0]))
        let project = Self.poetryTable + "[project]\nrequires-python = \">=3.10\"\n"
        let text = SourceText(name: "pyproject.toml", text: project)
        func former(_ writer: String) throws -> String? {
            try ProjectHash.withoutProject(
                text, lockFormat: format("poetry.lock"), writer: PythonVersion(writer))
        }
        #expect(try former("1.8.5") == plain[0])
        #expect(try former("2.0.0") == nil)
        #expect(try !poetryHashes(project, writer: "1.8.5").contains(plain[0]))
    }

    /// pdm locks in the standard's format too, and keeps the hash of its own lock there.
    @Test func theHashOfPDMInAPylock() throws {
        let hash = String(repeating: "a", count: 64)
        let lock = """
            lock-version = "1.0"
            created-by = "pdm"
            packages = []
            [tool.pdm]
            hashes = {sha256 = "\(hash)"}
            """
        let read = try LockReader.read(
            SourceText(name: "pylock.toml", text: lock),
            context: LockReadingContext { _ in .failure(.init(reason: "no such file")) })
        #expect(read.contentHash == "sha256:" + hash)
        let project = SourceText(name: "pyproject.toml", text: "[project]\nname = \"x\"\n")
        #expect(
            try ProjectHash.candidates(project: project, lockFormat: format("pylock.toml"))
                == ProjectHash.candidates(project: project, lockFormat: format("pdm.lock")))
    }
}
