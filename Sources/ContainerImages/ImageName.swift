/// How an image is stored, named as in containers-transports(5).
package enum ImageTransportName: String, Sendable, Hashable, CaseIterable {
    case docker
    case dockerArchive = "docker-archive"
    case oci
    case ociArchive = "oci-archive"
    case directory = "dir"
    /// A flat tar of a file system, as `docker export` writes it; only ever detected, never named.
    case exported = "docker-export"
}

/// The name of an image: `TRANSPORT:PATH[:REFERENCE]`, `docker://REFERENCE`, or a path whose content tells.
///
/// Grammar: containers-transports(5). A path that holds a colon can only be given by its plain path.
package struct ImageName: Sendable, Hashable, CustomStringConvertible {
    /// The transport; nil when the content has to tell.
    package let transport: ImageTransportName?
    /// The path, or for `docker` the reference.
    package let location: String
    /// The image inside of the archive or layout; nil when none is named.
    package let reference: String?
    /// The name as it was given.
    package let description: String

    /// Makes a name.
    package init(transport: ImageTransportName?, location: String, reference: String?) {
        self.transport = transport
        self.location = location
        self.reference = reference
        let start = transport == .docker ? "docker://" : transport.map { "\($0.rawValue):" } ?? ""
        description = start + location + (reference.map { ":\($0)" } ?? "")
    }

    /// Reads a name. Every text is one: without a transport it is a path. Nil when a transport is named and nothing behind it.
    package init?(_ text: String) {
        if text.hasPrefix("docker://") {
            let rest = text.dropFirst("docker://".count)
            guard !rest.isEmpty else { return nil }
            self.init(transport: .docker, location: String(rest), reference: nil)
            return
        }
        let named = ImageTransportName.allCases.filter { $0 != .docker && $0 != .exported }
        guard let transport = named.first(where: { text.hasPrefix($0.rawValue + ":") }) else {
            guard !text.isEmpty else { return nil }
            self.init(transport: nil, location: text, reference: nil)
            return
        }
        let rest = text.dropFirst(transport.rawValue.utf8.count + 1)
        guard transport != .directory, let colon = rest.firstIndex(of: ":") else {
            guard !rest.isEmpty else { return nil }
            self.init(transport: transport, location: String(rest), reference: nil)
            return
        }
        let path = rest[..<colon]
        let reference = rest[rest.index(after: colon)...]
        guard !path.isEmpty else { return nil }
        self.init(
            transport: transport, location: String(path), reference: reference.isEmpty ? nil : String(reference))
    }

    /// Whether the text names a transport, so that it can be nothing but an image.
    package static func namesTransport(_ text: String) -> Bool { ImageName(text)?.transport != nil }
}
