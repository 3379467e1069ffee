import EnvironmentInventory
import Testing

@testable import EnvironmentVerification

/// What decides which code Python runs, besides the packages' own files. That Python does run it is shown by
/// Tests/Acceptance/scenarios_hazards.py.
struct ImportHazardTests {
    private struct Case: Sendable {
        let hazard: any ImportHazard.Type
        let example: Rule.Example
        let isBad: Bool
    }

    private static let cases = ImportHazards.all.flatMap { hazard in
        hazard.rule.bad.map { Case(hazard: hazard, example: $0, isBad: true) }
            + hazard.rule.good.map { Case(hazard: hazard, example: $0, isBad: false) }
    }

    @Test("a bad example is found where it is marked, a good one is silent", arguments: cases.indices)
    func examples(index: Int) throws {
        let item = Self.cases[index]
        let listing = try ImageListing(item.example.text)
        let findings = item.hazard.findings(try listing.scene())
        #expect(findings.map(\.file) == listing.marked, "\(item.example.text)\(findings.map(\.message))")
        #expect(listing.marked.isEmpty != item.isBad)
        #expect(findings.allSatisfy { $0.rule == item.hazard.rule.name && $0.help != nil })
    }

    @Test("every rule has examples of both kinds and its words", arguments: ImportHazards.rules)
    func documented(rule: Rule) {
        #expect(!rule.bad.isEmpty && !rule.good.isEmpty, "\(rule.name)")
        for text in [rule.summary, rule.why, rule.help] {
            #expect(text.hasSuffix(".") || text.hasSuffix(")"), "\(rule.name): \(text)")
        }
    }

    private static let site = ImageListing.site

    /// How bad a compiled file beside `pool.py` is; nil where it is as it should be.
    @Test(
        "what Python does with a compiled file decides how bad it is",
        arguments: [
            ("timestamp 0", nil), ("timestamp 1", nil), ("timestamp -1", nil), ("checked", nil),
            ("timestamp 2", .warning), ("timestamp -3600", .warning), ("size", .warning), ("checked other", .warning),
            ("unchecked", .warning), ("unchecked other", .error), ("python 3.12", .warning), ("cut", .warning),
            ("flags", .warning),
        ] as [(String, Severity?)])
    func bytecode(kind: String, severity: Severity?) throws {
        let listing = try ImageListing(
            """
            \(Self.site)joblib/pool.py = joblib
            \(Self.site)joblib/__pycache__/pool.cpython-311.pyc : pyc \(kind)
            """)
        let findings = ForeignBytecode.findings(try listing.scene())
        #expect(findings.map(\.severity) == [severity].compactMap { $0 }, "\(findings.map(\.message))")
    }

    @Test(
        "bytecode fits each time that runtimes may give its source",
        arguments: [
            (-1000, -1_700_000_000, 1), (-1000, -1000 - 1_700_000_000, 1), (-1000, -900_000_000, 0),
            (9_223_372_037, -1_700_000_000, 1), (1000, -1_700_000_000, 0), (1000, 1000 - 1_700_000_000, 1),
        ])
    func boundedTimes(_ source: Int, _ header: Int, _ expected: Int) throws {
        let path = "\(Self.site)joblib/pool.py"
        let listing = try ImageListing(
            """
            \(path) = joblib
            \(Self.site)joblib/__pycache__/pool.cpython-311.pyc : pyc timestamp \(header)
            """, modified: [path: source])
        #expect(UnprovedBytecode.findings(try listing.scene()).count == expected)
    }

