import EnvironmentInventory
import ProgramStart
import Testing

@testable import EnvironmentVerification

/// Variables and files that lead Python and the loader elsewhere, and what a build without the global lock imports.
struct RedirectedStartTests {
    private static let site = ImageListing.site

    @Test(
        "variables of Nix's Python are warnings, and what is below NIX_PYTHONPATH is on the import path",
        arguments: ["NIX_PYTHONPATH", "NIX_PYTHONEXECUTABLE", "NIX_PYTHONPREFIX"])
    func nix(name: String) throws {
        let scene = try ImageListing("ENV \(name)=/opt/evil\nopt/evil/lz4.py\nsrv/lz4.py").scene()
        let findings = RedirectingVariable.findings(scene)
        #expect(findings.map(\.severity) == [.warning] && findings.first?.subject == name, "\(findings)")
        let isRead = scene.unowned.contains { $0.path == "opt/evil/lz4.py" }
        #expect(isRead == (name == "NIX_PYTHONPATH"))
        #expect(RedirectingVariable.findings(try ImageListing("opt/evil/lz4.py").scene()).isEmpty)
    }

    @Test(
        "a variable that code of a .pth file asks for is a warning",
        arguments: [
            ("import os; x = os.environ.get('MY_HOOK')", "MY_HOOK", true),
            ("import os; x = os.environ[\"MY_HOOK\"]", "MY_HOOK", true),
            ("import os; x = os.environ.get('MY_HOOK')", "MY_HOOKS", false),
            ("/opt/'MY_HOOK'", "MY_HOOK", false),
            ("import os; v = 'SETUPTOOLS_USE_DISTUTILS'", "SETUPTOOLS_USE_DISTUTILS", false),
        ])
    func pathConfiguration(line: String, variable: String, isFound: Bool) throws {
        let scene = try ImageListing("ENV \(variable)=/opt/x\n\(Self.site)a.pth : text \(line)").scene()
        let findings = RedirectingVariable.findings(scene)
        #expect(findings.map(\.subject) == (isFound ? [variable] : []), "\(findings.map(\.message))")
    }

    @Test("the path file of musl's loader is a warning where the base image does not have it")
    func muslPaths() throws {
        let text = "lib/ld-musl-x86_64.so.1\netc/ld-musl-x86_64.path : text /opt/evil"
        #expect(RedirectingVariable.findings(try ImageListing(text).scene()).map(\.severity) == [.warning])
        #expect(RedirectingVariable.findings(try ImageListing(text).scene(baseLayerCount: 1)).isEmpty)
        #expect(RedirectingVariable.findings(try ImageListing("etc/ld-musl-x86_64.path").scene()).isEmpty)
        #expect(RedirectingVariable.findings(try ImageListing("lib/ld-musl-x86_64.so.1").scene()).isEmpty)
    }

    @Test("a build without the global lock imports its own extension modules, and none of the stable interface")
    func threads() throws {
        let folder = "opt/p/lib/python3.13t/site-packages"
        let scene = try ImageListing(
            """
            CMD /opt/p/bin/python3.13t serve.py
            MODE 755 opt/p/bin/python3.13t
            opt/p/bin/python3.13t : text ELF
            opt/p/lib/python3.13t/os.py
            \(folder)/a.cpython-313t-x86_64-linux-gnu.so
            \(folder)/b.cpython-313-x86_64-linux-gnu.so
            \(folder)/c.abi3.so
            \(folder)/d.so
            """
        ).scene()
        #expect(scene.path?.threads == "t" && scene.path?.python == "3.13")
        let found = ["a", "b", "c", "d"].filter { scene.provider($0, in: folder) != nil }
        #expect(found == ["a", "d"], "\(found)")
    }
}
