import ContentHashing
import EnvironmentInventory
import SourceDocuments
import Testing

@testable import PythonPackaging

/// An installation in memory: files by path, links followed.
struct Installation {
    static let site = "/usr/lib/python3.11/site-packages"
    var files: [String: String] = [:]
    var info = Installation.site + "/a-1.dist-info"

    /// A package `a` with one module, whose RECORD lists the module, METADATA and `rows`.
    init(rows: String = "", module: String = "x = 1\n", info: [String: String] = [:], files: [String: String] = [:])
        throws
    {
        self.files = files
        self.files[Self.site + "/a.py"] = module
        let metadata = info["METADATA"] ?? "Metadata-Version: 2.1\nName: A\nVersion: 1.0\n"
        for (name, text) in info { self.files["\(self.info)/\(name)"] = text }
        self.files["\(self.info)/METADATA"] = metadata
        if info["RECORD"] == nil {
            self.files["\(self.info)/RECORD"] =
                "a.py,\(try Self.hash("x = 1\n")),6\na-1.dist-info/METADATA,\(try Self.hash(metadata)),\n"
                + "a-1.dist-info/RECORD,,\n" + rows
        }
    }

    static func hash(_ text: String) throws -> String {
        let value = try #require(SHA256Value(try ContentHash.sha256(of: Array(text.utf8))))
        let base64 = Base64.encode(value.bytes)
        return "sha256=" + base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    func read(keepsContents: Bool = false) throws -> InstalledDistribution? {
        try InstalledDistribution(
            distInfo: info, contents: { files[$0].map { Array($0.utf8) } },
            lookup: { path in
                guard let text = files[path], let digest = try? ContentHash.sha256(of: Array(text.utf8)),
                    let value = SHA256Value(digest)
                else { return nil }
                return InstalledFile(
                    sha256: value, size: text.utf8.count, head: Array(text.utf8.prefix(256)), layer: "sha256:l")
            }, keepsContents: keepsContents)
    }
}

struct InstalledDistributionTests {
    private static let site = Installation.site

    private static func digest(_ text: String) throws -> Digest { try ContentHash.sha256(of: Array(text.utf8)) }

