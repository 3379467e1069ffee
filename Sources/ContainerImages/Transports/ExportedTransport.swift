import ArchiveReading

/// A flat tar of one file system, as `docker export` or `mmdebstrap` writes it: there is no configuration, so there is no
/// identity either.
enum ExportedTransport: ImageTransport {
    static let name = ImageTransportName.exported

    static func open(_ request: ImageRequest) throws(ImageReadingError) -> StoredImage {
        let path = request.name.location
        let size = try request.archive { () throws(ArchiveReadingError) in try RegularFile(path: path).size }
        let layer = LayerBlob(
            name: path, digest: nil, size: size, diffID: nil,
            open: { () throws(ArchiveReadingError) in FileByteSource(try RegularFile(path: path)) })
        var image = StoredImage(format: name, configuration: ImageConfiguration(), layers: [layer])
        image.notes = ["a flat file system has no configuration and no identity: nothing but its files was read"]
        return image
    }
}
