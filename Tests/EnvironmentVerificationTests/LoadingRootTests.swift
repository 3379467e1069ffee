import EnvironmentInventory
import TestSupport
import Testing

@testable import EnvironmentVerification

/// What is found of a package whatever its record says, and where libraries are that Python code opens.
struct LoadingRootTests {
    private static func problems(_ change: (inout LoadingFixture) -> Void) throws -> [String] {
        var fixture = LoadingFixture()
        change(&fixture)
        return try fixture.assess().problems.map { "\($0.rule) \($0.reach.rawValue) \($0.root) \($0.needs)" }
    }

    @Test(
        "a package of which no record names the files is judged",
        arguments: ["", "demo/__init__.py,sha256=short,\n", "other/__init__.py,,\n"])
    func records(record: String) throws {
        let found = try Self.problems { fixture in
            fixture.record = record
            fixture.module("demo/core.cpython-311-x86_64-linux-gnu.so") { $0.needed.append("libGL.so.1") }
            // A module whose top has the name of no package.
            fixture.module("stray/core.abi3.so") { $0.needed.append("libEGL.so.1") }
        }
        #expect(found == ["missing-library fails demo.core libGL.so.1"])
    }

    @Test("a module beside the packages, which no record names, is judged")
    func topLevel() throws {
        let found = try Self.problems { fixture in
            fixture.record = ""
            fixture.module("demo.abi3.so") { $0.needed.append("libGL.so.1") }
        }
        #expect(found == ["missing-library fails demo libGL.so.1"])
    }

    @Test(
        "what a condition or a call could still reach is said not to be known",
        arguments: [
            "def f():\n    from . import core\n", "try:\n    from . import core\nexcept ImportError:\n    pass\n",
            "import importlib\nimportlib.import_module('demo.' + 'core')\n",
            "import sys\nif sys.platform == 'win32':\n    from . import core\n",
        ])
    func conditions(source: String) throws {
        var fixture = LoadingFixture()
        let core = "demo/core.cpython-311-x86_64-linux-gnu.so"
        fixture.write("\(LoadingFixture.site)/demo/__init__.py", Array("from . import fine\n\(source)".utf8))
        fixture.module("demo/fine.abi3.so")
        fixture.module(core) { $0.needed.append("libGL.so.1") }
        var assessment = try fixture.assess()
        #expect(assessment.problems.map(\.reach) == [.mayFail])
        #expect(assessment.unread.map(\.file).contains("\(LoadingFixture.site)/\(core)"))
        // Of a package that the model does not name, nothing was read.
        fixture.naming = .packages(["other"])
        assessment = try fixture.assess()
        #expect(assessment.verdict == .mayFail)
        #expect(!assessment.unread.map(\.file).contains("\(LoadingFixture.site)/\(core)"))
    }

    @Test("a record with hexadecimal digits names its files")
    func hexadecimal() throws {
        let library = "lib/libdemo.so.4.15"
        let found = try Self.problems { fixture in
            fixture.record = "\(library),sha256=\(String(repeating: "0a", count: 32)),\n"
            fixture.module(library) { $0.needed.append("libGLU.so.1") }
        }
        #expect(found == ["missing-library fails demo libGLU.so.1"])
    }

    @Test("a library that --target puts into the directory of the packages is judged")
    func target() throws {
        let found = try Self.problems { fixture in
            fixture.module("lib/libdemo.so.4.15") { $0.needed.append("libGLU.so.1") }
        }
        #expect(found == ["missing-library fails demo libGLU.so.1"])
    }

    @Test(
        "each release has its own packages",
        arguments: [
            ("libbrotlidec.so.1", "debian 11", "libbrotli1"), ("libbrotlidec.so.1", "ubuntu 24.04", "libbrotli1"),
            ("libGLU.so.1", "debian 13", "libglu1-mesa"), ("libmpi.so.40", "debian 13", "libopenmpi40"),
            ("libmpi.so.40", "ubuntu 24.04", "libopenmpi3t64"), ("libmpi.so.40", "ubuntu 22.04", "libopenmpi3"),
            ("libcups.so.2", "ubuntu 22.04", "libcups2"), ("libcups.so.2", "ubuntu 24.04", "libcups2t64"),
        ])
    func releases(library: String, distribution: String, package: String) {
        #expect(SystemLibraryPackages.packages(for: library, distribution: distribution) == [package])
    }

