import ArchiveReading

/// An OCI image layout in a tar archive.
enum OCIArchiveTransport: ImageTransport {
    static let name = ImageTransportName.ociArchive

    static func open(_ request: ImageRequest) throws(ImageReadingError) -> StoredImage {
        let members = try request.archive { () throws(ArchiveReadingError) in
            try ArchiveMembers(path: request.name.location, limits: request.limits)
        }
        return try OCILayout(request: request, format: name, members: members).image()
    }
}
