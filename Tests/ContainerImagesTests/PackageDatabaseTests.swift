import ArchiveReading
import ContentHashing
import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import ContainerImages

private func packages(_ files: [(String, String)], configuration: ImageConfiguration = ImageConfiguration()) throws
    -> InstalledPackages
{
    var tar = TarBytes()
    for (path, text) in files { tar.file(path, text) }
    return InstalledPackages(
        try stacked([tar]), configuration: configuration, layers: ["sha256:x"], systemRecords: .contents)
}

private func summary(_ environment: Environment) -> [String] {
    environment.packages.map { "\($0.ecosystem.rawValue) \($0.name) \($0.version ?? "-")" }
}

@Suite struct PackageDatabaseTests {
    @Test func readsDistrolessStatus() throws {
        let installed = try packages([
            ("var/lib/dpkg/status.d/base", "Package: base-files\nVersion: 12.4+deb12u5\nArchitecture: amd64\n"),
            ("var/lib/dpkg/status.d/base.md5sums", "d41d8cd98f00b204e9800998ecf8427e  etc/x\n"),
            (
                "var/lib/dpkg/status.d/libc6",
                "Package: libc6\nVersion: 2.36-9+deb12u4\nArchitecture: amd64\nDescription: x\n y\n"
            ),
        ])
        #expect(summary(installed.environment) == ["apt base-files 12.4+deb12u5", "apt libc6 2.36-9+deb12u4"])
        #expect(
            installed.environment.packages.first?.packageURL == "pkg:deb/debian/base-files@12.4%2Bdeb12u5?arch=amd64")
    }

    @Test func readsAlpine() throws {
        var configuration = ImageConfiguration()
        configuration.platform = Platform(os: "linux", architecture: "amd64")
        let installed = try packages(
            [
                (
                    "lib/apk/db/installed",
                    "C:Q1abc\nP:musl\nV:1.2.4-r2\nA:x86_64\nF:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1x\n\nC:Q1d\nP:python3\nV:3.11.8-r0\nA:x86_64\nF:usr/bin\n\n"
                ),
                ("usr/bin/python3.11", "ELF"),
            ], configuration: configuration)
        #expect(summary(installed.environment) == ["apk musl 1.2.4-r2", "apk python3 3.11.8-r0"])
        #expect(installed.environment.platform?.cLibrary?.description == "musl-1.2")
        #expect(installed.environment.python?.version == "3.11.8")
    }

    @Test func readsCondaAndChecksItsFiles() throws {
        let digest = try ContentHash.sha256(of: Array("hello".utf8)).hex
        let record = """
            {"name":"demo","version":"1.0","build":"0","fn":"demo-1.0-0.conda","sha256":"\(digest)","subdir":"noarch",
            "paths_data":{"paths":[{"_path":"share/demo","path_type":"hardlink","sha256":"\(String(repeating: "0", count: 64))","sha256_in_prefix":"\(digest)"}]}}
            """
        let good = try packages([("opt/conda/conda-meta/demo-1.0-0.json", record), ("opt/conda/share/demo", "hello")])
        #expect(summary(good.environment) == ["conda demo 1.0"])
        #expect(good.environment.packages.first?.recordCheck == .intact)
        #expect(good.environment.packages.first?.claimedHashes.map(\.hex) == [digest])
        let changed = try packages([
            ("opt/conda/conda-meta/demo-1.0-0.json", record), ("opt/conda/share/demo", "jello"),
        ])
        guard case .altered(let differences) = changed.environment.packages.first?.recordCheck else {
            Issue.record("a changed file was not seen")
            return
        }
        #expect(differences.map(\.path) == ["opt/conda/share/demo"])
        #expect(differences.first?.layer == "sha256:x")
    }

    @Test(arguments: [
        (
            [
                ("usr/local/bin/python3.12", "ELF"),
                ("usr/local/include/python3.12/patchlevel.h", "#define PY_VERSION      \"3.12.4\"\n"),
            ], "3.12.4"
        ),
        ([("usr/local/bin/python3.12", "ELF")], "3.12"),
        ([("opt/venv/bin/python3", "ELF"), ("opt/venv/pyvenv.cfg", "home = /usr/bin\nversion = 3.10.9\n")], "3.10.9"),
        ([("opt/venv/bin/python3", "ELF"), ("opt/venv/pyvenv.cfg", "version_info = 3.10.9.final.0\r\n")], "3.10.9"),
        ([("usr/bin/python3", "ELF"), ("usr/lib/python3.9/os.py", "x")], "3.9"),
        // What lies at the place of the Python that made the environment is what runs.
        (
            [
                ("venv/bin/python3.12", "ELF"), ("venv/pyvenv.cfg", "version = 3.12.1\n"),
                ("venv/include/python3.12/patchlevel.h", "#define PY_VERSION      \"3.12.4\"\n"),
            ], "3.12.4"
        ),
        ([("venv/bin/python3.12", "ELF"), ("venv/pyvenv.cfg", "version = 3.12.1\n")], "3.12.1"),
        ([("venv/bin/python3.12", "ELF"), ("venv/pyvenv.cfg", "version = 3.11.9\n")], "3.12"),
    ])
    func findsInterpreters(files: [(String, String)], version: String) throws {
        #expect(try packages(files).environment.python?.version == version)
    }

    @Test func survivesNoise() throws {
        var random = SeededGenerator(seed: 4_101_842_887_655_102_017)
        let alphabet = Array("PVAS: \n\n\n\ra:1.{}\"[],\\\u{0}Package: x\nVersion: 1\n".utf8)
        for path in [
            "var/lib/dpkg/status", "var/lib/dpkg/status.d/a", "lib/apk/db/installed", "opt/conda/conda-meta/x-1-0.json",
            "pyvenv.cfg", "usr/include/python3.9/patchlevel.h", "lib/x86_64-linux-gnu/libc.so.6",
        ] {
            for _ in 0..<fuzzRounds(100) {
                let noise = (0..<random.next(0...120)).map { _ in alphabet[random.next(0...(alphabet.count - 1))] }
                var tar = TarBytes()
                tar.add(path, content: noise)
                tar.file("bin/python3.9", "ELF")
                tar.file("usr/bin/python3.9", "ELF")
                let files = try stacked([tar])
                let found = InstalledPackages(
                    files, configuration: ImageConfiguration(), layers: [], systemRecords: .contents)
                let names = found.environment.packages.map(\.name)
                #expect(!names.contains(""), "\(path): \(String(decoding: noise, as: UTF8.self))")
            }
        }
    }

    /// A list and its folder: a database or a transport is one new file and one line.
    @Test func everyFileIsListed() throws {
        func names(_ folder: String) throws -> Set<String> {
            let parts = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
            let reader = try DirectoryReader(path: "/\(parts)/Sources/ContainerImages/\(folder)")
            var names: Set<String> = []
            while let entry = try reader.next() { names.insert(String(entry.path.dropLast(".swift".count))) }
            return names
        }
        #expect(try names("PackageDatabases") == Set(packageDatabases.map { "\($0)" }))
        #expect(try names("Transports") == Set(imageTransports.map { "\($0)" }))
        #expect(Set(imageTransports.map { $0.name }) == Set(ImageTransportName.allCases))
    }
}