    @Test("a release that has none, or several, names none")
    func absent() {
        #expect(SystemLibraryPackages.packages(for: "libssl.so.1.1", distribution: "debian 12").isEmpty)
        #expect(SystemLibraryPackages.packages(for: "libbrotlidec.so.1", distribution: "ubuntu 20.04").isEmpty)
        #expect(SystemLibraryPackages.packages(for: "libbrotlidec.so.1", distribution: nil).isEmpty)
    }

    @Test("a library that is named as a module is, and that makes none, is no module for another Python")
    func namedAsModule() throws {
        let found = try Self.problems { fixture in
            fixture.module("demo/_cipher.abi3.so") { file in
                file.defined = [("cipher_start", nil)]
                file.undefined = [.init("free")]
            }
            fixture.module("demo/_hash.abi3.so") { file in
                file.defined = [("hash_start", nil)]
                file.undefined = [.init("free")]
                file.needed.append("libGL.so.1")
            }
        }
        #expect(found == ["missing-library may-fail demo._hash libGL.so.1"])
    }

    @Test("of the standard library, what packages import has to be there")
    func standardLibrary() throws {
        let found = try Self.problems { fixture in
            fixture.module("demo/core.abi3.so")
            for (module, library) in [("_bz2", "libbz2.so.1.0"), ("_tkinter", "libtk8.6.so")] {
                let path = "usr/lib/python3.11/lib-dynload/\(module).cpython-311-x86_64-linux-gnu.so"
                fixture[path] = ELFBytes(needed: ["libc.so.6", library])
            }
        }
        #expect(found == ["missing-library may-fail _bz2 libbz2.so.1.0"])
    }

    @Test("the libraries of a package without sources are opened by others", arguments: ["demo", "parts"])
    func withoutSources(owner: String) throws {
        let found = try Self.problems { fixture in
            fixture.package("parts")
            fixture.module("demo/parts/lib/libextra.so", of: owner) { file in
                file.defined = [("extra", nil)]
                file.needed.append("libGL.so.1")
            }
        }
        #expect(found == (owner == "demo" ? ["missing-library fails demo libGL.so.1"] : []))
    }

    @Test(
        "of a package without sources, libraries that no other file needs are said not to be known",
        arguments: [false, true])
    func unopened(hasSource: Bool) throws {
        var fixture = LoadingFixture()
        fixture.package("parts")
        for number in 0..<3 {
            fixture.module("demo/parts/lib/libextra\(number).so", of: "parts") { $0.defined = [("extra", nil)] }
        }
        if hasSource { fixture.write("\(LoadingFixture.site)/demo/parts/__init__.py", Array("import ctypes\n".utf8)) }
        let unread = try fixture.assess().unread.filter { $0.reason.contains("no Python code") }
        #expect(unread.map(\.file) == (hasSource ? [] : ["\(LoadingFixture.site)/demo/parts/lib/libextra0.so"]))
        #expect(unread.allSatisfy { $0.reason.hasPrefix("which libraries of parts are opened") })
    }

    @Test(
        "what a record names and what is not there cannot be loaded",
        arguments: [
            ("libdemo.so", false, ["missing-library fails demo libdemo.so"]),
            ("libdemo.so.4", true, ["missing-library may-fail demo libdemo.so.4"]),
            ("core.abi3.so", false, ["missing-library fails demo.core core.abi3.so"]),
            ("core.abi3.so", true, ["missing-library may-fail demo.core core.abi3.so"]),
            ("fine.cpython-310-x86_64-linux-gnu.so", true, []), ("tests/core.abi3.so", false, []),
        ])
    func absent(name: String, hasModule: Bool, expected: [String]) throws {
        let found = try Self.problems { fixture in
            fixture.record = "demo/\(name),sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"
            if hasModule { fixture.module("demo/fine.abi3.so") }
        }
        #expect(found == expected)
    }

