import ContainerImages
import SourceDocuments

/// The user that an image's configuration names, `USER[:GROUP]`, as runtimes find it in its databases
/// (https://github.com/opencontainers/image-spec/blob/main/config.md#properties, `User`).
///
/// runc, moby and podman take what `strconv.Atoi` reads for a number, and never for a name; the first line that has it counts
/// (https://github.com/moby/sys/blob/user/v0.4.0/user/user.go, `GetExecUser`).
package struct StartUser: Sendable, Hashable {
    private struct Account {
        let name: String
        /// A number that cannot be read is 0 for `strconv.Atoi` whose error is dropped.
        let id: Int
        let group: Int
        let home: String
        /// Whether the C library takes the line.
        let isWhole: Bool
    }

    /// The user as it is written, without the group.
    package let name: String
    /// The number; nil when the name is not in `/etc/passwd`.
    package let id: Int?
    /// The numbers of its groups.
    package let groups: Set<Int>
    /// The home directory that a runtime sets, `/` where nothing says one.
    package let home: String
    /// The home directory that the C library knows for the number; nil when it knows none.
    package let accountHome: String?

    /// Whether runtimes differ in the home directory: by the name that is written, or by its number, which another line may
    /// have first.
    package var hasSeveralHomes: Bool { accountHome.map { ImportPath.normal($0) != ImportPath.normal(home) } ?? false }

    /// Looks up a user by name or number; an empty text is root.
    package init(_ text: String, _ files: FileSystemIndex) {
        let parts = text.parts(omittingEmpty: false, maxSplits: 1, at: ":").map(String.init)
        let written = parts.first ?? ""
        name = written
        let number = written.isEmpty ? 0 : Int(written)
        let accounts = Self.rows(files, "etc/passwd").map { row in
            func number(_ index: Int) -> Int? { row.count > index ? Int(row[index]) : nil }
            return Account(
                name: row[0], id: number(2) ?? 0, group: number(3) ?? 0, home: row.count > 5 ? row[5] : "",
                isWhole: row.count > 5 && number(2) != nil && number(3) != nil && !row[0].isEmpty)
        }
        let account = accounts.first { account in number.map { $0 == account.id } ?? (account.name == written) }
        let found = account?.id ?? number ?? (written == "root" ? 0 : nil)
        id = found
        home = account.map { $0.home.isEmpty ? "/" : $0.home } ?? "/"
        accountHome = accounts.first { $0.isWhole && $0.id == found }.map { $0.home.isEmpty ? "/" : $0.home }
        let rows = Self.rows(files, "etc/group").filter { $0.count > 2 }
        if found == nil {
            groups = []
        } else if parts.count == 2, !parts[1].isEmpty {
            let group = Int(parts[1]) ?? rows.first { $0[0] == parts[1] }.flatMap { Int($0[2]) }
            groups = group.map { [$0] } ?? []
        } else {
            let others = rows.filter { row in
                row.count > 3
                    && (account.map { row[3].split(separator: ",").contains(Substring($0.name)) } ?? false)
            }
            groups = Set(others.compactMap { Int($0[2]) } + [account?.group ?? 0])
        }
    }

    private static func rows(_ files: FileSystemIndex, _ path: String) -> [[String]] {
        (files.contents(of: path) ?? []).split(separator: UInt8(ascii: "\n")).map { line in
            line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }
}
