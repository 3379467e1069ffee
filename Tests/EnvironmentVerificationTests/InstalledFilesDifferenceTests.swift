import ContainerImages
import EnvironmentInventory
import Testing

@testable import EnvironmentVerification

struct InstalledFilesDifferenceTests {
    private static let site = ImageListing.site

    private static func digest(_ letter: String?) -> Digest? {
        letter.flatMap { Digest("sha256:" + String(repeating: $0, count: 64)) }
    }

    /// An installed package; a letter stands for a digest.
    private static func package(
        _ content: String?, _ installed: String? = nil, _ check: RecordCheck? = .intact, in location: String = "v/lib",
        launchers: [String] = []
    ) -> Package {
        var package = Package(ecosystem: .pypi, name: "joblib", version: "1.0")
        package.contentDigest = digest(content)
        package.installedDigest = digest(installed)
        package.recordCheck = check
        package.location = location
        package.foreignLaunchers = launchers
        package.source = FileLocation(file: "\(site)joblib-1.0.dist-info/METADATA", line: 1)
        return package
    }

    private static func altered(_ paths: String...) throws -> RecordCheck {
        let digest = try #require(Self.digest("f"))
        return .altered(paths.map { RecordDisagreement(path: $0, kind: .changed(recorded: digest, found: digest)) })
    }

    private static func missing(_ path: String) -> RecordCheck {
        .altered([RecordDisagreement(path: path, kind: .missing)])
    }

    private static func compare(_ left: Package, _ right: Package) -> EnvironmentDifference {
        EnvironmentComparison.compare(Environment(packages: [left]), Environment(packages: [right])).difference
    }

    @Test("a package with other files is rebuilt where no content digest shows it, whichever side it is on")
    func rebuilt() throws {
        let whole = Self.package("a", "b")
        let others = [
            Self.package("a", "c"), Self.package(nil, "c", Self.missing("v/lib/joblib/a.py")),
            Self.package("a", "b", try Self.altered("v/bin/x")),
        ]
        for other in others {
            for (left, right) in [(whole, other), (other, whole)] {
                let found = Self.compare(left, right)
                #expect(found.changes.map(\.kind) == [.rebuilt] && found.changes.map(\.basis) == [.files])
            }
            #expect(Self.compare(other, other).isEmpty)
        }
        let one = Self.package(nil, "c", Self.missing("v/lib/a.py"))
        #expect(!Self.compare(one, Self.package(nil, "c", Self.missing("v/lib/b.py"))).isEmpty)
        #expect(!Self.compare(one, Self.package(nil, "d", Self.missing("v/lib/a.py"))).isEmpty)
    }

    @Test("the same files at another place, and a lock that knows no files, are no difference")
    func same() throws {
        let elsewhere = Self.package(nil, "c", Self.missing("w/python3/bin/x"), in: "w/python3/lib")
        #expect(Self.compare(Self.package(nil, "c", Self.missing("v/bin/x")), elsewhere).isEmpty)
        let editable = Self.package(nil, nil, .uncheckable("it is an editable installation"))
        #expect(Self.compare(editable, editable).isEmpty)
        // Debian's packages have no RECORD.
        let recordless = Self.package(nil, nil, .uncheckable("it has no RECORD"))
        #expect(Self.compare(Self.package("a", "b"), recordless).isEmpty)
        let lock = Package(ecosystem: .pypi, name: "joblib", version: "1.0")
        #expect(Self.compare(lock, Self.package(nil, "c", Self.missing("v/bin/x"))).isEmpty)
        #expect(
            Self.compare(Self.package("a"), Self.package("a", nil, .uncheckable("a has no hash in RECORD"))).isEmpty)
    }

    @Test("a capture has the content of what it captured, so that an installation without it is another")
    func captured() throws {
        let capture = Self.package("a", nil, nil)
        #expect(Self.compare(capture, Self.package("a", "b")).isEmpty)
        #expect(Self.compare(capture, Self.package("a", "b", try Self.altered("v/lib/joblib/a.py"))).isEmpty)
        for other in [
            Self.package(nil, "c", Self.missing("v/lib/joblib/a.py")),
            Self.package("a", "b", try Self.altered("v/bin/x")),
            Self.package("a", "b", launchers: ["v/bin/x does something else"]),
        ] {
            #expect(Self.compare(capture, other).changes.map(\.kind) == [.rebuilt])
            #expect(Self.compare(other, capture).changes.map(\.kind) == [.rebuilt])
        }
    }

    /// The files that two images list, with a package in both that is as given.
    private static func files(_ left: String, _ right: String, packages one: Package, _ other: Package) throws
        -> [String]
    {
        func side(_ text: String, _ package: Package) throws -> ImageComparison.Side {
            let scene = try ImageListing(text).scene()
            return .init(
                files: scene.files, configuration: scene.configuration, environment: Environment(packages: [package]))
        }
        return ImageComparison.compare(try side(left, one), try side(right, other), packages: compare(one, other)).files
            .map { "\($0.kind) \($0.path)" }
    }

    @Test("the files of a package that lost one are listed; those that a digest leaves out of an equal one are not")
    func listed() throws {
        let (a, b) = ("\(Self.site)joblib/a.py", "\(Self.site)joblib/b.py")
        let (left, right) = ("\(a) = joblib\n\(b) = joblib", "\(a) = joblib")
        let record = "changed \(Self.site)joblib-1.0.dist-info/RECORD"
        let (whole, lost) = (Self.package("a", "b"), Self.package(nil, "c", Self.missing(b)))
        #expect(try Self.files(left, right, packages: whole, lost) == [record, "removed \(b)"])
        #expect(try Self.files(right, left, packages: lost, whole) == [record, "added \(b)"])
        #expect(try Self.files(left, right, packages: whole, whole).isEmpty)
        #expect(try Self.files(left, right, packages: whole, Self.package("d", "e")).isEmpty)
        #expect(
            try Self.files("\(a) = joblib", "\(a) -> ../b.py\n\(b) = joblib", packages: whole, whole).contains(
                "changed \(a)"))
    }
}