    @Test("bytecode without a source: what is imported is an error, what is left behind a warning")
    func sourceless() throws {
        let listing = try ImageListing(
            """
            \(Self.site)joblib/__init__.py = joblib
            \(Self.site)joblib/extra.pyc : pyc timestamp 0
            \(Self.site)joblib/__pycache__/gone.cpython-311.pyc : pyc timestamp 0
            srv/app/main.pyc : pyc timestamp 0
            """)
        let found = ForeignBytecode.findings(try listing.scene()).map { "\($0.severity) \($0.file)" }
        #expect(
            found.sorted() == [
                "error \(Self.site)joblib/extra.pyc", "warning srv/app/main.pyc",
                "warning \(Self.site)joblib/__pycache__/gone.cpython-311.pyc",
            ])
    }

    @Test("a build that rewrote all times is one note")
    func rewritten() throws {
        let lines = (0..<12).map {
            "\(Self.site)joblib/m\($0).py = joblib\n\(Self.site)joblib/__pycache__/m\($0).cpython-311.pyc : pyc timestamp 99"
        }
        let findings = ForeignBytecode.findings(try ImageListing(lines.joined(separator: "\n")).scene())
        #expect(findings.map(\.severity) == [.note])
        #expect(findings.first?.message.hasPrefix("12 compiled files") ?? false)
    }

    @Test("PYTHONPYCACHEPREFIX says where compiled files lie")
    func cachePrefix() throws {
        let listing = try ImageListing(
            """
            ENV PYTHONPYCACHEPREFIX=/var/cache/python
            \(Self.site)joblib/pool.py = joblib
            var/cache/python/\(Self.site)joblib/pool.cpython-311.pyc : pyc unchecked other
            """)
        #expect(ForeignBytecode.findings(try listing.scene()).map(\.severity) == [.error])
        // A relative one goes from the working directory.
        let relative = try ImageListing(
            """
            ENV PYTHONPYCACHEPREFIX=../pc
            WORKDIR /srv/app
            \(Self.site)joblib/pool.py = joblib
            srv/pc/\(Self.site)joblib/pool.cpython-311.pyc : pyc unchecked other
            """)
        #expect(ForeignBytecode.findings(try relative.scene()).map(\.severity) == [.error])
    }

    @Test(
        "a .pth file is as bad as what it does and who vouches for it",
        arguments: [
            ("hook.pth : text import os", nil, .error), ("hook.pth : text import\tos", nil, .error),
            ("hook.pth : text importlib", nil, .warning), ("hook.pth : text # import os", nil, nil),
            ("hook.pth : text ../other", nil, .warning),
            // The module next to it has not the content of a released one.
            ("_virtualenv.pth : text import _virtualenv", "_virtualenv.py", .error),
            ("_virtualenv.pth : text import _virtualenv", nil, .error),
            ("_virtualenv.pth : text import _virtualenv, os", "_virtualenv.py", .error),
            // Python opens these, and passes over a socket.
            ("x.pth other FIFO", nil, .error), ("x.pth other block device 8:1", nil, .error),
            ("x.pth -> pipe", "pipe other FIFO", .error), ("x.pth other socket", nil, nil),
        ] as [(String, String?, Severity?)])
    func pathConfiguration(file: String, beside: String?, severity: Severity?) throws {
        let lines = [file, beside].compactMap { $0 }.map { Self.site + $0 }
        let findings = PathConfigurationFile.findings(try ImageListing(lines.joined(separator: "\n")).scene())
        #expect(findings.map(\.severity) == [severity].compactMap { $0 }, "\(findings.map(\.message))")
    }

    @Test("sitecustomize of a trained package is a note, of another one an error")
    func ownedCustomization() throws {
        for (owner, severity) in [("joblib", Severity.note), ("stranger", .error)] {
            let listing = try ImageListing("\(Self.site)sitecustomize.py = \(owner)")
            #expect(SiteCustomization.findings(try listing.scene()).map(\.severity) == [severity])
        }
    }

    @Test("what PYTHONPATH has is there before sitecustomize is looked for, the script's directory too")
    func earlyScriptFolder() throws {
        for (path, count) in [("/srv/app", 1), ("/srv/app/../app/", 1), ("/srv/other", 0), ("/srv/link", 1)] {
            let listing = try ImageListing(
                "ENV PYTHONPATH=\(path)\nCMD python /srv/app/serve.py\nsrv/app/serve.py\nsrv/app/sitecustomize.py\n"
                    + "srv/other/x.py\nsrv/link -> app")
            #expect(SiteCustomization.findings(try listing.scene()).count == count, "\(path)")
        }
    }

    @Test(
        "metadata beside the program is found before that of the package",
        arguments: [
            ("srv/numpy-9.0.dist-info/METADATA : text Name: numpy\\nVersion: 9.0", Severity.error),
            ("srv/Numpy.egg-info/PKG-INFO : text Name: numpy\\nVersion: 9.0", .error),
            ("srv/numpy-1.0-py3.11.egg-info : text Name: numpy\\nVersion: 2.0", .error),
            ("srv/numpy.egg-info/PKG-INFO : text Name: numpy\\nVersion: 1.0", .note),
            ("srv/numpy.egg-info/entry_points.txt : text x\nsrv/numpy.egg-info/PKG-INFO : text Version: 1.0", .error),
            ("srv/stranger-9.0.dist-info/METADATA : text Name: stranger\\nVersion: 9.0", nil),
            ("opt/numpy-9.0.dist-info/METADATA : text Name: numpy\\nVersion: 9.0", nil),
        ] as [(String, Severity?)])
    func metadata(lines: String, severity: Severity?) throws {
        let listing = try ImageListing(
            "CMD python /srv/serve.py\nsrv/serve.py\n\(lines)\n"
                + "\(Self.site)numpy-1.0.dist-info/METADATA : text Name: numpy\\nVersion: 1.0")
        let found = ShadowingMetadata.findings(try listing.scene())
        #expect(found.map(\.severity) == [severity].compactMap { $0 }, "\(found.map(\.message))")
    }

    @Test(
        "what goes before what",
        arguments: [
            // A package goes before a module, compiled code before both forms of a source.
            ("six/__init__.py", "six.py", true), ("six.cpython-311-x86_64-linux-gnu.so", "six.py", true),
            ("six.abi3.so", "six.py", true), ("six.so", "six.py", true), ("six.pyc", "six.py", false),
            ("six.cpython-312-x86_64-linux-gnu.so", "six.py", false), ("six/data.txt", "six.py", false),
            ("numpy.py", "numpy/__init__.py", false), ("numpy.so", "numpy/__init__.py", false),
            ("numpy/core/__init__.so", "numpy/core/__init__.py", true),
            // A folder of several packages' modules that gets an `__init__`.
            ("google/__init__.py", "google/cloud.py", true), ("google/other.py", "google/cloud.py", false),
            ("google/__init__.py", "google/cloud/__init__.py", true), ("google.py", "google/cloud/__init__.py", true),
            ("google/cloud.so", "google/cloud/a/b.py", true), ("google.py", "google/data.txt", false),
        ])
    func precedence(added: String, owned: String, shadows: Bool) throws {
        let listing = try ImageListing("\(Self.site)\(added)\n\(Self.site)\(owned) = joblib")
        let findings = ShadowingModule.findings(try listing.scene())
        #expect(findings.map(\.file) == (shadows ? [Self.site + added] : []), "\(findings.map(\.message))")
        #expect(findings.allSatisfy { $0.severity == .error })
    }

    @Test(
        "which folders go before the packages",
        arguments: [
            ("CMD python /srv/serve.py", "srv/numpy.py", true),
            ("CMD python -m serve\nWORKDIR /srv", "srv/numpy.py", true),
            ("CMD sh -c python\nWORKDIR /srv", "srv/numpy.py", true),
            ("CMD python serve.py\nWORKDIR /srv", "srv/numpy.py", true),
            ("CMD python /opt/serve.py\nWORKDIR /srv", "srv/numpy.py", false),
            ("CMD python -I /srv/serve.py", "srv/numpy.py", false),
            ("CMD python -P -m serve\nWORKDIR /srv", "srv/numpy.py", false),
            ("CMD python -u -W ignore -X dev /srv/serve.py", "srv/numpy.py", true),
            ("ENV PYTHONSAFEPATH=1\nCMD python /srv/serve.py", "srv/numpy.py", false),
            ("ENV PYTHONPATH=/a:/b\nCMD python /srv/serve.py", "b/numpy/__init__.py", true),
            ("ENV PYTHONPATH=\nCMD python /srv/serve.py", "b/numpy.py", false),
            ("CMD python -E /srv/serve.py\nENV PYTHONPATH=/b", "b/numpy.py", false),
            ("CMD python /srv/serve.py", "usr/local/lib/python3.11/numpy.py", true),
            ("CMD python /srv/serve.py", "usr/local/lib/python3.11/lib-dynload/numpy.py", true),
            ("CMD python /srv/serve.py", "root/.local/lib/python3.11/site-packages/numpy.py", true),
            (
                "CMD python -s /srv/serve.py\nENV PYTHONNOUSERSITE=1",
                "root/.local/lib/python3.11/site-packages/numpy.py", false
            ),
            ("CMD python /srv/serve.py", "srv/lib/numpy.py", false),
            ("CMD python /serve.py", "numpy.py", true),
            ("CMD python /srv/serve.py\nENV HOME=/h/", "h/.local/lib/python3.11/site-packages/numpy.py", true),
            ("CMD env HOME= python /srv/serve.py", ".local/lib/python3.11/site-packages/numpy.py", true),
            (
                "WORKDIR /w\nCMD python /srv/serve.py\nENV PYTHONUSERBASE=x",
                "w/x/lib/python3.11/site-packages/numpy.py", true
            ),
            ("WORKDIR /w\nCMD python /srv/s.py\nENV HOME=x", "w/x/.local/lib/python3.11/site-packages/numpy.py", true),
            (
                "WORKDIR /w\nUSER 4242\nCMD env -u HOME python /srv/s.py",
                "w/~/.local/lib/python3.11/site-packages/numpy.py", true
            ),
            ("USER 01000\nCMD python /srv/s.py", "home/app/.local/lib/python3.11/site-packages/numpy.py", true),
            ("USER +1000:x\nCMD python /srv/s.py", "home/app/.local/lib/python3.11/site-packages/numpy.py", true),
            // A number is never a name.
            ("USER 7\nCMD python /srv/s.py", "home/seven/.local/lib/python3.11/site-packages/numpy.py", false),
            ("USER 7\nCMD python /srv/s.py", ".local/lib/python3.11/site-packages/numpy.py", true),
        ])
    func folders(start: String, added: String, shadows: Bool) throws {
        let accounts =
            "etc/passwd : text root:x:0:0::/root:/bin/sh\\napp:x:1000:50::/home/app:/bin/sh\\n7:x:8:8::/home/seven:/bin/sh\\n"
        let listing = try ImageListing(
            "\(start)\n\(accounts)\nMODE 755 bin/env\nbin/env : text ELF\n\(added)\n\(Self.site)numpy/__init__.py = numpy"
        )
        let findings = ShadowingModule.findings(try listing.scene())
        #expect(findings.map(\.file) == (shadows ? [added] : []), "\(findings.map(\.message))")
    }

    @Test(
        "folders of a namespace: the first module wins, and one that is none of them before all",
        arguments: [
            ("srv/google/cloud/__init__.py", true), ("srv/google/cloud.py", true), ("srv/google/api/v1.py", true),
            ("srv/google/other.py", false), ("srv/google/api/v2.py", false), ("srv/google/cloud/own.py", false),
            ("srv/google/data.txt", false), ("srv/google.py", true), ("srv/google/__init__.py", true),
            ("srv/google/api.py", true), ("srv/google/api/__init__.py", true),
            // Behind the packages: a folder does not win, a package or a module does.
            ("late/google/cloud.py", false), ("late/google/__init__.py", true), ("late/google.so", true),
            ("late/google/api/__init__.py", true), ("late/google/api/v1.py", false),
        ])
    func namespaces(added: String, shadows: Bool) throws {
        let listing = try ImageListing(
            """
            CMD python /srv/serve.py
            ENV PYTHONPATH=/usr/local/lib/python3.11/site-packages:/late
            \(added)
            \(Self.site)google/cloud/__init__.py = numpy
            \(Self.site)google/api/v1.py = joblib
            """)
        let findings = ShadowingModule.findings(try listing.scene())
        #expect(findings.map(\.file) == (shadows ? [added] : []), "\(findings.map(\.message))")
        #expect(findings.allSatisfy { $0.severity == .error })
    }

    @Test("folders of a namespace that links lead back to are searched once")
    func namespacesWithLinks() throws {
        let links = ["\(Self.site)ns/", "srv/ns/"].flatMap { folder in
            (0..<6).map { "\(folder)l\($0) -> ." } + ["\(folder)deep/er/l -> ../..", "\(folder)x.txt"]
        }
        let listing = try ImageListing(
            "CMD python /srv/serve.py\n\(Self.site)ns/deep/er/own.py = numpy\n" + links.joined(separator: "\n"))
        #expect(ShadowingModule.findings(try listing.scene()).isEmpty)
        let hidden = try ImageListing(
            "CMD python /srv/serve.py\n\(Self.site)ns/deep/er/own.py = numpy\nsrv/ns/deep/er/own.py\n"
                + links.joined(separator: "\n"))
        #expect(ShadowingModule.findings(try hidden.scene()).map(\.file) == ["srv/ns/deep/er/own.py"])
    }

    @Test(
        "modules of the standard library that Python has in itself, and what takes them out of it",
        arguments: [
            ("", false), ("-S", false), ("-X frozen_modules=off", false), ("-S -X frozen_modules=off", true),
            ("-S -Xfrozen_modules=on", false), ("-S -E -X frozen_modules", true),
        ])
    func frozenModules(options: String, shadows: Bool) throws {
        let listing = try ImageListing(
            "CMD python \(options) /srv/serve.py\nsrv/os.py\nsrv/io.py".replacing("  ", with: " "))
        #expect(ShadowingModule.findings(try listing.scene()).map(\.file) == (shadows ? ["srv/os.py"] : []))
    }

    @Test("the standard library: what shadows it, and what is in memory before")
    func standardLibrary() throws {
        let found = try ["random", "os", "test"].map { name in
            let listing = try ImageListing(
                "CMD python /srv/serve.py\nsrv/\(name).py\nusr/local/lib/python3.11/\(name).py")
            return ShadowingModule.findings(try listing.scene()).map(\.file)
        }
        #expect(found == [["srv/random.py"], [], []])
        // The standard library goes before a package that only bears the name of one of its modules.
        let backport = try ImageListing("usr/local/lib/python3.11/argparse.py\n\(Self.site)argparse.py = argparse")
        #expect(ShadowingModule.findings(try backport.scene()).isEmpty)
        let twice = try ImageListing("usr/local/lib/python3.11/random/__init__.py\nusr/local/lib/python3.11/random.py")
        #expect(
            ShadowingModule.findings(try twice.scene()).map(\.file) == ["usr/local/lib/python3.11/random/__init__.py"])
        let archive = try ImageListing("usr/local/lib/python311.zip")
        #expect(ShadowingModule.findings(try archive.scene()).map(\.file) == ["usr/local/lib/python311.zip"])
    }

    @Test("the folders of a virtual environment")
    func virtualEnvironment() throws {
        let base = """
            ENV PATH=/opt/venv/bin:/usr/local/bin
            opt/venv/pyvenv.cfg : text home = /usr/local/bin\\ninclude-system-site-packages = false
            opt/venv/bin/python3 -> /usr/local/bin/python3
            CMD python3 /srv/serve.py
            """
        let own = try #require(try ImageListing(base).scene().path)
        #expect(
            own.directories.map(\.path) == [
                "srv", "usr/local/lib/python3.11", "usr/local/lib/python3.11/lib-dynload",
                "opt/venv/lib/python3.11/site-packages",
            ])
        let named = try ImageListing(
            base.replacing("CMD python3", with: "CMD /usr/local/bin/python3").replacing("PATH=", with: "PATH=/none:"))
        #expect(
            try #require(try named.scene().path).packageDirectories.contains("usr/local/lib/python3.11/site-packages"))
    }
}
