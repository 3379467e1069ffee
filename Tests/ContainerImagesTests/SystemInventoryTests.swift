import ContentHashing
import EnvironmentInventory
import Testing

@testable import ContainerImages

struct SystemInventoryTests {
    private static func inventory(_ files: [(String, String)]) throws -> SystemInventory {
        var tar = TarBytes()
        for (path, text) in files { tar.file(path, text) }
        let tree = try stacked([tar])
        let installed = InstalledPackages(
            tree, configuration: ImageConfiguration(), layers: ["sha256:x"], systemRecords: .contents)
        return SystemInventoryReader.read(
            InstalledSystem(files: tree, configuration: ImageConfiguration(), layers: ["sha256:x"]),
            installed.environment.packages)
    }

    @Test(
        arguments: [
            (
                "NAME=x\nID=ubuntu\r\nVERSION_ID=\"24.04\"\r\nPRETTY_NAME=\"a \\\"b\\\" \\$c\"\n", "ubuntu", "24.04",
                "a \"b\" $c"
            ),
            ("# ID=no\nID='alpine'\n", "alpine", nil, nil), ("NAME=x\n", "linux", nil, nil),
            ("ID=a\nID=b\nVERSION_ID=\n", "b", nil, nil),
        ] as [(String, String, String?, String?)])
    func readsOsRelease(text: String, id: String, version: String?, name: String?) throws {
        let found = try #require(try Self.inventory([("usr/lib/os-release", text)]).distribution)
        #expect(found.id == id && found.version == version && found.name == name)
        #expect(found.path == "usr/lib/os-release")
    }

    @Test func findsCUDA() throws {
        let header =
            "/* x */\n#define CUDNN_MAJOR 9\n#define CUDNN_MINOR 1\r\n#define CUDNN_PATCHLEVEL 0\n#define CUDNN_VERSION (CUDNN_MAJOR * 10000)\n"
        let inventory = try Self.inventory([
            (
                "usr/local/cuda-12.4/version.json",
                #"{"cuda":{"name":"CUDA SDK","version":"12.4.1"},"cuda_cudart":{"version":"12.4.127"}}"#
            ),
            ("usr/local/cuda-10.2/version.txt", "CUDA Version 10.2.89\n"),
            ("usr/local/cuda-11.8/version.json", "{"),
            ("srv/app/version.json", #"{"cuda":{"version":"1"}}"#),
            ("usr/local/cuda-12.4/lib64/libcudart.so.12.4.127", "ELF"),
            ("usr/include/cudnn_version.h", header), ("usr/lib/x86_64-linux-gnu/libcudnn.so.9.1.0", "ELF"),
            ("usr/lib/x86_64-linux-gnu/libcudnn_ops.so.9.1.0", "ELF"),
            ("opt/venv/lib/python3.11/site-packages/torch/lib/libcudart-d0da41ae.so.11.0", "ELF"),
        ])
        #expect(
            inventory.toolkits.map { "\($0.name) \($0.version) \($0.place.path)" } == [
                "libcudart 11.0 opt/venv/lib/python3.11/site-packages/torch/lib/libcudart-d0da41ae.so.11.0",
                "cudnn 9.1.0 usr/include/cudnn_version.h",
                "libcudnn 9.1.0 usr/lib/x86_64-linux-gnu/libcudnn.so.9.1.0",
                "cuda 10.2.89 usr/local/cuda-10.2/version.txt",
                "libcudart 12.4.127 usr/local/cuda-12.4/lib64/libcudart.so.12.4.127",
                "cuda 12.4.1 usr/local/cuda-12.4/version.json",
            ])
        #expect(inventory.toolkits.allSatisfy { $0.place.layer == "sha256:x" })
    }

    @Test(
        arguments: [
            ("libgfortran-040039e1-0352e75f.so.5.0.0", "libgfortran.so.5.0.0", "5.0.0", true),
            ("libscipy_openblas64_-32a4b2a6.so", "libscipy_openblas64_.so", nil, true),
            ("libz.so.1", "libz.so.1", "1", false),
            ("libzstd-40ad5e7e.so.1.5.7", "libzstd.so.1.5.7", "1.5.7", true),
            ("libjpeg.62.4.0.dylib", "libjpeg.62.4.0.dylib", nil, false),
            ("msvcp140-a118642f92df8774f533d0c53fdb6487.dll", "msvcp140.dll", nil, true),
            ("lib-2.so", "lib-2.so", nil, false),
            ("x.so.py", "x.so.py", nil, false), ("-deadbeef.so", "-deadbeef.so", nil, false),
            (".so", ".so", nil, false),
            ("cafe-deadbeef", "cafe-deadbeef", nil, false), ("", "", nil, false), ("a.so.", "a.so.", nil, false),
        ] as [(String, String, String?, Bool)])
    func readsLibraryNames(name: String, plain: String, version: String?, isRenamed: Bool) {
        let library = LibraryFileName(name)
        #expect(library.plain == plain && library.version == version && library.isRenamed == isRenamed)
    }

