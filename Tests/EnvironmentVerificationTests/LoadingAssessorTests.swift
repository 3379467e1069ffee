import EnvironmentInventory
import TestSupport
import Testing

@testable import EnvironmentVerification

struct LoadingAssessorTests {
    private static let module = "demo/core.cpython-311-x86_64-linux-gnu.so"

    /// One change to an environment that loads, and the problems that it makes.
    struct Case: CustomStringConvertible, Sendable {
        let description: String
        let expected: [String]
        let change: @Sendable (inout LoadingFixture) -> Void

        init(_ description: String, _ expected: [String], _ change: @escaping @Sendable (inout LoadingFixture) -> Void)
        {
            self.description = description
            self.expected = expected
            self.change = change
        }
    }

    private static func text(_ source: String) -> [UInt8] { Array(source.utf8) }

    static let cases: [Case] = [
        Case("nothing is wrong", []) { $0.module(module) },
        Case("a library is missing", ["missing-library fails libGL.so.1"]) {
            $0.module(module) { $0.needed.append("libGL.so.1") }
        },
        Case("two are missing", ["missing-library fails libGL.so.1", "missing-library fails libfoo.so"]) {
            $0.module(module) { $0.needed += ["libGL.so.1", "libfoo.so"] }
        },
        Case("the NVIDIA toolkit brings it", []) { $0.module(module) { $0.needed.append("libcuda.so.1") } },
        Case("a library of CUDA is missing", ["cuda-runtime-missing fails libcudart.so.12"]) {
            $0.module(module) { $0.needed.append("libcudart.so.12") }
        },
        Case("a version is missing", ["missing-symbol-version fails GLIBC_2.38"]) {
            $0.module(module) { $0.versionNeeds = [("libc.so.6", ["GLIBC_2.38", "GLIBC_2.2.5"])] }
        },
        Case("a weak version is missing", []) {
            $0.module(module) {
                $0.versionNeeds = [("libc.so.6", ["GLIBC_2.38"])]
                $0.weakVersions = ["GLIBC_2.38"]
            }
        },
        Case("a symbol is nowhere", ["missing-symbol fails 1 symbol"]) {
            $0.module(module) { $0.undefined.append(.init("nowhere")) }
        },
        Case("a weak symbol is nowhere", []) {
            $0.module(module) { $0.undefined.append(.init("nowhere", isWeak: true)) }
        },
        Case("a symbol is in a file that is not loaded", ["missing-symbol may-fail 1 symbol"]) {
            $0["usr/lib/libextra.so"] = {
                var file = ELFBytes()
                file.defined = [("elsewhere", nil)]
                return file
            }()
            $0.module(module) { $0.undefined.append(.init("elsewhere")) }
        },
        Case("the module is empty", ["damaged-library fails core.cpython-311-x86_64-linux-gnu.so"]) {
            $0.module(module)
            $0.write("\(LoadingFixture.site)/\(module)", [])
        },
        Case("the module is a pointer", ["damaged-library fails core.cpython-311-x86_64-linux-gnu.so"]) {
            $0.module(module)
            $0.write(
                "\(LoadingFixture.site)/\(module)",
                Array("version https://git-lfs.github.com/spec/v1\noid sha256:1\n".utf8))
        },
        Case("the module is for another machine", ["wrong-architecture fails core.cpython-311-x86_64-linux-gnu.so"]) {
            $0.module(module) { $0.machine = 183 }
        },
        Case("the module was built for musl", ["wrong-libc fails libc.musl-x86_64.so.1"]) {
            $0.module(module) { $0.needed = ["libc.musl-x86_64.so.1"] }
        },
        Case("the module is for another Python", ["wrong-python-abi fails cpython-311"]) {
            $0.module("demo/core.cpython-312-x86_64-linux-gnu.so")
        },
        Case("a source stands beside a module for another Python", []) {
            $0.module("demo/core.cpython-312-x86_64-linux-gnu.so")
            $0.write("\(LoadingFixture.site)/demo/core.py", [10])
        },
        Case("the module has another initialiser", ["wrong-python-abi fails PyInit_core"]) {
            $0.module(module) { $0.defined = [("PyInit_other", nil)] }
        },
        Case("the wheel is for another Python", ["wrong-wheel fails cp311 on glibc-2.36, amd64"]) {
            $0.package("demo", tag: "cp312-cp312-manylinux_2_17_x86_64")
            $0.module(module)
        },
        Case("the wheel was renamed, and has no module", []) {
            $0.package("demo", tag: "cp36-cp36m-manylinux2010_x86_64")
            $0.module("demo/libdemo.so") { $0.defined = [("demo", nil)] }
        },
        Case("a wheel of sources is for another Python", ["wrong-wheel fails cp311 on glibc-2.36, amd64"]) {
            $0.package("demo", tag: "cp312-none-any")
        },
        Case("the wheel is for a newer glibc", ["wrong-wheel fails cp311 on glibc-2.36, amd64"]) {
            $0.package("demo", tag: "cp311-cp311-manylinux_2_38_x86_64")
        },
        Case("the wheel is pure", []) { $0.package("demo", tag: "py2.py3-none-any") },
        Case("NumPy is too new", ["numpy-abi fails NumPy <2"]) {
            $0.package("numpy", "2.1.0", tag: "py3-none-any")
            $0.module(module) {
                $0.constants = Array("\0module compiled against API version 0x%x but this version of numpy is\0".utf8)
            }
        },
        Case("NumPy is too old", ["numpy-abi fails NumPy >=1.23"]) {
            $0.package("numpy", "1.22.4", tag: "py3-none-any")
            $0.module(module) {
                $0.constants = Array("\0module was compiled against NumPy C-API version 0x%x (NumPy 1.23) but\0".utf8)
            }
        },
        Case("NumPy fits", []) {
            $0.package("numpy", "1.26.4", tag: "py3-none-any")
            $0.module(module) {
                $0.constants = Array("\0module compiled against API version 0x%x but this version of numpy is\0".utf8)
            }
        },
        Case("an executable stack, in an older glibc", []) { $0.module(module) { $0.executableStack = true } },
        Case("a requirement is not met", ["requires-unsatisfied may-fail other>=2"]) {
            $0.package("demo", requires: ["other>=2", "absent", "other; extra == 'x'"])
            $0.package("other", "1.5", tag: "py3-none-any")
        },
        Case("the processor is too old", ["cpu-level fails x86-64-v3"]) {
            $0.options.cpu = "x86-64-v2"
            $0.module(module) { $0.instructionSets = 4 }
        },
        Case("the processor is not given", []) { $0.module(module) { $0.instructionSets = 4 } },
        Case("a package that is not named lacks a library", ["missing-library may-fail libGL.so.1"]) {
            $0.naming = .packages(["other"])
            $0.module(module) { $0.needed.append("libGL.so.1") }
        },
        Case("of a lock, a package of which one file of two fails", ["missing-library may-fail libGL.so.1"]) {
            $0.naming = .whole(["demo"])
            $0.module(module) { $0.needed.append("libGL.so.1") }
            $0.module("demo/fine.abi3.so")
        },
        Case("of a lock, a package of which every file fails", ["missing-library fails libGL.so.1"]) {
            $0.naming = .whole(["demo"])
            $0.module(module) { $0.needed.append("libGL.so.1") }
        },
        Case("a module that a handler replaces", ["damaged-library may-fail core.cpython-311-x86_64-linux-gnu.so"]) {
            $0.write(
                "\(LoadingFixture.site)/demo/__init__.py",
                text("try:\n    from . import core\nexcept ImportError:\n    pass\n"))
            $0.module(module)
            $0.write("\(LoadingFixture.site)/\(module)", [])
        },
        Case("a handler that raises again", ["damaged-library fails core.cpython-311-x86_64-linux-gnu.so"]) {
            $0.write(
                "\(LoadingFixture.site)/demo/__init__.py",
                text("try:\n    from . import core\nexcept ImportError:\n    raise\n"))
            $0.module(module)
            $0.write("\(LoadingFixture.site)/\(module)", [])
            $0.module("demo/fine.abi3.so")
        },
        Case("one module of two, by way of a source", ["wrong-architecture fails core.cpython-311-x86_64-linux-gnu.so"])
        {
            $0.write("\(LoadingFixture.site)/demo/__init__.py", text("from demo.sub import name\n"))
            $0.write("\(LoadingFixture.site)/demo/sub.py", text("import demo.core as _core\n"))
            $0.module(module) { $0.machine = 183 }
            $0.module("demo/fine.abi3.so")
        },
        Case("one module of two that a function imports", ["wrong-python-abi may-fail cpython-311"]) {
            $0.write(
                "\(LoadingFixture.site)/demo/__init__.py",
                text("from . import fine\ndef f():\n    from . import core\n"))
            $0.module("demo/core.cpython-312-x86_64-linux-gnu.so")
            $0.module("demo/fine.abi3.so")
        },
        Case(
            "the module that the model names, not the one that its package imports",
            ["missing-library may-fail libGL.so.1"]
        ) {
            $0.modules = ["demo.other"]
            $0.write("\(LoadingFixture.site)/demo/other.py", text("from . import fine\n"))
            $0.write("\(LoadingFixture.site)/demo/third.py", text("from . import core\n"))
            $0.module(module) { $0.needed.append("libGL.so.1") }
            $0.module("demo/fine.abi3.so")
        },
        Case("a module of the package's tests", []) {
            $0.module(module)
            $0.module("demo/tests/helper.abi3.so") { $0.needed.append("libGL.so.1") }
        },
        Case("the loader is missing", ["missing-loader fails /lib64/ld-linux-x86-64.so.2"]) {
            $0.remove("lib64/ld-linux-x86-64.so.2")
        },
        Case("the interpreter lacks a library", ["missing-library fails libpython3.11.so.1.0"]) {
            var python = ELFBytes(needed: ["libc.so.6", "libpython3.11.so.1.0"])
            python.interpreter = "/lib64/ld-linux-x86-64.so.2"
            $0["usr/bin/python3.11"] = python
        },
        Case("a library that another file of the package maps", []) {
            $0.module(module) {
                $0.needed.append("libown.so")
                $0.runpath = "$ORIGIN/lib"
            }
            $0.module("demo/second.abi3.so") { $0.needed.append("libown.so") }
            $0[LoadingFixture.site + "/demo/lib/libown.so"] = ELFBytes(needed: [], soname: "libown.so")
        },
        Case("a library that Python opens lacks another", ["missing-library fails libgomp.so.1"]) {
            $0.module("demo/lib/lib_demo.so") {
                $0.defined = [("demo_create", nil)]
                $0.undefined = []
                $0.needed.append("libgomp.so.1")
            }
        },
        Case("a library beside extension modules is a pointer", ["damaged-library may-fail libparts.so"]) {
            $0.module(module)
            $0.write(
                "\(LoadingFixture.site)/demo/libparts.so",
                Array("version https://git-lfs.github.com/spec/v1\noid sha256:1\n".utf8))
        },
        Case("a text beside extension modules has the ending of a library", []) {
            $0.module(module)
            $0.write("\(LoadingFixture.site)/demo/libparts.so", Array("INPUT(libparts.so.1)\n".utf8))
        },
        Case("a library beside the packages lacks another", ["missing-library fails libGLU.so.1"]) {
            $0.module("../../libdemo.so.4.15") {
                $0.defined = [("demo_create", nil)]
                $0.undefined = []
                $0.needed.append("libGLU.so.1")
            }
        },
        Case("the driver is too old", ["cuda-driver-too-old fails driver >=525.60.13"]) {
            $0.options.driver = "470.82"
            $0[LoadingFixture.site + "/demo/libcudart.so.12"] = ELFBytes(needed: [], soname: "libcudart.so.12")
            $0.module(module) {
                $0.needed.append("libcudart.so.12")
                $0.runpath = "$ORIGIN"
            }
        },
    ]

