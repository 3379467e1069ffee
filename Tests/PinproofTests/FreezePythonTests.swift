import ContainerImages
import Glibc
import TestSupport
import Testing

@testable import Pinproof

struct FreezePythonTests {
    @Test(
        "of several copies of pip, that of the first directory on the path installs",
        arguments: [
            (["usr/lib/python3/dist-packages": "20.3.4"], "20.3.4"),
            (["usr/lib/python3/dist-packages": "20.3.4", "usr/local/lib/python3.9/dist-packages": "24.0"], "24.0"),
            (["usr/lib/python3/dist-packages": "24.0", "usr/local/lib/python3.9/dist-packages": "20.3.4"], "20.3.4"),
        ])
    func pip(copies: [String: String], expected: String) throws {
        let folder = TemporaryDirectory()
        folder.write("usr/bin/python3.9", [0x7F] + Array("ELF".utf8))
        #expect(symlink("python3.9", "\(folder.path)/usr/bin/python3") == 0)
        folder.write("usr/lib/python3.9/os.py", [10])
        folder.write("etc/os-release", Array("ID=debian\nVERSION_ID=\"11\"\n".utf8))
        for (place, version) in copies {
            let text = "Metadata-Version: 2.1\nName: pip\nVersion: \(version)\n\n"
            folder.write("\(place)/pip-\(version).dist-info/METADATA", Array(text.utf8))
            folder.write("\(place)/pip/__init__.py", [10])
        }
        let installed = try InstalledEnvironment.read(path: folder.path)
        let python = FreezePython(installed.fileSystem, installed.configuration, installed.environment)
        #expect(python?.pip == expected)
        #expect(python?.otherPips == [])
    }
}
