import Glibc
import TestSupport
import Testing

@testable import ModelArchives

/// Links of a snapshot in the cache of the Hugging Face hub: those into its own blobs are followed, no other.
struct HuggingFaceLinkTests {
    private static let sha1 = String(repeating: "0123456789", count: 4)
    private static let sha256 = String(repeating: "0123456789abcdef", count: 4)

    /// A cache with a snapshot, whose path is the second value.
    private static func cache(_ snapshot: String = "models--a--b/snapshots/main") -> (TemporaryDirectory, String) {
        let folder = TemporaryDirectory()
        folder.write("models--a--b/blobs/\(sha1)", Array("small".utf8))
        folder.write("models--a--b/blobs/\(sha256)", Array("large".utf8))
        folder.write("\(snapshot)/x", [])
        return (folder, "\(folder.path)/\(snapshot)")
    }

    private static func resolved(_ path: String) -> String? {
        guard let buffer = realpath(path, nil) else { return nil }
        defer { free(buffer) }
        return String(cString: buffer)
    }

    @Test(
        "a path is that of a snapshot, or it is none",
        arguments: [
            ("models--a--b/snapshots/main", true), ("datasets--a/snapshots/0123", true),
            ("models--a--b/other/main", false),
            ("models/snapshots/main", false), ("snapshots/main", false), ("models--a--b/snapshots/main/sub", false),
        ])
    func snapshots(_ name: String, _ isSnapshot: Bool) {
        let (folder, path) = Self.cache(name)
        #expect((HuggingFaceCache(path) != nil) == isSnapshot)
        #expect((HuggingFaceCache(path + "///") != nil) == isSnapshot)
        #expect((HuggingFaceCache(path + "/.") != nil) == isSnapshot)
        #expect(HuggingFaceCache(folder.path + "/gone/snapshots/main") == nil)
    }

    @Test("a link leads to a blob from each depth, and only a sha256 promises a content")
    func blobs() throws {
        let (folder, path) = Self.cache()
        let cache = try #require(HuggingFaceCache(path))
        let root = try #require(Self.resolved("\(folder.path)/models--a--b"))
        let small = try #require(cache.blob("../../blobs/\(Self.sha1)", of: "config.json"))
        #expect(small.path == "\(root)/blobs/\(Self.sha1)" && small.sha256 == nil)
        let large = try #require(cache.blob("../../../../blobs/\(Self.sha256)", of: "a/b/model.bin"))
        #expect(large.path == "\(root)/blobs/\(Self.sha256)" && large.sha256 == Self.sha256)
    }

    @Test(
        "a link to anywhere else is refused",
        arguments: [
            ("../blobs/\(sha1)", "x"), ("../../../blobs/\(sha1)", "x"), ("../../blobs/\(sha1)", "a/x"),
            ("/etc/passwd", "x"), ("../../blobs/../blobs/\(sha1)", "x"), ("../../blobs/\(sha1)/..", "x"),
            ("../../blobs/", "x"), ("../../blobs/\(sha1.dropLast())", "x"), ("../../blobs/\(sha1)0", "x"),
            ("../../blobs/\(sha256.uppercased())", "x"), ("../../blobs/\(String(repeating: "9", count: 40))", "x"),
            ("./../../blobs/\(sha1)", "x"), ("../../blobs//\(sha1)", "x"), ("", "x"),
            ("../../blobs/\(String(repeating: ".", count: 40))", "x"),
        ])
    func refused(_ target: String, _ path: String) throws {
        let (folder, snapshot) = Self.cache()
        let cache = try #require(HuggingFaceCache(snapshot))
        #expect(cache.blob(target, of: path) == nil)
        withExtendedLifetime(folder) {}
    }

    @Test("a blob that is a link or a directory itself is refused")
    func otherBlobs() throws {
        let (folder, snapshot) = Self.cache()
        let cache = try #require(HuggingFaceCache(snapshot))
        let (link, directory) = (String(repeating: "a", count: 40), String(repeating: "b", count: 40))
        #expect(symlink("/etc/passwd", "\(folder.path)/models--a--b/blobs/\(link)") == 0)
        #expect(mkdir("\(folder.path)/models--a--b/blobs/\(directory)", 0o755) == 0)
        #expect(cache.blob("../../blobs/\(link)", of: "x") == nil)
        #expect(cache.blob("../../blobs/\(directory)", of: "x") == nil)
    }
}
