import ArchiveReading

/// An OCI image layout in a tar archive.
enum OCIArchiveTransport: ImageTransport {
    static let name = ImageTransportName.ociArchive

    static func open(_ request: ImageRequest) throws(ImageReadingError) -> StoredImage {
        try OCILayout(request: request, format: name, members: request.archiveMembers()).image()
    }
}