    @Test func findsLibrariesAndBills() throws {
        let site = "opt/venv/lib/python3.11/site-packages"
        func record(_ names: [String]) -> String { names.map { "\($0),,\n" }.joined() }
        let bill =
            #"{"bomFormat":"CycloneDX","specVersion":"1.4","components":[{"type":"library","name":"libXau","version":"1.0.9-3.el8","purl":"pkg:rpm/almalinux/libXau@1.0.9-3.el8","components":[{"name":"inner"}]}]}"#
        let spdx =
            #"{"spdxVersion":"SPDX-2.3","packages":[{"name":"zlib","versionInfo":"1.3","externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:generic/zlib@1.3"}]}]}"#
        let inventory = try Self.inventory([
            ("\(site)/pillow-13.0.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: pillow\nVersion: 13.0.0\n"),
            (
                "\(site)/pillow-13.0.0.dist-info/RECORD",
                record(["pillow.libs/libXau-154567c4.so.6.0.0", "PIL/libgomp-98b21ff3.so.1", "PIL/_imaging.so"])
            ),
            ("\(site)/pillow-13.0.0.dist-info/sboms/auditwheel.cdx.json", bill),
            ("\(site)/pillow-13.0.0.dist-info/sboms/b.spdx.json", spdx),
            ("\(site)/pillow-13.0.0.dist-info/sboms/c.xml", "<bom/>"),
            ("\(site)/pillow-13.0.0.dist-info/sboms/d.json", "{}"),
            ("\(site)/pillow.libs/libXau-154567c4.so.6.0.0", "ELF"), ("\(site)/PIL/libgomp-98b21ff3.so.1", "ELF"),
            ("\(site)/PIL/_imaging.so", "ELF"), ("srv/libstray-98b21ff3.so.1", "ELF"),
            ("srv/mac/.dylibs/libz.1.dylib", "x"), ("srv/mac/.dylibs/README", "x"),
        ])
        #expect(
            inventory.vendoredLibraries.map { "\($0.name) \($0.version ?? "-") \($0.place.owner ?? "-") \($0.size)" }
                == [
                    "libgomp.so.1 1 pypi pillow 3", "libXau.so.6.0.0 6.0.0 pypi pillow 3", "libz.1.dylib - - 1",
                ])
        #expect(inventory.vendoredLibraries.first?.sha256 == (try ContentHash.sha256(of: Array("ELF".utf8))))
        #expect(
            inventory.billsOfMaterials.map { bill in
                "\(bill.format ?? "-"): "
                    + bill.components.map { "\($0.name) \($0.version ?? "-") \($0.packageURL ?? "-")" }.joined(
                        separator: ", ")
            } == [
                "CycloneDX 1.4: libXau 1.0.9-3.el8 pkg:rpm/almalinux/libXau@1.0.9-3.el8, inner - -",
                "SPDX-2.3: zlib 1.3 pkg:generic/zlib@1.3", "-: ", "-: ",
            ])
        #expect(inventory.billsOfMaterials.map { $0.problem != nil } == [false, false, true, true])
    }

    @Test func findsEveryInterpreter() throws {
        let inventory = try Self.inventory([
            ("usr/bin/python3.11", "ELF"), ("usr/bin/python3.11-config", "ELF"), ("usr/bin/pythonic", "ELF"),
            ("usr/lib/python3.11/os.py", "x"),
            (
                "var/lib/dpkg/status",
                "Package: python3.11-minimal\nStatus: install ok installed\nVersion: 3.11.2-6+deb12u6\n"
            ),
            ("var/lib/dpkg/info/python3.11-minimal.list", "/.\n/usr/bin/python3.11\n"),
            ("opt/conda/bin/python3.12", "ELF"),
            (
                "opt/conda/conda-meta/python-3.12.4-h955ad1f_0.json",
                #"{"name":"python","version":"3.12.4","files":["bin/python3.12"],"paths_data":{"paths":[]}}"#
            ),
            ("usr/local/bin/python3.13t", "ELF"),
            ("usr/local/include/python3.13t/patchlevel.h", "#define PY_VERSION \"3.13.1\"\n"),
            ("srv/venv/pyvenv.cfg", "home = /usr/bin\nversion = 3.11.2\n"), ("srv/bin/python3", "#!/bin/sh\n"),
            ("srv/bad/pyvenv.cfg", "home = /usr/bin\n"), ("opt/pypy/bin/pypy3.10", "ELF"),
        ])
        #expect(
            inventory.interpreters.map {
                "\($0.interpreter.implementation) \($0.interpreter.version) \($0.place.path) \($0.virtualEnvironment ?? "-") \($0.build ?? "-")"
            } == [
                "cpython 3.12.4 opt/conda/bin/python3.12 - conda python-3.12.4-h955ad1f_0",
                "pypy 3.10 opt/pypy/bin/pypy3.10 - -",
                "cpython 3.11.2 srv/venv/pyvenv.cfg srv/venv -",
                "cpython 3.11.2 usr/bin/python3.11 - apt python3.11-minimal 3.11.2-6+deb12u6",
                "cpython 3.13.1 usr/local/bin/python3.13t - -",
            ])
    }
}
