import EnvironmentInventory
import Testing

@testable import ContainerImages
@testable import EnvironmentVerification

/// Files of packages other than modules that the user of an image may not read.
struct UnreadablePackageFileTests {
    private static let site = ImageListing.site

    private func findings(_ lines: String) throws -> [(severity: Severity, file: String, message: String)] {
        UnreadableModule.findings(try ImageListing(lines).scene()).map { ($0.severity, $0.file, $0.message) }
    }

    @Test(
        "data files and METADATA of a needed package are told",
        arguments: ["joblib/data.json", "joblib-1.0.dist-info/METADATA", "joblib/a-b/template.py", "joblib/x.bin"])
    func told(name: String) throws {
        let found = try findings(
            """
            USER 1000
            MODE 600 \(Self.site)\(name)
            \(Self.site)\(name) = joblib
            \(Self.site)joblib/__init__.py = joblib
            """)
        #expect(found.map(\.severity) == [.error])
        #expect(found.map(\.file) == [Self.site + name])
        #expect(found.allSatisfy { $0.message.contains("the user 1000 may not read it (mode 600") })
    }

    @Test(
        "what the user may read, what nobody needs, and what only installers read is not told",
        arguments: [
            ("1000", "644", "joblib/data.json", "joblib"), ("", "600", "joblib/data.json", "joblib"),
            ("1000", "600", "extra/data.json", "extra"), ("1000", "600", "joblib-1.0.dist-info/INSTALLER", "joblib"),
            ("1000", "600", "joblib-1.0.dist-info/direct_url.json", "joblib"),
            ("1000", "600", "joblib/__pycache__/a.cpython-311.pyc", "joblib"),
        ])
    func silent(user: String, mode: String, name: String, owner: String) throws {
        let found = try findings(
            """
            \(user.isEmpty ? "ENV A=1" : "USER \(user)")
            MODE \(mode) \(Self.site)\(name)
            \(Self.site)\(name) = \(owner)
            """)
        #expect(found.isEmpty, "\(found)")
    }

    @Test("files of the system that root alone reads are not told, and neither are files that no package owns")
    func others() throws {
        let found = try findings(
            """
            USER 1000
            MODE 640 etc/shadow
            etc/shadow : text x
            MODE 700 root/
            root/.bashrc : text x
            MODE 600 \(Self.site)notes.txt
            \(Self.site)notes.txt : text x
            \(Self.site)joblib/data.json = joblib
            """)
        #expect(found.isEmpty, "\(found)")
    }

    @Test("a package with thousands of such files is one finding, many packages end")
    func counts() throws {
        let many = (0..<2000).map { "MODE 600 \(Self.site)joblib/d\($0).bin\n\(Self.site)joblib/d\($0).bin = joblib\n" }
        let found = try findings("USER 1000\n" + many.joined())
        #expect(found.count == 1)
        #expect(found.first?.message.hasSuffix(", nor 1999 more files of joblib") ?? false, "\(found)")
        let names = (0..<25).map { "pkg\($0)" }
        let lines = names.map { "MODE 600 \(Self.site)\($0)/d.bin\n\(Self.site)\($0)/d.bin = \($0)\n" }
        let all = UnreadableModule.findings(
            try ImageListing("USER 1000\n" + lines.joined()).scene(trained: Set(names)))
        #expect(all.count == 21)
        #expect(all.last?.message == "the user 1000 may not read files of 5 more packages")
    }

    @Test("an unreadable module beside unreadable data is told as before, once")
    func modules() throws {
        let found = try findings(
            """
            USER 1000
            MODE 600 \(Self.site)joblib/pool.py
            \(Self.site)joblib/pool.py = joblib
            MODE 600 \(Self.site)joblib/data.json
            \(Self.site)joblib/data.json = joblib
            """)
        #expect(found.map(\.file) == ["\(Self.site)joblib/data.json", "\(Self.site)joblib/pool.py"])
    }

    @Test("in an image without an interpreter modules are told too, of a package that can be read nowhere")
    func noInterpreter() throws {
        let unreadable = """
            USER 1000
            MODE 600 \(Self.site)joblib/__init__.py
            \(Self.site)joblib/__init__.py = joblib
            """
        let copy = """
            opt/t/joblib-1.0.dist-info/RECORD : text joblib/__init__.py,,\\n
            opt/t/joblib/__init__.py
            """
        for (lines, count) in [(unreadable, 1), ("\(unreadable)\n\(copy)", 0)] {
            let listing = try ImageListing(lines)
            var upper = LayerContents()
            for name in ["python", "python3", "python3.11"] {
                upper.append(
                    LayerEntry(
                        path: Array("usr/local/bin/.wh.\(name)".utf8), kind: .file, mode: 0o644, uid: 0, gid: 0,
                        modified: 0, content: 0))
            }
            upper.contents.append(listing.layer.contents[0])
            var stack = LayerStack(image: ImageListing.name)
            try stack.apply(listing.layer, name: "sha256:0")
            try stack.apply(upper, name: "sha256:1")
            let scene = ImportScene(
                FileSystemIndex(stack.finish()), listing.configuration, name: ImageListing.name,
                environment: Environment(packages: []), trained: ["joblib"])
            #expect(scene.path == nil)
            let found = UnreadableModule.findings(scene)
            #expect(found.map(\.severity) == Array(repeating: .error, count: count), "\(found.map(\.message))")
        }
    }
}
