import Glibc
import TestSupport
import Testing

@testable import ContainerImages

@Suite struct InstalledEnvironmentTests {
    /// A venv that Python made, against what its own pip lists.
    @Test(
        .enabled(
            if: hasProgram("/usr/bin/python3")
                && system("/usr/bin/python3 -c 'import ensurepip, venv' >/dev/null 2>&1") == 0))
    func readsAVirtualEnvironment() throws {
        let folder = TemporaryFolder()
        let status = shell(
            """
            cd '\(folder.path)' && /usr/bin/python3 -m venv env && env/bin/python -m pip list --format=freeze \
            --disable-pip-version-check > list && env/bin/python -c 'import platform; print(platform.python_version())' > version
            """)
        try #require(status == 0)
        let installed = try InstalledEnvironment.read(path: "\(folder.path)/env")
        #expect(installed.kind == .virtualEnvironment)
        let listed = String(decoding: try folder.read("list"), as: UTF8.self).split(separator: "\n").map(String.init)
            .sorted()
        #expect(installed.environment.packages.map { "\($0.name)==\($0.version ?? "")" }.sorted() == listed)
        #expect(installed.environment.packages.allSatisfy { $0.recordCheck == .intact })
        #expect(
            installed.environment.python?.version
                == String(String(decoding: try folder.read("version"), as: UTF8.self).dropLast()))
        #expect(installed.environment.platform?.cLibrary?.family == .glibc)
        let changed = try #require(installed.fileSystem.files.first { $0.path.hasSuffix("/pip/__init__.py") })
        shell("echo '# changed' >> '\(folder.path)/env/\(changed.path)'")
        let again = try InstalledEnvironment.read(path: "\(folder.path)/env")
        guard
            case .altered(let differences) = again.environment.packages.first(where: { $0.name == "pip" })?.recordCheck
        else {
            Issue.record("a changed file was not seen")
            return
        }
        #expect(differences.map(\.path) == [changed.path])
    }

    @Test func tellsEnvironmentsApart() throws {
        let folder = TemporaryFolder()
        folder.write("conda/conda-meta/x-1-0.json", Array(#"{"name":"x","version":"1"}"#.utf8))
        folder.write("root/usr/x", [])
        folder.write("root/etc/.wh.x", [])
        folder.write("target/a-1.dist-info/METADATA", Array("Name: a\nVersion: 1\n".utf8))
        folder.write("nothing/x", [])
        #expect(InstalledEnvironment.detect(path: "\(folder.path)/conda") == .condaPrefix)
        #expect(InstalledEnvironment.detect(path: "\(folder.path)/root") == .rootFolder)
        #expect(InstalledEnvironment.detect(path: "\(folder.path)/target") == .packageFolder)
        #expect(InstalledEnvironment.detect(path: "\(folder.path)/nothing") == nil)
        #expect(try InstalledEnvironment.read(path: "\(folder.path)/conda").environment.packages.map(\.name) == ["x"])
        #expect(try InstalledEnvironment.read(path: "\(folder.path)/target").environment.packages.map(\.name) == ["a"])
        #expect(try InstalledEnvironment.read(path: "\(folder.path)/root").fileSystem.lookup("etc/.wh.x") != nil)
        for name in ["nothing", "absent", "nothing/x"] {
            #expect(throws: ImageReadingError.self) { try InstalledEnvironment.read(path: "\(folder.path)/\(name)") }
        }
    }
}
