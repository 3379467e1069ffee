/// What a registry may be asked to do otherwise than usual.
public struct RegistryOptions: Sendable, Hashable {
    /// Whether plain http is allowed for hosts that are not on this machine.
    public var allowsPlainHTTP = false

    /// The defaults.
    public init() {}
}

/// A registry, over the OCI distribution protocol.
enum RegistryTransport: ImageTransport {
    static let name = ImageTransportName.docker

    static func open(_ request: ImageRequest) throws(ImageReadingError) -> StoredImage {
        throw request.failure(.unsupported("reading from a registry"))
    }
}
