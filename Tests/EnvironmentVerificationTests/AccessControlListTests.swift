import Testing

@testable import EnvironmentVerification
@testable import ProgramStart

/// What an access control list lets a user do.
struct AccessControlListTests {
    /// Entries as `TAG PERMISSIONS ID`, the tags as numbers.
    static func bytes(_ entries: [(Int, Int, Int)]) -> [UInt8] {
        var bytes: [UInt8] = [2, 0, 0, 0]
        for (tag, permissions, id) in entries {
            bytes += [UInt8(tag), 0, UInt8(permissions), 0]
            for shift in [0, 8, 16, 24] { bytes.append(UInt8(id >> shift & 0xFF)) }
        }
        return bytes
    }

    private static let none = 0xFFFF_FFFF

    @Test("the first class that the user belongs to decides")
    func classes() throws {
        let list = try #require(
            AccessControlList(
                Self.bytes([
                    (1, 6, Self.none), (2, 0, 10001), (2, 6, 10002), (4, 0, Self.none), (8, 4, 50), (16, 4, Self.none),
                    (32, 4, Self.none),
                ])))
        func allows(_ wanted: Int, _ uid: Int, _ groups: Set<Int>) -> Bool {
            list.allows(wanted, to: uid, groups, owner: 7, group: 8)
        }
        #expect(allows(6, 7, []))
        #expect(!allows(4, 10001, [50]))
        #expect(allows(4, 10002, []) && !allows(2, 10002, []))
        #expect(!allows(4, 3, [8]) && allows(4, 3, [8, 50]) && allows(4, 3, []))
        #expect(!list.after(mode: 0o604).allows(4, to: 10002, [], owner: 7, group: 8))
        #expect(!list.after(mode: 0o640).allows(4, to: 3, [], owner: 7, group: 8))
        let plain = try #require(AccessControlList(Self.bytes([(1, 6, 0), (4, 4, 0), (32, 0, 0)])))
        #expect(!plain.after(mode: 0o600).allows(4, to: 3, [8], owner: 7, group: 8))
    }

    @Test("what Linux does not take is no list")
    func malformed() throws {
        let minimal: [(Int, Int, Int)] = [(1, 6, 0), (4, 4, 0), (32, 4, 0)]
        #expect(AccessControlList(Self.bytes(minimal)) != nil)
        #expect(AccessControlList(Self.bytes([]))?.isEmpty == true)
        let wrong: [[(Int, Int, Int)]] = [
            [(1, 6, 0)], [(1, 6, 0), (4, 4, 0), (32, 4, 0), (32, 4, 0)], [(1, 6, 0), (2, 4, 5), (4, 4, 0), (32, 4, 0)],
            [(4, 4, 0), (1, 6, 0), (32, 4, 0)], [(1, 8, 0), (4, 4, 0), (32, 4, 0)], [(1, 6, 0), (3, 4, 0), (32, 4, 0)],
        ]
        for entries in wrong { #expect(AccessControlList(Self.bytes(entries)) == nil, "\(entries)") }
        #expect(AccessControlList([]) == nil)
        #expect(AccessControlList([3, 0, 0, 0]) == nil)
        #expect(AccessControlList(Self.bytes(minimal).dropLast()) == nil)
    }

    @Test("a list that keeps the user out, one that cannot be read, and one of a directory")
    func barriers() throws {
        let path = "\(ImageListing.site)joblib/pool.py"
        let denied = Self.bytes([(1, 6, 0), (2, 0, 1000), (4, 4, 0), (16, 4, 0), (32, 4, 0)])
        let granted = Self.bytes([(1, 6, 0), (2, 4, 1000), (4, 0, 0), (16, 4, 0), (32, 0, 0)])
        func found(_ list: [UInt8], _ user: String, mode: String = "644") throws -> [String] {
            let hex = list.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let listing = try ImageListing("USER \(user)\nMODE \(mode) \(path)\nACL \(hex) \(path)\n\(path) = joblib\n")
            return UnreadableModule.findings(try listing.scene()).map(\.message)
        }
        #expect(try found(denied, "1000").first?.contains("with an access control list") == true)
        #expect(try found(denied, "1001").isEmpty)
        #expect(try found(granted, "1000", mode: "640").isEmpty)
        #expect(try found(granted, "1001", mode: "640").count == 1)
        #expect(try found([2, 0, 0], "1001").first?.contains("that cannot be read") == true)
        #expect(try found(denied, "root").isEmpty)
    }

    @Test("a directory's default list is that of what is made in it")
    func defaults() throws {
        let folder = "\(ImageListing.site)joblib"
        let denied = Self.bytes([(1, 7, 0), (2, 0, 1000), (4, 5, 0), (16, 5, 0), (32, 5, 0)])
        let granted = Self.bytes([(1, 7, 0), (2, 7, 1000), (4, 5, 0), (16, 7, 0), (32, 5, 0)])
        func found(
            _ list: [UInt8], _ user: String, _ path: String = "pool.py", mode: String = "644"
        ) throws -> [String] {
            let hex = list.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let path = "\(folder)/\(path)"
            let listing = try ImageListing(
                "USER \(user)\nDEFAULT_ACL \(hex) \(folder)\nMODE \(mode) \(path)\n\(path) = joblib\n")
            return UnreadableModule.findings(try listing.scene()).map(\.message)
        }
        #expect(try found(denied, "1000").first?.contains("that its directory gives it") == true)
        #expect(try found(denied, "1000", "sub/deep/pool.py").count == 1)
        #expect(try found(denied, "1001").isEmpty)
        #expect(try found(denied, "root").isEmpty)
        #expect(try found(granted, "1000").isEmpty)
        // Where the directory has its list only after the file, the mode alone counts.
        #expect(try found(granted, "1000:1000", mode: "640").count == 1)
        #expect(try found([2, 0, 0], "1001").count == 1)
        #expect(try found([2, 0, 0, 0], "1001").isEmpty)
    }

    @Test("a pyvenv.cfg that cannot be read stops Python")
    func environment() throws {
        for (mode, count) in [("600", 1), ("644", 0)] {
            let listing = try ImageListing(
                """
                USER 1000
                CMD /srv/venv/bin/python serve.py
                MODE \(mode) srv/venv/pyvenv.cfg
                srv/venv/pyvenv.cfg : text home = /usr/local/bin\\n
                srv/venv/bin/python -> /usr/local/bin/python3.11
                """)
            let found = UnreadableModule.findings(try listing.scene())
            #expect(found.map(\.file) == Array(repeating: "srv/venv/pyvenv.cfg", count: count))
            #expect(found.allSatisfy { $0.severity == .error })
        }
    }
}