    @Test("the archive's list names the package whose library a loader finds, and not a variant")
    func contents() {
        let contents = ContentsFile(
            """
            usr/lib/firefox-esr/libnss3.so                       web/firefox-esr
            usr/lib/x86_64-linux-gnu/libnss3.so                  libs/libnss3
            usr/lib/audacity/lib-audio-io.so                     sound/audacity
            usr/lib/x86_64-linux-gnu/libavcodec.so.59            libs/libavcodec59,libs/libavcodec-extra59
            usr/lib/x86_64-linux-gnu/libQt5Test.so.5             libs/libqt5test5-gles
            usr/lib/x86_64-linux-gnu/libc++.so.1                 libs/libc++1-15,libs/libc++1-16
            lib/libdemo.so.1                                     libs/libdemo1,libdevel/libdemo-dev
            """)
        #expect(contents.packages(for: "libnss3.so") == ["libnss3"])
        #expect(contents.packages(for: "lib-audio-io.so").isEmpty)
        #expect(contents.packages(for: "libavcodec.so.59") == ["libavcodec59"])
        #expect(contents.packages(for: "libQt5Test.so.5") == ["libqt5test5-gles"])
        #expect(contents.packages(for: "libc++.so.1").isEmpty)
        #expect(contents.packages(for: "libdemo.so.1") == ["libdemo1"])
    }

    // MARK: Libraries that a package opens itself

