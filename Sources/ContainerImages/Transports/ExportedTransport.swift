import ArchiveReading

/// A flat tar of one file system, as `docker export` or `mmdebstrap` writes it: there is no configuration, so there is no
/// identity either.
enum ExportedTransport: ImageTransport {
    static let name = ImageTransportName.exported

    static func open(_ request: ImageRequest) throws(ImageReadingError) -> StoredImage {
        let file: RegularFile
        if case .file(let opened)? = request.detected?.members {
            file = opened
        } else {
            let path = request.name.location
            file = try request.archive { () throws(ArchiveReadingError) in try RegularFile(path: path) }
        }
        let layer = LayerBlob(
            name: file.path, digest: nil, size: file.size, diffID: nil, open: { FileByteSource(file) })
        var image = StoredImage(format: name, configuration: ImageConfiguration(), layers: [layer])
        image.notes = ["a flat file system has no configuration and no identity: nothing but its files was read"]
        return image
    }
}
