import ArchiveReading

/// An OCI image layout in a tar archive.
enum OCIArchiveTransport: ImageTransport {
    static let name = ImageTransportName.ociArchive

    static func open(_ request: ImageRequest) throws(ImageReadingError) -> StoredImage {
        let members = try request.archiveMembers()
        let layout = OCILayout(request: request, format: name, members: members)
        let roots = try layout.roots()
        let image = try OCIImageReader(request: request, format: name, store: layout).image(from: roots)
        // What images there are says nothing of any of them yet.
        if request.child == .none, !image.children.isEmpty { return image }
        // Docker's own store does not read what runtimes of OCI images read.
        try LayoutAgreement(request: request, members: members).check(
            image, named: roots.flatMap(\.names), against: DockerArchiveTransport.images(of: members, request))
        return image
    }
}
