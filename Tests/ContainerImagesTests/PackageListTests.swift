import ArchiveReading
import EnvironmentInventory
import Testing

@testable import ContainerImages

/// Which versions an image knows by name, and how they are ordered.
struct PackageListTests {
    private static func lists(_ files: [String: String]) throws -> PackageLists {
        var tar = TarBytes()
        for (path, text) in files.sorted(by: { $0.key < $1.key }) { tar.file(path, text) }
        var stack = LayerStack(image: "test")
        let reader = try TarReader(MemoryByteSource(tar.archive, name: "layer"))
        try stack.apply(LayerReader(limits: ReadingLimits(), keepsPackageLists: true).read(reader), name: "layer")
        let index = FileSystemIndex(stack.finish())
        let packages = InstalledPackages(
            index, configuration: ImageConfiguration(), layers: [], systemRecords: .named)
        return PackageLists(index, packages: packages.environment.packages, architecture: "amd64")
    }

    private static let folder = "var/lib/apt/lists/deb.example_debian_dists_"

    @Test func theNewestOfTheListsCounts() throws {
        let lists = try Self.lists([
            "etc/os-release": "ID=debian\n",
            "var/lib/dpkg/status":
                "Package: bash\nStatus: install ok installed\nVersion: 5.2-1\n\n"
                + "Package: gone\nStatus: deinstall ok config-files\nVersion: 1.0\n",
            Self.folder + "bookworm_main_binary-amd64_Packages":
                "Package: curl\nVersion: 7.88.1-10\n\nPackage: bash\nVersion: 5.2-2\n\nPackage: gone\nVersion: 2.0\n",
            Self.folder + "bookworm-updates_main_binary-amd64_Packages": "Package: curl\nVersion: 7.88.1-10+deb12u5\n",
            // What is only taken when asked for, and what is for another processor.
            Self.folder + "bookworm-backports_InRelease": "Suite: bookworm-backports\nNotAutomatic: yes\n",
            Self.folder + "bookworm-backports_main_binary-amd64_Packages": "Package: curl\nVersion: 8.9\n",
            Self.folder + "bookworm_main_binary-arm64_Packages": "Package: curl\nVersion: 9.9\n",
        ])
        #expect(lists.version(of: "curl", in: .apt) == "7.88.1-10+deb12u5")
        #expect(lists.version(of: "bash", in: .apt) == "5.2-1")
        #expect(lists.version(of: "gone", in: .apt) == "2.0")
        #expect(lists.version(of: "wget", in: .apt) == nil)
        #expect(lists.operatingSystem == "ID=debian\n")
        #expect(lists.unread == [])
    }

    @Test func aDamagedListIsSaid() throws {
        let lists = try Self.lists([
            Self.folder + "bookworm_main_binary-amd64_Packages.gz": "\u{1F}not gzip",
            "var/cache/apk/APKINDEX.1.tar.gz": "no archive",
        ])
        #expect(lists.unread.contains { $0.contains("APKINDEX.1.tar.gz") })
    }

    @Test(
        "versions are ordered as dpkg orders them",
        arguments: [
            ("1.0", "1.1"), ("1.9", "1.10"), ("1.0~rc1", "1.0"), ("1.0", "1.0-1"), ("1.0-1", "1.0-1+deb12u1"),
            ("1.0-1", "1:0.1"), ("1.0+a", "1.0.1"), ("1.0a", "1.0+"), ("1.0-1~bpo1", "1.0-1"),
            ("2.36-9", "2.36-9+deb12u4"),
            ("0.9-1", "0.10-1"), ("1~~", "1~"), ("1~", "1"), ("9:1", "10:1"), ("1.2-3-4", "1.2-4-1"),
        ])
    func debianVersions(older: String, newer: String) {
        #expect(DebianVersion(older) < DebianVersion(newer))
        #expect(!(DebianVersion(newer) < DebianVersion(older)))
        #expect(DebianVersion(older) == DebianVersion(older))
    }

    @Test func equalVersions() {
        #expect(DebianVersion("1.00") == DebianVersion("1.0"))
        #expect(DebianVersion("0:1.0") == DebianVersion("1.0"))
    }
}

/// The answers of git servers.
struct GitRemoteTests {
    private static let commit = String(repeating: "ab", count: 20)

    private static func line(_ text: String) -> String {
        let length = String(text.utf8.count + 4, radix: 16)
        return String(repeating: "0", count: 4 - length.utf8.count) + length + text
    }

    @Test func referencesAreRead() throws {
        let text =
            Self.line("# service=git-upload-pack\n") + "0000" + Self.line("\(Self.commit) HEAD\0multi_ack thin-pack\n")
            + Self.line("\(Self.commit) refs/heads/main\n") + Self.line("\(Self.commit) refs/tags/v1^{}\n") + "0000"
        let found = try GitRemote.parse(Array(text.utf8))
        #expect(found == ["HEAD": Self.commit, "refs/heads/main": Self.commit, "refs/tags/v1^{}": Self.commit])
    }

    @Test(arguments: [
        "", "<html>", "00", "zzzz", "0000", "ffff", "001e# service=git-upload-pack\n0000003f",
        "\(line("ab refs/heads/main\n"))", "\(line("# service=git-upload-pack\n"))0000\(line("xy HEAD\n"))", "0003",
    ])
    func whatIsNoAnswerIsRefused(text: String) {
        #expect(throws: TransferFailure.self) { try GitRemote.parse(Array(text.utf8)) }
    }
}