    @Test("an installation whose files agree is intact")
    func intact() throws {
        let found = try #require(
            try Installation(info: [
                "INSTALLER": "uv 0.9\nmore", "WHEEL": "Tag: py3-none-any\nTag:cp311-abi3-any\nRoot: x\n",
            ]).read())
        #expect(found.recordCheck == .intact)
        #expect(found.installer == "uv")
        #expect(found.wheelTags == ["py3-none-any", "cp311-abi3-any"])
        #expect(found.folder == Self.site)
        #expect(found.modules == ["a"])
        #expect(found.metadataFiles == [Self.site + "/a-1.dist-info/METADATA"])
        #expect(found.contents == nil)
        let package = found.package
        #expect(package.name == "a" && package.version == "1.0" && package.location == Self.site)
        #expect(
            package.recordCheck == .intact && package.contentDigest == found.contentDigest && found.contentDigest != nil
        )
    }

    @Test("a changed, a shortened and a missing file")
    func altered() throws {
        let changed = try #require(try Installation(module: "x = 2\n").read())
        let path = Self.site + "/a.py"
        let (recorded, found) = (try Self.digest("x = 1\n"), try Self.digest("x = 2\n"))
        #expect(
            changed.recordCheck
                == .altered([
                    RecordDisagreement(path: path, kind: .changed(recorded: recorded, found: found), layer: "sha256:l")
                ]))
        #expect(changed.contentDigest != (try Installation().read()?.contentDigest))
        let missing = try #require(try Installation(rows: "gone.py,\(Installation.hash("")),0\n").read())
        #expect(missing.recordCheck == .altered([RecordDisagreement(path: Self.site + "/gone.py", kind: .missing)]))
        #expect(missing.contentDigest == nil)
        let size = try #require(
            try Installation(rows: "b.py,\(Installation.hash("b")),2\n", files: [Self.site + "/b.py": "b"]).read())
        #expect(
            size.recordCheck
                == .altered([
                    RecordDisagreement(path: Self.site + "/b.py", kind: .size(recorded: 2, found: 1), layer: "sha256:l")
                ]))
    }

    @Test(
        "what cannot be checked says why",
        arguments: [
            ("b.py,,\n", "\(Installation.site)/b.py has no hash in RECORD"),
            (
                "b.py,md5=kFAmNx5pUgGAVn9d6Ujtsw,1\n",
                "\(Installation.site)/b.py is recorded with md5; only sha256 is checked"
            ),
        ])
    func unchecked(row: String, reason: String) throws {
        let found = try #require(try Installation(rows: row, files: [Self.site + "/b.py": "b"]).read())
        #expect(found.recordCheck == .uncheckable(reason))
        #expect(found.contentDigest != nil)
    }

    @Test("a RECORD that is missing or cannot be read")
    func records() throws {
        var installation = try Installation(info: ["top_level.txt": "z\nb-c\na\n"])
        installation.files["\(installation.info)/RECORD"] = nil
        let without = try #require(try installation.read())
        #expect(without.recordCheck == .uncheckable("\(installation.info) has no RECORD"))
        #expect(without.modules == ["a", "z"] && without.contentDigest == nil && without.metadataFiles == [])
        installation.files["\(installation.info)/RECORD"] = "a,b,c,d\n"
        let broken = try #require(try installation.read())
        #expect(
            broken.recordCheck == .uncheckable("\(installation.info)/RECORD: line 1: a row must be path, hash, size"))
        #expect(broken.modules == ["a", "z"])
    }

    @Test(
        "without a name and a version there is no distribution",
        arguments: [
            "", "Name: a\n", "Version: 1\n", "Name:\nVersion: 1\n", "\nName: a\nVersion: 1\n", "Name: a\nVersion: \t\n",
        ])
    func noMetadata(metadata: String) throws { #expect(try Installation(info: ["METADATA": metadata]).read() == nil) }

    @Test("bytecode comes and goes freely")
    func bytecode() throws {
        let row = "__pycache__/a.cpython-311.pyc,\(try Installation.hash("x")),1\n"
        let plain = try #require(try Installation().read())
        let missing = try #require(try Installation(rows: row).read())
        #expect(missing.recordCheck == .intact && missing.contentDigest == plain.contentDigest)
        let changed = try #require(
            try Installation(rows: row, files: [Self.site + "/__pycache__/a.cpython-311.pyc": "y"]).read())
        #expect(changed.recordCheck == .intact && changed.contentDigest == plain.contentDigest)
    }

    @Test(
        "what installers write has no part in the digest",
        arguments: ["INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"])
    func installerFiles(name: String) throws {
        let text = name == "direct_url.json" ? #"{"url": "file:///x", "dir_info": {}}"# : "pip\n"
        let row = "a-1.dist-info/\(name),\(try Installation.hash(text)),\n"
        let found = try #require(try Installation(rows: row, info: [name: text]).read())
        #expect(found.recordCheck == .intact)
        #expect(try found.contentDigest == Installation().read()?.contentDigest)
        // Any other file of the directory has.
        let license = try #require(
            try Installation(rows: "a-1.dist-info/LICENSE,\(Installation.hash("l")),\n", info: ["LICENSE": "l"]).read())
        #expect(try license.contentDigest != Installation().read()?.contentDigest)
    }

    @Test("an editable installation is not checked, but what differs is still told")
    func editable() throws {
        let url = #"{"url": "file:///src/a", "dir_info": {"editable": true}}"#
        let found = try #require(try Installation(info: ["direct_url.json": url]).read())
        #expect(found.recordCheck == .uncheckable("it is an editable installation"))
        #expect(found.contentDigest == nil && found.directURL?.isEditable == true)
        let changed = try #require(try Installation(module: "evil", info: ["direct_url.json": url]).read())
        guard case .altered(let files) = changed.recordCheck else {
            Issue.record("\(String(describing: changed.recordCheck))")
            return
        }
        #expect(files.map(\.path) == [Self.site + "/a.py"])
    }

    @Test(
        "a direct_url.json that cannot be read is a gap, and leaves the record unchecked",
        arguments: [
            ("{", 1, "the object that starts at line 1, column 1 is not closed"), ("{}", 1, "it has no 'url'"),
            ("{\n\"url\": tru}", 2, "a JSON value was expected"),
        ])
    func unreadableURL(text: String, line: Int, reason: String) throws {
        let installation = try Installation(info: ["direct_url.json": text])
        let found = try #require(try installation.read())
        let file = "\(installation.info)/direct_url.json"
        #expect(found.gaps == [Gap("", reason: reason, source: FileLocation(file: file, line: line))])
        guard case .uncheckable(let sentence) = found.recordCheck else {
            Issue.record("\(String(describing: found.recordCheck))")
            return
        }
        #expect(sentence.hasPrefix("\(file):\(line):") && sentence.hasSuffix(reason))
        #expect(try Installation().read()?.gaps == [])
    }

    private static let launcher =
        "#!/usr/bin/python3\nimport sys\nfrom a import main\nif __name__ == '__main__':\n    sys.exit(main())\n"

    @Test(
        "a launcher that does not do what its entry point says is named, in RECORD or not",
        arguments: [true, false], [true, false])
    func launchers(isHonest: Bool, isRecorded: Bool) throws {
        let text = isHonest ? Self.launcher : Self.launcher + "import os\n"
        let found = try #require(
            try Installation(
                rows: isRecorded ? "../../../bin/a,\(try Installation.hash(text)),\n" : "",
                info: ["entry_points.txt": "[console_scripts]\na = a:main\n"], files: ["/usr/bin/a": text]
            ).read())
        #expect(found.recordCheck == .intact)
        let sentence =
            "/usr/bin/a (layer sha256:l) contains a statement that no installer writes for the entry point a:main, in line 6"
        #expect(found.foreignLaunchers == (isHonest ? [] : [sentence]))
        #expect(try found.contentDigest == Installation().read()?.contentDigest)
    }

    @Test("the digest of what is installed covers scripts, whatever the installer made of their first lines")
    func installedDigest() throws {
        func digest(_ launcher: String?, _ script: String?, module: String = "x = 1\n", more: String = "") throws
            -> Digest
        {
            var files: [String: String] = [:]
            files["/usr/bin/a"] = launcher
            files["/usr/bin/s"] = script
            let rows = try [("a", launcher ?? ""), ("s", script ?? "")].map {
                "../../../bin/\($0.0),\(try Installation.hash($0.1)),\n"
            }
            let found = try Installation(
                rows: rows.joined() + more, module: module,
                info: ["entry_points.txt": "[console_scripts]\na = a:main\n", "INSTALLER": more], files: files
            ).read()
            return try #require(found?.installedDigest)
        }
        let script = "#!/usr/bin/python3\nprint(1)\n"
        let all = try digest(Self.launcher, script)
        let other = Self.launcher.replacing("'__main__'", with: "\"__main__\"").replacing(
            "/usr/bin", with: "/opt/v/bin")
        #expect(try digest(other, script.replacing("/usr/bin", with: "/opt/v/bin")) == all)
        #expect(try digest(Self.launcher, script, more: "a-1.dist-info/INSTALLER,,\n") == all)
        let different = [
            try digest(nil, script), try digest(Self.launcher, nil), try digest(Self.launcher + "import os\n", script),
            try digest("#!/bin/sh\nexec evil\n", script), try digest("#!/bin/sh\nexec other\n", script),
            try digest(Self.launcher, script + "print(2)\n"), try digest(Self.launcher, script, module: "x = 2\n"),
        ]
        #expect(Set(different + [all]).count == different.count + 1)
        let entry = ["entry_points.txt": "[console_scripts]\na = a:main\n"]
        let plain = try Installation(info: entry, files: ["/usr/bin/a": Self.launcher])
        // Not every installer makes `a3.11`.
        let versioned = try Installation(
            rows: "../../../bin/a3.11,\(try Installation.hash(Self.launcher)),\n", info: entry,
            files: ["/usr/bin/a": Self.launcher, "/usr/bin/a3.11": Self.launcher])
        #expect(try versioned.read()?.installedDigest == plain.read()?.installedDigest)
        let editable = try Installation(info: [
            "direct_url.json": "{\"url\": \"file:///a\", \"dir_info\": {\"editable\": true}}"
        ])
        #expect(try editable.read()?.installedDigest == nil)
    }

    @Test("contents are kept where they are asked for, scripts with the digest of what follows their first line")
    func contents() throws {
        let script = "#!/opt/v/bin/python\nprint(1)\n"
        let found = try #require(
            try Installation(
                rows:
                    "../../../bin/s,\(try Installation.hash(script)),\n../../../share/d,\(try Installation.hash("d")),\n",
                files: ["/usr/bin/s": script, "/usr/share/d": "d"]
            ).read(keepsContents: true))
        let contents = try #require(found.contents)
        #expect(contents.files.map(\.path) == ["a.py", "a-1.dist-info/METADATA", "<data>/share/d"])
        #expect(contents.files.last?.location == "/usr/share/d" && contents.files.last?.layer == "sha256:l")
        #expect(contents.scripts.map(\.path) == ["<scripts>/s"])
        #expect(try contents.scripts.first?.body == Self.digest("print(1)\n"))
    }

    @Test(
        "where a row's file lies gives its path in the digest, however the row is written",
        arguments: [
            ("b.py", "/usr/lib/python3.11/site-packages/b.py", "b.py"),
            ("./b.py", "/usr/lib/python3.11/site-packages/b.py", "b.py"),
            ("x/../b.py", "/usr/lib/python3.11/site-packages/b.py", "b.py"),
            ("x//b.py", "/usr/lib/python3.11/site-packages/x/b.py", "x/b.py"),
            ("/usr/lib/python3.11/site-packages/b.py", "/usr/lib/python3.11/site-packages/b.py", "b.py"),
            ("../../../bin/t", "/usr/bin/t", "<scripts>/t"), ("../../../Scripts/t", "/usr/Scripts/t", "<scripts>/t"),
            ("../../../etc/c", "/usr/etc/c", "<data>/etc/c"),
            ("../../../include/site/python3.11/A/h.h", "/usr/include/site/python3.11/A/h.h", "<headers>/h.h"),
            ("../../../include/python3.11/a/h.h", "/usr/include/python3.11/a/h.h", "<headers>/h.h"),
            ("../../../include/other/h.h", "/usr/include/other/h.h", "<data>/include/other/h.h"),
            ("../../../../etc/passwd", "/etc/passwd", "<outside>/etc/passwd"),
            ("../../../../../../../etc/passwd", "/etc/passwd", "<outside>/etc/passwd"),
            ("/etc/passwd", "/etc/passwd", "<outside>/etc/passwd"),
            ("bin\\w", "/usr/lib/python3.11/site-packages/bin/w", "bin/w"),
        ])
    func paths(row: String, location: String, path: String) throws {
        let found = try #require(
            try Installation(rows: "\"\(row)\",\(try Installation.hash("b")),\n", files: [location: "b"]).read(
                keepsContents: true))
        #expect(found.contents?.files.last?.location == location)
        #expect(found.contents?.files.last?.path == path)
    }

    @Test("two files of one path leave no digest; one file twice does")
    func ambiguous() throws {
        let b = try Installation.hash("b")
        let same = try Installation(rows: "b.py,\(b),\nb.py,\(b),\n", files: [Self.site + "/b.py": "b"]).read()
        let once = try Installation(rows: "b.py,\(b),\n", files: [Self.site + "/b.py": "b"]).read()
        #expect(same?.contentDigest != nil && same?.contentDigest == once?.contentDigest)
        let two = try Installation(
            rows: "../../../bin/t,\(b),\n../../../Scripts/t,\(try Installation.hash("c")),\n",
            files: ["/usr/bin/t": "b", "/usr/Scripts/t": "c"]
        ).read()
        #expect(two?.recordCheck == .intact && two?.contentDigest == nil)
    }
}

