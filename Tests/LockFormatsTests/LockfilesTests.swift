import FoundationEssentials
import LockFormats
import SourceDocuments
import Testing

/// The project in `lockfiles/classifier`, locked by real tools: one environment, whichever lock is read.
@Suite struct LockfilesTests {
    private static let folder = "lockfiles/classifier"

    private static func text(_ name: String) throws -> SourceText {
        // Tests run with the package's folder as the working directory.
        let data = try #require(
            FileManager.default.contents(atPath: "\(folder)/\(name)"), "\(folder)/\(name) is missing")
        return SourceText(name: name, bytes: Array(data))
    }

    private static let context = LockReadingContext { path in
        (try? text(path)).map { .success($0) } ?? .failure(.init(reason: "no such file"))
    }

    private static let expected = [
        "cloudpickle", "humanize", "joblib", "numpy", "pandas", "python-dateutil", "pytz", "scikit-learn", "scipy",
        "threadpoolctl", "tzdata",
    ]

    /// A lock, and what it honestly says otherwise than uv.lock does.
    struct Lock: Sendable, CustomTestStringConvertible {
        let file: String
        let format: String
        /// Packages that only this tool counts as packages.
        var additional: [String] = []
        /// Packages that this tool leaves out.
        var missing: Set<String> = []
        /// Whether its packages are conda's, whose files are others than those of the Python registry.
        var isConda = false
        /// Packages without a hash.
        var unhashed: Set<String> = []

        var testDescription: String { file }
    }

    private static let locks = [
        Lock(file: "uv.lock", format: "uv.lock"),
        Lock(file: "pylock.toml", format: "pylock.toml"),
        Lock(file: "requirements.txt", format: "requirements.txt"),
        Lock(file: "requirements-pip-tools.txt", format: "requirements.txt"),
        Lock(file: "poetry.lock", format: "poetry.lock"),
        Lock(file: "pdm.lock", format: "pdm.lock"),
        Lock(file: "Pipfile.lock", format: "Pipfile.lock"),
        // conda-lock and rattler give no hash for a wheel that is named by its URL.
        Lock(
            file: "conda-lock.yml", format: "conda-lock.yml", additional: ["pip", "python"], isConda: true,
            unhashed: ["humanize"]),
        Lock(
            file: "conda-linux-64.lock", format: "conda-explicit", additional: ["pip", "python"], isConda: true,
            unhashed: ["humanize"]),
        // conda's own list knows nothing of what pip installed.
        Lock(
            file: "explicit.txt", format: "conda-explicit", additional: ["pip", "python"], missing: ["humanize"],
            isConda: true),
        Lock(file: "pixi.lock", format: "pixi.lock", additional: ["python"], isConda: true, unhashed: ["humanize"]),
        Lock(
            file: "environment-export.yml", format: "environment.yml", additional: ["pip", "python"], isConda: true,
            unhashed: Set(expected + ["pip", "python"])),
    ]

    @Test(arguments: locks)
    func everyLockGivesTheSameEnvironment(_ lock: Lock) throws {
        let reference = try LockReader.read(Self.text("uv.lock"), context: Self.context).environment(target: linux)
        #expect(reference.packages.map(\.name) == Self.expected)
        let document = try LockReader.read(Self.text(lock.file), context: Self.context)
        #expect(document.format.name == lock.format)
        let found = try document.environment(target: linux)
        let compared = found.packages.filter { !lock.additional.contains($0.name) }
        #expect(Set(found.packages.map(\.name)).isSuperset(of: lock.additional))
        let wanted = reference.packages.filter { !lock.missing.contains($0.name) }
        // Sorted by name: conda's packages and pip's stand apart in an environment.
        let pins = Dictionary(uniqueKeysWithValues: compared.map { ($0.name, $0) })
        #expect(pins.count == compared.count)
        #expect(Set(pins.keys) == Set(wanted.map(\.name)))
        for other in wanted {
            let package = try #require(pins[other.name])
            #expect(package.version == other.version, "\(other.name)")
            let isOfConda = lock.isConda && other.name != "humanize"
            #expect(package.ecosystem == (isOfConda ? .conda : .pypi), "\(other.name)")
            #expect(package.hashes.isEmpty == lock.unhashed.contains(other.name), "\(other.name)")
            if lock.isConda { continue }
            #expect(package.artifacts.count == 1, "\(package.name)")
            // Requirements files and Pipfile.lock name all hashes, the others the one artifact's.
            #expect(Set(other.hashes).isSubset(of: Set(package.hashes)), "\(package.name)")
        }
    }

    /// renv locks the R half of a project: nothing of Python is in it.
    @Test func renvLocksPackagesOfR() throws {
        let found = try LockReader.read(Self.text("renv.lock"), context: Self.context).environment(target: nil)
        #expect(
            found.packages.map { "\($0.ecosystem.rawValue) \($0.name) \($0.version ?? "-")" } == [
                "cran R6 2.5.1", "cran jsonlite 1.8.4",
            ])
        #expect(found.packages.allSatisfy { $0.hashes.isEmpty })
    }

    /// The extra is asked for by its name, whatever the tool calls it.
    @Test(arguments: [
        ("uv.lock", true), ("pylock.toml", false), ("poetry.lock", true), ("pdm.lock", true), ("conda-lock.yml", true),
    ])
    func theExtraIsFound(_ file: String, _ holdsExtra: Bool) throws {
        var target = linux
        target.extras = ["plot"]
        let document = try LockReader.read(Self.text(file), context: Self.context)
        guard holdsExtra else {
            // uv exports without the extras that are not asked for.
            #expect(throws: LockReadingError.self) { try document.environment(target: target) }
            return
        }
        let names = try document.environment(target: target).packages.map(\.name)
        #expect(names.contains("cycler"))
        #expect(!names.contains("iniconfig"))
    }

    /// The hash that each tool itself has written over the project.
    @Test(arguments: [
        ("poetry.lock", "pyproject.toml"), ("pdm.lock", "pyproject.toml"), ("Pipfile.lock", "Pipfile"),
    ])
    func theHashOfTheProjectIsTheTools(_ file: String, _ project: String) throws {
        let document = try LockReader.read(Self.text(file), context: Self.context)
        let hash = try #require(document.contentHash)
        let candidates = try ProjectHash.candidates(project: Self.text(project), lockFormat: format(file))
        #expect(candidates?.contains(hash) == true)
        let changed = SourceText(
            name: project,
            bytes: try Self.text(project).bytes + Array("\n[tool.pdm.resolution]\nx = 1\n[packages.new]\n".utf8))
        if file != "poetry.lock" {
            #expect(try ProjectHash.candidates(project: changed, lockFormat: format(file))?.contains(hash) == false)
        }
    }

    @Test func theEnvironmentOfPixiIsFound() throws {
        var target = linux
        target.environment = "plot"
        let document = try LockReader.read(Self.text("pixi.lock"), context: Self.context)
        #expect(try document.environment(target: target).packages.contains { $0.name == "cycler" })
    }

    @Test(arguments: locks.map(\.file) + ["renv.lock", "Pipfile", "environment.yml", "requirements.in"])
    func noHostOfARegistryIsNamed(_ file: String) throws {
        let text = String(decoding: try Self.text(file).bytes, as: UTF8.self)
        for host in ["pythonhosted", "pypi.org", "anaconda.org", "127.0.0.1", "/tmp/"] { #expect(!text.contains(host)) }
    }
}
