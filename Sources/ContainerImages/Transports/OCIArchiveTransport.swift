import ArchiveReading

/// An OCI image layout in a tar archive.
enum OCIArchiveTransport: ImageTransport {
    static let name = ImageTransportName.ociArchive

    static func open(_ request: ImageRequest) throws(ImageReadingError) -> StoredImage {
        let members = try request.archiveMembers()
        let layout = OCILayout(request: request, format: name, members: members)
        let root = try layout.root()
        let image = try OCIImageReader(request: request, format: name, store: layout).image(from: root)
        // Docker's own store does not read what runtimes of OCI images read.
        try LayoutAgreement(request: request, members: members).check(
            image, named: root.names, against: DockerArchiveTransport.images(of: members, request))
        return image
    }
}
