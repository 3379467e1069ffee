import ContentHashing
import EnvironmentInventory
import SourceDocuments
import Testing

@testable import PythonPackaging

struct WheelContentsTests {
    private static let metadata = "Metadata-Version: 2.1\nName: A\nVersion: 1\n"

    /// A wheel of some files; RECORD lists them all, but for what `change` does to it.
    private static func wheel(
        _ files: [(String, String)], info: String = "A-1.dist-info", metadata: String? = metadata,
        record change: (String) -> String? = { $0 }
    ) throws -> WheelContents {
        var all = files
        if let metadata { all.append(("\(info)/METADATA", metadata)) }
        let rows = try all.map { "\($0.0),\(try Installation.hash($0.1)),\($0.1.utf8.count)\n" }.joined()
        if let record = change(rows + "\(info)/RECORD,,\n") { all.append(("\(info)/RECORD", record)) }
        let members = try all.map { path, text in
            let bytes = Array(text.utf8)
            let body = try LauncherScript.body(bytes).map { try ContentHash.sha256(of: Array($0)) }
            return WheelContents.Member(
                path: path, sha256: try ContentHash.sha256(of: bytes), size: bytes.count, head: bytes, scriptBody: body)
        }
        return try WheelContents(members: members) { path in all.first { $0.0 == path }.map { Array($0.1.utf8) } }
    }

    @Test(
        "file name, metadata and directory of a wheel name one release",
        arguments: [
            ("A-1-py3-none-any.whl", "A-1.dist-info", "A 1", true),
            ("a-1.0-2-py3-none-any.whl", "a-1.dist-info", "A 1", true),
            ("a_b-1-py3-none-any.whl", "A.B-1.0.dist-info", "a-b 1", true),
            ("a-1+cpu-py3-none-any.whl", "a-1_cpu.dist-info", "a 1+cpu", true),
            ("a-2-py3-none-any.whl", "a-1.dist-info", "a 1", false),
            ("b-1-py3-none-any.whl", "a-1.dist-info", "a 1", false),
            ("a-1-py3-none-any.whl", "a-2.dist-info", "a 1", false),
            ("a-1-py3-none-any.whl", "b-1.dist-info", "a 1", false),
            ("a-1-py3-none-any.whl", "a-1.dist-info", "b 1", false),
            ("a-1-py3-none-any.whl", "a-1.dist-info", "a 2", false),
            ("a.whl", "a-1.dist-info", "a 1", false), ("a-1-py3-none-any.whl", "a.dist-info", "a 1", false),
        ])
    func names(_ file: String, _ directory: String, _ release: String, _ agree: Bool) throws {
        let words = release.split(separator: " ")
        let wheel = try Self.wheel(
            [("a.py", "")], info: directory, metadata: "Name: \(words[0])\nVersion: \(words[1])\n")
        #expect((wheel.nameProblem(fileName: file) == nil) == agree)
    }

