import FoundationEssentials
import LockFormats
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

    private static let expected = [
        "cloudpickle", "humanize", "joblib", "numpy", "pandas", "python-dateutil", "pytz", "scikit-learn", "scipy",
        "threadpoolctl", "tzdata",
    ]

    @Test(arguments: [
        "uv.lock", "pylock.toml", "requirements.txt", "requirements-pip-tools.txt", "poetry.lock", "Pipfile.lock",
    ])
    func everyLockGivesTheSameEnvironment(_ name: String) throws {
        let context = LockReadingContext { path in
            (try? Self.text(path)).map { .success($0) } ?? .failure(.init(reason: "no such file"))
        }
        let reference = try LockReader.read(Self.text("uv.lock"), context: context).environment(target: linux)
        let found = try LockReader.read(Self.text(name), context: context).environment(target: linux)
        #expect(reference.packages.map(\.name) == Self.expected)
        #expect(pins(found) == pins(reference))
        for (package, other) in zip(found.packages, reference.packages) {
            #expect(package.artifacts.count == 1, "\(package.name)")
            // Requirements files and Pipfile.lock name all hashes, the others the one artifact's.
            #expect(Set(other.hashes).isSubset(of: Set(package.hashes)), "\(package.name)")
        }
        let bytes = try Self.text(name).bytes
        #expect(!String(decoding: bytes, as: UTF8.self).contains("pythonhosted"))
    }
}
