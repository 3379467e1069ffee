import ContainerImages
import EnvironmentInventory
import Testing

@testable import EnvironmentVerification

struct ImageComparisonTests {
    private static let site = ImageListing.site

    private static func compare(
        _ left: String, _ right: String, changed: [String] = [], undigested: Bool = false
    ) throws -> ImageDifference {
        func side(_ text: String) throws -> ImageComparison.Side {
            let scene = try ImageListing(text).scene()
            var package = Package(ecosystem: .pypi, name: "joblib", version: "1.0")
            if !undigested { package.contentDigest = Digest("sha256:" + String(repeating: "a", count: 64)) }
            package.source = FileLocation(file: "\(site)joblib-1.0.dist-info/METADATA", line: 1)
            return .init(
                files: scene.files, configuration: scene.configuration, environment: Environment(packages: [package]))
        }
        let changes = changed.map { name in
            EnvironmentDifference.Change(
                kind: .changed, left: Package(ecosystem: .apt, name: name, version: "1"),
                right: Package(ecosystem: .apt, name: name, version: "2"))
        }
        let (one, other) = (try side(left), try side(right))
        let packages = EnvironmentComparison.compare(one.environment, other.environment).difference
        return ImageComparison.compare(
            one, other,
            packages: EnvironmentDifference(changes: changes + packages.changes, sames: packages.sames))
    }

    @Test("files that no package owns are named, with what happened to them")
    func files() throws {
        let found = try Self.compare(
            "etc/a : text 1\netc/b : text 1\netc/c : text 1\netc/l -> a",
            "etc/a : text 2\netc/c : text 1\netc/d : text 1\netc/l -> c")
        #expect(
            found.files.map { "\($0.kind) \($0.path)" } == [
                "changed etc/a", "removed etc/b", "added etc/d", "changed etc/l",
            ])
        #expect(try Self.compare("etc/a : text 1", "etc/a : text 1").isEmpty)
    }

    @Test("settings are compared by their bytes, as paths and users are")
    func settings() throws {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        func fields(_ set: (inout ImageConfiguration, String) -> Void) throws -> [String] {
            let scene = try ImageListing("etc/a : text 1").scene()
            let sides = [composed, decomposed].map { text in
                var configuration = ImageConfiguration()
                set(&configuration, text)
                return ImageComparison.Side(
                    files: scene.files, configuration: configuration, environment: Environment())
            }
            let packages = EnvironmentDifference(changes: [], sames: [])
            return ImageComparison.compare(sides[0], sides[1], packages: packages).configuration.map(\.field)
        }
        #expect(try fields { $0.environment = ["PYTHONPATH=/" + $1] } == ["Env"])
        #expect(try fields { $0.environment = [$1 + "=1"] } == ["Env", "Env"])
        #expect(try fields { $0.entrypoint = [$1] } == ["Entrypoint"])
        #expect(try fields { $0.user = $1 } == ["User"])
        #expect(try fields { $0.labels = [$1: ""] } == ["Labels", "Labels"])
        #expect(try fields { $0.otherSettings = ["Shell": "[\"\($1)\"]"] } == ["Shell"])
        #expect(try fields { $0.workingDirectory = $1.isEmpty ? "" : "/" } == [])
    }

    @Test("what a package's own difference tells is not told twice")
    func owned() throws {
        let list = "var/lib/dpkg/info/bash.list : text /bin/bash"
        let left = "bin/bash : text 1\n\(list)"
        let right = "bin/bash : text 2\n\(list)"
        #expect(try Self.compare(left, right).files.map(\.owner) == ["apt bash"])
        #expect(try Self.compare(left, right, changed: ["bash"]).isEmpty)
        let python = "\(Self.site)joblib/a.py = joblib"
        #expect(try Self.compare(python, "\(python)\n\(Self.site)joblib/b.py = joblib").isEmpty)
        let undigested = try Self.compare(python, "\(python)\n\(Self.site)joblib/b.py = joblib", undigested: true)
        #expect(undigested.files.map(\.path).contains("\(Self.site)joblib/b.py"))
    }

    @Test("bytecode that a build made anew is counted, any other is named")
    func bytecode() throws {
        func text(_ kind: String) -> String {
            "srv/a.py\nsrv/__pycache__/a.cpython-311.pyc : pyc \(kind)"
        }
        let anew = try Self.compare(text("timestamp 0"), text("checked"))
        #expect(anew.isEmpty && anew.bytecode == 1)
        #expect(try Self.compare(text("timestamp 0"), "srv/a.py").bytecode == 1)
        for kind in ["timestamp 9", "unchecked", "python 3.12", "cut"] {
            #expect(try Self.compare(text("timestamp 0"), text(kind)).files.count == 1, "\(kind)")
        }
    }

    @Test("a compiled file that Python runs on one side and passes over on the other is named, though no byte differs")
    func bytecodeThatIsPassedOver() throws {
        let text = "srv/a.py\nsrv/__pycache__/a.cpython-311.pyc : pyc timestamp 0"
        func side(_ text: String, seconds: Int) throws -> ImageComparison.Side {
            let times = ["srv/a.py": ImageListing.modified + seconds]
            let scene = try ImageListing(text, modified: times).scene()
            return .init(files: scene.files, configuration: scene.configuration, environment: Environment())
        }
        func compare(_ text: String, _ left: Int, _ right: Int) throws -> ImageDifference {
            ImageComparison.compare(
                try side(text, seconds: left), try side(text, seconds: right),
                packages: EnvironmentDifference(changes: [], sames: []))
        }
        let found = try compare(text, 0, 1)
        #expect(found.files.map(\.path) == ["srv/__pycache__/a.cpython-311.pyc"] && !found.isEmpty)
        #expect(found.files.first?.left?.isRun == true && found.files.first?.right?.isRun == false)
        #expect(try compare(text, 7, 9).isEmpty)
        #expect(try compare(text, 0, 0).isEmpty)
        #expect(try compare(text.replacing("timestamp 0", with: "checked"), 0, 9).isEmpty)
    }

    @Test("configurations")
    func configuration() throws {
        let found = try Self.compare(
            "ENV A=1\nENV B=1\nCMD python a.py\nWORKDIR /srv", "ENV A=2\nENV C=\nCMD python b.py\nWORKDIR /srv")
        #expect(
            found.configuration.map { "\($0.field) \($0.name ?? "") \($0.left ?? "-") \($0.right ?? "-")" } == [
                "Env A 1 2", "Env B 1 -", "Env C - ", "Cmd  [\"python\", \"a.py\"] [\"python\", \"b.py\"]",
            ])
    }

    @Test("an entry without an equals sign sets no variable, and is told from an empty one and from none")
    func valuelessVariables() throws {
        func told(_ left: String, _ right: String) throws -> [String] {
            try Self.compare(left, right).configuration.map {
                "\($0.field) \($0.name ?? "-") \($0.left ?? "-") \($0.right ?? "-")"
            }
        }
        #expect(try told("ENV A=", "ENV A") == ["Env A  -", "Env - - A"])
        #expect(try told("ENV A", "ENV B=1") == ["Env B - 1", "Env - A -"])
        #expect(try told("ENV A=1\nENV A", "ENV A=1") == ["Env - A -"])
        #expect(try told("ENV A\nENV A", "ENV A").isEmpty)
    }
}