    @Test("each change is named with its rule and reach", arguments: cases)
    func problems(item: Case) throws {
        var fixture = LoadingFixture()
        item.change(&fixture)
        let assessment = try fixture.assess()
        let found = assessment.problems.map { "\($0.rule) \($0.reach.rawValue) \($0.needs)" }
        #expect(found == item.expected, "\(item)")
        let verdict: LoadingAssessment.Verdict =
            item.expected.isEmpty
            ? .loads : item.expected.contains { $0.contains(" fails ") } ? .fails : .mayFail
        #expect(assessment.verdict == verdict)
        // Each problem is a finding with a sentence.
        for finding in LoadingFindings.findings(assessment, name: "image") {
            #expect(!finding.message.isEmpty && finding.help?.isEmpty == false)
            #expect(LoadingRules.all.map(\.name).contains(finding.rule))
        }
    }

    @Test("one of several modules that a package tries is only noted")
    func alternatives() throws {
        var fixture = LoadingFixture()
        fixture.package("numba", modules: ["numba/__init__.py"])
        fixture.naming = .packages(["numba"])
        fixture.module("numba/np/ufunc/tbbpool.cpython-311-x86_64-linux-gnu.so", of: "numba") {
            $0.needed.append("libtbb.so.12")
        }
        let assessment = try fixture.assess()
        #expect(assessment.problems.map(\.reach) == [.unread])
        #expect(assessment.verdict == .loads)
        #expect(LoadingFindings.findings(assessment, name: "i").map(\.severity) == [.note])
    }

