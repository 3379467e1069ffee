import EnvironmentInventory

/// One file of an installed rpm package, as its header records it.
struct RPMFile {
    /// What a file is for (https://rpm-software-management.github.io/rpm/manual/tags.html, RPMTAG_FILEFLAGS).
    struct Flags: OptionSet {
        let rawValue: Int
        static let configuration = Flags(rawValue: 1 << 0)
        static let documentation = Flags(rawValue: 1 << 1)
        static let mayBeMissing = Flags(rawValue: 1 << 3)
        /// The package owns the path and does not bring the file.
        static let ghost = Flags(rawValue: 1 << 6)
    }

    /// The path without a leading slash.
    let path: String
    let flags: Flags
    /// Whether the file was installed and is this package's: not left out, not replaced by another package's.
    let isInstalled: Bool
    /// The digest of a file; nil for anything else.
    let digest: Digest?
    /// Whether something stands where the digest should be that is none.
    let hasUnreadableDigest: Bool
    /// What a link leads to; nil for anything else.
    let target: String?

    /// All files of a header, in its order.
    static func all(of header: RPMHeader) throws(RPMHeader.Damage) -> [RPMFile] {
        guard let names = try header.strings(.baseNames), !names.isEmpty else { return [] }
        let folders = try header.strings(.directoryNames) ?? []
        let indexes = try header.numbers(.directoryIndexes) ?? []
        guard indexes.count == names.count else { throw RPMHeader.Damage(reason: "files without folders") }
        let digests = try header.strings(.fileDigests) ?? []
        let flags = try header.numbers(.fileFlags) ?? []
        let states = try header.numbers(.fileStates) ?? []
        let modes = try header.numbers(.fileModes) ?? []
        let links = try header.strings(.fileLinks) ?? []
        let algorithm = algorithm(try header.numbers(.fileDigestAlgorithm)?.first)
        var files: [RPMFile] = []
        for (index, name) in names.enumerated() {
            guard folders.indices.contains(indexes[index]) else {
                throw RPMHeader.Damage(reason: "the file \(name) has no directory")
            }
            let folder = folders[indexes[index]].drop { $0 == "/" }
            let type = (modes.indices.contains(index) ? modes[index] : 0) & 0o170000
            let written = digests.indices.contains(index) ? digests[index] : ""
            let target = links.indices.contains(index) ? links[index] : ""
            let digest = algorithm.flatMap { Digest($0, hex: written) }
            files.append(
                RPMFile(
                    path: folder + name, flags: Flags(rawValue: flags.indices.contains(index) ? flags[index] : 0),
                    isInstalled: !states.indices.contains(index) || states[index] == 0,
                    digest: digest, hasUnreadableDigest: digest == nil && !written.isEmpty,
                    target: type == 0o120000 ? target : nil))
        }
        return files
    }

    /// The hash by its number in OpenPGP (RFC 9580, section 9.5); md5 where none is named.
    private static func algorithm(_ number: Int?) -> HashAlgorithm? {
        switch number {
        case nil, 1: .md5
        case 2: .sha1
        case 8: .sha256
        case 9: .sha384
        case 10: .sha512
        case 11: .sha224
        default: nil
        }
    }
}
