import EnvironmentInventory
import SourceDocuments
import Testing

@testable import EnvironmentVerification

/// The ladder of evidence, one rung at a time.
struct EnvironmentVerifierTests {
    private static func digest(_ digit: Character) -> Digest? {
        Digest("sha256:" + String(repeating: digit, count: 64))
    }

    private static func training(_ version: String? = "1.0", hash: Character? = nil, content: Character? = nil)
        -> Package
    {
        var package = Package(ecosystem: .pypi, name: "x", version: version)
        if let hash { package.artifacts = [Artifact(name: nil, url: nil, hashes: [digest(hash)].compactMap { $0 })] }
        package.contentDigest = content.flatMap { digest($0) }
        return package
    }

    private static func serving(
        _ version: String? = "1.0", content: Character? = "c", record: RecordCheck? = .intact, claims: Character? = nil,
        location: String = "site"
    ) -> Package {
        var package = Package(ecosystem: .pypi, name: "x", version: version)
        package.contentDigest = content.flatMap { digest($0) }
        package.recordCheck = record
        package.claimedHashes = [claims.flatMap { digest($0) }].compactMap { $0 }
        package.location = location
        return package
    }

    private static func wheels(hash: Character, content: Character, file: String = "x-1.0-py3-none-any.whl") throws
        -> WheelMap
    {
        WheelMap([
            .init(
                fileName: file, name: "x", version: "1.0", sha256: try #require(digest(hash)),
                contentDigest: try #require(digest(content)))
        ])
    }

    private static let python = Interpreter(version: "3.11.2")
    private static let platform = Platform(os: "linux", architecture: "amd64", cLibrary: CLibrary("glibc-2.36"))

    private static func verify(
        _ training: [Package], _ serving: [Package], required: Evidence = .intact, wheels: WheelMap = WheelMap([]),
        trainedOn: Interpreter? = nil, gaps: [Gap] = [], importPath: [String]? = nil
    ) -> Verification {
        EnvironmentVerifier.verify(
            TrainingSide(
                name: "m", identity: nil, environment: Environment(python: trainedOn, packages: training), gaps: gaps),
            against: ServingSide(
                name: "i", identity: nil,
                environment: Environment(python: python, platform: platform, packages: serving),
                importPath: importPath), required: required, wheels: wheels)
    }

    @Test func locked() throws {
        let map = try Self.wheels(hash: "a", content: "c")
        let result = Self.verify([Self.training(hash: "a")], [Self.serving()], required: .locked, wheels: map)
        #expect(result.verdict == .match)
        #expect(result.packages.first?.evidence == .locked)
    }

    @Test("a record that agrees with forged files does not help against the lock")
    func forgedRecord() throws {
        let map = try Self.wheels(hash: "a", content: "c")
        let result = Self.verify([Self.training(hash: "a")], [Self.serving(content: "d")], wheels: map)
        #expect(result.verdict == .mismatch)
    }

    @Test("the wheel of another platform proves nothing and refutes nothing")
    func otherWheel() throws {
        let map = try Self.wheels(hash: "a", content: "c", file: "x-1.0-cp311-cp311-macosx_11_0_arm64.whl")
        let result = Self.verify([Self.training(hash: "a")], [Self.serving(content: "d")], wheels: map)
        #expect(result.verdict == .match)
        #expect(result.packages.first?.evidence == .intact)
        #expect(result.findings.contains { $0.rule == "forgeable-record" && $0.severity == .note })
    }

    @Test func lowerRungs() {
        #expect(Self.verify([Self.training(content: "c")], [Self.serving()]).packages.first?.evidence == .trained)
        #expect(Self.verify([Self.training(content: "e")], [Self.serving()]).verdict == .mismatch)
        #expect(
            Self.verify([Self.training(hash: "a")], [Self.serving(claims: "a")]).packages.first?.evidence == .claimed)
        #expect(Self.verify([Self.training()], [Self.serving()]).packages.first?.evidence == .intact)
        let named = Self.verify([Self.training()], [Self.serving(record: .uncheckable("no RECORD"))])
        #expect(named.verdict == .notProvable)
        #expect(named.packages.first?.evidence == .named)
        #expect(Self.verify([Self.training()], [Self.serving(record: nil)], required: .named).verdict == .match)
        #expect(Self.verify([Self.training()], [Self.serving()], required: .locked).verdict == .notProvable)
    }

