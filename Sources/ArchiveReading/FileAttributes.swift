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
            let name = text(bytes.map { UInt8(bitPattern: $0) }[...])
            guard name == "security.capability" || name.hasPrefix("user.") else { continue }
            var value = [UInt8](repeating: 0, count: maximumBytes)
            let length = fgetxattr(descriptor, Array(bytes) + [0], &value, value.count)
            if length >= 0 { attributes[name] = Array(value.prefix(length)) }
        }
        return attributes
    }

    /// Returns a name as text: bytes that are not of ASCII are escaped as ``PathText`` does it, so that two
    /// names never have one text.
    static func text(_ name: ArraySlice<UInt8>) -> String {
        if name.allSatisfy({ $0 < 0x80 }), !PathBytes.contains(name, "\\x") {
            return String(decoding: name, as: UTF8.self)
        }
        return name.map { byte in
            if byte == UInt8(ascii: "\\") { return "\\\\" }
            return byte < 0x80 ? String(Unicode.Scalar(byte)) : "\\x" + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    /// The longest value that Linux keeps.
    private static let maximumBytes = 64 << 10
}
