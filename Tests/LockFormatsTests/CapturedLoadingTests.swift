import EnvironmentInventory
import Testing

@testable import LockFormats

/// The tables of a capture about shared libraries are read as they were written, and refused where they say nothing.
struct CapturedLoadingTests {
    private static func text(_ change: (inout Environment) -> Void) -> String {
        var environment = Environment(python: Interpreter(version: "3.11.7"))
        environment.packages = [Package(ecosystem: .pypi, name: "demo", version: "1")]
        change(&environment)
        return CaptureWriter.text(
            of: environment, kind: "venv",
            entries: environment.packages.map { .init(package: $0, source: .unknown(.unnamed, [])) })
    }

    @Test("what was written is read")
    func roundTrip() throws {
        let sources = [
            LibrarySource(name: "liba.so.1", place: .missing), LibrarySource(name: "libc.so.6", place: .outside),
            LibrarySource(
                name: "libstdc++.so.6",
                place: .file(
                    path: "lib/libstdc++.so.6.0.33", sha256: Digest("sha256:" + String(repeating: "ab", count: 32)),
                    owner: "conda libstdcxx-ng 13.2.0")),
            LibrarySource(name: "libz \"1\".so", place: .file(path: "lib/z", sha256: nil, owner: nil)),
        ]
        var needs = LoadingAssessment.Needs()
        needs.glibc = "2.28"
        needs.numpy = ">=1.23,<2"
        needs.cudaRuntime = "12"
        needs.architectures = [
            "libtorch_cuda.so": .init(cubins: ["80", "90"], ptx: []), "liba.b.so": .init(cubins: [], ptx: ["75"]),
        ]
        let written = Self.text {
            $0.libraries = sources
            $0.needs = needs
        }
        let read = try lock("pylock.toml", written).environment(target: nil)
        #expect(read.libraries == sources)
        #expect(read.needs == needs)
        let without = try lock("pylock.toml", Self.text { _ in }).environment(target: nil)
        #expect(without.libraries == nil && without.needs == nil)
        let bare = try lock("pylock.toml", Self.text { $0.needs = .init() }).environment(target: nil)
        #expect(bare.needs == LoadingAssessment.Needs())
    }

    @Test(
        "a library of which nothing is said is refused",
        arguments: [
            "name = \"\"\npath = \"b\"", "name = \"a\"\npath = \"\"", "name = \"a\"", "path = \"b\"",
            "name = \"a\"\nsource = \"apt b 1\"",
            "name = \"a\"\npath = \"b\"\ndigest = \"md5:00\"", "name = \"a\"\npath = \"b\"\ndigest = \"sha256:00\"",
        ])
    func refused(table: String) {
        let text = Self.text { _ in } + "\n[[tool.pinproof.libraries]]\n\(table)\n"
        #expect(throws: LockReadingError.self) { try lock("pylock.toml", text).environment(target: nil) }
    }
}