    @Test("a changed file is a mismatch whatever else holds")
    func altered() throws {
        let map = try Self.wheels(hash: "a", content: "c")
        let altered = RecordCheck.altered([RecordDisagreement(path: "x.py", kind: .missing)])
        let result = Self.verify(
            [Self.training(hash: "a")], [Self.serving(record: altered)], required: .named, wheels: map)
        #expect(result.verdict == .mismatch)
        #expect(result.packages.first?.reasons == ["x.py is recorded but missing"])
    }

    @Test func versions() {
        #expect(Self.verify([Self.training("1.1")], [Self.serving()]).verdict == .mismatch)
        #expect(Self.verify([Self.training("1")], [Self.serving()]).verdict == .match)
        // MLflow strips the local part; a lock with hashes does not.
        #expect(Self.verify([Self.training("1.0")], [Self.serving("1.0+cpu")]).verdict == .match)
        #expect(Self.verify([Self.training("1.0", hash: "a")], [Self.serving("1.0+cpu")]).verdict == .mismatch)
        #expect(Self.verify([Self.training(nil)], [Self.serving()]).verdict == .notProvable)
        #expect(Self.verify([Self.training()], [Self.serving(nil)]).verdict == .notProvable)
        var range = Self.training(nil)
        range.versionRequirement = ">=2"
        #expect(Self.verify([range], [Self.serving()]).verdict == .mismatch)
        range.versionRequirement = ">=1"
        #expect(Self.verify([range], [Self.serving()]).verdict == .notProvable)
    }

    @Test("nothing at all is never a match")
    func emptySides() {
        #expect(Self.verify([], [Self.serving()]).verdict == .notProvable)
        #expect(Self.verify([Self.training()], []).verdict == .mismatch)
        #expect(
            Self.verify([Self.training()], [Self.serving()], gaps: [Gap("m", reason: "a file was not understood")])
                .verdict
                == .notProvable)
    }

    @Test func interpreters() {
        let one = [Self.training()]
        #expect(Self.verify(one, [Self.serving()], trainedOn: Interpreter(version: "3.12.1")).verdict == .mismatch)
        let patch = Self.verify(one, [Self.serving()], trainedOn: Interpreter(version: "3.11.9"))
        #expect(patch.verdict == .match)
        #expect(patch.findings.contains { $0.rule == "other-interpreter" && $0.severity == .warning })
        #expect(Self.verify(one, [Self.serving()], trainedOn: Interpreter(version: "3.11")).verdict == .match)
    }

    @Test("of two copies the imported one counts; when that is not known, neither does")
    func copies() {
        let copies = [Self.serving("1.0", location: "a"), Self.serving("2.0", location: "b")]
        #expect(Self.verify([Self.training()], copies).verdict == .notProvable)
        #expect(Self.verify([Self.training()], copies, importPath: ["a", "b"]).verdict == .match)
        #expect(Self.verify([Self.training()], copies, importPath: ["b", "a"]).verdict == .mismatch)
    }

    @Test func wheelMapRoundTrip() throws {
        let map = try Self.wheels(hash: "a", content: "c")
        #expect(try WheelMap(json: SourceText(name: "m", text: map.json.text())) == map)
        for text in [
            "", "[]", "{}", #"{"schema": "pinproof/wheels/2", "wheels": []}"#,
            #"{"schema": "pinproof/wheels/1", "wheels": [{}]}"#,
        ] {
            #expect(throws: DocumentError.self) { try WheelMap(json: SourceText(name: "m", text: text)) }
        }
    }
}