struct DirectURLTests {
    private static let sha256 = String(repeating: "ab", count: 32)

    private static func read(_ text: String) throws -> DirectURL {
        try DirectURL(SourceText(name: "direct_url.json", text: text))
    }

    @Test("an archive, with its hashes in the new form and in the old one")
    func archives() throws {
        let digest = try #require(Digest(.sha256, hex: Self.sha256))
        for info in [
            #"{"hashes": {"sha256": "\#(Self.sha256)"}}"#, #"{"hash": "sha256=\#(Self.sha256)"}"#,
            #"{"hashes": {"sha256": "\#(Self.sha256)"}, "hash": "sha256=00"}"#,
        ] {
            let url = try Self.read(#"{"url": "https://index.example/a.whl", "archive_info": \#(info)}"#)
            #expect(url.archiveHashes == [digest])
            #expect(url.origin == DirectOrigin(url: "https://index.example/a.whl", kind: .archive([digest])))
            #expect(!url.isEditable && url.commit == nil)
        }
        for info in [
            "{}", #"{"hashes": {}}"#, #"{"hash": "sha256"}"#, #"{"hash": "sha256=zz"}"#, #"{"hashes": {"sha3": "00"}}"#,
        ] {
            #expect(try Self.read(#"{"url": "u", "archive_info": \#(info)}"#).origin?.kind == .archive([]), "\(info)")
        }
    }

    @Test("a repository, a directory, and what is neither")
    func others() throws {
        let git = try Self.read(
            #"{"url": "https://index.example/a", "subdirectory": "s", "vcs_info": {"vcs": "git", "commit_id": "c0", "requested_revision": "main"}}"#
        )
        #expect(git.commit == "c0")
        #expect(
            git.origin
                == DirectOrigin(
                    url: "https://index.example/a", kind: .repository(type: "git", commit: "c0", revision: "main"),
                    subdirectory: "s"))
        #expect(try Self.read(#"{"url": "file:///a", "dir_info": {}}"#).origin?.kind == .directory(isEditable: false))
        #expect(try Self.read(#"{"url": "file:///a", "dir_info": {"editable": true}}"#).isEditable)
        #expect(try Self.read(#"{"url": "file:///a"}"#).origin == nil)
        #expect(try Self.read(#"{"url": "u", "vcs_info": {"vcs": "git"}}"#).origin == nil)
    }

    @Test(
        "what names no URL is refused", arguments: ["", "[]", "{}", #"{"url": 1}"#, #"{"url": null}"#, #"{"url": "a""#])
    func refused(text: String) { #expect(throws: DocumentError.self) { try Self.read(text) } }
}