    @Test("the digest of a wheel is that of its installation")
    func digest() throws {
        let files = [
            ("a.py", "x = 1\n"), ("A-1.data/purelib/b.py", "b"), ("A-1.data/platlib/c.so", "c"),
            ("A-1.data/scripts/s", "#!/bin/sh\n"),
            ("A-1.data/headers/h.h", "h"), ("A-1.data/data/share/d", "d"), ("A-1.data/data/bin/e", "e"),
        ]
        let wheel = try Self.wheel(files)
        #expect(wheel.recordProblems == [])
        #expect(
            wheel.files.keys.sorted() == [
                "<data>/share/d", "<headers>/h.h", "<scripts>/e", "<scripts>/s", "A-1.dist-info/METADATA", "a.py",
                "b.py", "c.so",
            ])
        let site = Installation.site
        let installed = [
            "b.py": "b", "c.so": "c", "../../../bin/s": "#!/bin/sh\n", "../../../include/site/python3.11/A/h.h": "h",
            "../../../share/d": "d", "../../../bin/e": "e",
        ]
        var paths: [String: String] = [:]
        for (row, text) in installed {
            paths[row.hasPrefix("../../../") ? "/usr/" + row.dropFirst(9) : "\(site)/\(row)"] = text
        }
        var installation = try Installation(
            rows: installed.map { "\($0.key),\((try? Installation.hash($0.value)) ?? ""),\n" }.joined(), files: paths)
        // The directory's name is a part of the digest.
        let old = installation.info
        installation.info = site + "/A-1.dist-info"
        for (path, text) in installation.files where path.hasPrefix(old) {
            installation.files[path.replacing(old, with: installation.info)] = text.replacing(
                "a-1.dist-info", with: "A-1.dist-info")
        }
        installation.files["\(installation.info)/METADATA"] = Self.metadata
        let record = installation.files["\(installation.info)/RECORD"] ?? ""
        installation.files["\(installation.info)/RECORD"] = record.split(separator: "\n").map { row in
            row.hasPrefix("A-1.dist-info/METADATA")
                ? "A-1.dist-info/METADATA,\((try? Installation.hash(Self.metadata)) ?? "")," : row
        }.joined(separator: "\n")
        let found = try #require(try installation.read())
        #expect(found.recordCheck == .intact)
        #expect(found.contentDigest == wheel.contentDigest)
    }

    @Test("scripts that installers rewrite and launchers have no part in the digest")
    func scripts() throws {
        let entryPoints = (
            "A-1.dist-info/entry_points.txt", "[console_scripts]\nrun = a:main\n[gui_scripts]\nwin=a:gui\n"
        )
        let wheel = try Self.wheel([
            entryPoints, ("A-1.data/scripts/s", "#!python\nprint(1)\n"), ("A-1.data/scripts/run", "anything"),
            ("A-1.data/scripts/win.exe", "anything"), ("A-1.data/scripts/t", "#!/bin/bash\n"),
        ])
        #expect(
            wheel.files.keys.sorted() == ["<scripts>/t", "A-1.dist-info/METADATA", "A-1.dist-info/entry_points.txt"])
        #expect(try wheel.scripts == ["<scripts>/s": ContentHash.sha256(of: Array("print(1)\n".utf8))])
        #expect(wheel.launchers == ["run", "win"])
    }

    @Test("each way in which RECORD and the members disagree")
    func recordProblems() throws {
        let files = [("a.py", "1")]
        func problems(_ change: @escaping (String) -> String) throws -> [String] {
            try Self.wheel(files, record: change).recordProblems
        }
        let hash = try Installation.hash("1")
        #expect(try problems { $0.replacing("a.py,\(hash),1\n", with: "") } == ["RECORD does not list a.py"])
        #expect(try problems { $0.replacing(hash, with: "") } == ["RECORD has no hash of a.py"])
        #expect(try problems { $0 + "b.py,,\n" } == ["RECORD lists b.py, which does not exist"])
        #expect(try problems { $0 + "b/,,\n" } == [])
        #expect(try problems { $0 + "a.py,\(hash),1\n" } == ["RECORD lists a.py twice"])
        #expect(try problems { $0.replacing("\(hash),1", with: "\(hash),2") } == ["a.py has 1 bytes, RECORD says 2"])
        let other = try Installation.hash("2")
        let (one, two) = (try ContentHash.sha256(of: Array("1".utf8)), try ContentHash.sha256(of: Array("2".utf8)))
        #expect(try problems { $0.replacing(hash, with: other) } == ["a.py has \(one), RECORD says \(two)"])
        #expect(
            try problems { $0.replacing(hash, with: "md5=xMpCOKC5I4INzFCab3WEmw") }
                == ["RECORD has a md5 of a.py; only sha256 is checked"])
    }

    @Test("signatures of RECORD need no row")
    func signatures() throws {
        let wheel = try Self.wheel([("A-1.dist-info/RECORD.jws", "{}"), ("A-1.dist-info/RECORD.p7s", "x")]) { record in
            record.split(separator: "\n").filter { !$0.contains(".jws") && !$0.contains(".p7s") }.joined(
                separator: "\n")
        }
        #expect(wheel.recordProblems == [])
        #expect(wheel.files.keys.sorted() == ["A-1.dist-info/METADATA"])
    }

    @Test("what is not a wheel is refused with what is missing")
    func refused() {
        func reason(_ read: () throws -> WheelContents) -> String {
            do {
                _ = try read()
                return "read"
            } catch { return "\(error)" }
        }
        #expect(reason { try WheelContents(members: []) { _ in nil } } == "it has no dist-info directory")
        #expect(reason { try Self.wheel([("B-2.dist-info/x", "")]) } == "it has several dist-info directories")
        #expect(
            reason { try Self.wheel([("x", "")], metadata: nil) } == "A-1.dist-info/METADATA has no name and version")
        #expect(
            reason { try Self.wheel([("x", "")], metadata: "Name: a\n") }
                == "A-1.dist-info/METADATA has no name and version")
        #expect(reason { try Self.wheel([], record: { _ in nil }) } == "it has no RECORD")
        #expect(reason { try Self.wheel([], record: { _ in "a,b" }) } == "RECORD: line 1: the hash of a cannot be read")
        #expect(reason { try Self.wheel([("A-1.data/other/x", "")]) } == "A-1.data/other/x is in an unknown scheme")
        #expect(reason { try Self.wheel([("A-1.data/x", "")]) } == "A-1.data/x is in an unknown scheme")
        // A directory inside of a package is none of a wheel's.
        #expect(reason { try Self.wheel([("a/_vendor/b-1.dist-info/METADATA", "")]) } == "read")
    }

    private static func digest(_ text: String) throws -> Digest { try ContentHash.sha256(of: Array(text.utf8)) }

    @Test("the differences between an installation and a wheel, a sentence each")
    func differences() throws {
        let (one, two) = (try Self.digest("1"), try Self.digest("2"))
        var contents = DistributionContents()
        contents.add("a.py", at: "/s/a.py", layer: nil, sha256: one)
        contents.add("b.py", at: "/s/b.py", layer: "sha256:l", sha256: one)
        contents.add("c.py", at: "/s/c.py", layer: nil, sha256: one)
        #expect(
            contents.differences(from: ["a.py": one, "b.py": two, "d.py": one], name: "w") == [
                "/s/b.py (layer sha256:l) has \(one), w has \(two)", "/s/c.py is not in w",
                "d.py of w is not installed",
            ])
        #expect(contents.differences(from: ["a.py": one, "b.py": one, "c.py": one], name: "w") == [])
    }

    @Test("the differences between rewritten scripts")
    func scriptDifferences() throws {
        let (one, two) = (try Self.digest("1"), try Self.digest("2"))
        var contents = DistributionContents()
        contents.addScript("<scripts>/a", at: "/b/a", layer: nil, body: one)
        contents.addScript("<scripts>/b", at: "/b/b", layer: "l", body: one)
        contents.addScript("<scripts>/c", at: "/b/c", layer: nil, body: nil)
        contents.addScript("<scripts>/d", at: "/b/d", layer: nil, body: one)
        let found = contents.scriptDifferences(
            from: ["<scripts>/a": one, "<scripts>/b": two, "<scripts>/c": one, "<scripts>/e": one], name: "w")
        #expect(found.count == 4)
        #expect(found[0].hasPrefix("/b/b (layer l) is not that of w"))
        #expect(found[1] == "/b/c is not a script of w as installers rewrite it")
        #expect(found[2].hasPrefix("/b/d is not among the rewritten scripts of w"))
        #expect(found[3] == "<scripts>/e of w is not installed")
    }
}
