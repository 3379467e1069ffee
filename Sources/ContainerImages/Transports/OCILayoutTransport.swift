/// An OCI image layout: `oci-layout`, `index.json` and `blobs/sha256/HEX` in a folder
/// (https://github.com/opencontainers/image-spec/blob/main/image-layout.md).
enum OCILayoutTransport: ImageTransport {
    static let name = ImageTransportName.oci

    static func open(_ request: ImageRequest) throws(ImageReadingError) -> StoredImage {
        try OCILayout(request: request, format: name, members: FolderMembers(name: request.name.location)).image()
    }
}
