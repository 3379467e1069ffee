internal import CArchive

/// The extended attributes of files on disk (https://man7.org/linux/man-pages/man7/xattr.7.html).
enum FileAttributes {
    /// Returns the capabilities of an open file and what users have attached to it; what belongs to this machine, such as the
    /// labels of SELinux, is left out. A file system without attributes has none.
    static func read(_ descriptor: Int32) -> [String: [UInt8]] {
        let size = flistxattr(descriptor, nil, 0)
        guard size > 0 else { return [:] }
        var list = [CChar](repeating: 0, count: size)
        let count = flistxattr(descriptor, &list, list.count)
        guard count > 0 else { return [:] }
        var attributes: [String: [UInt8]] = [:]
        for bytes in list.prefix(count).split(separator: 0) {
            let name = String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard name == "security.capability" || name.hasPrefix("user.") else { continue }
            var value = [UInt8](repeating: 0, count: maximumBytes)
            let length = fgetxattr(descriptor, name, &value, value.count)
            if length >= 0 { attributes[name] = Array(value.prefix(length)) }
        }
        return attributes
    }

    /// The longest value that Linux keeps.
    private static let maximumBytes = 64 << 10
}
