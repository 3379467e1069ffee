import ContentHashing
import EnvironmentInventory
import Testing

@testable import ContainerImages

@Suite("Python distributions of the system's packages")
struct SystemDistributionTests {
    private static let folder = "usr/lib/python3/dist-packages"
    private static let metadata = "Metadata-Version: 2.1\nName: numpy\nVersion: 1.24.2\n"

    /// A system with Debian's python3-numpy, which has no RECORD. A change to the empty text removes a file.
    private static func packages(
        _ changes: [String: String] = [:], info: String = "numpy-1.24.2.egg-info/PKG-INFO", recorded: Bool = true,
        records: SystemRecords = .checksums
    ) throws -> [Package] {
        var tar = TarBytes()
        let files = ["numpy/__init__.py": "import os", "numpy/core.py": "x = 1", info: metadata]
        for (path, text) in files.merging(changes, uniquingKeysWith: { $1 }) where !text.isEmpty {
            tar.file("\(folder)/\(path)", text)
        }
        tar.file(
            "var/lib/dpkg/status",
            "Package: python3-numpy\nStatus: install ok installed\nVersion: 1:1.24.2-1\nArchitecture: amd64\n")
        if recorded {
            let sums = try files.map { path, text in
                "\(try ContentHash.digest(.md5, of: Array(text.utf8)).hex)  \(folder)/\(path)\n"
            }
            tar.file("var/lib/dpkg/info/python3-numpy.md5sums", sums.sorted().joined())
        }
        return try SystemPackageTests.packages(tar, records).filter { $0.ecosystem == .pypi }
    }

    @Test(
        "dpkg's record stands in for RECORD",
        arguments: ["numpy-1.24.2.egg-info/PKG-INFO", "numpy-1.24.2.egg-info", "numpy-1.24.2.dist-info/METADATA"])
    func intact(info: String) throws {
        let package = try #require(try Self.packages(info: info).first)
        #expect(package.name == "numpy" && package.version == "1.24.2")
        #expect(package.recordCheck == .intact)
        #expect(package.contentDigest != nil)
        #expect(package.modules == ["numpy"])
    }

    @Test("a changed and a missing file are named", arguments: ["x = 2", ""])
    func altered(text: String) throws {
        let intact = try #require(try Self.packages().first)
        let package = try #require(try Self.packages(["numpy/core.py": text]).first)
        guard case .altered(let differences)? = package.recordCheck else {
            Issue.record("the record is \(String(describing: package.recordCheck))")
            return
        }
        #expect(differences.map(\.path) == ["\(Self.folder)/numpy/core.py"])
        #expect(package.contentDigest != intact.contentDigest)
    }

    @Test("a file that the record does not name changes nothing")
    func unrecorded() throws {
        let intact = try #require(try Self.packages().first)
        let package = try #require(try Self.packages(["numpy/more.py": "y = 1"]).first)
        #expect(package.recordCheck == .intact && package.contentDigest == intact.contentDigest)
    }

    @Test("without md5 sums of the files the digest is there, and the record is not called intact")
    func uncomputed() throws {
        let package = try #require(try Self.packages(records: .contents).first)
        #expect(package.recordCheck == .uncheckable("dpkg's md5 sums were not computed"))
        #expect(package.contentDigest == (try Self.packages().first?.contentDigest))
    }

    @Test("a distribution that no package of the system owns stays as it is")
    func unowned() throws {
        let package = try #require(try Self.packages(recorded: false).first)
        guard case .uncheckable? = package.recordCheck else {
            Issue.record("the record is \(String(describing: package.recordCheck))")
            return
        }
        #expect(package.contentDigest == nil)
    }
}
