import EnvironmentInventory
import SourceDocuments
import Testing

@testable import PythonPackaging

struct FileNameTests {
    private static func wheel(_ name: String) -> String {
        do {
            let wheel = try WheelFileName(name)
            return [wheel.name, wheel.version.description, wheel.build?.text ?? "", wheel.tagText].joined(
                separator: " ")
        } catch { return error.description }
    }

    @Test(
        "names of wheels, and what is wrong with others",
        arguments: [
            ("a-1-py3-none-any.whl", "a 1  py3-none-any"),
            ("A_b.C-1.0-1x-py2.py3-none-any.whl", "a-b-c 1.0 1x py2.py3-none-any"),
            ("a-1-001-py3-none-any.whl", "a 1 1 py3-none-any"), ("a.whl", "a.whl: it has 1 parts, a wheel has 5 or 6"),
            ("a-1-py3-none-any.zip", "a-1-py3-none-any.zip: it does not end with .whl"),
            (".whl", ".whl: it does not end with .whl"),
            ("a-1-1-py3-none-any-x.whl", "a-1-1-py3-none-any-x.whl: it has 7 parts, a wheel has 5 or 6"),
            ("-1-py3-none-any.whl", "-1-py3-none-any.whl: its name is malformed"),
            ("a__b-1-py3-none-any.whl", "a__b-1-py3-none-any.whl: its name is malformed"),
            ("a b-1-py3-none-any.whl", "a b-1-py3-none-any.whl: its name is malformed"),
            ("a-x-py3-none-any.whl", "a-x-py3-none-any.whl: 'x' is not a version"),
            ("a-1-x-py3-none-any.whl", "a-1-x-py3-none-any.whl: the build number 'x' does not begin with a digit"),
            ("a-1-py3--any.whl", "a-1-py3--any.whl: its tags 'py3--any' are malformed"),
            ("a-1-3-none-any.whl", "a-1-3-none-any.whl: its tags '3-none-any' are malformed"),
            ("a-1-py3..py2-none-any.whl", "a-1-py3..py2-none-any.whl: its tags 'py3..py2-none-any' are malformed"),
        ])
    func wheels(name: String, expected: String) { #expect(Self.wheel(name) == expected) }

    @Test("a set that stands for more than 4,096 tags is refused before it is written out")
    func tagBomb() {
        func set(_ count: Int) -> String { (0..<count).map { "p\($0)" }.joined(separator: ".") }
        #expect(WheelTag.parse("\(set(64))-\(set(64))-any")?.count == 4096)
        #expect(WheelTag.parse("\(set(64))-\(set(65))-any") == nil)
        #expect(WheelTag.parse("\(set(5000))-none-any") == nil)
        #expect(WheelTag.parse("\(set(4096))-\(set(4096))-\(set(4096))") == nil)
        #expect(WheelTag.parse("PY3.py2-none-Any")?.map(\.description) == ["py3-none-any", "py2-none-any"])
    }

    @Test(
        "names of source distributions",
        arguments: [
            ("a-1.tar.gz", "a 1"), ("A.b-c-1.0rc1.zip", "a-b-c 1.0rc1"), ("a-1.tar.bz2", nil), ("a.tar.gz", nil),
            ("-1.tar.gz", nil),
            ("a-x.zip", nil), ("a-1-.zip", nil), (".zip", nil),
        ] as [(String, String?)])
    func sdists(name: String, expected: String?) {
        #expect((try? SdistFileName(name)).map { "\($0.name) \($0.version)" } == expected)
    }

    @Test("build numbers are ordered by number, then by what follows")
    func builds() throws {
        let names = ["1", "1a", "1b", "2", "10", "10a", "18446744073709551616"]
        let builds = try names.map { try #require(try WheelFileName("a-1-\($0)-py3-none-any.whl").build) }
        for (index, build) in builds.enumerated() {
            for (other, otherBuild) in builds.enumerated() { #expect((build < otherBuild) == (index < other)) }
        }
    }

    @Test(
        "names in their normal form",
        arguments: [
            ("a", "a", true), ("Foo.Bar", "foo-bar", true), ("a--b", "a-b", true), ("a_.-b", "a-b", true),
            ("A1", "a1", true),
            ("-a", "-a", false), ("a-", "a-", false), ("", "", false), ("é", "é", false), ("É", "é", false),
            ("a b", "a b", false),
            ("a_", "a-", false), ("__", "-", false),
        ])
    func names(name: String, normal: String, isValid: Bool) {
        #expect(NormalizedName.of(name) == normal)
        #expect(NormalizedName.of(normal) == normal)
        #expect(NormalizedName.isValid(name) == isValid)
    }

    @Test(
        "scripts of entry_points.txt",
        arguments: [
            ("[console_scripts]\na = b:c\n", ["a": "b:c"]), ("[gui_scripts]\r\n a=b:c [x]\r\n", ["a": "b:c[x]"]),
            ("a = b:c\n", [:]),
            ("[other]\na = b:c\n[console_scripts]\n# d = e\n; f = g\nh = i.j:k\n", ["h": "i.j:k"]),
            ("[console_scripts]\na\n=x\n", ["": "x"]), ("[ console_scripts ]\na=b\n", [:]), ("", [:]),
            ("[console_scripts]\na = b:c\na = d:e\n", ["a": "d:e"]),
        ] as [(String, [String: String])])
    func entryPoints(text: String, scripts: [String: String]) {
        #expect(EntryPoints(Array(text.utf8)).scripts == scripts)
    }

    @Test("the files that Windows installers make of an entry point")
    func windowsLaunchers() {
        let points = EntryPoints(Array("[console_scripts]\na = b:c\n".utf8))
        for name in ["a", "a.exe", "a-script.py", "a-script.pyw", "a.exe.manifest"] {
            #expect(points.make(name), "\(name)")
        }
        for name in ["b", "A", "a.py", "aexe", ".exe", "a.exe.exe", ""] { #expect(!points.make(name), "\(name)") }
    }

    @Test(
        "modules that RECORD and top_level.txt name",
        arguments: [
            ("a/__init__.py,,\na/b.py,,\nc.py,,\n", ["a", "c"]), ("_d.cpython-311-x86_64-linux-gnu.so,,\n", ["_d"]),
            ("e.pyd,,\n", ["e"]),
            ("f/data.txt,,\n", []), ("1x.py,,\n", []), ("__pycache__/a.py,,\n", []), ("g-1.dist-info/x.py,,\n", []),
            ("../../bin/h.py,,\n", []), ("é/i.py,,\n", ["é"]), ("j/sub/k.so,,\n", ["j"]), ("l.txt,,\n", []),
        ])
    func modules(record: String, modules: [String]) throws {
        #expect(TopLevelModules.recorded(try InstallationRecord(Array(record.utf8))) == modules)
    }

    @Test func nestedModules() {
        let place = "cmeel.prefix/lib/python3.11/site-packages/"
        #expect(
            TopLevelModules.found(in: [place + "pinocchio/__init__.py", place + "one.py", "cmeel.prefix/bin/x.py"])
                == ["one", "pinocchio"])
    }

    @Test func namedModules() {
        #expect(TopLevelModules.named(Array("b\r\na\n\n1c\nd-e\n_f\n".utf8)) == ["_f", "a", "b"])
    }

    @Test(
        "parts of a wheel's .data directory",
        arguments: [
            ("purelib/a.py", "a.py"), ("platlib/a/b.so", "a/b.so"), ("scripts/s", "<scripts>/s"),
            ("headers/h.h", "<headers>/h.h"),
            ("data/bin/s", "<scripts>/s"), ("data/share/x", "<data>/share/x"), ("data/x", "<data>/x"), ("other/x", nil),
            ("x", nil),
            ("", nil), ("data/include/site/python3/n/h.h", "<headers>/h.h"),
        ] as [(String, String?)])
    func schemes(path: String, expected: String?) { #expect(SchemePath.wheel(path, distribution: "n") == expected) }
}
