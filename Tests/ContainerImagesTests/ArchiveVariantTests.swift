import ContentHashing
import EnvironmentInventory
import TestSupport
import Testing

@testable import ContainerImages

/// Archives as Docker writes them, which is not to be had here: built by hand from the image specification.
@Suite struct ArchiveVariantTests {
    private func layer(_ name: String) -> [UInt8] {
        var tar = TarBytes()
        tar.file(name, name)
        return tar.archive
    }

    private func config(_ layers: [[UInt8]]) throws -> [UInt8] {
        let diffIDs = try layers.map { "\"\(try ContentHash.sha256(of: $0))\"" }.joined(separator: ",")
        return Array(#"{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":[\#(diffIDs)]}}"#.utf8)
    }

    private func read(_ tar: TarBytes, _ reference: String = "") throws -> Image {
        let folder = TemporaryFolder()
        return try readImage("docker-archive:\(folder.write("x.tar", tar.archive))\(reference)")
    }

    @Test func readsDockerUpTo24WithRepeatedLayersAsLinks() throws {
        let (first, second) = (layer("a"), layer("b"))
        let config = try config([first, second, first])
        let id = try ContentHash.sha256(of: config).hex
        var tar = TarBytes()
        tar.directory("one")
        tar.add("one/layer.tar", content: first)
        tar.add("two/layer.tar", content: second)
        tar.link("three/layer.tar", to: "../one/layer.tar")
        tar.add("\(id).json", content: config)
        tar.file(
            "manifest.json",
            #"[{"Config":"\#(id).json","RepoTags":["app:1"],"Layers":["one/layer.tar","two/layer.tar","three/layer.tar"]}]"#
        )
        tar.file("repositories", "{}")
        let image = try read(tar)
        #expect(image.identity.config?.hex == id)
        #expect(image.identity.manifest == nil)
        #expect(lines(image.fileSystem).count == 2)
        #expect(image.reference == "app:1")
        #expect(try read(tar, ":docker.io/library/app:1").identity == image.identity)
        #expect(throws: ImageReadingError.self) { try read(tar, ":app:2") }
    }

    @Test func refusesAConfigurationOfAnotherName() throws {
        let first = layer("a")
        var tar = TarBytes()
        tar.add("l/layer.tar", content: first)
        tar.add("\(String(repeating: "0", count: 64)).json", content: try config([first]))
        tar.file(
            "manifest.json",
            #"[{"Config":"\#(String(repeating: "0", count: 64)).json","RepoTags":null,"Layers":["l/layer.tar"]}]"#)
        let error = #expect(throws: ImageReadingError.self) { try read(tar) }
        #expect(error?.description.contains("expected sha256:0000") == true)
    }

    @Test func choosesAmongSeveralImages() throws {
        let (first, second) = (layer("a"), layer("b"))
        var tar = TarBytes()
        tar.add("1.tar", content: first)
        tar.add("2.tar", content: second)
        tar.add("c1.json", content: try config([first]))
        tar.add("c2.json", content: try config([second]))
        tar.file(
            "manifest.json",
            #"[{"Config":"c1.json","RepoTags":["a:1"],"Layers":["1.tar"]},{"Config":"c2.json","RepoTags":["b:1","c:1"],"Layers":["2.tar"]}]"#
        )
        let error = #expect(throws: ImageReadingError.self) { try read(tar) }
        #expect(error?.description.contains("it holds 2 images, and none is named; it has a:1, b:1") == true)
        #expect(try read(tar, ":c:1").fileSystem.lookup("b") != nil)
        #expect(try read(tar, ":@0").fileSystem.lookup("a") != nil)
    }

    @Test func refusesWrongCountsAndMissingParts() throws {
        let first = layer("a")
        for (layers, present) in [
            (#""1.tar","1.tar""#, true), ("", true), (#""absent.tar""#, true), (#""1.tar""#, false),
            (#""../1.tar""#, true),
        ] {
            var tar = TarBytes()
            tar.add("1.tar", content: first)
            if present { tar.add("c.json", content: try config([first])) }
            tar.file("manifest.json", #"[{"Config":"c.json","Layers":[\#(layers)]}]"#)
            #expect(throws: ImageReadingError.self) { try read(tar) }
        }
    }

    /// Docker 25 and later write an OCI layout and a manifest.json over the same blobs; only the containerd store's manifest
    /// is one that a registry knows.
    @Test(.enabled(if: hasProgram("gzip")), arguments: [false, true])
    func readsDocker25(isCompressed: Bool) throws {
        let folder = TemporaryFolder()
        let plain = layer("a")
        folder.write("layer", plain)
        shell("cd '\(folder.path)' && gzip -nk layer")
        let stored = isCompressed ? try folder.read("layer.gz") : plain
        let config = try config([plain])
        func digest(_ bytes: [UInt8]) throws -> String { try ContentHash.sha256(of: bytes).hex }
        let manifest = Array(
            #"{"schemaVersion":2,"config":{"digest":"sha256:\#(try digest(config))","size":\#(config.count)},"layers":[{"digest":"sha256:\#(try digest(stored))","size":\#(stored.count)}]}"#
                .utf8)
        var tar = TarBytes()
        for blob in [config, stored, manifest] { tar.add("blobs/sha256/\(try digest(blob))", content: blob) }
        tar.file(
            "index.json",
            #"{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:\#(try digest(manifest))","size":\#(manifest.count)}]}"#
        )
        tar.file("oci-layout", #"{"imageLayoutVersion":"1.0.0"}"#)
        tar.file(
            "manifest.json",
            #"[{"Config":"blobs/sha256/\#(try digest(config))","RepoTags":["a:1"],"Layers":["blobs/sha256/\#(try digest(stored))"]}]"#
        )
        let image = try read(tar)
        #expect(image.identity.manifest?.hex == (isCompressed ? try digest(manifest) : nil))
        #expect(image.fileSystem.lookup("a") != nil)
        let path = folder.write("x.tar", tar.archive)
        #expect(ImageReader.detect(path: path)?.transport == .dockerArchive)
        #expect(try readImage("oci-archive:\(path)").identity.diffIDs == image.identity.diffIDs)
    }

    /// containerd reads regular files only, skopeo the first member of a name, Docker what is left on disk.
    @Test(arguments: ["manifest.json", "c.json", "1.tar"], ["12", "21", "22", "01", "10"])
    func refusesAMemberThatIsALinkToo(name: String, types: String) throws {
        let first = layer("a")
        func bytes(_ name: String) throws -> [UInt8] {
            switch name {
            case "1.tar": first
            case "c.json": try config([first])
            default: Array(#"[{"Config":"c.json","Layers":["1.tar"]}]"#.utf8)
            }
        }
        var tar = TarBytes()
        for member in ["manifest.json", "c.json", "1.tar"] {
            guard member == name else {
                tar.add(member, content: try bytes(member))
                continue
            }
            tar.add("other", content: try bytes(member))
            for type in types {
                if type == "0" {
                    tar.add(member, content: try bytes(member))
                } else {
                    tar.add(member, type: type, link: "other")
                }
            }
        }
        let error = #expect(throws: ImageReadingError.self) { try read(tar) }
        #expect(error?.description.contains("'other'") == false)
        #expect(error?.description.contains("is there twice") == true, "\(error?.description ?? "")")
    }

    /// skopeo takes the first image of a name in index.json, whatever else is said of it, and in an index the first for a
    /// platform; umoci and containerd choose otherwise.
    @Test(
        arguments: [
            #""annotations":{"vnd.docker.reference.type":"attestation-manifest"}"#, #""artifactType":"x/y""#,
            #""annotations":{"org.opencontainers.image.ref.name":"sha256-\#(String(repeating: "a", count: 64)).att"}"#,
        ])
    func whatIsForAPlatformIsAnImage(mark: String) throws {
        let folder = TemporaryFolder()
        func blob(_ bytes: [UInt8]) throws -> String {
            let digest = try ContentHash.sha256(of: bytes)
            folder.write("oci/blobs/sha256/\(digest.hex)", bytes)
            return #""digest":"\#(digest)","size":\#(bytes.count)"#
        }
        func manifest(_ name: String) throws -> String {
            let layer = layer(name)
            return try blob(
                Array(
                    #"{"schemaVersion":2,"config":{\#(try blob(try config([layer])))},"layers":[{\#(try blob(layer))}]}"#
                        .utf8))
        }
        let type = #""mediaType":"application/vnd.oci.image.manifest.v1+json""#
        let platform = #""platform":{"os":"linux","architecture":"amd64"}"#
        let (evil, good) = (try manifest("evil"), try manifest("good"))
        func read(_ index: String, _ name: String) throws -> [String] {
            folder.write("oci/index.json", Array(index.utf8))
            folder.write("oci/oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
            let image = try ImageReader.read(
                try #require(ImageName("oci:\(folder.path)/oci\(name)")),
                platform: Platform(os: "linux", architecture: "amd64"))
            return lines(image.fileSystem)
        }
        let nested = try blob(
            Array(
                #"{"schemaVersion":2,"manifests":[{\#(type),\#(evil),\#(mark),\#(platform)},{\#(type),\#(good),\#(platform)}]}"#
                    .utf8))
        let outer =
            #"{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json",\#(nested)}]}"#
        #expect(try read(outer, "").first?.contains(" evil ") == true)
        let named = #""annotations":{"org.opencontainers.image.ref.name":"t"}"#
        for first in ["", "," + platform, #","platform":{"os":"unknown","architecture":"unknown"}"#] {
            let index =
                #"{"schemaVersion":2,"manifests":[{\#(type),\#(evil),\#(named)\#(first)},{\#(type),\#(good),\#(named),\#(platform)}]}"#
            let error = #expect(throws: ImageReadingError.self) { try read(index, ":t") }
            #expect(error?.description.contains("several images 't'") == true)
        }
    }

    @Test func choosesByPlatformAndSkipsAttestations() throws {
        let folder = TemporaryFolder()
        func blob(_ bytes: [UInt8]) throws -> String {
            let digest = try ContentHash.sha256(of: bytes)
            folder.write("oci/blobs/sha256/\(digest.hex)", bytes)
            return #""digest":"\#(digest)","size":\#(bytes.count)"#
        }
        func manifest(_ architecture: String) throws -> String {
            let layer = layer(architecture)
            let config =
                #"{"os":"linux","architecture":"\#(architecture)","rootfs":{"diff_ids":["\#(try ContentHash.sha256(of: layer))"]}}"#
            return try blob(
                Array(
                    #"{"schemaVersion":2,"config":{\#(try blob(Array(config.utf8)))},"layers":[{\#(try blob(layer))}]}"#
                        .utf8))
        }
        let absent = #""digest":"sha256:\#(String(repeating: "1", count: 64))","size":5"#
        let index = """
            {"schemaVersion":2,"manifests":[{\(absent),"platform":{"os":"linux","architecture":"s390x"}},
            {\(try manifest("amd64")),"platform":{"os":"linux","architecture":"amd64"}},
            {\(try manifest("arm64")),"platform":{"os":"linux","architecture":"arm64","variant":"v8"}},
            {\(absent),"platform":{"os":"unknown","architecture":"unknown"},"annotations":{"vnd.docker.reference.type":"attestation-manifest"}}]}
            """
        let outer =
            #"{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json",\#(try blob(Array(index.utf8))),"annotations":{"org.opencontainers.image.ref.name":"app:1"}}]}"#
        folder.write("oci/index.json", Array(outer.utf8))
        folder.write("oci/oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
        let name = try #require(ImageName("oci:\(folder.path)/oci"))
        for architecture in ["amd64", "arm64"] {
            let image = try ImageReader.read(name, platform: Platform(os: "linux", architecture: architecture))
            #expect(image.fileSystem.lookup(architecture) != nil)
            // The subject is the manifest of the platform; the index holds others.
            #expect(image.identity.index == (try ContentHash.sha256(of: Array(index.utf8))))
            #expect(image.identity.manifest != image.identity.index && !image.identity.isOnlyImageOfIndex)
        }
        for architecture in ["s390x", "riscv64"] {
            #expect(throws: ImageReadingError.self) {
                try ImageReader.read(name, platform: Platform(os: "linux", architecture: architecture))
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func refusesLayersThatClimbOrExplode() throws {
        for path in ["../../etc/passwd", "a/../../b"] {
            var tar = TarBytes()
            tar.file(path, "x")
            let folder = TemporaryFolder()
            try writeLayout(folder, "oci", layers: [tar.archive])
            let error = #expect(throws: ImageReadingError.self) { try readImage("oci:\(folder.path)/oci") }
            #expect(error?.description.contains("points outside") == true)
        }
        let folder = TemporaryFolder()
        shell("cd '\(folder.path)' && truncate -s 10G big && tar --sparse -cf layer.tar big && rm big")
        try writeLayout(folder, "oci", layers: [folder.read("layer.tar")])
        #expect(throws: ImageReadingError.self) { try readImage("oci:\(folder.path)/oci") }
    }
}
