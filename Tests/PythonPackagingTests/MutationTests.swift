import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import PythonPackaging

/// Readers get damaged input of a fixed seed: an answer or an error, never a trap.
struct MutationTests {
    private static func mutated(_ seed: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = seed
        for _ in 0...Int.random(in: 0...4, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0...4, using: &random) {
            case 0: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...3, using: &random)))
            case 2: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
            case 3:
                let end = min(bytes.count, place + 6)
                bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
            default:
                let words = [
                    "\r\n", "\"", ",", "(((", "===", "[", "..", "*", "-", "\u{FEFF}", "99999999999999999999", "\0",
                ]
                bytes.insert(contentsOf: Array((words.randomElement(using: &random) ?? "").utf8), at: place)
            }
        }
        return bytes
    }

    enum Reader: String, CaseIterable, Sendable {
        case version, specifier, requirement, marker, wheel, sdist, record, metadata, directURL, entryPoints, target
    }

    private static func seeds(_ reader: Reader) -> [String] {
        switch reader {
        case .version: ["1!2.0.3rc1.post4.dev5+cu118.7", "v1.0-alpha_1", "0"]
        case .specifier: [">=1.0,<2,!=1.5.*", "~=1.4.2", "===1.0-x", "== 1.0+cpu"]
        case .requirement:
            [
                "Foo.Bar[a, b] (>=1,<2) ; python_version < '3.12' and (extra == \"x\" or os_name != 'nt')",
                "a @ https://example.org/a-1.0.whl ; sys_platform == 'linux'", "a===1,b",
            ]
        case .marker: ["python_version>='3' and ('a' in extras or not_a) or platform.machine not in 'x86_64 arm'"]
        case .wheel: ["foo_bar-1.0+cpu-1abc-cp37.cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"]
        case .sdist: ["foo-bar-1.0.tar.gz", "a-1.zip"]
        case .record:
            [
                "a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\r\n\"b,\"\"c\",,\n../../../bin/x,,12\n",
                "a,sha512=z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg_SpIdNs6c5H0NE8XYXysP-DGNKHfuwvY7kxvUdBeoGlODJ6-SfaPg,0\n",
            ]
        case .metadata:
            [
                "Metadata-Version: 2.1\r\nName: a\r\nVersion: 1\nRequires-Dist: b>1\n folded\nRequires-Python: >=3\n\nbody"
            ]
        case .directURL:
            [
                #"{"url": "https://example.org/a.whl", "archive_info": {"hashes": {"sha256": "00"}, "hash": "sha256=00"}}"#,
                #"{"url": "file:///a", "dir_info": {"editable": true}, "vcs_info": {"commit_id": "abc"}}"#,
            ]
        case .entryPoints: ["[console_scripts]\na = b:c\r\n; x\n[gui_scripts]\nd=e:f [x]\n"]
        case .target: ["3.11.7", "2.7", "9.99", "3"]
        }
    }

    private static func read(_ reader: Reader, _ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        switch reader {
        case .version:
            if let version = PythonVersion(text) {
                #expect(PythonVersion(version.description) == version, "\(text)")
                _ = version < version.withoutLocal
            }
        case .specifier:
            guard let set = VersionSpecifierSet(text), let version = PythonVersion("1.4.2.post1") else { return }
            _ = set.contains(version)
            _ = set.filter([version])
            _ = set.exactVersion
        case .requirement:
            if let requirement = try? Requirement(text) { _ = requirement.marker?.holds(in: ["os_name": "posix"]) }
        case .marker: _ = (try? Marker(text))?.holds(in: ["python_version": "3.11"], extras: ["x"])
        case .wheel: _ = try? WheelFileName(text)
        case .sdist: _ = try? SdistFileName(text)
        case .record: _ = try? InstallationRecord(bytes)
        case .metadata: _ = DistributionMetadata(bytes)
        case .directURL: _ = try? DirectURL(SourceText(name: "direct_url.json", bytes: bytes))
        case .entryPoints: _ = EntryPoints(bytes).make("a.exe")
        case .target:
            let library = CLibrary(family: .glibc, major: 2, minor: bytes.first.map(Int.init) ?? .max)
            _ = PythonTarget(python: text, platform: Platform(os: "linux", architecture: "amd64", cLibrary: library))
        }
    }

    @Test(arguments: Reader.allCases)
    func damaged(reader: Reader) {
        var random = SeededGenerator(seed: 0x1057)
        for seed in Self.seeds(reader) {
            let bytes = Array(seed.utf8)
            for end in 0...bytes.count { Self.read(reader, Array(bytes[..<end])) }
            for _ in 0..<(reader == .target ? 50 : 1500) { Self.read(reader, Self.mutated(bytes, &random)) }
        }
    }

    @Test func nestedMarkersAreRefused() {
        for depth in [65, 100_000] {
            let text = String(repeating: "(", count: depth) + "os_name == 'x'" + String(repeating: ")", count: depth)
            #expect(throws: RequirementError.self) { try Marker(text) }
        }
    }
}
