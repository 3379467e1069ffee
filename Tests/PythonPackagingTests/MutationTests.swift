import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import PythonPackaging

/// Readers get damaged input of a fixed seed: an error, or an answer that keeps its promises.
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

    /// Reads a text, and holds what was read against what has to be true of it.
    private static func read(_ reader: Reader, _ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        switch reader {
        case .version:
            guard let version = PythonVersion(text) else { return }
            #expect(PythonVersion(version.description) == version, "\(text)")
            #expect(
                version.withoutLocal <= version && version.firstDevelopmentRelease <= version.withoutLocal, "\(text)")
        case .specifier:
            guard let set = VersionSpecifierSet(text), let version = PythonVersion("1.4.2.post1") else { return }
            #expect(VersionSpecifierSet(set.description)?.description == set.description, "\(text)")
            #expect(!set.contains(version) || set.contains(version, allowsPrereleases: true), "\(text)")
            #expect(set.filter([version]).isEmpty || set.contains(version, allowsPrereleases: true), "\(text)")
        case .requirement:
            do throws(RequirementError) {
                let requirement = try Requirement(text)
                #expect(
                    !requirement.name.isEmpty && requirement.url == nil || requirement.specifiers.specifiers.isEmpty)
                expectWritten(requirement.marker, text)
            } catch { #expect((0...text.utf8.count).contains(error.offset), "\(text)") }
        case .marker:
            do throws(RequirementError) { expectWritten(try Marker(text), text) } catch {
                #expect((0...text.utf8.count).contains(error.offset), "\(text)")
            }
        case .wheel:
            guard let wheel = try? WheelFileName(text) else { return }
            #expect(WheelTag.parse(wheel.tagText) == wheel.tags && !wheel.tags.isEmpty, "\(text)")
            #expect(NormalizedName.of(wheel.name) == wheel.name, "\(text)")
        case .sdist:
            guard let sdist = try? SdistFileName(text) else { return }
            #expect(
                NormalizedName.of(sdist.name) == sdist.name && text.hasSuffix("z") || text.hasSuffix("p"), "\(text)")
        case .record:
            do {
                let rows = try InstallationRecord(bytes).rows
                #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.line < $1.line }, "\(text)")
                #expect(rows.allSatisfy { !$0.path.isEmpty && !$0.path.contains("\\") }, "\(text)")
            } catch {
                #expect(error.line >= 1 && error.line <= text.utf8.count { $0 == UInt8(ascii: "\n") } + 1, "\(text)")
            }
        case .metadata:
            guard let metadata = DistributionMetadata(bytes) else { return }
            #expect(
                !metadata.name.isEmpty && !metadata.version.isEmpty && !metadata.name.utf8.contains(UInt8(ascii: "\n")))
        case .directURL:
            do throws(DocumentError) {
                let found = try DirectURL(SourceText(name: "direct_url.json", bytes: bytes))
                #expect(found.origin?.url ?? found.url == found.url)
            } catch { #expect(error.place.map { $0.line >= 1 && $0.column >= 1 } ?? true) }
        case .entryPoints:
            #expect(EntryPoints(bytes).scripts.keys.allSatisfy { !$0.hasPrefix("[") && !$0.contains("\n") })
        case .target:
            let library = CLibrary(family: .glibc, major: 2, minor: bytes.first.map(Int.init) ?? .max)
            let target = PythonTarget(
                python: text, platform: Platform(os: "linux", architecture: "amd64", cLibrary: library))
            guard let target else { return }
            #expect(Set(target.tags).count == target.tags.count && target.satisfies(">=2") == true, "\(text)")
        }
    }

    /// A marker that was read is read again from what it says of itself, with the same answer.
    private static func expectWritten(_ marker: Marker?, _ text: String) {
        guard let marker else { return }
        for version in ["3.8", "3.11"] {
            let environment = ["python_version": version, "os_name": "posix"]
            let again = try? Marker(marker.description)
            #expect(
                again?.holds(in: environment, extras: ["x"]) == marker.holds(in: environment, extras: ["x"]), "\(text)")
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
