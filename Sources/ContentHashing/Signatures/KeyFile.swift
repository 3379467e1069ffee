import SourceDocuments

/// A key file cannot be read, or OpenSSL failed to use the key.
package struct KeyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name of the key, as it was given.
    package let key: String
    /// What is wrong, in a few words.
    package let reason: String

    /// Creates an error.
    package init(key: String, reason: String) {
        self.key = key
        self.reason = reason
    }

    /// `key: reason`.
    package var description: String { "\(key): \(reason)" }
}

/// The blocks of a PEM file (RFC 7468): `-----BEGIN label-----`, base64, `-----END label-----`. Text between the blocks is
/// skipped; headers inside of a block (RFC 1421, the old encryption of OpenSSL) make the base64 unreadable.
struct KeyFile {
    struct Block {
        let label: String
        let bytes: [UInt8]
    }

    let blocks: [Block]

    init(_ text: [UInt8], name: String) throws(KeyError) {
        var blocks: [Block] = []
        var open: (label: String, text: [UInt8])?
        for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true) {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if let label = Self.label(line, "-----BEGIN ") {
                open = (label, [])
            } else if let label = Self.label(line, "-----END ") {
                guard let block = open, block.label == label, let bytes = Base64.decode(block.text[...]) else {
                    throw KeyError(key: name, reason: "the block \(label) is damaged, or uses OpenSSL's old encryption")
                }
                blocks.append(Block(label: label, bytes: bytes))
                open = nil
            } else {
                open?.text += line
            }
        }
        guard open == nil, !blocks.isEmpty else { throw KeyError(key: name, reason: "not a PEM file with a key") }
        self.blocks = blocks
    }

    private static func label(_ line: ArraySlice<UInt8>, _ start: String) -> String? {
        guard line.starts(with: start.utf8), line.suffix(5).elementsEqual("-----".utf8),
            line.count >= start.utf8.count + 5
        else { return nil }
        return String(decoding: line.dropFirst(start.utf8.count).dropLast(5), as: UTF8.self)
    }
}

/// The kinds of keys that attestations are signed with.
enum KeyKind: String {
    case p256, p384, p521, ed25519

    /// Type and scheme as securesystemslib names them.
    var scheme: (type: String, scheme: String) {
        switch self {
        case .p256: ("ecdsa", "ecdsa-sha2-nistp256")
        case .p384: ("ecdsa", "ecdsa-sha2-nistp384")
        case .p521: ("ecdsa", "ecdsa-sha2-nistp521")
        case .ed25519: ("ed25519", "ed25519")
        }
    }
}
