import ContentHashing
import EnvironmentInventory
import FoundationEssentials
import Testing

@testable import PythonPackaging

struct ContentDigestTests {
    private static func sha256(_ text: String) throws -> Digest { try ContentHash.sha256(of: Array(text.utf8)) }

    @Test("the digest is over path, NUL, hex, LF in byte order")
    func composition() throws {
        let one = try Self.sha256("1")
        let two = try Self.sha256("2")
        let expected = try Self.sha256("B\0\(two.hex)\na\0\(one.hex)\n")
        #expect(try ContentDigest.compute([("a", one), ("B", two)]) == expected)
    }

    @Test func records() throws {
        let hash = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
        let record = try InstallationRecord(Array("a.py,\(hash),0\r\n\"b,\"\"c\",,\nx.pyc,,\n".utf8))
        #expect(record.rows.map(\.path) == ["a.py", "b,\"c", "x.pyc"])
        #expect(record.rows[0].digest?.hex.hasPrefix("e3b0c44298fc1c14") == true)
        for text in ["a,sha256=xx,1", "a,b,c,d", "a,,x", "\"a", ",,"] {
            #expect(throws: RecordError.self) { try InstallationRecord(Array(text.utf8)) }
        }
    }

    @Test(arguments: [
        ("#!python\n", true), ("#!/opt/x/bin/python3.11\nimport x", true), ("#!/usr/bin/env python3\n", false),
        ("#!/bin/sh\necho", false),
        ("#!/bin/sh\n'''exec' /very/long/python \"$0\"", true), ("", false), ("#!pythonw\n", true), ("import x", false),
    ])
    func rewrittenScripts(head: String, isRewritten: Bool) {
        #expect(ContentDigest.isRewrittenScript(Array(head.utf8)) == isRewritten)
    }

    /// The content digest of a package with one script, when its RECORD says where and these files are there.
    private static func digest(folder: String, scriptRow: String, files: [String: String]) throws -> Digest? {
        let info = folder + "/a-1.dist-info"
        let contents = [info + "/METADATA": "Name: a\nVersion: 1\n", info + "/RECORD": "a.py,,\n\(scriptRow),,\n"]
        let all = files.merging([folder + "/a.py": "code"]) { first, _ in first }
        return try InstalledDistribution(
            distInfo: info, contents: { contents[$0].map { Array($0.utf8) } },
            lookup: { path in
                all[path].flatMap { text in
                    (try? sha256(text)).flatMap { SHA256Value($0) }.map {
                        InstalledFile(sha256: $0, size: text.utf8.count, head: Array(text.utf8))
                    }
                }
            })?.contentDigest
    }

    @Test("a row that names an honest copy does not stand for the file that is used")
    func decoys() throws {
        let site = "/usr/lib/python3.11/site-packages"
        let honest = try Self.digest(folder: site, scriptRow: "../../../bin/x", files: ["/usr/bin/x": "good"])
        let target = try Self.digest(folder: "/opt/t", scriptRow: "../../bin/x", files: ["/opt/t/bin/x": "good"])
        let layer = try Self.digest(folder: site, scriptRow: "../../bin/x", files: [site + "/bin/x": "good"])
        #expect(honest != nil && honest == target && honest == layer)
        #expect(try Self.digest(folder: site, scriptRow: "/usr/bin/x", files: ["/usr/bin/x": "good"]) == honest)
        for (row, copy) in [
            ("../../bin/x", "/usr/lib/bin/x"), ("../../bin/x", site + "/bin/x"), ("../../../../bin/x", "/bin/x"),
            ("/bin/x", "/bin/x"), ("bin/x", site + "/bin/x"), ("../../../opt/../../bin/x", "/bin/x"),
        ] {
            let digest = try Self.digest(folder: site, scriptRow: row, files: ["/usr/bin/x": "bad", copy: "good"])
            #expect(digest != honest, "\(row)")
        }
    }

    /// Driven by Oracle/content_digest.py: every wheel of a folder is held against its installations.
    @Test(
        "the digest of a wheel is that of each of its installations",
        .enabled(if: ProcessInfo.processInfo.environment["PINPROOF_DIGEST_ORACLE"] != nil))
    func oracle() throws {
        let root = try #require(ProcessInfo.processInfo.environment["PINPROOF_DIGEST_ORACLE"])
        var wheels: [String: Digest] = [:]
        for wheel in try FileManager.default.contentsOfDirectory(atPath: root + "/unpacked").sorted() {
            let contents = try Self.wheel(root + "/unpacked/" + wheel)
            #expect(contents.recordProblems == [], "\(wheel)")
            wheels[NormalizedName.of(contents.metadata.name)] = contents.contentDigest
        }
        var compared = 0
        for way in try FileManager.default.contentsOfDirectory(atPath: root + "/installed").sorted() {
            let base = root + "/installed/" + way
            for path in try FileManager.default.subpathsOfDirectory(atPath: base)
            // What a package carries along in a folder of its own is not installed.
            where path.hasSuffix(".dist-info") && !path.contains("/_vendor/") {
                let distribution = try #require(
                    try InstalledDistribution(
                        distInfo: base + "/" + path, contents: Self.bytes,
                        lookup: { path in
                            Self.bytes(path).flatMap { bytes in
                                (try? ContentHash.sha256(of: bytes)).flatMap { SHA256Value($0) }.map {
                                    InstalledFile(sha256: $0, size: bytes.count, head: Array(bytes.prefix(256)))
                                }
                            }
                        }))
                guard let expected = wheels[NormalizedName.of(distribution.metadata.name)] else { continue }
                #expect(distribution.recordCheck == .intact, "\(way) \(path)")
                #expect(distribution.contentDigest == expected, "\(way) \(path)")
                #expect(distribution.foreignLaunchers == [], "\(way) \(path)")
                compared += 1
            }
        }
        #expect(compared > 0)
    }

    private static func bytes(_ path: String) -> [UInt8]? {
        (try? Data(contentsOf: URL(filePath: path))).map { Array($0) }
    }

    private static func wheel(_ folder: String) throws -> WheelContents {
        var members: [WheelContents.Member] = []
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            guard let bytes = bytes(folder + "/" + path) else { continue }
            members.append(
                .init(
                    path: path, sha256: try ContentHash.sha256(of: bytes), size: bytes.count,
                    head: Array(bytes.prefix(256))))
        }
        return try WheelContents(members: members) { bytes(folder + "/" + $0) }
    }
}