struct EnvironmentComparisonTests {
    private static func package(_ version: String?, artifacts: [(String?, Character)] = [], content: Character? = nil)
        -> Package
    {
        var package = Package(ecosystem: .pypi, name: "x", version: version)
        package.artifacts = artifacts.map { name, digit in
            Artifact(
                name: name, url: nil,
                hashes: [Digest("sha256:" + String(repeating: digit, count: 64))].compactMap { $0 })
        }
        package.contentDigest = content.flatMap { Digest("sha256:" + String(repeating: $0, count: 64)) }
        return package
    }

    private static func kind(_ left: Package?, _ right: Package?) -> EnvironmentDifference.Kind? {
        EnvironmentComparison.compare(
            Environment(packages: [left].compactMap { $0 }), Environment(packages: [right].compactMap { $0 })
        ).difference.changes.first?.kind
    }

    @Test func kinds() {
        #expect(Self.kind(Self.package("1"), Self.package("1.0")) == nil)
        #expect(Self.kind(Self.package("1"), Self.package("2")) == .changed)
        #expect(Self.kind(nil, Self.package("2")) == .added)
        #expect(Self.kind(Self.package("2"), nil) == .removed)
        #expect(Self.kind(Self.package("1", content: "a"), Self.package("1", content: "b")) == .rebuilt)
        #expect(
            Self.kind(Self.package("1", artifacts: [("w", "a")]), Self.package("1", artifacts: [("w", "b")]))
                == .rebuilt)
        // One platform's wheel beside all of them is no other release.
        #expect(
            Self.kind(
                Self.package("1", artifacts: [("w", "a")]), Self.package("1", artifacts: [("w", "a"), ("v", "b")]))
                == nil)
        #expect(
            Self.kind(
                Self.package("1", artifacts: [(nil, "a")]), Self.package("1", artifacts: [(nil, "a"), (nil, "b")]))
                == nil)
        // Two hashes of one name, of which the other side has one: nothing differs, whichever side it is.
        let one = Self.package("1", artifacts: [("w", "a")])
        let two = Self.package("1", artifacts: [("w", "a"), ("w", "b")])
        #expect(Self.kind(one, two) == nil && Self.kind(two, one) == nil)
        let other = Self.package("1", artifacts: [("w", "c")])
        #expect(Self.kind(other, two) == .rebuilt && Self.kind(two, other) == .rebuilt)
        var built = two
        built.isBuilt = true
        #expect(
            Self.kind(built, two) == .rebuilt && Self.kind(two, built) == .rebuilt && Self.kind(built, built) == nil)
        // One hash of several changed is one rebuilt.
        #expect(
            Self.kind(
                Self.package("1", artifacts: [(nil, "a"), (nil, "b")]),
                Self.package("1", artifacts: [(nil, "a"), (nil, "c")])) == .rebuilt)
        // The content decides where it is known on both sides.
        #expect(
            Self.kind(
                Self.package("1", artifacts: [("w", "a")], content: "c"),
                Self.package("1", artifacts: [("w", "b")], content: "c"))
                == nil)
    }

    @Test("packages of an operating system are compared when both sides have some")
    func systemPackages() {
        let apt = Package(ecosystem: .apt, name: "libc6", version: "2.36")
        let one = EnvironmentComparison.compare(
            Environment(packages: [Self.package("1")]), Environment(packages: [Self.package("1"), apt]))
        #expect(one.difference.isEmpty)
        #expect(one.notCompared == [.apt: 1])
        let other = Package(ecosystem: .apt, name: "libc6", version: "2.37")
        let two = EnvironmentComparison.compare(Environment(packages: [apt]), Environment(packages: [other]))
        #expect(two.difference.changes.map(\.kind) == [.changed])
    }

    @Test func facts() {
        let left = Environment(
            python: Interpreter(version: "3.11"), platform: Platform(os: "linux", architecture: "amd64"))
        let right = Environment(
            python: Interpreter(version: "3.11.7"), platform: Platform(os: "linux", architecture: "arm64"))
        #expect(EnvironmentComparison.compare(left, right).difference.facts.map(\.name) == ["platform"])
    }
}