@Suite struct PythonDistributionsTests {
    @Test func findsThemWhereverTheyLie() throws {
        let digest = try ContentHash.sha256(of: Array("x = 1\n".utf8))
        let encoded = Base64.encode(SHA256Value(digest)?.bytes ?? []).replacingBase64()
        func distribution(_ folder: String, _ name: String, extra: String = "") -> [(String, String)] {
            [
                ("\(folder)/\(name)/__init__.py", "x = 1\n"),
                ("\(folder)/\(name)-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: \(name)\nVersion: 1.0\n"),
                ("\(folder)/\(name)-1.0.dist-info/INSTALLER", "pip\n"),
                (
                    "\(folder)/\(name)-1.0.dist-info/RECORD",
                    "\(name)/__init__.py,sha256=\(encoded),6\n\(extra)\(name)-1.0.dist-info/METADATA,,\n\(name)-1.0.dist-info/RECORD,,\n"
                ),
            ]
        }
        let files =
            distribution("usr/lib/python3.11/site-packages", "one") + distribution("opt/target", "two")
            + distribution("opt/venv/lib/python3.11/site-packages", "one")
            + distribution("usr/lib/python3.11/site-packages/setuptools/_vendor", "hidden")
            + distribution("srv/big/inner", "vendored")
            + distribution("srv", "big", extra: "big/inner/vendored-1.0.dist-info/METADATA,,\n")
            + [
                ("usr/lib/python3/dist-packages/old.egg-info", "Name: Old_Thing\nVersion: 2\n"),
                ("usr/lib/python3/dist-packages/dir.egg-info/PKG-INFO", "Name: dir\nVersion: 3\n"),
                ("usr/lib/~roken-1.dist-info/METADATA", "Name: broken\nVersion: 1\n"),
            ]
        let installed = try packages(files)
        #expect(
            installed.environment.packages.map { "\($0.name) \($0.version ?? "") \($0.location ?? "")" } == [
                "big 1.0 srv", "dir 3 usr/lib/python3/dist-packages", "old-thing 2 usr/lib/python3/dist-packages",
                "one 1.0 opt/venv/lib/python3.11/site-packages",
                "one 1.0 usr/lib/python3.11/site-packages", "two 1.0 opt/target",
            ])
        let one = installed.environment.packages.filter { $0.name == "one" }
        #expect(Set(one.map(\.contentDigest)).count == 1)
        #expect(one.first?.contentDigest != nil)
        #expect(one.first?.installer == "pip")
    }
}

extension String {
    /// Base64 as RECORD writes it: URL-safe, without padding.
    fileprivate func replacingBase64() -> String {
        String(
            String.UnicodeScalarView(unicodeScalars.filter { $0 != "=" }.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
        )
    }
}
