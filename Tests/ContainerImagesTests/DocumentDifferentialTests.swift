import ArchiveReading
import ContentHashing
import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import ContainerImages

/// Documents that Go's encoding/json, and so every container runtime, reads otherwise than they look.
@Suite struct DocumentDifferentialTests {
    private static let zero = String(repeating: "0", count: 64)
    private static let descriptor = #"{"digest":"sha256:\#(zero)","size":2}"#

    @Test(arguments: [
        #"{"config":\#(descriptor),"layers":[],"Layers":[\#(descriptor)]}"#,
        #"{"config":\#(descriptor),"Config":\#(descriptor),"layers":[]}"#,
        #"{"config":\#(descriptor),"LAYERS":[\#(descriptor)]}"#,
        #"{"config":{"digest":"sha256:\#(zero)","size":2,"Digest":"sha256:\#(zero)"},"layers":[]}"#,
        #"{"config":\#(descriptor),"layers":[{"digest":"sha256:\#(zero)","size":2,"Size":3}]}"#,
        #"{"manifests":[\#(descriptor)],"Manifests":[]}"#,
        #"{"manife\#u{17F}ts":[],"manifests":[]}"#,
        #"{"schemaversion":1,"config":\#(descriptor),"layers":[]}"#,
        #"{"manifests":[{"digest":"sha256:\#(zero)","size":2,"platform":{"os":"linux","OS":"x","architecture":"a"}}]}"#,
    ])
    func refusesManifests(text: String) {
        let error = #expect(throws: DocumentError.self) {
            _ = try ManifestDocument(Array(text.utf8), name: "manifest")
        }
        #expect(error?.reason.contains("by container runtimes") == true, "\(String(describing: error))")
    }

    @Test(arguments: [
        #"{"rootfs":{"diff_ids":[]},"config":{},"Config":{"Env":["PYTHONPATH=/evil"]}}"#,
        #"{"rootfs":{"diff_ids":[]},"config":{"env":["A=1"]}}"#,
        #"{"rootfs":{"diff_ids":[]},"RootFS":{"diff_ids":[]}}"#,
        #"{"rootfs":{"diff_ids":[],"Diff_IDs":[]}}"#,
        #"{"rootfs":{"diff_ids":[]},"config":{"Env":[],"ENV":["A=1"]}}"#,
        #"{"rootfs":{"diff_ids":[]},"config":{"Entrypoint":["a"],"EntryPoint":["b"]}}"#,
        #"{"rootfs":{"diff_ids":[]},"history":[{"empty_layer":true,"Empty_Layer":false}]}"#,
        "{\"rootfs\":{\"diff_ids\":[]},\"config\":{\"Wor\u{212A}ingDir\":\"/x\"}}",
    ])
    func refusesConfigurations(text: String) {
        let error = #expect(throws: DocumentError.self) {
            _ = try ImageConfiguration(Array(text.utf8), name: "config")
        }
        #expect(error?.reason.contains("by container runtimes") == true, "\(String(describing: error))")
    }

    /// No digest covers index.json and oci-layout: what skopeo and umoci refuse there is refused.
    @Test(arguments: [
        ("index.json", #""schemaVersion":2"#, #""schemaVersion":3"#),
        ("index.json", #""schemaVersion":2"#, #""schemaVersion":"2""#),
        (
            "index.json", #""schemaVersion":2"#,
            #""schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json""#
        ),
        ("index.json", #""schemaVersion":2"#, #""schemaVersion":2,"mediaType":"application/json""#),
        ("index.json", "image.manifest.v1+json", "image.index.v1+json"),
        ("index.json", "image.manifest.v1+json", "image.manifesT.v1+json"),
        ("index.json", #""mediaType":"#, #""mediatype":"#),
        ("index.json", #""mediaType":"#, #""mediaTypo":"#),
        ("index.json", #""digest":"sha256:"#, #""digest":"SHA256:"#),
        ("index.json", #""manifests""#, #""manifests":[],"manifests""#),
        ("index.json", "]}", "]"),
        ("index.json", "]}", "]}}"),
        ("oci-layout", "1.0.0", "1.0.1"), ("oci-layout", #""1.0.0""#, "1"),
        ("oci-layout", "imageLayout", "imageLayouT"),
        ("oci-layout", "imageLayout", "image"), ("oci-layout", "}", ""),
        ("oci-layout", #"{"imageLayoutVersion":"1.0.0"}"#, ""),
        ("oci-layout", "}", #","imageLayoutVersion":"2.0.0"}"#), ("oci-layout", #""1.0.0""#, "\"1.0.0\u{1}\""),
    ])
    func whatNoDigestCovers(file: String, old: String, new: String) throws {
        let folder = TemporaryFolder()
        var layer = TarBytes()
        layer.file("a", "x")
        try writeLayout(folder, "oci", layers: [layer.archive])
        let text = String(decoding: try folder.read("oci/\(file)"), as: UTF8.self)
        #expect(throws: Never.self) { try readImage("oci:\(folder.path)/oci") }
        let changed = text.replacing(old, with: new)
        #expect(changed != text)
        folder.write("oci/\(file)", Array(changed.utf8))
        #expect(throws: ImageReadingError.self) { try readImage("oci:\(folder.path)/oci") }
    }

    /// Container runtimes know digests in lower case only.
    @Test func digestsInUpperCase() throws {
        let digest = String(repeating: "a", count: 64)
        for text in [digest.uppercased(), "a" + digest.dropFirst().uppercased()] {
            let manifest = #"{"config":{"digest":"sha256:\#(text)","size":2},"layers":[]}"#
            #expect(throws: DocumentError.self) { _ = try ManifestDocument(Array(manifest.utf8), name: "m") }
            let config = #"{"rootfs":{"diff_ids":["sha256:\#(text)"]}}"#
            #expect(throws: DocumentError.self) { _ = try ImageConfiguration(Array(config.utf8), name: "c") }
        }
        let manifest = #"{"config":{"digest":"sha256:\#(digest)","size":2},"layers":[]}"#
        #expect(try ManifestDocument(Array(manifest.utf8), name: "m").kind == .manifest)
    }

    @Test func keysOfMapsAreTheirOwn() throws {
        let text = #"{"rootfs":{"diff_ids":[]},"config":{"Labels":{"a":"1","A":"2"}}}"#
        #expect(try ImageConfiguration(Array(text.utf8), name: "config").labels == ["a": "1", "A": "2"])
    }

    /// An archive with two members of a name: readers disagree about which one counts.
    @Test(arguments: [true, false])
    func twoManifestsOfOneArchive(areEqual: Bool) throws {
        let folder = TemporaryFolder()
        var layer = TarBytes()
        layer.file("etc/os-release", "ID=debian\n")
        let diffID = try ContentHash.sha256(of: layer.archive)
        let config = Array(
            #"{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":["\#(diffID)"]}}"#.utf8)
        let name = try ContentHash.sha256(of: config).hex
        func manifest(_ tag: String) -> String {
            #"[{"Config":"\#(name).json","RepoTags":["\#(tag)"],"Layers":["layer.tar"]}]"#
        }
        var tar = TarBytes()
        tar.file("manifest.json", manifest("a.example/b:1"))
        tar.add("\(name).json", content: config)
        tar.add("layer.tar", content: layer.archive)
        tar.file("manifest.json", manifest(areEqual ? "a.example/b:1" : "a.example/b:2"))
        let path = folder.write("image.tar", tar.archive)
        if areEqual {
            #expect(try readImage("docker-archive:\(path)").reference == "a.example/b:1")
            return
        }
        for text in ["docker-archive:\(path)", path] {
            let error = #expect(throws: ImageReadingError.self) { try readImage(text) }
            #expect(
                error?.description.contains("twice with different contents") == true, "\(String(describing: error))")
        }
    }

    @Test func aLayerWithoutBytesIsEmpty() throws {
        let folder = TemporaryFolder()
        var layer = TarBytes()
        layer.file("a", "x")
        try writeLayout(folder, "oci", layers: [layer.archive, []])
        let image = try readImage("oci:\(folder.path)/oci")
        #expect(lines(image.fileSystem).count == 1 && image.layers.last?.size == 0)
        shell("printf '' | gzip -n > '\(folder.path)/empty.gz'")
        let compressed = try folder.read("empty.gz")
        try writeLayout(folder, "gzip", layers: [layer.archive, compressed], diffIDs: [layer.archive, []])
        #expect(lines(try readImage("oci:\(folder.path)/gzip").fileSystem).count == 1)
        // Without a digest of what was decompressed, no bytes are a truncated archive.
        folder.write("flat.tar", [])
        #expect(throws: ImageReadingError.self) { try readImage("\(folder.path)/flat.tar") }
    }

    @Test(arguments: [
        ("[::1]:5000/team/app:1", "[::1]:5000", "1"), ("[2001:db8::7]/x/y", "[2001:db8::7]", nil),
        ("[::ffff:1.2.3.4]:80/x", "[::ffff:1.2.3.4]:80", nil),
    ])
    func addressesOfIPv6AreRegistries(text: String, registry: String, tag: String?) throws {
        let reference = try #require(ImageReference(text))
        #expect(reference.registry == registry && reference.tag == tag && reference.description == text)
    }

    @Test(arguments: ["[::1/x", "[]/x", "[::1]:/x", "[::1]x/y", "[g::1]/x", "[1]/x", "[::1]:5000"])
    func whatIsNoAddressIsNoReference(text: String) { #expect(ImageReference(text) == nil) }
}