    @Test("an executable stack is refused from glibc 2.41 on")
    func executableStacks() throws {
        var fixture = LoadingFixture(glibc: ["GLIBC_2.2.5", "GLIBC_2.41"])
        fixture.module(Self.module) { $0.executableStack = true }
        #expect(try fixture.assess().problems.map(\.rule) == ["executable-stack"])
        fixture.variables = ["GLIBC_TUNABLES=glibc.malloc.check=1:glibc.rtld.execstack=2"]
        #expect(try fixture.assess().problems.isEmpty)
    }

    @Test(
        "what an image requires of the driver is compared with it",
        arguments: [
            ("cuda>=12.4", "550.54.14", true), ("cuda>=12.4", "530.30.02", false), ("cuda>=12.4", "525.60.13", false),
            ("cuda>=11.0", "450.80.02", true), ("cuda>=13.1", "580.65", false), ("cuda>=14.2", "700.1", true),
            ("cuda>=12.4 brand=tesla,driver>=470,driver<471", "470.57", true),
            ("cuda>=12.4 brand=tesla,driver>=470,driver<471", "471.2", false),
            ("driver=535.104.05", "535.104.05", true), ("driver!=535.104.05", "535.104.05", false),
            ("driver>550,driver<=560", "555.1", true), ("driver>550,driver<=560", "550", false),
            ("brand=tesla", "470.57", true), ("", "470.57", true),
        ])
    func requiredDrivers(condition: String, driver: String, isMet: Bool) throws {
        var fixture = LoadingFixture()
        fixture.options.driver = driver
        fixture.variables = ["NVIDIA_REQUIRE_CUDA=" + condition]
        #expect(try fixture.assess().problems.map(\.rule) == (isMet ? [] : ["cuda-driver-too-old"]))
        fixture.variables.append("NVIDIA_DISABLE_REQUIRE=true")
        #expect(try fixture.assess().problems.isEmpty)
    }

