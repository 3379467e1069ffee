import EnvironmentInventory
import Testing

@testable import EnvironmentVerification

/// Every loadable file has a voucher or is named.
struct LoadingAccountTests {
    private static let site = ImageListing.site

    private static func account(
        _ listing: String, base: Int = 0, applications: [String] = [], packages: [Verification.PackageVerdict] = []
    ) throws -> LoadingAccount {
        let scene = try ImageListing(listing).scene(baseLayerCount: base)
        return LoadingAccount(
            scene, Vouchers(scene, packages: packages, applications: applications),
            LoadableFiles(scene))
    }

    /// The verdict on a package of the listing, whose metadata lies in its dist-info.
    private static func verdict(_ name: String, _ evidence: Evidence) -> Verification.PackageVerdict {
        var package = Package(ecosystem: .pypi, name: name, version: "1.0")
        package.source = FileLocation(file: "\(Self.site)\(name)-1.0.dist-info/METADATA", line: 1)
        return .init(training: package, serving: package, evidence: evidence, verdict: .match, reasons: [])
    }

    private struct Example: Sendable {
        let rule: Rule
        let example: Rule.Example
    }

    private static let ruleExamples = [LoadingAccount.rule, StartFindings.rule].flatMap { rule in
        (rule.bad + rule.good).map { Example(rule: rule, example: $0) }
    }

    @Test("the examples of the rules fire at their marks", arguments: ruleExamples.indices)
    func examples(index: Int) throws {
        let item = Self.ruleExamples[index]
        let listing = try ImageListing(item.example.text)
        let scene = try listing.scene()
        let findings =
            item.rule.name == StartFindings.rule.name
            ? StartFindings.findings(scene.start, name: scene.name)
            : try Self.account(item.example.plainText).findings.filter { $0.severity == .error }
        #expect(findings.map(\.file) == listing.marked, "\(item.example.text) \(findings.map(\.message))")
        #expect(findings.allSatisfy { $0.rule == item.rule.name && $0.help != nil })
    }

    @Test(
        "who vouches for a file",
        arguments: [
            (.locked, 0, [], .package), (.trained, 0, [], .package), (.intact, 0, [], .record),
            (.claimed, 0, [], .record), (.named, 0, [], .record), (.intact, 1, [], .base), (.locked, 1, [], .package),
            (nil, 0, ["usr/local"], .app), (nil, 0, [], .record),
        ] as [(Evidence?, Int, [String], Verification.Account.Voucher)])
    func vouchers(evidence: Evidence?, base: Int, applications: [String], voucher: Verification.Account.Voucher) throws
    {
        let account = try Self.account(
            "\(Self.site)numpy/__init__.py = numpy", base: base, applications: applications,
            packages: evidence.map { [Self.verdict("numpy", $0)] } ?? [])
        let other = Verification.Account.Voucher.allCases.filter { $0 != voucher }
        #expect(account.account.count(voucher) >= 1)
        // The interpreter and the standard library have no owner in the listing.
        #expect(
            other.allSatisfy { $0 == .none || (base > 0 && $0 == .base) || account.account.count($0) == 0 },
            "\(account.account.counts)")
    }

    @Test("the copy of another directory is not vouched for by the proof of the first one")
    func twoCopies() throws {
        let account = try Self.account(
            "\(Self.site)numpy/__init__.py = numpy",
            packages: {
                var package = Package(ecosystem: .pypi, name: "numpy", version: "1.0")
                package.source = FileLocation(file: "elsewhere/numpy-1.0.dist-info/METADATA", line: 1)
                return [.init(training: package, serving: package, evidence: .locked, verdict: .match, reasons: [])]
            }())
        #expect(account.account.count(.package) == 0 && account.account.count(.record) == 1)
    }

    @Test(
        "files that nobody vouches for: in the directories of packages an error, elsewhere a warning for the directory",
        arguments: [
            ("\(ImageListing.site)lz4/__init__.py", Severity.error),
            ("\(ImageListing.site)numpy/_distributor_init_local.py", .error),
            ("\(ImageListing.site)numpy.libs/glibc-hwcaps/libopenblas.so.0", nil),
            ("\(ImageListing.site)numpy.libs/libopenblas.so.0", .error),
            ("usr/local/lib/python3.11/psutil.py", .error), ("usr/local/lib/python3.11/random.py", .warning),
            ("usr/local/lib/python3.11/lib-dynload/_json.so", .warning), ("usr/local/lib/python311.zip", .error),
            ("usr/local/bin/python3.11._pth : text /evil", .error),
            ("CMD python /srv/serve.py\nsrv/serve.py", .warning), ("opt/elsewhere/x.py", nil),
            ("\(ImageListing.site)data/readme.txt", nil), ("\(ImageListing.site)x-1.0.dist-info/evil.py", nil),
            ("\(ImageListing.site)joblib/__pycache__/pool.cpython-311.pyc : pyc timestamp 0", nil),
        ] as [(String, Severity?)])
    func severities(added: String, severity: Severity?) throws {
        let plain = try Self.account("\(Self.site)numpy/__init__.py = numpy\n\(Self.site)joblib/pool.py = joblib")
        let account = try Self.account(
            "\(Self.site)numpy/__init__.py = numpy\n\(Self.site)joblib/pool.py = joblib\n\(added)")
        let known = Set(plain.findings.map(\.message))
        let new = account.findings.filter { !known.contains($0.message) }
        #expect(new.map(\.severity).max() == severity, "\(new.map(\.message))")
    }

    @Test("the base image vouches for its layers, and makes its hazards notes")
    func base() throws {
        let listing = "\(Self.site)hook.pth : text import os\n\(Self.site)lz4.py"
        #expect(try Self.account(listing).findings.contains { $0.severity == .error })
        let based = try Self.account(listing, base: 1)
        #expect(based.findings.isEmpty && based.account.isProved && based.account.files.isEmpty)
        let scene = try ImageListing(listing).scene(baseLayerCount: 1)
        #expect(ImportHazards.findings(scene).allSatisfy { $0.severity == .note })
    }

    @Test("many files are counted")
    func many() throws {
        let listing = (0..<30).map { "\(Self.site)m\($0).py" }.joined(separator: "\n")
        let account = try Self.account(listing)
        #expect(account.findings.filter { $0.severity == .error }.count == 21)
        #expect(account.findings.contains { $0.message.hasPrefix("10 more files") })
        #expect(account.account.files.filter { $0.path.hasPrefix(Self.site) }.count == 30)
    }
}
