import Testing

@testable import ContainerImages

/// A layer is read as a tar archive where runtimes take it for one.
@Suite("Media types of layers")
struct LayerTypeTests {
    @Test(
        "tar archives of OCI and Docker are read",
        arguments: [
            "application/vnd.oci.image.layer.v1.tar", "application/vnd.oci.image.layer.nondistributable.v1.tar",
            "application/vnd.docker.image.rootfs.diff.tar", "application/vnd.docker.image.rootfs.foreign.diff.tar", "",
        ])
    func files(type: String) throws {
        #expect(try read(type))
        for ending in type.hasPrefix("application/vnd.oci")
            ? ["+gzip", "+zstd"] : type.isEmpty ? [] : [".gzip", ".zstd"]
        {
            #expect(LayerMediaType.isFiles(type + ending))
        }
    }

    @Test(
        "what runtimes pass over, mount or refuse is refused",
        arguments: [
            "application/vnd.erofs.chunk-index.v1", "application/vnd.oci.image.layer.v1.erofs", "text/plain",
            "application/vnd.oci.image.layer.v1.tar+encrypted", "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
            "application/vnd.oci.image.layer.nydus.blob.v1", "application/wasm", "application/octet-stream",
            "application/vnd.oci.image.layer.v1.tar+xz", "Application/vnd.oci.image.layer.v1.tar",
            "application/vnd.oci.image.layer.v1.tar.gzip", "application/vnd.docker.image.rootfs.diff.tar+gzip",
        ])
    func others(type: String) {
        #expect(throws: ImageReadingError.self) { try read(type) }
    }

    private func read(_ type: String) throws -> Bool {
        let folder = TemporaryFolder()
        try writeLayout(folder, "oci", layers: [layer { $0.file("a", "1") }.archive], layerType: type)
        return try lines(readImage("oci:\(folder.path)/oci").fileSystem).count == 1
    }
}