    @Test("the fix names the package of the image's distribution")
    func fixes() throws {
        var fixture = LoadingFixture()
        fixture.module(Self.module) { $0.needed.append("libGL.so.1") }
        let assessment = try fixture.assess()
        #expect(assessment.problems.map(\.apt) == [["libgl1"]])
        #expect(
            LoadingFindings.findings(assessment, name: "i").map(\.message) == [
                "demo.core cannot be loaded: libGL.so.1 is not in the image (needed by demo/core.cpython-311-x86_64-linux-gnu.so)"
            ])
        #expect(SystemLibraryPackages.packages(for: "libcups.so.2", distribution: "debian 13") == ["libcups2t64"])
        #expect(SystemLibraryPackages.packages(for: "libcups.so.2", distribution: "fedora 40").isEmpty)
        #expect(SystemLibraryPackages.packages(for: "libunknown.so.1", distribution: "debian 12").isEmpty)
    }

    @Test("what is needed is stated, and what is loaded is listed")
    func needs() throws {
        var fixture = LoadingFixture()
        fixture.module(Self.module) {
            $0.versionNeeds = [("libc.so.6", ["GLIBC_2.2.5", "GLIBC_2.36"])]
            $0.instructionSets = 2
        }
        let assessment = try fixture.assess()
        #expect(assessment.needs.glibc == "2.36")
        #expect(assessment.needs.cpu == "x86-64-v2")
        #expect(assessment.target.machine == "x86_64")
        #expect(assessment.target.cLibrary == "glibc 2.36")
        #expect(assessment.target.python == "cp311")
        #expect(assessment.counts.roots == 1)
        #expect(assessment.libraries.map(\.path).contains("lib/x86_64-linux-gnu/libc.so.6"))
    }

    @Test("files without any C library are not all files of a system")
    func partOfASystem() throws {
        var fixture = LoadingFixture()
        fixture.remove("lib64/ld-linux-x86-64.so.2")
        fixture.remove("lib/x86_64-linux-gnu/libc.so.6")
        let assessment = try fixture.assess()
        #expect(assessment.verdict == .notJudged)
        #expect(assessment.problems.isEmpty)
        #expect(assessment.unread.map(\.file) == ["usr/bin/python3.11"])
    }

    @Test("without an interpreter nothing is judged")
    func noInterpreter() throws {
        var fixture = LoadingFixture()
        fixture.remove("usr/bin/python3.11")
        let assessment = try fixture.assess()
        #expect(assessment.verdict == .notJudged)
        #expect(assessment.unread.count == 1)
        fixture.options.isJudged = false
        #expect(try fixture.assess().verdict == .notJudged)
    }
}
