/// A POSIX access control list, as the extended attribute `system.posix_acl_access` holds it: version 2, then entries of eight
/// bytes (https://man7.org/linux/man-pages/man5/acl.5.html, include/uapi/linux/posix_acl_xattr.h of Linux).
package struct AccessControlList {
    /// Whom an entry is about, in the order that Linux asks for.
    private enum Tag: UInt16 {
        case owner = 0x01
        case user = 0x02
        case owningGroup = 0x04
        case group = 0x08
        case mask = 0x10
        case others = 0x20
    }

    private struct Entry {
        let tag: Tag
        var permissions: Int
        let id: Int
    }

    private var entries: [Entry] = []

    /// Whether it has no entries, which is the same as no list.
    package var isEmpty: Bool { entries.isEmpty }

    /// Reads a list; nil for one that Linux does not take.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count >= 4, bytes.count % 8 == 4, bytes[0] == 2, bytes[1...3].allSatisfy({ $0 == 0 }) else {
            return nil
        }
        func number(_ at: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
        }
        for at in stride(from: 4, to: bytes.count, by: 8) {
            guard let tag = Tag(rawValue: UInt16(number(at, 2))), number(at + 2, 2) <= 7,
                entries.last.map({ $0.tag.rawValue <= tag.rawValue }) ?? true
            else { return nil }
            entries.append(Entry(tag: tag, permissions: number(at + 2, 2), id: number(at + 4, 4)))
        }
        if entries.isEmpty { return }
        func count(_ tag: Tag) -> Int { entries.count { $0.tag == tag } }
        guard count(.owner) == 1, count(.owningGroup) == 1, count(.others) == 1, count(.mask) <= 1,
            count(.mask) == 1 || count(.user) + count(.group) == 0
        else { return nil }
    }

    /// The list after a `chmod`, which writes the owner's, the mask's (or the group's) and the others' permissions.
    package func after(mode: Int) -> AccessControlList {
        var list = self
        let hasMask = entries.contains { $0.tag == .mask }
        for index in list.entries.indices {
            switch list.entries[index].tag {
            case .owner: list.entries[index].permissions = mode >> 6 & 7
            case .mask: list.entries[index].permissions = mode >> 3 & 7
            case .owningGroup where !hasMask: list.entries[index].permissions = mode >> 3 & 7
            case .others: list.entries[index].permissions = mode & 7
            default: continue
            }
        }
        return list
    }

    /// Whether a user has permissions to a file of an owner and a group.
    package func allows(_ wanted: Int, to uid: Int, _ groups: Set<Int>, owner: Int, group: Int) -> Bool {
        let mask = entries.first { $0.tag == .mask }?.permissions ?? 7
        func has(_ permissions: Int) -> Bool { permissions & wanted == wanted }
        if uid == owner { return entries.contains { $0.tag == .owner && has($0.permissions) } }
        if let entry = entries.first(where: { $0.tag == .user && $0.id == uid }) {
            return has(entry.permissions & mask)
        }
        let matching = entries.filter {
            $0.tag == .owningGroup && groups.contains(group) || $0.tag == .group && groups.contains($0.id)
        }
        if !matching.isEmpty { return matching.contains { has($0.permissions & mask) } }
        return entries.contains { $0.tag == .others && has($0.permissions) }
    }
}
