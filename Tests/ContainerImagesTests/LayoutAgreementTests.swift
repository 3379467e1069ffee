import ContentHashing
import EnvironmentInventory
import TestSupport
import Testing

@testable import ContainerImages

/// Archives that are a `docker save` archive and an OCI layout at once: Docker's own store reads `manifest.json`, containerd and
/// podman read `index.json`, and only where both are about the same images is one verified for all of them.
@Suite struct LayoutAgreementTests {
    private static let disagreement = "name different images"

    /// The blobs of an archive, and its two lists.
    private struct DualArchive {
        private var tar = TarBytes()
        private var entries: [String] = []
        private var saved: [String] = []

        private mutating func blob(_ bytes: [UInt8]) throws -> (path: String, descriptor: String) {
            let digest = try ContentHash.sha256(of: bytes)
            tar.add("blobs/sha256/\(digest.hex)", content: bytes)
            return ("blobs/sha256/\(digest.hex)", #""digest":"\#(digest)","size":\#(bytes.count)"#)
        }

        /// Adds an image with one file of its name.
        ///
        /// - Parameters:
        ///   - tags: its tags in `manifest.json`; nil for not there.
        ///   - names: its names in `index.json`, an entry each; `[""]` for an entry without a name.
        ///   - other: what the layer of the OCI manifest holds, where that is not the one of the configuration.
        mutating func add(
            _ file: String, tags: [String]?, names: [String], other: String? = nil, annotation: String = ""
        ) throws {
            func layer(_ name: String) -> [UInt8] {
                var layer = TarBytes()
                layer.file(name, name)
                return layer.archive
            }
            let config = Array(
                #"{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":["\#(try ContentHash.sha256(of: layer(file)))"]}}"#
                    .utf8)
            let (plain, written) = (try blob(layer(file)), try blob(layer(other ?? file)))
            let configuration = try blob(config)
            let manifest = try blob(
                Array(
                    #"{"schemaVersion":2,"config":{\#(configuration.descriptor)},"layers":[{\#(written.descriptor)\#(annotation)}]}"#
                        .utf8))
            let type = #""mediaType":"application/vnd.oci.image.manifest.v1+json""#
            for name in names {
                // containerd's exporter writes the tag alone, too.
                let tag = name.split(separator: ":").last ?? ""
                let named =
                    name.isEmpty
                    ? ""
                    : #","annotations":{"io.containerd.image.name":"\#(name)","org.opencontainers.image.ref.name":"\#(tag)"}"#
                entries.append("{\(type),\(manifest.descriptor)\(named)}")
            }
            guard let tags else { return }
            let list = tags.map { "\"\($0)\"" }.joined(separator: ",")
            saved.append(
                #"{"Config":"\#(configuration.path)","RepoTags":[\#(list)],"Layers":["\#(plain.path)"]}"#)
        }

        /// Puts all entries of `index.json` so far into an index of its own, with one for a platform whose blobs are not there.
        mutating func nest() throws {
            let missing =
                #"{"digest":"sha256:\#(String(repeating: "1", count: 64))","size":7,"platform":{"os":"linux","architecture":"arm64"}}"#
            let ours = entries.map { #"\#($0.dropLast()),"platform":{"os":"linux","architecture":"amd64"}}"# }
            let index = try blob(
                Array(
                    #"{"schemaVersion":2,"manifests":[\#((ours + [missing]).joined(separator: ","))]}"#.utf8))
            entries = [#"{"mediaType":"application/vnd.oci.image.index.v1+json",\#(index.descriptor)}"#]
        }

        /// The files of the image that is chosen, or what is said against it.
        func outcome(_ transport: String, _ reference: String = "") throws -> String {
            var tar = tar
            tar.file("index.json", #"{"schemaVersion":2,"manifests":[\#(entries.joined(separator: ","))]}"#)
            tar.file("oci-layout", #"{"imageLayoutVersion":"1.0.0"}"#)
            tar.file("manifest.json", "[\(saved.joined(separator: ","))]")
            let folder = TemporaryFolder()
            do {
                let image = try readImage("\(transport)\(folder.write("x.tar", tar.archive))\(reference)")
                return lines(image.fileSystem).map { "\($0.split(separator: " ")[1])" }.joined(separator: " ")
            } catch let error as ImageReadingError { return error.description }
        }
    }

    private static let transports = ["", "docker-archive:", "oci-archive:"]

    @Test func oneImageInBothListsIsRead() throws {
        var archive = DualArchive()
        try archive.add("a", tags: ["a:1", "a:2"], names: ["docker.io/library/a:1", "docker.io/library/a:2"])
        for transport in Self.transports.prefix(2) { #expect(try archive.outcome(transport) == "a") }
        #expect(try archive.outcome("oci-archive:", ":docker.io/library/a:1") == "a")
        try archive.nest()
        for transport in Self.transports { #expect(try archive.outcome(transport) == "a") }
    }

    @Test(arguments: [["b:1"], ["a:1"], []])
    func anotherImageInTheLayoutIsRefused(names: [String]) throws {
        var archive = DualArchive()
        try archive.add("a", tags: ["a:1"], names: [])
        try archive.add("b", tags: nil, names: names.isEmpty ? [""] : names)
        for transport in Self.transports {
            let said = try archive.outcome(transport)
            #expect(said.contains(Self.disagreement), "\(transport)")
        }
        try archive.nest()
        #expect(try archive.outcome("").contains(Self.disagreement))
    }

    @Test func aLayoutWithoutTheImageIsRefused() throws {
        var archive = DualArchive()
        try archive.add("a", tags: ["a:1"], names: [])
        #expect(try archive.outcome("").contains(Self.disagreement))
    }

    @Test func aFurtherImageInTheLayoutIsRefused() throws {
        var archive = DualArchive()
        try archive.add("a", tags: ["a:1"], names: ["a:1"])
        try archive.add("b", tags: nil, names: ["b:1"])
        #expect(try archive.outcome("").contains(Self.disagreement))
    }

    @Test func theSameConfigurationWithAnotherLayerIsRefused() throws {
        var archive = DualArchive()
        try archive.add("a", tags: ["a:1"], names: ["a:1"], other: "evil")
        for transport in Self.transports {
            let said = try archive.outcome(transport)
            #expect(said.contains(Self.disagreement), "\(transport)")
        }
    }

    @Test func severalImagesAreToldByTheirNames() throws {
        var archive = DualArchive()
        try archive.add("a", tags: ["a:1"], names: ["docker.io/library/a:1"])
        try archive.add("b", tags: ["b:1"], names: ["docker.io/library/b:1"])
        #expect(try archive.outcome("docker-archive:", ":b:1") == "b")
        #expect(try archive.outcome("oci-archive:", ":docker.io/library/b:1") == "b")
        var swapped = DualArchive()
        try swapped.add("a", tags: ["a:1"], names: ["docker.io/library/b:1"])
        try swapped.add("b", tags: ["b:1"], names: ["docker.io/library/a:1"])
        #expect(try swapped.outcome("docker-archive:", ":b:1").contains(Self.disagreement))
        #expect(try swapped.outcome("oci-archive:", ":docker.io/library/b:1").contains(Self.disagreement))
    }

    /// Runtimes that pull layers in parts believe the annotations of the layout's manifest.
    @Test func tablesOfLayersAreCompared() throws {
        var archive = DualArchive()
        let digest = "sha256:\(String(repeating: "0", count: 64))"
        try archive.add(
            "a", tags: ["a:1"], names: ["a:1"],
            annotation: #","annotations":{"containerd.io/snapshot/stargz/toc.digest":"\#(digest)"}"#)
        for transport in Self.transports {
            #expect(try archive.outcome(transport).contains("its table of contents (eStargz)"), "\(transport)")
        }
    }
}
