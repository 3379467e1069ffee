import ContentHashing
import EnvironmentInventory
import ProgramStart
import Testing

@testable import ContainerImages
@testable import EnvironmentVerification

/// Links, started programs and archives of an upper layer, on a base image that vouches for all other files.
struct LinkAccountTests {
    /// The base image: a path with `-> TARGET` for a link, without for a file.
    private static let base = [
        "usr/bin/python3.11", "usr/lib/python3.11/os.py", "usr/lib/python3.11/json/__init__.py", "usr/bin/tini",
        "usr/lib/python3.11/colorsys.py", "usr/lib/python3.11/sitecustomize.py -> /etc/python/sitecustomize.py",
        "etc/python/sitecustomize.py", "opt/modules/numpy.py", "srv/serve.py", "usr/bin/bash",
    ]

    private static func files(_ layers: [[String]]) throws -> FileSystemIndex {
        var stack = LayerStack(image: "image")
        for (number, lines) in layers.enumerated() {
            var layer = LayerContents()
            for line in lines {
                let words = line.split(separator: " ").map(String.init)
                let name = Array(words[0].utf8)
                let mode: UInt16 = words[0].contains("bin/") ? 0o755 : 0o644
                if words.count == 3 {
                    layer.append(
                        LayerEntry(
                            path: name, kind: .symbolicLink(target: words[2]), mode: 0o777, uid: 0, gid: 0,
                            modified: 0, content: -1))
                    continue
                }
                layer.append(
                    LayerEntry(
                        path: name, kind: .file, mode: mode, uid: 0, gid: 0, modified: 0,
                        content: Int32(layer.contents.count)))
                let digest = try ContentHash.sha256(of: name + [UInt8(number)])
                layer.contents.append(
                    LayerFileContent(size: 1, sha256: try #require(SHA256Value(digest)), head: [], data: nil))
            }
            try stack.apply(layer, name: "sha256:\(number)")
        }
        return FileSystemIndex(stack.finish())
    }

    private static func account(
        _ upper: [String], _ command: [String] = ["/usr/bin/python3.11", "/srv/serve.py"], _ variables: [String] = [],
        applications: [String] = [], openedAs: [String] = [], directory: String = "/srv"
    ) throws -> (account: LoadingAccount, findings: [Finding]) {
        var configuration = ImageConfiguration()
        configuration.command = command
        configuration.environment = variables
        configuration.workingDirectory = directory
        let scene = ImportScene(
            try files([base, upper]), configuration, layers: ["sha256:0", "sha256:1"], name: "image",
            environment: Environment(python: Interpreter(version: "3.11.2")), trained: [], baseLayerCount: 1)
        let account = LoadingAccount(
            scene, Vouchers(scene, packages: [], applications: applications),
            LoadableFiles(scene, openedAs: openedAs))
        return (account, account.findings + ImportHazards.findings(scene).filter { $0.severity > .note })
    }

    @Test(
        "a link on the import path, or of the interpreter, is vouched for itself",
        arguments: [
            ("usr/lib/python3.11/colorsys.py -> os.py", Severity.warning),
            ("srv/numpy.py -> ../opt/modules/numpy.py", .warning),
            ("usr/lib/python3.11/evil.py -> os.py", .error), ("usr/lib/python3.11/evil -> json", .error),
            ("usr/lib/python3/dist-packages/x.py -> /opt/modules/numpy.py", .error),
            ("usr/lib/python3.11/os.py -> ../../../opt/modules/numpy.py", .warning),
            ("usr/bin/python3.11 -> ../lib/python3.11/os.py", .error), ("srv/json.py -> /opt/modules/numpy.py", .error),
            ("usr/lib/python3.11/sitecustomize.py -> /opt/modules/numpy.py", .error),
            // The same link again, what joins directories of a system, and what nobody imports.
            ("lib64 -> usr/lib64", nil), ("opt/venv/lib64 -> lib", nil),
            ("usr/lib/python3.11/sitecustomize.py -> /etc/python/sitecustomize.py", nil),
            ("srv/model.txt -> ../opt/modules/numpy.py", nil), ("usr/lib/python3.11/doc-x -> json", nil),
            ("usr/lib/python3.11/data -> /usr/share", nil),
        ] as [(String, Severity?)])
    func links(line: String, severity: Severity?) throws {
        let result = try Self.account([line])
        #expect(result.findings.map(\.severity).max() == severity, "\(result.findings.map(\.message))")
        #expect(result.account.account.isProved == (severity == nil))
        let path = line.split(separator: " ").first.map(String.init) ?? ""
        #expect(result.account.account.files.contains { $0.path == path } == (severity != nil))
    }

    @Test("a link in the place of a folder on the way to modules is vouched for itself")
    func folders() throws {
        let other = ["opt/other/lib/python3.11/os.py", "opt/other/lib/python3.11/json/__init__.py"]
        let command = ["/opt/current/bin/python3.11", "/srv/current/app/serve.py"]
        let upper = [
            "opt/current -> /opt/other", "opt/other/bin/python3.11", "srv/current -> releases",
            "srv/releases/app/serve.py",
        ]
        let named = ["opt/current", "srv/current"]
        let result = try Self.account(other + upper, command)
        let links = result.account.account.files.filter { $0.reason.hasPrefix("it is a link") }
        #expect(links.map(\.path).sorted() == named, "\(result.account.account.files)")
        #expect(result.findings.contains { $0.severity == .error && $0.message.contains("the import path leads") })
        // What is declared is where the whole path leads.
        let declared = try Self.account(other + upper, command, applications: ["srv/releases/app"])
        #expect(!declared.account.account.files.contains { $0.path == "srv/current" && $0.voucher == .none })
        // Links of links, and `..` behind one, which goes up from where the link leads.
        let deep = ["opt/current -> a/../other", "opt/a -> /opt/x/y", "opt/x/y/z", "opt/x/other -> /opt/other"]
        let through = try Self.account(other + deep + ["opt/other/bin/python3.11"], command)
        let passed = through.account.account.files.filter { $0.reason.hasPrefix("it is a link") }.map(\.path).sorted()
        #expect(passed == ["opt/a", "opt/current", "opt/x/other"], "\(passed)")
    }

    @Test(
        "what leads to nothing that the image holds is named where it can decide what is loaded",
        arguments: [
            ("usr/lib/python3.11/json -> /proc/self/root/evil", "usr/lib/python3.11/json"),
            ("usr/lib/python3.11/evil.py -> ../../../proc/self/root/evil.py", "usr/lib/python3.11/evil.py"),
            ("srv/evil.py -> /mnt/evil.py", "srv/evil.py"), ("srv/evil -> /dev/shm/evil", "srv/evil"),
            ("usr/lib/python3/dist-packages/evil -> /l", "usr/lib/python3/dist-packages/evil"),
            ("usr/lib/python3.11/lib-dynload -> /proc/1/root/x", "usr/lib/python3.11/lib-dynload"),
            ("usr/lib/python311.zip/json.py", "usr/lib/python311.zip/json.py"),
            ("usr/lib/python311.zip/numpy.py", "usr/lib/python311.zip/numpy.py"),
            ("usr/lib/python311.zip -> /opt/modules", "usr/lib/python311.zip"),
            ("srv/LICENSE -> /usr/share/licenses/x", nil), ("srv/model -> /mnt/model", nil),
        ] as [(String, String?)])
    func absentTargets(line: String, named: String?) throws {
        let result = try Self.account([line, "l -> /proc/self/root/evil"])
        let files = result.account.account.files.map(\.path)
        #expect(named.map { files.contains($0) } ?? files.isEmpty, "\(files) \(result.findings.map(\.message))")
        #expect(result.findings.isEmpty == (named == nil), "\(result.findings.map(\.message))")
    }

    @Test(
        "a link that gives a library another vouched file is vouched for itself",
        arguments: [
            (["usr/lib/libblas.so.3 -> /opt/modules/numpy.py"], true),
            (
                ["usr/lib/libblas.so.3 -> /etc/alternatives/blas", "etc/alternatives/blas -> /opt/modules/numpy.py"],
                true
            ),
            (
                ["usr/lib/libblas.so.3 -> libblas.so.3.10", "usr/lib/libblas.so.3.10 -> numpy.so", "usr/lib/numpy.so"],
                true
            ),
            (["usr/lib/libblas.so.3 -> libblas.so.3.10", "usr/lib/libblas.so.3.10"], false),
        ] as [([String], Bool)])
    func libraries(upper: [String], isNamed: Bool) throws {
        let result = try Self.account(upper, openedAs: ["/usr/lib/libblas.so.3"])
        #expect(result.findings.allSatisfy { $0.severity == .warning } && result.findings.isEmpty != isNamed)
        #expect(result.account.account.isProved != isNamed)
    }

    @Test("what is started through links is the Python that they lead to; what is declared is the application's")
    func interpreters() throws {
        let venv = ["opt/venv/bin/python -> python3", "opt/venv/bin/python3 -> /usr/bin/python3.11"]
        let started = try Self.account(venv, ["/opt/venv/bin/python", "/srv/serve.py"])
        #expect(started.findings.isEmpty && started.account.account.isProved, "\(started.findings.map(\.message))")
        let link = ["srv/current -> /srv/app", "srv/app/__init__.py"]
        #expect(try !Self.account(link).account.account.isProved)
        #expect(try Self.account(link, applications: ["srv/app"]).account.account.isProved)
        let other = ["opt/venv/bin/python3 -> /srv/app/python-x", "srv/app/python-x"]
        let command = ["/opt/venv/bin/python3", "/srv/serve.py"]
        #expect(try !Self.account(other, command, applications: ["srv/app"]).account.account.isProved)
        let own = ["srv/app/bin/python3 -> python3.11", "srv/app/bin/python3.11"]
        let inside = ["/srv/app/bin/python3", "/srv/serve.py"]
        #expect(try Self.account(own, inside, applications: ["srv/app"]).account.account.isProved)
    }

    @Test(
        "the modules that the command names are in the account, and what can be imported beside programs",
        arguments: [
            ("/srv", ["-m", "evil-pkg.main"], ["srv/evil-pkg/main.py"], true),
            ("/srv", ["-m", "evil-pkg"], ["srv/evil-pkg/__main__.py"], true),
            ("/", ["-m", "opt.evil.main"], ["opt/evil/main.py"], true),
            ("/", ["-m", "colorsys", "opt.evil.app:app"], ["opt/evil/app.py"], true),
            ("/srv", ["-m", "colorsys"], ["srv/evil-pkg/main.py"], false),
            ("/", ["-c", "1"], ["lz4/frame.py"], true), ("/", ["-c", "1"], ["lz4/__init__.so"], true),
            ("/", ["-c", "1"], ["opt/evil/main.py"], false), ("/", ["-c", "1"], ["usr/share/x.py"], false),
            ("/opt/bin", ["-c", "1"], ["opt/bin/lz4/frame.py"], true),
        ] as [(String, [String], [String], Bool)])
    func mainModules(directory: String, words: [String], upper: [String], isNamed: Bool) throws {
        let result = try Self.account(upper, ["/usr/bin/python3.11"] + words, directory: directory)
        #expect(result.account.account.files.map(\.path) == (isNamed ? upper : []))
    }

    @Test(
        "what is started is in the account, whatever its name says that it is",
        arguments: [
            (["/usr/bin/python3.11", "/srv/run.txt"], ["srv/run.txt"], "srv/run.txt"),
            (["/usr/bin/python3.11", "-I", "/opt/run.py"], ["opt/run.py"], "opt/run.py"),
            (["/tini", "--", "/usr/bin/python3.11", "/srv/serve.py"], ["tini"], "tini"),
            (["/usr/bin/tini", "/usr/bin/python3.11", "/srv/serve.py"], [], nil),
            (["/bin/sh", "-c", "exec /usr/bin/python3.11 /srv/serve.py"], ["bin/sh"], "bin/sh"),
            (["/bin/sh", "-c", "exec /usr/bin/python3.11 /srv/serve.py"], ["bin/sh -> ../usr/bin/bash"], nil),
            (["/sbin/tini", "/usr/bin/python3.11", "-m", "x"], ["sbin/tini -> /srv/serve.py"], "sbin/tini"),
        ] as [([String], [String], String?)])
    func programs(command: [String], upper: [String], named: String?) throws {
        let result = try Self.account(upper, command)
        #expect(result.account.account.files.map(\.path) == [named].compactMap { $0 })
        #expect(result.findings.isEmpty == (named == nil), "\(result.findings.map(\.message))")
    }

    @Test("directories inside of archives, and those that an earlier Python looks into, are in the account")
    func directories() throws {
        let command = ["/usr/bin/python3.11", "/srv/serve.py"]
        let zip = try Self.account(["e.zip"], command, ["PYTHONPATH=/e.zip/lib"])
        #expect(zip.account.findings.contains { $0.severity == .error && $0.file == "e.zip" })
        let both = "/usr/bin/python3.11 /opt/first/run.txt; exec /usr/bin/python3.11 /srv/serve.py"
        let files = ["opt/first/run.txt", "opt/first/other.py"]
        let earlier = try Self.account(files, ["/usr/bin/bash", "-c", both])
        #expect(Set(earlier.account.account.files.map(\.path)) == Set(files))
    }
}
