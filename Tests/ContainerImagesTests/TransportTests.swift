import ArchiveReading
import EnvironmentInventory
import Glibc
import TestSupport
import Testing

@testable import ContainerImages

let getuidIsRoot = getuid() == 0

/// A small image with the databases of Debian, and its copies in all formats, made once by skopeo.
private final class SavedImages: Sendable {
    static let shared = SavedImages()
    let folder = TemporaryFolder()

    init() {
        var base = TarBytes()
        base.directory("etc")
        base.file("etc/os-release", "ID=debian\n")
        base.directory("var/lib/dpkg")
        base.file(
            "var/lib/dpkg/status",
            """
            Package: libc6
            Status: install ok installed
            Architecture: amd64
            Version: 2.36-9+deb12u10
            Description: GNU C Library
             More text: here

            Package: gone
            Status: deinstall ok not-installed
            Architecture: amd64

            Package: python3.11-minimal
            Status: install ok installed
            Architecture: amd64
            Version: 3.11.2-6+deb12u6

            """)
        base.directory("usr/bin")
        base.add("usr/bin/python3.11", content: Array("ELF".utf8), mode: 0o755)
        base.link("usr/bin/python3", to: "python3.11")
        base.add("usr/share/noise", content: (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
        var upper = TarBytes()
        upper.file("srv/app.py", "print('hello')\n")
        upper.file("etc/.wh.os-release", "")
        try? writeLayout(
            folder, "oci", layers: [base.archive, upper.archive],
            config: #""config":{"Env":["PATH=/usr/bin","A=b=c"],"Entrypoint":["python3"],"User":"1000"},"#)
        shell(
            """
            cd '\(folder.path)' && skopeo copy -q oci:oci oci:gz:example.org/app:1 && skopeo copy -q --dest-compress-format zstd oci:oci oci:zst:1 \
            && skopeo copy -q oci:gz oci-archive:oci.tar:example.org/app:1 && skopeo copy -q oci:gz docker-archive:docker.tar:example.org/app:1 \
            && skopeo copy -q oci:gz dir:dir && gzip -k docker.tar && mkdir old && tar -C old -xf docker.tar \
            && rm -rf export && mkdir export && tar -cf flat.tar -C export .
            """)
    }
}

@Suite(.enabled(if: hasProgram("skopeo"))) struct TransportTests {
    private var path: String { SavedImages.shared.folder.path }

    @Test(arguments: [
        ("oci:", "oci", ImageTransportName.oci), ("oci:", "gz", .oci), ("oci:", "zst", .oci),
        ("oci-archive:", "oci.tar", .ociArchive), ("docker-archive:", "docker.tar", .dockerArchive),
        ("docker-archive:", "docker.tar.gz", .dockerArchive), ("dir:", "dir", .directory),
    ])
    func everyTransportGivesTheSameImage(prefix: String, file: String, format: ImageTransportName) throws {
        let reference = try readImage("oci:\(path)/oci")
        for name in ["\(prefix)\(path)/\(file)", "\(path)/\(file)"] {
            let image = try readImage(name)
            #expect(image.format == format)
            #expect(image.identity.diffIDs == reference.identity.diffIDs)
            #expect(lines(image.fileSystem) == lines(reference.fileSystem))
            #expect(image.environment == reference.environment)
            #expect((image.identity.manifest == nil) == (format == .dockerArchive))
        }
        #expect(reference.environment.packages.map(\.name) == ["libc6", "python3.11-minimal"])
        #expect(reference.environment.python?.version == "3.11.2")
        #expect(reference.environment.platform?.cLibrary?.description == "glibc-2.36")
        #expect(reference.configuration.variable("A") == "b=c")
        #expect(reference.configuration.user == "1000")
        #expect(reference.fileSystem.lookup("etc/os-release") == nil)
        #expect(reference.fileSystem.lookup("srv/app.py")?.layer == 1)
    }

    @Test func readsAFlatFileSystem() throws {
        let folder = TemporaryFolder()
        var tar = TarBytes()
        tar.file("./etc/os-release", "ID=debian\n")
        tar.file("var/lib/dpkg/status", "Package: a\nStatus: install ok installed\nVersion: 1\n")
        let image = try readImage(folder.write("flat.tar", tar.archive))
        #expect(image.format == .exported)
        #expect(image.identity == ImageIdentity(manifest: nil, config: nil, diffIDs: []))
        #expect(image.environment.packages.map(\.name) == ["a"])
        #expect(image.notes.contains { $0.contains("no identity") })
        shell("gzip -k '\(folder.path)/flat.tar'")
        #expect(try lines(readImage("\(folder.path)/flat.tar.gz").fileSystem) == lines(image.fileSystem))
        folder.write("cut.tar", Array(tar.archive.dropLast(1100)))
        #expect(throws: ImageReadingError.self) { try readImage("\(folder.path)/cut.tar") }
    }

    @Test func resolvesDigests() throws {
        for name in ["oci:\(path)/gz", "oci-archive:\(path)/oci.tar:example.org/app:1"] {
            let resolved = try ImageDigestSource.resolve(#require(ImageName(name)))
            #expect(resolved.pinned == "example.org/app:1@\(resolved.digest)")
        }
        let archive = try #require(ImageName("docker-archive:\(path)/docker.tar"))
        #expect(throws: ImageReadingError.self) { try ImageDigestSource.resolve(archive) }
    }

    @Test func namesWhatThereIs() throws {
        let error = #expect(throws: ImageReadingError.self) { try readImage("oci:\(path)/gz:other:2") }
        #expect(error?.description.contains("it has no image 'other:2'; it has example.org/app:1") == true)
        let name = try #require(ImageName("oci:\(path)/gz"))
        let platform = #expect(throws: ImageReadingError.self) {
            try ImageReader.read(name, platform: Platform(os: "linux", architecture: "arm64"))
        }
        #expect(platform?.description.contains("the image is not for linux/arm64; it has linux/amd64") == true)
    }

    @Test func refusesWhatIsNoImage() throws {
        let folder = TemporaryFolder()
        folder.write("empty", [])
        folder.write("noise", (0..<9000).map { UInt8(truncatingIfNeeded: $0 &* 7919) })
        shell(
            "mkdir '\(folder.path)/folder' && cd '\(folder.path)' && echo x > folder/x && tar -cf x.tar folder && mkfifo pipe"
        )
        for name in ["empty", "noise", "folder", "x.tar", "pipe", "absent"] {
            for prefix in ["", "oci:", "oci-archive:", "docker-archive:", "dir:"] {
                let error = #expect(throws: ImageReadingError.self) { try readImage("\(prefix)\(folder.path)/\(name)") }
                #expect(error?.description.contains("\n") == false)
            }
        }
    }

    @Test func refusesFaults() throws {
        var random = SeededGenerator(seed: 88_172_645_463_325_252)
        for (file, prefix) in [("oci.tar", "oci-archive:"), ("docker.tar", "docker-archive:")] {
            let whole = try SavedImages.shared.folder.read(file)
            let reference = try readImage("\(prefix)\(path)/\(file)")
            let folder = TemporaryFolder()
            for cut in 0..<20 {
                let count = cut * (whole.count - 10_240) / 20
                folder.write("cut", Array(whole[..<count]))
                #expect(throws: ImageReadingError.self, "cut to \(count)") {
                    try readImage("\(prefix)\(folder.path)/cut")
                }
            }
            for _ in 0..<fuzzRounds(80) {
                var bytes = whole
                let place = random.next(0...(bytes.count - 1))
                bytes[place] ^= 1 << UInt8(random.next(0...7))
                folder.write("flip", bytes)
                // A bit that means nothing (padding, a time) may change without effect; nothing else.
                guard let image = try? readImage("\(prefix)\(folder.path)/flip") else { continue }
                #expect(image.identity.diffIDs == reference.identity.diffIDs)
                #expect(image.identity.config == reference.identity.config)
                #expect(lines(image.fileSystem) == lines(reference.fileSystem))
            }
        }
    }

    @Test func everyBlobIsHeldAgainstItsDigest() throws {
        let folder = TemporaryFolder()
        shell("cp -r '\(path)/gz' '\(folder.path)/gz'")
        let blobs = try listing("\(folder.path)/gz/blobs/sha256")
        #expect(blobs.count == 4)
        var random = SeededGenerator(seed: 177)
        for blob in blobs {
            let original = try folder.read("gz/blobs/sha256/\(blob)")
            for cut in 0..<20 {
                folder.write("gz/blobs/sha256/\(blob)", Array(original[..<(original.count * cut / 20)]))
                #expect(throws: ImageReadingError.self) { try readImage("oci:\(folder.path)/gz") }
            }
            for _ in 0..<10 {
                var bytes = original
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 4
                folder.write("gz/blobs/sha256/\(blob)", bytes)
                let error = #expect(throws: ImageReadingError.self) { try readImage("oci:\(folder.path)/gz") }
                #expect(error?.description.contains("expected sha256:\(blob)") == true, "\(String(describing: error))")
            }
            folder.write("gz/blobs/sha256/\(blob)", original + [0])
            #expect(throws: ImageReadingError.self) { try readImage("oci:\(folder.path)/gz") }
            folder.write("gz/blobs/sha256/\(blob)", original)
        }
        _ = try readImage("oci:\(folder.path)/gz")
    }

    @Test func refusesOddDocuments() throws {
        let deep = String(repeating: "[", count: 100_000)
        let many = String(repeating: #"{"a":"bbbbbbbbbbbbbbbbbbbbbbb"},"#, count: 200_000)
        for index in [
            deep, #"{"schemaVersion":2,"manifests":\#(deep)"#, #"{"schemaVersion":2,"manifests":[\#(many){}]}"#,
            #"{"schemaVersion":2,"manifests":[]}"#, #"{"schemaVersion":1}"#, "[]", "{}", "", "null",
            #"{"manifests":[{"digest":"sha256:abc","size":1}]}"#, #"{"manifests":[],"layers":[]}"#,
            #"{"manifests":[{"digest":"sha256:\#(String(repeating: "a", count: 64))","size":-1}]}"#,
            #"{"manifests":[{"digest":"sha256:\#(String(repeating: "a", count: 64))","size":9223372036854775807}]}"#,
            #"{"manifests":[{"digest":"sha256:\#(String(repeating: "a", count: 64))","size":1e99}]}"#,
        ] {
            let folder = TemporaryFolder()
            folder.write("oci/index.json", Array(index.utf8))
            folder.write("oci/oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
            #expect(throws: ImageReadingError.self) { try readImage("oci:\(folder.path)/oci") }
        }
    }

    private func listing(_ path: String) throws -> [String] {
        let reader = try DirectoryReader(path: path)
        var names: [String] = []
        while let entry = try reader.next() { names.append(entry.path) }
        return names
    }
}

@Suite struct ImageNameTests {
    @Test(arguments: [
        ("docker://ghcr.io/a/b:1", ImageTransportName.docker, "ghcr.io/a/b:1", nil as String?),
        ("oci:a/b", .oci, "a/b", nil), ("oci:a/b:ml:1", .oci, "a/b", "ml:1"),
        ("oci-archive:x.tar:r", .ociArchive, "x.tar", "r"),
        ("docker-archive:x.tar:localhost:5000/a:1", .dockerArchive, "x.tar", "localhost:5000/a:1"),
        ("dir:a:b", .directory, "a:b", nil),
    ])
    func readsTransports(text: String, transport: ImageTransportName, location: String, reference: String?) throws {
        let name = try #require(ImageName(text))
        #expect(name == ImageName(transport: transport, location: location, reference: reference))
        #expect(name.description == text)
    }

    @Test func readsPaths() {
        #expect(ImageName("some/path.tar")?.transport == nil)
        #expect(ImageName("oci:") == nil)
        #expect(ImageName("docker://") == nil)
        #expect(ImageName("") == nil)
    }

    @Test(
        "what an error is about is named once",
        arguments: [("i", "i: b: damaged: x"), ("b", "i: b: damaged: x"), ("f", "i: b: f: damaged: x")])
    func errorsNameAnArchiveOnce(archive: String, text: String) {
        let error = ArchiveReadingError(archive: archive, reason: .damaged("x"))
        #expect(ImageReadingError(image: "i", blob: "b", reason: .archive(error)).description == text)
    }
}
