import EnvironmentInventory
import LockFormats
import SourceDocuments
import Testing

@testable import PinRules

/// What uv calls up to date is silent, and what it calls stale is a finding.
@Suite struct StaleLockTests {
    private static let lock = """
        version = 1
        requires-python = ">=3.10"
        [manifest]
        members = ["site", "part"]
        constraints = [{ name = "deep", specifier = "<3" }]
        [[package]]
        name = "site"
        version = "1"
        source = { virtual = "." }
        dependencies = [{ name = "deep" }]
        [package.metadata]
        requires-dist = [{ name = "deep", specifier = ">=1" }]
        [[package]]
        name = "part"
        version = "1"
        source = { editable = "packages/part" }
        dependencies = [{ name = "deep" }]
        [package.metadata]
        requires-dist = [{ name = "deep", specifier = ">=1" }]
        [[package]]
        name = "deep"
        version = "2.0"
        source = { registry = "https://index.example/simple" }
        """
    private static let project = """
        [project]
        name = "site"
        requires-python = ">=3.10"
        dependencies = ["deep>=1"]
        [tool.uv]
        constraint-dependencies = ["deep<3"]
        """
    private static let part = "[project]\nname = \"part\"\nversion = \"1\"\ndependencies = [\"deep>=1\"]\n"

    private func messages(
        project: String = StaleLockTests.project, part: String = StaleLockTests.part,
        lock: String = StaleLockTests.lock
    ) -> [String] {
        let files = ["pyproject.toml": project, "packages/part/pyproject.toml": part]
        let context = LockReadingContext { path in
            files[path].map { .success(SourceText(name: path, text: $0)) } ?? .failure(.init(reason: "no such file"))
        }
        let text = SourceText(name: "uv.lock", text: lock)
        return LockCheck.check(text, context: context, require: .exact).findings.filter { $0.rule == "stale-lock" }
            .map(\.message)
    }

    @Test func whatAgreesIsSilent() {
        #expect(messages() == [])
        #expect(messages(project: Self.project + "\n[tool.poetry.group.test.dependencies]\ncoverage = \">=7\"\n") == [])
        let other = Self.project.replacing("\"deep>=1\"", with: "\"deep >= 1\"")
        #expect(messages(project: other) == [])
    }

    @Test func dependenciesOfTheBuildBackendAreNotStale() {
        let dynamic = Self.project.replacing("dependencies = [\"deep>=1\"]", with: "dynamic = [\"dependencies\"]")
        #expect(messages(project: dynamic) == [])
    }

    @Test func changedLimitsAreStale() {
        let changed = Self.project.replacing("deep<3", with: "deep<4")
        #expect(
            messages(project: changed) == ["pyproject.toml has changed constraint-dependencies since the lock was made"]
        )
        let added = Self.project + "\noverride-dependencies = [\"deep==2\"]\n"
        #expect(
            messages(project: added) == ["pyproject.toml has changed override-dependencies since the lock was made"])
    }

    @Test func membersOfAWorkspaceAreHeldToTheLock() {
        let changed = Self.part.replacing("deep>=1", with: "deep>=1.5")
        #expect(
            messages(part: changed) == [
                "packages/part/pyproject.toml:4 declares deep>=1.5, the lock was made for deep>=1"
            ])
        let removed = Self.part.replacing("\"deep>=1\"", with: "")
        #expect(
            messages(part: removed) == [
                "the lock was made for deep, which packages/part/pyproject.toml no longer declares"
            ])
        let added = Self.part.replacing("\"deep>=1\"", with: "\"deep>=1\", \"extra-one\"")
        #expect(
            messages(part: added) == [
                "packages/part/pyproject.toml:4 declares extra-one, the lock was made without it"
            ])
    }
}
