import ContentHashing
import EnvironmentInventory
import LockFormats
import SourceDocuments
import Testing

@Suite struct OtherFormatTests {
    // MARK: pylock.toml

    private static let pylock = """
        lock-version = "1.0"
        created-by = "test"
        requires-python = ">=3.10"
        extras = ["x"]
        dependency-groups = ["dev", "main"]
        default-groups = ["main"]
        [[packages]]
        name = "a"
        version = "1.0"
        marker = "'x' in extras"
        wheels = [{ url = "https://h/a-1.0-py3-none-any.whl", hashes = { sha256 = "\(sha)" } }]
        [[packages]]
        name = "b"
        marker = "'main' in dependency_groups and 'dev' not in dependency_groups"
        vcs = { type = "git", url = "https://h/b", commit-id = "\(String(repeating: "a", count: 40))" }
        [[packages]]
        name = "c"
        version = "1.0"
        sdist = { name = "c-1.0.tar.gz", url = "https://h/c-1.0.tar.gz", hashes = { sha256 = "\(sha)" } }
        wheels = [{ name = "c-1.0-cp311-cp311-win_amd64.whl", url = "https://h/c.whl", hashes = { sha256 = "\(sha)" } }]
        """

    @Test func pylockSelection() throws {
        let document = try lock("pylock.toml", Self.pylock)
        #expect(pins(try document.environment(target: linux)) == ["b==-", "c==1.0"])
        let all = try document.environment(target: target("3.11", "windows/amd64", extras: ["x"], groups: ["dev"]))
        #expect(
            all.packages.map { $0.artifacts.first?.name } == [
                "a-1.0-py3-none-any.whl", "c-1.0-cp311-cp311-win_amd64.whl",
            ])
    }

    private static let head = "lock-version = \"1.0\"\ncreated-by = \"x\"\n"
    private static let hashes = "hashes = { sha256 = \"\(sha)\" }"

    /// What PEP 751 forbids, and pip refuses.
    @Test(arguments: [
        ("lock-version = \"2.0\"", "1:16: has lock-version 2.0; 1.0 can be read"),
        ("\(head)[[packages]]\nname = \"a\"", "3:1: a has no source"),
        (head, "1:1: \"packages\" is missing"),
        ("\(head)extras = [\"My_X\"]\npackages = []", "3:11: the name \"My_X\" must be written \"my-x\""),
        (
            "\(head)environments = [\"python_version <\"]\npackages = []",
            "3:17: the marker python_version < is malformed"
        ),
        ("\(head)requires-python = \"3.11\"\npackages = []", "3:19: requires-python \"3.11\" is malformed"),
        ("\(head)[[packages]]\nname = \"A.b\"", "4:8: the name \"A.b\" must be written \"a-b\""),
        ("\(head)[[packages]]\nname = \"a\"\nversion = \"x\"", "5:11: the version x of a is malformed"),
        ("\(head)[[packages]]\nname = \"a\"\nmarker = \"x\"", "5:10: the marker x is malformed"),
        (
            "\(head)[[packages]]\nname = \"a\"\nwheels = [{ url = \"https://h/a-1-py3-none-any.whl\" }]",
            "5:11: \"hashes\" is missing"
        ),
        (
            "\(head)[[packages]]\nname = \"a\"\nwheels = [{ url = \"https://h/a-1-py3-none-any.whl\", hashes = {} }]",
            "5:62: \"hashes\" is empty"
        ),
        (
            "\(head)[[packages]]\nname = \"a\"\nwheels = [{ url = \"https://h/b-1-py3-none-any.whl\", \(hashes) }]",
            "5:11: b-1-py3-none-any.whl is not a file of a"
        ),
        (
            "\(head)[[packages]]\nname = \"a\"\nversion = \"2\"\nsdist = { url = \"https://h/a-1.tar.gz\", \(hashes) }",
            "6:9: a-1.tar.gz is not a file of a 2"
        ),
        (
            "\(head)[[packages]]\nname = \"a\"\nsdist = { url = \"https://h/a-1.tar.gz\", upload-time = \"2026\", \(hashes) }",
            "5:55: \"upload-time\" must be a date, not a string"
        ),
        (
            "\(head)[[packages]]\nname = \"a\"\ndirectory = { path = \".\" }\nvcs = { type = \"git\", url = \"u\", commit-id = \"c\" }",
            "3:1: a has more than one kind of source"
        ),
    ]) func pylockErrors(_ text: String, _ expected: String) {
        #expect(failure("pylock.toml", text).hasPrefix("pylock.toml:" + expected), "\(failure("pylock.toml", text))")
    }

    // MARK: Pipfile.lock

    @Test func pipfileLock() throws {
        let text = """
            {"_meta": {"hash": {"sha256": "\(sha)"}, "pipfile-spec": 6, "requires": {"python_version": "3.11"},
              "sources": [{"name": "index", "url": "https://index.example/simple", "verify_ssl": true}]},
             "default": {
               "a": {"hashes": ["sha256:\(sha)"], "version": "==1.0", "markers": "sys_platform == 'linux'"},
               "b": {"git": "https://h/b", "ref": "main"}},
             "develop": {"c": {"version": "==2.0", "hashes": []}}}
            """
        let document = try lock("Pipfile.lock", text)
        #expect(pins(try document.environment(target: linux)) == ["a==1.0", "b==-"])
        #expect(pins(try document.environment(target: target(groups: ["dev"]))) == ["a==1.0", "b==-", "c==2.0"])
        #expect(document.requirements.map(\.strength) == [.hashed, .floating, .exact])
        #expect(failure("Pipfile.lock", text, target: target("3.12")).contains("excludes 3.12"))
        #expect(failure("Pipfile.lock", "{\"_meta\": {\"pipfile-spec\": 7}}").contains("pipfile-spec 7"))
    }

    /// A lock of conda-lock that is cut between two packages is valid YAML: what its packages need tells.
    @Test func aCutCondaLockIsIncomplete() throws {
        let text = """
            version: 1
            metadata:
              platforms: [linux-64]
            package:
            - {name: a, version: 1.0, manager: conda, platform: linux-64, url: "https://h/linux-64/a-1.0-0.conda",
               hash: {sha256: \(sha)}, dependencies: {b: "", __glibc: ">=2.17"}}
            """
        #expect(failure("conda-lock.yml", text).hasSuffix("a needs b, which the lock does not hold for linux-64"))
    }

    @Test func anEmptyCategoryExists() throws {
        let text = "{\"_meta\": {\"pipfile-spec\": 6}, \"default\": {\"a\": {\"version\": \"==1\"}}, \"develop\": {}}"
        #expect(pins(try lock("Pipfile.lock", text).environment(target: target(groups: ["develop"]))) == ["a==1"])
        #expect(failure("Pipfile.lock", text, target: target(groups: ["docs"])).contains("has no category \"docs\""))
    }

    /// `-e .` is the project: it is locked, and no package of the environment.
    @Test func theProjectOfAPipfileIsNoPackage() throws {
        let text = """
            {"_meta": {"pipfile-spec": 6}, "default": {"own": {"editable": true, "path": "."}, "a": {"version": "==1"},
            "b": {"path": "./b"}}, "develop": {}}
            """
        let document = try lock("Pipfile.lock", text)
        #expect(document.projects == ["own"])
        #expect(pins(try document.environment(target: linux)) == ["a==1", "b==-"])
        #expect(pins(try document.environment(target: nil)) == ["a==1", "b==-"])
        #expect(document.requirements.compactMap(\.name) == ["own", "a", "b"])
    }

    // MARK: Pipfile

    @Test func pipfile() throws {
        let text = """
            [[source]]
            name = "index"
            url = "https://index.example/simple"
            [packages]
            numpy = "==1.26.4"
            Six_es = "*"
            tool = {version = ">=1", extras = ["Fast"], sys_platform = "== 'win32'"}
            here = {path = ".", editable = true}
            [dev-packages]
            pytest = "*"
            [requires]
            python_version = "3.11"
            """
        let document = try lock("Pipfile", text)
        #expect(document.format.name == "Pipfile")
        #expect(document.requirements.map(\.name) == ["numpy", "six-es", "tool", "here", "pytest"])
        #expect(document.requirements.map(\.groups) == [[], [], [], [], ["develop"]])
        #expect(document.requirements.map(\.strength) == [.exact, .floating, .floating, .floating, .floating])
        #expect(document.requirements[2].marker == "sys_platform == 'win32'")
        #expect(pins(try document.environment(target: linux)) == ["here==-", "numpy==1.26.4", "six-es==-"])
        #expect(failure("Pipfile", text, target: target("3.12")).contains("excludes 3.12"))
        #expect(failure("Pipfile", "[packages]\na = 1").hasPrefix("Pipfile:2:5: the package a must be a table"))
    }

    /// The tools' own hashes over `lockfiles/classifier` are in LockfilesTests; here what JSON they are taken over.
    @Test func hashesOfAProject() throws {
        let text = SourceText(
            name: "Pipfile", bytes: Array("[[source]]\nurl = \"u\"\n[packages]\n\"é\" = \"*\"\na = {b = true}\n".utf8))
        let json =
            "{\"_meta\":{\"requires\":{},\"sources\":[{\"url\":\"u\"}]},\"default\":{\"a\":{\"b\":true},\"\\u00e9\":\"*\"},\"develop\":{}}"
        let expected = try ContentHash.sha256(of: Array(json.utf8)).description
        #expect(try ProjectHash.candidates(project: text, lockFormat: format("Pipfile.lock")) == [expected])
        #expect(try ProjectHash.candidates(project: text, lockFormat: format("uv.lock")) == nil)
        let plain = SourceText(name: "Pipfile", bytes: Array("[packages]\n".utf8))
        #expect(try ProjectHash.candidates(project: plain, lockFormat: format("Pipfile.lock"))?.count == 2)
    }

    // MARK: pyproject.toml

    @Test func pyproject() throws {
        let text = """
            [project]
            name = "Me"
            requires-python = ">=3.10"
            dependencies = ["a==1.0", "b>=2"]
            [project.optional-dependencies]
            x = ["c==3"]
            [dependency-groups]
            test = ["d==4"]
            dev = [{include-group = "test"}, "e"]
            [tool.uv.sources]
            b = { git = "https://h/b", branch = "main" }
            """
        let document = try lock("pyproject.toml", text)
        #expect(pins(try document.environment(target: target(groups: ["dev"]))) == ["a==1.0", "b==-", "d==4", "e==-"])
        #expect(document.requirements.first?.range.start == SourcePosition(line: 4, column: 17))
        #expect(document.projects == ["me"])
        let cycle = "[dependency-groups]\na = [{include-group = \"b\"}]\nb = [{include-group = \"a\"}]"
        #expect(failure("pyproject.toml", cycle).contains("includes itself"))
    }

    // MARK: conda

    @Test(arguments: [
        ("numpy", "numpy - floating"), ("numpy=1.8", "numpy - floating"), ("numpy==1.8", "numpy 1.8 exact"),
        ("numpy==1.8=py27_0", "numpy 1.8 exact"), ("x264=1!164.3095=h16_2", "x264 1!164.3095 exact"),
        ("x264==1!164.3095", "x264 1!164.3095 exact"), ("x264 1!164.3095 h16_2", "x264 1!164.3095 exact"),
        ("numpy=1.8,!=1.8.1=py27_0", "numpy - floating"), ("numpy!=1.8", "numpy - floating"),
        ("https://host.example:443::flask=1.0.2", "flask - floating"),
        ("https://host.example/channel/linux-64::flask==1.0.2", "flask 1.0.2 exact"),
        ("numpy=1.8=py27_0", "numpy 1.8 exact"), ("numpy 1.8 py27_0", "numpy 1.8 exact"),
        ("numpy >=1.8,<2", "numpy - floating"),
        ("conda-forge::numpy=1.8.1", "numpy - floating"), ("numpy 1.8.*", "numpy - floating"),
        ("numpy==1.8.*", "numpy - floating"),
        ("conda-forge/linux-64::numpy[version='1.8', build=py_0]", "numpy 1.8 exact"),
        ("numpy >= 1.8", "numpy - floating"),
        ("https://h/linux-64/numpy-1.8-py_0.conda#\(String(repeating: "a", count: 32))", "numpy 1.8 exact"),
        ("https://h/linux-64/numpy-1.8-py_0.conda#sha256:\(String(repeating: "a", count: 64))", "numpy 1.8 hashed"),
        ("r-Base=4", "r-base - floating"), ("numpy 1.8|1.9", "numpy - floating"),
    ]) func condaSpecifications(_ text: String, _ expected: String) throws {
        let document = try lock("environment.yml", "dependencies:\n- '\(text.replacing("'", with: "''"))'\n")
        let entry = try #require(document.requirements.first)
        #expect("\(entry.name ?? "-") \(entry.version ?? "-") \(entry.strength.rawValue)" == expected)
    }

    @Test func environmentYAML() throws {
        let text =
            "name: x\nchannels: [conda-forge]\ndependencies:\n  - python=3.11\n  - pip:\n    - numpy==1.26.4\n    - -r more.txt\n"
        let document = try lock("environment.yml", text, files: ["more.txt": "b==2"])
        #expect(document.requirements.map(\.name) == ["python", "numpy", "b"])
        #expect(document.requirements[1].range.start == SourcePosition(line: 6, column: 7))
        #expect(document.indexes.map(\.url) == ["conda-forge"])
    }

    private static let md5 = String(repeating: "a", count: 32)

    @Test func condaExplicit() throws {
        let text =
            "# platform: linux-64\n@EXPLICIT\nhttps://h/linux-64/numpy-1.26.4-py311_0.conda#\(Self.md5)\nhttps://h/noarch/tzdata-2024a-0.conda#sha256:\(sha)\n"
        let document = try lock("explicit.txt", text)
        #expect(document.format.name == "conda-explicit")
        #expect(pins(try document.environment(target: linux)) == ["numpy==1.26.4", "tzdata==2024a"])
        #expect(document.requirements.map { $0.problems.count } == [1, 0])
        #expect(
            failure("explicit.txt", text, target: target("3.11", "darwin/arm64")).contains("not locked for osx-arm64"))
        #expect(failure("explicit.txt", "@EXPLICIT\nnonsense").hasPrefix("explicit.txt:2:1:"))
    }

    @Test func condaLock() throws {
        func package(_ name: String, _ manager: String, _ platform: String, _ category: String) -> String {
            """
            - name: \(name)
              version: '1.10'
              manager: \(manager)
              platform: \(platform)
              dependencies: {}
              url: https://h/\(platform)/\(name)-1.10-0.conda
              hash: {md5: \(Self.md5), sha256: \(sha)}
              category: \(category)
              optional: false

            """
        }
        let text =
            "version: 1\nmetadata: {platforms: [linux-64, osx-arm64], channels: [{url: conda-forge, used_env_vars: []}]}\npackage:\n"
            + package("a", "conda", "linux-64", "main") + package("b", "pip", "linux-64", "dev")
            + package("b", "pip", "linux-64", "test") + package("c", "conda", "osx-arm64", "main")
        let document = try lock("conda-lock.yml", text)
        #expect(pins(try document.environment(target: linux)) == ["a==1.10"])
        #expect(pins(try document.environment(target: target(groups: ["test"]))) == ["a==1.10", "b==1.10"])
        #expect(pins(try document.environment(target: target("3.11", "darwin/arm64"))) == ["c==1.10"])
        #expect(failure("conda-lock.yml", text.replacing("version: 1\n", with: "version: 9\n")).contains("version 9"))
    }

    @Test(arguments: [4, 6, 7]) func pixiLock(version: Int) throws {
        let url = "https://h/linux-64/python-3.11.7-h_0.conda"
        let wheel = "https://h/n-1.10-py3-none-any.whl"
        let packages =
            version == 4
            ? "- kind: conda\n  name: python\n  version: 3.11.7\n  url: \(url)\n  sha256: \(sha)\n- kind: pypi\n  name: n\n  version: '1.10'\n  url: \(wheel)\n  sha256: \(sha)\n"
            : "- conda: \(url)\n  sha256: \(sha)\n  md5: \(Self.md5)\n- pypi: \(wheel)\n  name: n\n  version: '1.10'\n  sha256: \(sha)\n"
        let text = """
            version: \(version)
            environments:
              default:
                channels: [{url: https://h/}]
                packages:
                  linux-64: [{conda: '\(url)'}, {pypi: '\(wheel)'}]
              other:
                channels: []
                packages:
                  linux-64: [{conda: '\(url)'}]
            packages:
            \(packages)
            """
        let document = try lock("pixi.lock", text)
        #expect(pins(try document.environment(target: linux)) == ["python==3.11.7", "n==1.10"])
        var other = linux
        other.environment = "other"
        #expect(pins(try document.environment(target: other)) == ["python==3.11.7"])
        other.environment = "none"
        #expect(
            failure("pixi.lock", text, target: other).contains("has no environment \"none\"; it has default, other"))
        #expect(failure("pixi.lock", text, target: target("3.12")).contains("holds Python 3.11.7"))
        #expect(failure("pixi.lock", "version: 8\nenvironments: {}").hasPrefix("pixi.lock:1:10: has version 8"))
    }

    @Test func renvLock() throws {
        let text = """
            {"R": {"Version": "4.3.1", "Repositories": [{"Name": "CRAN", "URL": "https://h"}]},
             "Packages": {"R6": {"Package": "R6", "Version": "2.5.1", "Source": "Repository", "Hash": "\(Self.md5)"},
                          "g": {"Package": "g", "Version": "1", "RemoteSha": "\(String(repeating: "a", count: 40))"}}}
            """
        let document = try lock("renv.lock", text)
        #expect(
            document.packages.map { "\($0.ecosystem.rawValue) \($0.name) \($0.strength.rawValue)" } == [
                "cran R6 exact", "cran g hashed",
            ])
        #expect(document.packages.map { $0.source?.line } == [2, 3])
    }

    /// What renv restores besides the packages of R, parts that nobody knows, and the repository that a host's names give.
    @Test func whatRenvLocksBesides() throws {
        let text = """
            {"R": {"Version": "4.3.1"}, "Bioconductor": {"Version": "3.18"},
             "Python": {"Version": "3.11.4", "Type": "virtualenv"}, "Conda": {"Packages": ["q"]},
             "Packages": {"g": {"Version": "1", "RemoteHost": "api.host.example", "RemoteUsername": "u", "RemoteRepo": "g",
                                "RemoteSha": "\(String(repeating: "a", count: 40))"}}}
            """
        let document = try lock("renv.lock", text)
        #expect(document.gaps.map(\.subject) == ["Python", "Conda"])
        #expect(
            document.packages.map(\.reference) == ["git+https://host.example/u/g@\(String(repeating: "a", count: 40))"])
        let plain = text.replacing(", \"Type\": \"virtualenv\"", with: "").replacing(
            ", \"Conda\": {\"Packages\": [\"q\"]}", with: "")
        #expect(try lock("renv.lock", plain).gaps.isEmpty)
    }

    @Test(arguments: LockReader.formats.map { $0.name }) func emptyFilesAreRefused(_ name: String) {
        if name == "requirements.txt" || name == "conda-explicit" || name == "environment.yml" { return }
        #expect(failure(name, "").hasPrefix("\(name):1:1: is empty"), "\(failure(name, ""))")
    }

    /// Nothing can be held against a package without a name.
    @Test(arguments: [
        (
            "uv.lock",
            "version = 1\nrequires-python = \">=3\"\n[[package]]\nname = \"\"\nversion = \"1\"\nsource = {virtual = \".\"}\n"
        ),
        (
            "poetry.lock",
            "[[package]]\nname = \"\"\nversion = \"1\"\nfiles = []\n[metadata]\nlock-version = \"2.1\"\npython-versions = \"*\"\n"
        ),
        (
            "Pipfile.lock",
            "{\"_meta\": {\"pipfile-spec\": 6}, \"default\": {\"\": {\"version\": \"==1\"}}, \"develop\": {}}"
        ),
        ("Pipfile", "[packages]\n\"\" = \"*\"\n"), ("environment.yml", "dependencies:\n- \"=1\"\n"),
        (
            "conda-lock.yml",
            "version: 1\npackage:\n- {name: '', version: 1, manager: pip, platform: linux-64, url: u}\n"
        ),
        (
            "pixi.lock",
            "version: 6\nenvironments: {}\npackages:\n- pypi: https://index.example/a.whl\n  name: ''\n  version: '1'\n"
        ),
        (
            "renv.lock",
            "{\"R\": {\"Version\": \"4\"}, \"Packages\": {\"\": {\"Package\": \"\", \"Version\": \"1\", \"Source\": \"Repository\"}}}"
        ), ("requirements.txt", "git+https://index.example/x#egg=\n"),
    ]) func namelessPackages(_ file: String, _ text: String) {
        do {
            let environment = try lock(file, text).environment(target: nil)
            #expect(environment.packages.isEmpty)
            #expect(environment.gaps.count == 1, "\(file): \(environment.gaps)")
        } catch {
            #expect(error.reason.contains("no name") || error.reason.contains("is empty"), "\(file): \(error)")
        }
    }
}