    /// What the problem of a package's only library is, by how its sources open it.
    @Test(
        "a library that importing the package opens is needed, one that a call opens may be",
        arguments: [
            ("import ctypes\n_lib = ctypes.CDLL('x')\n", "fails"),
            ("import ctypes\ntry:\n    _lib = ctypes.cdll.LoadLibrary('x')\nexcept OSError:\n    raise\n", "fails"),
            ("from ctypes import CDLL\nif True:\n    _lib = CDLL('x')\n", "fails"),
            ("import ctypes\ndef _load():\n    return ctypes.CDLL('x')\n_lib = _load()\n", "fails"),
            (
                "from cffi import FFI\ndef a():\n    return ffi.dlopen('x')\ndef b():\n    return a()\nl = b()\n",
                "fails"
            ),
            ("import ctypes\ndef load():\n    return ctypes.CDLL('x')\n", "may-fail"),
            ("import ctypes\nclass A:\n    def __init__(self):\n        self.l = ctypes.CDLL('x')\n", "may-fail"),
            ("import ctypes\ntry:\n    l = ctypes.CDLL('x')\nexcept OSError:\n    l = None\n", "may-fail"),
            (
                "import ctypes\n# ctypes.CDLL('x')\n\"\"\"\nCDLL('y')\n\"\"\"\ndef load():\n    return ctypes.CDLL('x')\n",
                "may-fail"
            ),
            // Without such a call, the package has another way that is not known.
            ("import os\n", "fails"),
        ])
    func opening(source: String, reach: String) throws {
        for isThere in [true, false] {
            let found = try Self.problems { fixture in
                fixture.write("\(LoadingFixture.site)/demo/__init__.py", Array(source.utf8))
                fixture.module("demo/lib/libdemo.so") { file in
                    file.defined = [("demo", nil)]
                    file.needed.append("libGL.so.1")
                }
                if !isThere {
                    fixture.remove("\(LoadingFixture.site)/demo/lib/libdemo.so")
                    fixture.record =
                        "demo/__init__.py,,\ndemo/lib/libdemo.so,sha256=\(String(repeating: "A", count: 43)),\n"
                }
            }
            #expect(
                found == ["missing-library \(reach) demo \(isThere ? "libGL.so.1" : "libdemo.so")"], "\(source)")
        }
    }

    @Test("of several libraries, one that cannot be loaded may be passed over; of none, the package fails")
    func alternatives() throws {
        for count in [1, 2] {
            let found = try Self.problems { fixture in
                fixture.write(
                    "\(LoadingFixture.site)/demo/__init__.py", Array("import ctypes\nl = ctypes.CDLL(n)\n".utf8))
                for number in 0..<2 {
                    fixture.module("demo/lib/libdemo\(number).so") { file in
                        file.defined = [("demo", nil)]
                        if number < count { file.needed.append("libGL.so.1") }
                    }
                }
            }
            #expect(Set(found) == ["missing-library \(count == 2 ? "fails" : "may-fail") demo libGL.so.1"])
        }
    }

    @Test("files that Python does not import under their names are no modules for another Python")
    func otherEndings() throws {
        let found = try Self.problems { fixture in
            fixture.module("demo/core.abi3.so")
            fixture.module("demo/MPI.mpich.cpython-311-x86_64-linux-gnu.so")
            fixture.write("\(LoadingFixture.site)/demo/driver.aix.so", Array("not an ELF file".utf8))
        }
        #expect(found.isEmpty, "\(found)")
    }

    @Test("what a package's own file has the name of may be opened before")
    func heldLibrary() throws {
        let found = try Self.problems { fixture in
            fixture.module("demo/core.abi3.so") { $0.needed.append("libinner.so.28") }
            fixture.module("demo/lib/libinner.so") { file in
                file.defined = [("inner", nil)]
                file.soname = "libinner.so.28"
            }
        }
        #expect(found == ["missing-library may-fail demo.core libinner.so.28"])
    }

    @Test("packages in a directory of packages that a package brings are judged")
    func nestedPackages() throws {
        let found = try Self.problems { fixture in
            fixture.module("cmeel.prefix/lib/python3.11/site-packages/robot/core.abi3.so") {
                $0.needed.append("libgomp.so.1")
            }
        }
        #expect(found == ["missing-library fails robot.core libgomp.so.1"])
    }

    @Test("a file whose place gives it no name is said, unless another file needs it")
    func unnamed() throws {
        for isNeeded in [false, true] {
            var fixture = LoadingFixture()
            fixture.module("demo/linux-x86_64/_inner.so") { $0.defined = [("inner", nil)] }
            fixture.module("demo/core.abi3.so") { file in
                guard isNeeded else { return }
                file.needed.append("_inner.so")
                file.runpath = "$ORIGIN/linux-x86_64"
            }
            let unread = try fixture.assess().unread.filter { $0.reason.contains("no name that Python imports") }
            #expect(
                unread.map(\.file) == (isNeeded ? [] : ["\(LoadingFixture.site)/demo/linux-x86_64/_inner.so"]))
        }
    }

    // MARK: Files that are gone, and modules that nothing names

    @Test(
        "a plain module that a statement names and that is gone fails, another file may be one that is opened",
        arguments: [
            ("from . import _core\n", "demo/_core.so", "fails"), ("import os\n", "demo/vec0.so", "may-fail"),
            ("import ctypes\nl = ctypes.CDLL(n)\n", "demo/vec0.so", "fails"),
            ("def f():\n    from . import _core\n", "demo/_core.so", "may-fail"),
        ])
    func gone(source: String, file: String, reach: String) throws {
        let found = try Self.problems { fixture in
            fixture.write("\(LoadingFixture.site)/demo/__init__.py", Array(source.utf8))
            fixture.record = "demo/__init__.py,,\n\(file),sha256=\(String(repeating: "A", count: 43)),\n"
        }
        #expect(found == ["missing-library \(reach) demo \(file.dropFirst(5))"])
    }

    @Test(
        "the only module of a package, to which no statement leads, may not be imported",
        arguments: [
            ("import os\n", "", "fails"), ("import os\n", "import os\n", "fails"),
            // Another source imports it, or the package opens a library in its place.
            ("import os\n", "from . import core\n", "may-fail"), ("import os\n", "import demo.core as c\n", "may-fail"),
            ("import ctypes\nl = ctypes.CDLL(n)\n", "", "may-fail"),
            ("import ctypes\ndef f():\n    return ctypes.CDLL(n)\n", "", "fails"),
        ])
    func onlyModule(source: String, other: String, reach: String) throws {
        let found = try Self.problems { fixture in
            fixture.write("\(LoadingFixture.site)/demo/__init__.py", Array(source.utf8))
            fixture.write("\(LoadingFixture.site)/demo/other.py", Array(other.utf8))
            fixture.module("demo/core.abi3.so") { $0.needed.append("libGL.so.1") }
        }
        #expect(found == ["missing-library \(reach) demo.core libGL.so.1"])
    }
}
