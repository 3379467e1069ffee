import ContentHashing
import EnvironmentInventory
import TestSupport
import Testing

@testable import ContainerImages

/// One image in the forms that writers give it whose programs are not to be had here, by their documentation: each is accepted,
/// and is the same image.
@Suite struct WriterLayoutTests {
    private static func layers() -> [TarBytes] {
        var base = TarBytes()
        base.directory("etc")
        base.file("etc/os-release", "ID=debian\n")
        base.file("etc/gone", "x")
        var top = TarBytes()
        top.file("app/main.py", "print()\n")
        top.link("app/link", to: "main.py")
        top.file("etc/.wh.gone", "")
        return [base, top]
    }

    private static func config(_ layers: [[UInt8]]) throws -> [UInt8] {
        let diffIDs = try layers.map { "\"\(try ContentHash.sha256(of: $0))\"" }.joined(separator: ",")
        return Array(
            #"{"os":"linux","architecture":"amd64","config":{"User":"1000"},"rootfs":{"type":"layers","diff_ids":[\#(diffIDs)]}}"#
                .utf8)
    }

    private static func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        let folder = TemporaryFolder()
        folder.write("x", bytes)
        try #require(shell("gzip -n '\(folder.path)/x'") == 0)
        return try folder.read("x.gz")
    }

    private static let wanted = ["d app", "f app/main.py", "l app/link", "d etc", "f etc/os-release"]

    private func check(_ tar: TarBytes, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let folder = TemporaryFolder()
        let path = folder.write("image.tar", tar.archive)
        let config = try ContentHash.sha256(of: try Self.config(Self.layers().map(\.archive)))
        // Named as what it is, and found to be it.
        for name in ["docker-archive:\(path)", path] {
            let image = try readImage(name)
            let found = lines(image.fileSystem).map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
            #expect(found.sorted() == Self.wanted.sorted(), sourceLocation: sourceLocation)
            #expect(image.identity.config == config, sourceLocation: sourceLocation)
        }
    }

    private static func manifest(config: String, layers: [String]) -> String {
        let names = layers.map { "\"\($0)\"" }.joined(separator: ",")
        return #"[{"Config":"\#(config)","RepoTags":["app:1"],"Layers":[\#(names)]}]"#
    }

    /// Jib's `buildTar` (https://github.com/GoogleContainerTools/jib, ImageTarball.java): compressed layers by their digest.
    @Test(.enabled(if: hasProgram("gzip"))) func jib() throws {
        let layers = Self.layers().map(\.archive)
        let compressed = try layers.map { try Self.gzip($0) }
        let names = try compressed.map { "\(try ContentHash.sha256(of: $0).hex).tar.gz" }
        var tar = TarBytes()
        for (name, bytes) in zip(names, compressed) { tar.add(name, content: bytes) }
        tar.add("config.json", content: try Self.config(layers))
        tar.file("manifest.json", Self.manifest(config: "config.json", layers: names))
        try check(tar)
    }

    /// `dockerTools.buildImage` (https://github.com/NixOS/nixpkgs, pkgs/build-support/docker): as Docker before 1.10.
    @Test func nixBuildImage() throws {
        let layers = Self.layers().map(\.archive)
        let config = try Self.config(layers)
        var tar = TarBytes()
        var names: [String] = []
        for layer in layers {
            let id = try ContentHash.sha256(of: layer).hex
            tar.add("./\(id)/", type: "5", mode: 0o755)
            tar.file("./\(id)/VERSION", "1.0")
            tar.file("./\(id)/json", #"{"id":"\#(id)"}"#)
            tar.add("./\(id)/layer.tar", content: layer)
            names.append("\(id)/layer.tar")
        }
        let name = try ContentHash.sha256(of: config).hex
        tar.add("./\(name).json", content: config)
        tar.file("./manifest.json", Self.manifest(config: "\(name).json", layers: names))
        tar.file("./repositories", #"{"app":{"1":"\#(names[1].prefix(64))"}}"#)
        try check(tar)
    }

    /// `dockerTools.streamLayeredImage` (stream_layered_image.py): the layers first, each in a folder of its digest.
    @Test func nixLayeredImage() throws {
        let layers = Self.layers().map(\.archive)
        let config = try Self.config(layers)
        var tar = TarBytes()
        var names: [String] = []
        for layer in layers {
            names.append("\(try ContentHash.sha256(of: layer).hex)/layer.tar")
            tar.add(names[names.count - 1], content: layer)
        }
        let name = "\(try ContentHash.sha256(of: config).hex).json"
        tar.add(name, content: config)
        tar.file("manifest.json", Self.manifest(config: name, layers: names))
        try check(tar)
    }

    /// go-containerregistry (pkg/v1/tarball/write.go): ko, crane and Bazel's rules write with it.
    @Test(.enabled(if: hasProgram("gzip")), arguments: [false, true])
    func goContainerRegistry(hasWrongName: Bool) throws {
        let layers = Self.layers().map(\.archive)
        let compressed = try layers.map { try Self.gzip($0) }
        let config = try Self.config(layers)
        let digest = hasWrongName ? try ContentHash.sha256(of: layers[0]) : try ContentHash.sha256(of: config)
        let names = try compressed.map { "\(try ContentHash.sha256(of: $0).hex).tar.gz" }
        var tar = TarBytes()
        tar.add("\(digest)", content: config)
        for (name, bytes) in zip(names, compressed) { tar.add(name, content: bytes) }
        tar.file("manifest.json", Self.manifest(config: "\(digest)", layers: names))
        if hasWrongName {
            #expect(throws: ImageReadingError.self) { try check(tar) }
        } else {
            try check(tar)
        }
    }

    /// apko and rules_oci write a layout without any name (https://github.com/bazel-contrib/rules_oci, image.sh).
    @Test(.enabled(if: hasProgram("gzip"))) func layoutWithoutNames() throws {
        let folder = TemporaryFolder()
        let layers = Self.layers().map(\.archive)
        func blob(_ bytes: [UInt8], _ type: String) throws -> String {
            let digest = try ContentHash.sha256(of: bytes)
            folder.write("oci/blobs/sha256/\(digest.hex)", bytes)
            return #"{"mediaType":"application/vnd.oci.image.\#(type)","digest":"\#(digest)","size":\#(bytes.count)}"#
        }
        let blobs = try layers.map { try blob(try Self.gzip($0), "layer.v1.tar+gzip") }.joined(separator: ",")
        let config = try blob(try Self.config(layers), "config.v1+json")
        let manifest = try blob(
            Array(
                #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":\#(config),"layers":[\#(blobs)]}"#
                    .utf8), "manifest.v1+json")
        folder.write(
            "oci/index.json",
            Array(
                #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[\#(manifest)]}"#
                    .utf8))
        folder.write("oci/oci-layout", Array("{\n  \"imageLayoutVersion\": \"1.0.0\"\n}\n".utf8))
        try #require(shell("cd '\(folder.path)/oci' && tar -cf ../oci.tar .") == 0)
        for name in ["oci:\(folder.path)/oci", "oci-archive:\(folder.path)/oci.tar", "\(folder.path)/oci.tar"] {
            let found = lines(try readImage(name).fileSystem).map {
                $0.split(separator: " ").prefix(2).joined(separator: " ")
            }
            #expect(found.sorted() == Self.wanted.sorted(), "\(name)")
        }
    }

    /// The image as buildah, skopeo and umoci write it again, in every form that each of them has.
    @Test(
        .enabled(if: hasProgram("skopeo") && hasProgram("umoci"), "skopeo or umoci is not installed"),
        arguments: [
            "oci:@/copy:t", "oci-archive:@/copy.tar:t", "docker-archive:@/copy.tar:app:1", "dir:@/copy", "umoci",
        ])
    func writtenAgain(target: String) throws {
        let folder = TemporaryFolder()
        try writeLayout(folder, "oci", layers: Self.layers().map(\.archive))
        let target = target.replacing("@", with: folder.path)
        let source = "\(folder.path)/oci:example.org/app:1"
        if target == "umoci" {
            folder.write("new/file", Array("new".utf8))
            try #require(
                shell(
                    "cd '\(folder.path)' && umoci insert --rootless --image '\(source)' new/file /srv/new 2>/dev/null")
                    == 0)
        } else {
            try #require(shell("skopeo copy -q --insecure-policy 'oci:\(source)' '\(target)'") == 0)
        }
        let image = try readImage(target == "umoci" ? "oci:\(source)" : target)
        let found = lines(image.fileSystem).map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
        let added = target == "umoci" ? ["d srv", "f srv/new"] : []
        #expect(found.sorted() == (Self.wanted + added).sorted())
    }
}
