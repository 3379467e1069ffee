import EnvironmentInventory
import LockFormats
import SourceDocuments
import Testing

/// What is hashed: every file that an installer may take, by a hash without known collisions.
@Suite struct HashStrengthTests {
    private static let strong = "sha256:" + sha
    private static let weak = "md5:" + String(repeating: "ab", count: 16)

    private static func uv(
        _ files: String, source: String = "registry = \"https://index.example/simple\""
    ) -> (String, String) {
        (
            "uv.lock",
            "version = 1\nrequires-python = \">=3.11\"\n[[package]]\nname = \"foo\"\nversion = \"1\"\nsource = { \(source) }\n"
                + files + "\n"
        )
    }

    private static func uvFile(_ name: String, _ hash: String?) -> String {
        "{ url = \"https://index.example/\(name)\"" + (hash.map { ", hash = \"\($0)\"" } ?? "") + " }"
    }

    private static func pylock(_ hashes: String) -> (String, String) {
        (
            "pylock.toml",
            """
            lock-version = "1.0"
            created-by = "test"
            [[packages]]
            name = "foo"
            version = "1"
            wheels = [{ url = "https://index.example/foo-1-py3-none-any.whl", hashes = { \(hashes) } }]
            """
        )
    }

    /// The files of poetry.lock and pdm.lock, each with one hash; the same name may come several times.
    private static func files(_ files: [(String, String)]) -> String {
        "files = [" + files.map { "{file = \"\($0.0)\", hash = \"\($0.1)\"}" }.joined(separator: ", ") + "]\n"
    }

    private static func poetry(_ files: [(String, String)]) -> (String, String) {
        (
            "poetry.lock",
            "[[package]]\nname = \"foo\"\nversion = \"1\"\npython-versions = \"*\"\n" + self.files(files)
                + "[metadata]\nlock-version = \"2.1\"\npython-versions = \"*\"\ncontent-hash = \"x\"\n"
        )
    }

    private static func pdm(_ files: [(String, String)]) -> (String, String) {
        (
            "pdm.lock",
            "[metadata]\ngroups = [\"default\"]\nstrategy = [\"inherit_metadata\"]\nlock_version = \"4.5.0\"\n"
                + "[[package]]\nname = \"foo\"\nversion = \"1\"\ngroups = [\"default\"]\n"
                + (files.isEmpty ? "" : self.files(files))
        )
    }

    private static func pipfile(_ hashes: [String]) -> (String, String) {
        (
            "Pipfile.lock",
            "{\"_meta\": {\"hash\": {\"sha256\": \"\(sha)\"}, \"pipfile-spec\": 6, \"sources\": []}, \"default\": {\"foo\": "
                + "{\"version\": \"==1\", \"hashes\": [\(hashes.map { "\"\($0)\"" }.joined(separator: ", "))]}}}"
        )
    }

    private static let wheel = "foo-1-py3-none-any.whl"
    private static let other = "foo-1-cp311-cp311-linux_x86_64.whl"
    private static let sdist = "foo-1.tar.gz"

    private static let cases: [(lock: (String, String), expected: String)] = [
        // One file of several has no hash: what lies there is taken.
        (uv("wheels = [\(uvFile(other, nil)), \(uvFile(wheel, strong))]"), "exact"),
        (uv("sdist = \(uvFile(sdist, nil))\nwheels = [\(uvFile(wheel, strong))]"), "exact"),
        (uv("wheels = [\n\(uvFile(other, nil)),\n\(uvFile(wheel, weak)),\n]"), "exact weakHash"),
        // All of them have one, or none has.
        (
            uv("sdist = \(uvFile(sdist, strong))\nwheels = [\(uvFile(other, strong)), \(uvFile(wheel, strong))]"),
            "hashed"
        ),
        (uv("sdist = \(uvFile(sdist, strong))"), "hashed"),
        (uv("sdist = \(uvFile(sdist, nil))\nwheels = [\(uvFile(wheel, nil))]"), "exact"),
        // The other sources of uv.
        (
            uv(
                "wheels = [{ filename = \"\(wheel)\", hash = \"\(strong)\" }]", source: "path = \"../i1/\(wheel)\""),
            "hashed"
        ),
        (uv("", source: "directory = \"../a\""), "floating"),
        (uv("", source: "git = \"https://h.example/g?tag=v1#\(String(repeating: "a", count: 40))\""), "hashed"),
        // md5 in every format.
        (uv("wheels = [\(uvFile(wheel, weak))]"), "exact weakHash"),
        (uv("sdist = \(uvFile(sdist, weak))\nwheels = [\(uvFile(wheel, strong))]"), "exact weakHash"),
        (pylock("md5 = \"\(weak.dropFirst(4))\""), "exact weakHash"),
        (pylock("md5 = \"\(weak.dropFirst(4))\", sha256 = \"\(sha)\""), "hashed"),
        (poetry([(wheel, weak)]), "exact weakHash"), (pdm([(wheel, weak)]), "exact weakHash"),
        (poetry([(wheel, strong), (sdist, weak)]), "exact weakHash"),
        (pdm([(wheel, strong), (sdist, weak)]), "exact weakHash"),
        (poetry([(wheel, weak), (wheel, strong)]), "hashed"), (pdm([(wheel, weak), (wheel, strong)]), "hashed"),
        (poetry([(wheel, strong), (sdist, strong)]), "hashed"), (pdm([(wheel, strong), (sdist, strong)]), "hashed"),
        (poetry([]), "exact"), (pdm([]), "exact"),
        // The hashes of a release: each is taken.
        (pipfile([weak]), "exact weakHash"), (pipfile([strong]), "hashed"), (pipfile([strong, strong]), "hashed"),
        (pipfile([weak, strong]), "hashed weakHash"), (pipfile([]), "exact"),
    ]

    @Test(arguments: cases.indices) func strength(index: Int) throws {
        let (name, text) = Self.cases[index].lock
        let requirement = try #require(try lock(name, text).requirements.first)
        let words = [requirement.strength.rawValue] + requirement.problems.map { "\($0.kind)" }
        #expect(words.joined(separator: " ") == Self.cases[index].expected, "\(text)")
    }

    @Test("the groups of a pylock that count by default do so where none is asked for")
    func defaultGroups() throws {
        func package(_ name: String, _ marker: String) -> String {
            """

            [[packages]]
            name = "\(name)"
            version = "1"
            marker = "\(marker)"
            wheels = [{ url = "https://h/\(name)-1-py3-none-any.whl", hashes = { sha256 = "\(sha)" } }]
            """
        }
        let text =
            "lock-version = \"1.0\"\ncreated-by = \"test\"\ndependency-groups = [\"test\"]\ndefault-groups = [\"base\"]\n"
            + package("a", "'base' in dependency_groups") + package("b", "'base' not in dependency_groups")
            + package("c", "'test' in dependency_groups")
        let document = try lock("pylock.toml", text)
        func names(_ groups: Set<String>) throws -> [String] {
            try document.environment(target: target(groups: groups)).packages.map(\.name)
        }
        #expect(try names([]) == ["a"])
        #expect(try names(["test"]) == ["b", "c"])
        #expect(try names(["base"]) == ["a"])
        #expect(try names(["test", "base"]) == ["a", "c"])
        #expect(failure("pylock.toml", text, target: target(groups: ["other"])).contains("no dependency group"))
    }
}
