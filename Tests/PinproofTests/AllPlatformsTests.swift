import ContainerImages
import ContentHashing
import EnvironmentInventory
import TestSupport
import Testing

@testable import Pinproof

/// `verify --all-platforms`: every image of an index is verified by its digest, or the run says which is not.
struct AllPlatformsTests {
    private static let amd64 = #"{"os":"linux","architecture":"amd64"}"#
    private static let arm64 = #"{"os":"linux","architecture":"arm64"}"#
    private static let unknown = #"{"os":"unknown","architecture":"unknown"}"#
    private static let manifestType = "application/vnd.oci.image.manifest.v1+json"
    private static let indexType = "application/vnd.oci.image.index.v1+json"

    /// A layout that is written blob by blob.
    private struct Layout {
        let folder = TemporaryDirectory()

        /// Writes a blob, and returns its descriptor without the braces.
        func blob(_ text: String, type: String) throws -> String {
            let bytes = Array(text.utf8)
            let digest = try ContentHash.sha256(of: bytes)
            folder.write("oci/blobs/sha256/\(digest.hex)", bytes)
            return #""mediaType":"\#(type)","digest":"\#(digest)","size":\#(bytes.count)"#
        }

        /// Writes an image without layers, and returns its descriptor without the braces.
        ///
        /// - Parameter settings: the first members of its configuration, each with a comma behind it.
        func image(_ name: String, settings: String = #""os":"linux","architecture":"amd64","#) throws -> String {
            let config = try blob(
                #"{\#(settings)"config":{"Env":["NAME=\#(name)"]},"rootfs":{"type":"layers","diff_ids":[]}}"#,
                type: "application/vnd.oci.image.config.v1+json")
            return try blob(
                #"{"schemaVersion":2,"config":{\#(config)},"layers":[]}"#, type: AllPlatformsTests.manifestType)
        }

        /// Writes an index of descriptors, each with its platform, and returns its descriptor.
        func index(_ children: [(descriptor: String, more: String?)]) throws -> String {
            let members = children.map { "{\($0.descriptor)\($0.more.map { ",\($0)" } ?? "")}" }
            return try blob(
                #"{"schemaVersion":2,"manifests":[\#(members.joined(separator: ","))]}"#,
                type: AllPlatformsTests.indexType)
        }

        /// Makes descriptors the list of the layout, and returns the layout's name.
        func list(_ descriptors: [String]) -> String {
            let text = #"{"schemaVersion":2,"manifests":[\#(descriptors.map { "{\($0)}" }.joined(separator: ","))]}"#
            folder.write("oci/index.json", Array(text.utf8))
            folder.write("oci/oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
            folder.write(
                "requirements.txt", Array(("demo==1.0 --hash=sha256:" + String(repeating: "0", count: 64)).utf8))
            return "oci:\(folder.path)/oci"
        }

        /// The digests that a verification of all platforms is about; the error's text where it cannot be made.
        func verified(_ image: String) async throws -> [String] {
            var options = Verifier.Options()
            options.coversAllPlatforms = true
            options.loading.isJudged = false
            do throws(VerificationError) {
                let found = try await Verifier(options: options).verify(
                    "\(folder.path)/requirements.txt", against: image)
                return found.platforms.compactMap { $0.manifest?.description }
            } catch { return [error.description] }
        }
    }

    private static func digest(_ descriptor: String) -> String {
        let rest = descriptor.drop { $0 != "," }
        return String(rest.split(separator: "\"")[3])
    }

    private static func platform(_ text: String) -> String { "\"platform\":\(text)" }

    @Test(
        "images of one platform are verified one by one, however the platform is written",
        arguments: [
            amd64, #"{"os":"Linux","architecture":"AMD64"}"#, #"{"os":"linux","architecture":"x86_64"}"#,
            #"{"architecture":"amd64"}"#, #"{"os":"linux","architecture":"amd64","os.features":["x"]}"#,
        ])
    func byDigest(_ second: String) async throws {
        let layout = Layout()
        let (one, other) = (try layout.image("one"), try layout.image("other"))
        let attestation = try layout.blob("{}", type: Self.manifestType)
        let name = layout.list([
            try layout.index([
                (one, Self.platform(Self.amd64)), (other, Self.platform(second)),
                (attestation, Self.platform(Self.unknown)),
            ])
        ])
        #expect(try await layout.verified(name) == [Self.digest(one), Self.digest(other)])
    }

    @Test(
        "an image that cannot be verified is named",
        arguments: [
            nil, #""platform":{"os":"linux","architecture":"386"}"#, #""platform":{"os":"linux"}"#,
            #""annotations":{"vnd.docker.reference.type":"attestation-manifest"}"#,
            #""artifactType":"application/vnd.example""#,
        ])
    func unverified(_ more: String?) async throws {
        let layout = Layout()
        let (one, other) = (try layout.image("one"), try layout.image("other"))
        let name = layout.list([try layout.index([(one, Self.platform(Self.amd64)), (other, more)])])
        let found = try await layout.verified(name)
        #expect(found.count == 1 && found[0].contains("cannot be verified"), "\(found)")
        #expect(found[0].contains(Self.digest(other)), "\(found)")
    }

    @Test("an artifact without any platform is no image, and the index still holds one only")
    func artifact() throws {
        let layout = Layout()
        let empty = try layout.blob("{}", type: "application/vnd.oci.empty.v1+json")
        let artifact = try layout.blob(
            #"{"schemaVersion":2,"config":{\#(empty)},"layers":[]}"#, type: Self.manifestType)
        let (one, hidden) = (try layout.image("one"), try layout.image("hidden"))
        for (child, expected) in [(artifact, true), (hidden, false)] {
            let text = layout.list([
                try layout.index([
                    (one, Self.platform(Self.amd64)), (child, #""artifactType":"application/vnd.example""#),
                ])
            ])
            let name = try #require(ImageName(text))
            let amd64 = Platform(os: "linux", architecture: "amd64")
            #expect(try ImageReader.read(name, platform: amd64).identity.isOnlyImageOfIndex == expected)
            #expect(try ImageDigestSource.images(of: name).images.count == (expected ? 1 : 2))
        }
    }

    @Test("the only image is not taken for another machine where an artifact may be an image for this one")
    func hiddenBesideTheOnlyImage() throws {
        let layout = Layout()
        let one = try layout.image("one", settings: #""os":"linux","architecture":"s390x","#)
        let hidden = try layout.image("hidden")
        let artifact = #""artifactType":"application/vnd.example""#
        let s390x = Self.platform(#"{"os":"linux","architecture":"s390x"}"#)
        let both = try #require(ImageName(layout.list([try layout.index([(one, s390x), (hidden, artifact)])])))
        #expect(throws: ImageReadingError.self) { try ImageReader.read(both) }
        let named = try ImageReader.read(both, platform: Platform(os: "linux", architecture: "s390x"))
        #expect(named.identity.manifest?.description == Self.digest(one))
        let alone = try #require(ImageName(layout.list([try layout.index([(one, s390x)])])))
        #expect(try ImageReader.read(alone).identity.isOnlyImageOfIndex)
    }

    @Test("of several without a platform none is taken by what else they say")
    func withoutPlatform() throws {
        let layout = Layout()
        let (one, hidden) = (try layout.image("one"), try layout.image("hidden"))
        let artifact = #""artifactType":"application/vnd.example""#
        let name = try #require(ImageName(layout.list([try layout.index([(hidden, artifact), (one, nil)])])))
        let error = #expect(throws: ImageReadingError.self) { try ImageReader.read(name) }
        #expect(error?.description.contains(Self.digest(hidden)) == true, "\(String(describing: error))")
        let alone = try #require(ImageName(layout.list([try layout.index([(one, nil)])])))
        #expect(try ImageReader.read(alone).identity.manifest?.description == Self.digest(one))
    }

    @Test("indexes inside of an index and a layout's own list are gone through whole")
    func nested() async throws {
        let layout = Layout()
        let arm = #""os":"linux","architecture":"arm64","#
        let images = [
            try layout.image("a"), try layout.image("b", settings: arm), try layout.image("c"),
            try layout.image("d", settings: arm),
        ]
        let platforms = [Self.amd64, Self.arm64, Self.amd64, Self.arm64].map(Self.platform)
        let children = zip(images, platforms).map { (descriptor: $0, more: String?.some($1)) }
        let inner = [try layout.index(Array(children[..<2])), try layout.index(Array(children[2...]))]
        let outer = try layout.index(inner.map { ($0, Self.platform(Self.amd64)) })
        #expect(try await layout.verified(layout.list([outer])) == images.map(Self.digest))
        let list = layout.list(children[..<2].map { "\($0.descriptor),\($0.more ?? "")" })
        #expect(try await layout.verified(list) == images[..<2].map(Self.digest))
    }
}
