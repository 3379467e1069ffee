import EnvironmentInventory
import Testing

@testable import EnvironmentVerification

/// Which files the user of an image may read.
struct UserAccessTests {
    private static let site = ImageListing.site
    private static let users = """
        etc/passwd : text root:x:0:0:r:/root:/bin/sh\\napp:x:1000:100:a:/home/app:/bin/sh\\n
        etc/group : text staff:x:50:other,app\\nwheel:x:0:\\n
        """

    @Test(
        "a file is read by its owner's, its group's or everybody's bits",
        arguments: [
            ("1000", "600", ["error"]), ("1000", "604", []), ("1000", "640", ["error"]), ("app", "640", ["error"]),
            ("app", "604", []), ("app:0", "640", []), ("app:wheel", "640", []), ("app:staff", "640", ["error"]),
            ("1000:50", "640", ["error"]), ("root", "0", []), ("0", "0", []), ("", "0", []), ("app", "0", ["error"]),
            ("nobody-knows", "0", ["error"]),
            ("nobody-knows", "640", ["error"]), ("nobody-knows:0", "640", ["error"]), ("nobody-knows", "644", []),
            ("4000", "640", []), ("4000:4000", "640", ["error"]),
        ] as [(String, String, [String])])
    func bits(user: String, mode: String, expected: [String]) throws {
        let listing = try ImageListing(
            """
            \(Self.users)
            \(user.isEmpty ? "ENV A=1" : "USER \(user)")
            MODE \(mode) \(Self.site)joblib/pool.py
            \(Self.site)joblib/pool.py = joblib
            """)
        let found = UnreadableModule.findings(try listing.scene())
        #expect(found.map { "\($0.severity)" } == expected, "\(found.map(\.message))")
    }

    @Test(
        "a directory has to be listed, and those above it entered",
        arguments: [
            ("\(site)joblib/", "700", "list /\(site)joblib (mode 700"), ("\(site)joblib/", "755", nil),
            ("\(site)joblib/", "711", "list /\(site)joblib"), ("usr/local/", "711", nil),
            ("usr/local/", "700", "enter /usr/local (mode 700"), ("usr/local/", "744", "enter /usr/local"),
        ] as [(String, String, String?)])
    func directories(directory: String, mode: String, barrier: String?) throws {
        let listing = try ImageListing(
            "USER 1000:1000\nMODE \(mode) \(directory)\n\(Self.site)joblib/pool.py = joblib\n")
        let found = UnreadableModule.findings(try listing.scene())
        #expect(found.isEmpty == (barrier == nil), "\(found.map(\.message))")
        if let barrier { #expect(found.allSatisfy { $0.message.contains(barrier) }, "\(found.map(\.message))") }
    }

    /// Docker, containerd and podman make them so; Docker before 20.10 gave some of them mode 600
    /// (https://github.com/moby/moby/blob/v19.03.0/pkg/archive/diff.go), with which no user but root came in.
    @Test("folders that no entry lists are root's, with mode 755")
    func unlistedFolders() throws {
        let scene = try ImageListing("USER 1000:1000\n\(Self.site)joblib/deep/pool.py = joblib\n").scene()
        for path in ["usr", "usr/local/lib", "\(Self.site)joblib", "\(Self.site)joblib/deep"] {
            let folder = try #require(scene.files.lookup(path))
            #expect(folder.kind == .directory && folder.mode == 0o755 && folder.uid == 0 && folder.gid == 0, "\(path)")
        }
        #expect(UnreadableModule.findings(scene).isEmpty)
    }

    @Test(
        "the user is the one that a wrapper changes to",
        arguments: ["gosu app", "su-exec 1000:1000", "setpriv --reuid=app"])
    func changedUser(wrapper: String) throws {
        let program = "usr/bin/\(wrapper.prefix { $0 != " " })"
        let listing = try ImageListing(
            """
            \(Self.users)
            CMD \(wrapper) python3 /srv/serve.py
            MODE 755 \(program)
            \(program) : text ELF
            MODE 600 \(Self.site)joblib/pool.py
            \(Self.site)joblib/pool.py = joblib
            """)
        #expect(UnreadableModule.findings(try listing.scene()).map(\.severity) == [.error])
    }

    @Test(
        "PATH passes over what the user may not run or reach",
        arguments: [
            ("1000", "MODE 755 opt/a/python3", "opt/a/python3"), ("1000", "MODE 700 opt/a/python3", "opt/b/python3"),
            ("", "MODE 700 opt/a/python3", "opt/a/python3"), ("", "MODE 600 opt/a/python3", "opt/b/python3"),
            ("1000", "MODE 755 opt/a/python3\nMODE 700 opt/a/", "opt/b/python3"),
            ("1000", "MODE 755 opt/a/python3\nMODE 711 opt/a/", "opt/a/python3"),
            ("app:wheel", "MODE 710 opt/a/python3", "opt/a/python3"),
            ("app", "MODE 710 opt/a/python3", "opt/b/python3"),
            // Also on the way of a link.
            (
                "1000", "MODE 700 opt/c/\nopt/c/python -> /usr/local/bin/python3.11\nopt/a/python3 -> /opt/c/python",
                "opt/b/python3"
            ),
            (
                "1000", "MODE 755 opt/c/\nopt/c/python -> /usr/local/bin/python3.11\nopt/a/python3 -> /opt/c/python",
                "opt/a/python3"
            ),
            ("1000", "MODE 700 opt/c/\nopt/a -> /opt/c\nopt/c/python3 -> /usr/local/bin/python3.11", "opt/b/python3"),
        ])
    func search(user: String, lines: String, interpreter: String) throws {
        let listing = try ImageListing(
            """
            \(Self.users)
            \(user.isEmpty ? "ENV A=1" : "USER \(user)")
            ENV PATH=/opt/a:/opt/b
            CMD python3 /srv/serve.py
            \(lines)
            \(lines.contains("->") ? "srv/x.py" : "opt/a/python3 : text ELF")
            MODE 755 opt/b/python3
            opt/b/python3 : text ELF
            """)
        #expect(try listing.scene().start.interpreter == interpreter)
    }

    @Test("packages that training does not name are warnings, and a long list ends")
    func needed() throws {
        let other = try ImageListing(
            "USER 1000:1000\nMODE 600 \(Self.site)extra/a.py\n\(Self.site)extra/a.py = extra\n")
        #expect(UnreadableModule.findings(try other.scene()).map(\.severity) == [.warning])
        let lines = (0..<30).map { "MODE 0 \(Self.site)joblib/m\($0).py\n\(Self.site)joblib/m\($0).py = joblib\n" }
        let many = UnreadableModule.findings(try ImageListing("USER 1000\n" + lines.joined()).scene())
        #expect(many.count == 21)
        #expect(many.last?.message == "the user 1000 may not read 10 more files")
    }

    @Test("where Python looks for itself past what the user may run is a gap")
    func pythonItself() throws {
        for (mode, count) in [("700", 1), ("644", 0)] {
            let listing = try ImageListing(
                """
                USER 1000
                ENV PATH=/opt/a:/usr/local/bin
                CMD python3 /srv/serve.py
                MODE \(mode) opt/a/python3
                opt/a/python3 : text ELF
                srv/serve.py
                """)
            let gaps = try listing.scene().start.gaps.filter { $0.reason.contains("takes itself") }
            #expect(gaps.count == count, "\(gaps.map(\.description))")
        }
    }
}
