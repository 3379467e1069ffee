import Glibc
import SourceDocuments
import TestSupport
import Testing

@testable import ContainerImages

/// Where credentials come from, and what is said of a source that gives none; the search path is set, so that they belong to
/// what runs one after the other.
extension RegistryTests {
    @Test func findsCredentials() throws {
        let text =
            #"{"auths":{"a.example":{"auth":"bWU6c2U6Y3JldA=="},"b.example":{"identitytoken":"t"},"https://index.docker.io/v1/":{"username":"u","password":"p"},"c.example":{}}}"#
        let table = try JSONTable(Array(text.utf8), name: "config.json")
        #expect(
            try RegistryCredentials.find("a.example", in: table).credentials
                == .password(user: "me", password: "se:cret"))
        #expect(try RegistryCredentials.find("b.example", in: table).credentials == .identityToken("t"))
        #expect(try RegistryCredentials.find("docker.io", in: table).credentials == .password(user: "u", password: "p"))
        #expect(try RegistryCredentials.find("c.example", in: table).credentials == nil)
    }

    private static func table(_ text: String) throws(DocumentError) -> JSONTable {
        try JSONTable(Array(text.utf8), name: "config.json")
    }

    @Test(arguments: [
        ("h.example", "https://h.example/v1", true), ("h.example", "https://h.example/v2", true),
        ("h.example", "https://h.example/some/path", true), ("h.example", "http://h.example/", true),
        ("h.example", "http://h.example/v1/", true), ("h.example:5000", "https://h.example:5000/x", true),
        ("[::1]:5000", "http://[::1]:5000/v1/", true), ("docker.io", "https://docker.io/v1", true),
        ("docker.io", "https://index.docker.io", true), ("docker.io", "http://registry-1.docker.io/v2", true),
        ("h.example", "https://h.example:5000/", false), ("h.example", "https://h.example.evil/", false),
        ("h.example", "https://evil/h.example", false), ("h.example", "h.example/v1", false),
        ("h.example", "https://h.example@evil/", false), ("h.example", "ftp://h.example/", false),
        ("h.example", "H.example", false),
    ])
    func keysAreAddresses(registry: String, key: String, isFound: Bool) throws {
        let text = #"{"auths":{"\#(key)":{"auth":"bWU6cw=="}}}"#
        let found = try RegistryCredentials.find(registry, repository: "team/app", in: Self.table(text)).credentials
        #expect((found != nil) == isFound)
    }

    @Test func theNameItselfComesBeforeAddresses() throws {
        let text = #"{"auths":{"https://h.example/x":{"auth":"YTph"},"h.example":{"auth":"bWU6cw=="}}}"#
        let search = try RegistryCredentials.find("h.example", in: Self.table(text))
        #expect(search.credentials == .password(user: "me", password: "s"))
    }

    /// Members are taken in any case, names of registries are not.
    @Test func keysInAnotherCase() throws {
        let text = #"{"Auths":{"H.example":{"auth":"YTph"},"h.example":{"Auth":"bWU6cw=="}}}"#
        let table = try JSONTable(Array(text.utf8), name: "config.json", otherCase: .isTaken)
        #expect(
            try RegistryCredentials.find("h.example", in: table).credentials == .password(user: "me", password: "s"))
        let twice = try JSONTable(Array(#"{"auths":{},"Auths":{}}"#.utf8), name: "config.json", otherCase: .isTaken)
        #expect(throws: DocumentError.self) { try RegistryCredentials.find("h.example", in: twice) }
    }

    /// The helpers of all tests, in one folder of the search path, which is set once.
    private static let helpers: TemporaryFolder = {
        let folder = TemporaryFolder()
        let answer = #"echo '{"Username":"get","Secret":"s"}'"#
        for (name, script) in [
            ("echo", #"read host; echo "{\"Username\":\"$1\",\"Secret\":\"$host\"}""#),
            ("fails", "echo 'boom  twice'; echo more; exit 1"), ("leaks", answer + "; exit 3"),
            ("crashes", "kill -SEGV $$"), ("endless", "exec yes"), ("silent", "exec sleep 100"),
            ("none", "echo 'credentials not found in native keychain'; exit 1"), ("half", "echo '{}'"),
            ("closes", answer + "; exec >&-; exec sleep 100"), ("forks", "sleep 3 & " + answer),
            ("complains", "echo 'no  key' >&2; exit 1"),
            ("waits", "sleep 1000 & echo $! >\"$0.pid\"; wait"),
            ("leaves", "sleep 1000 & echo $! >\"$0.pid\"; " + answer),
            ("once", "read host; [ $host = https://h.example/v2/ ] || exit 1; " + answer),
        ] {
            folder.write("docker-credential-\(name)", Array("#!/bin/sh\n\(script)\n".utf8))
        }
        shell("chmod 755 '\(folder.path)'/docker-credential-*")
        setenv("PATH", "\(folder.path):" + String(cString: getenv("PATH")), 1)
        return folder
    }()

    private static let program = "the credential helper docker-credential-"

    @Test(arguments: [
        ("fails", "fails ends with status 1 (boom twice)"), ("leaks", "leaks ends with status 3"),
        ("complains", "complains ends with status 1 (no key)"),
        ("crashes", "crashes is ended by signal 11"), ("endless", "endless prints more than 65536 bytes"),
        ("half", "half answers without a Username and a Secret"),
        ("absent", "absent cannot be started (no such program)"),
        ("silent", "silent does not end within the time limit"),
        ("closes", "closes does not end within the time limit"),
        ("none", nil),
    ])
    func namesHelpers(helper: String, problem: String?) throws {
        try withExtendedLifetime(Self.helpers) {
            let time: Duration = ["silent", "closes"].contains(helper) ? .milliseconds(100) : .seconds(60)
            for text in [#"{"credHelpers":{"docker.io":"\#(helper)"}}"#, #"{"credsStore":"\#(helper)"}"#] {
                let search = try RegistryCredentials.find(
                    "docker.io", in: Self.table(text), before: ContinuousClock.now + time)
                #expect(search.credentials == nil)
                #expect(search.problem == problem.map { Self.program + $0 })
            }
        }
    }

    /// What a helper started would keep pipes open that callers of this program read to the end.
    @Test(arguments: [("waits", false), ("leaves", true)])
    func nothingIsLeftOfHelpers(helper: String, answers: Bool) throws {
        try withExtendedLifetime(Self.helpers) {
            let search = try RegistryCredentials.find(
                "h.example", in: Self.table(#"{"credsStore":"\#(helper)"}"#),
                before: ContinuousClock.now + (answers ? .seconds(60) : .seconds(2)))
            #expect((search.credentials != nil) == answers)
            let text = String(decoding: try Self.helpers.read("docker-credential-\(helper).pid"), as: UTF8.self)
            let child = try #require(pid_t(text.split(separator: "\n").first ?? ""))
            // Its state is Z until whoever became its parent has waited for it.
            let isGone = "! grep -qs '^State:.[^ZX]' /proc/\(child)/status"
            #expect(shell("for i in 1 2 3 4 5 6 7 8 9; do \(isGone) && exit 0; sleep 0.1; done; exit 1") == 0)
        }
    }

    @Test(arguments: [("echo", "h.example"), ("forks", "s"), ("once", "s")])
    func asksHelpers(helper: String, secret: String) throws {
        try withExtendedLifetime(Self.helpers) {
            let search = try RegistryCredentials.find("h.example", in: Self.table(#"{"credsStore":"\#(helper)"}"#))
            #expect(search.credentials == .password(user: "get", password: secret))
        }
        #expect(throws: DocumentError.self) {
            try RegistryCredentials.find("h.example", in: Self.table(#"{"credsStore":"x/../../bin/sh"}"#))
        }
    }

    /// What stands beside a helper that fails is taken, and the helper is named all the same.
    @Test func goesOnAfterAHelper() throws {
        try withExtendedLifetime(Self.helpers) {
            let text = #"{"credHelpers":{"h.example":"crashes"},"auths":{"h.example":{"auth":"bWU6cw=="}}}"#
            let search = try RegistryCredentials.find("h.example", in: Self.table(text))
            #expect(search.credentials == .password(user: "me", password: "s"))
            #expect(search.problem == Self.program + "crashes is ended by signal 11")
        }
    }

    @Test(
        "places are looked at in the order of containers-auth.json(5)",
        arguments: [
            (
                [:],
                [
                    "/run/containers/7/auth.json", "/h/.config/containers/auth.json", "/h/.docker/config.json",
                    "/h/.dockercfg",
                ]
            ),
            (
                ["XDG_RUNTIME_DIR": "/r", "XDG_CONFIG_HOME": "/c", "DOCKER_CONFIG": "/d"],
                ["/r/containers/auth.json", "/c/containers/auth.json", "/d/config.json", "/h/.dockercfg"]
            ),
            (
                [
                    "DOCKER_AUTH_CONFIG": "{}", "REGISTRY_AUTH_FILE": "/a", "XDG_RUNTIME_DIR": "/r",
                    "XDG_CONFIG_HOME": "",
                ],
                [
                    "DOCKER_AUTH_CONFIG", "/a", "/h/.config/containers/auth.json", "/h/.docker/config.json",
                    "/h/.dockercfg",
                ]
            ),
            (["HOME": ""], ["/run/containers/7/auth.json"]),
        ] as [([String: String], [String])])
    func placesOfCredentials(variables: [String: String], places: [String]) {
        let sources = RegistryCredentials.sources({ variables[$0] ?? ($0 == "HOME" ? "/h" : nil) }, user: 7)
        #expect(sources.map(\.name) == places)
        #expect(sources.filter(\.isNamed).map(\.name) == ["/a"].filter { places.contains($0) })
        #expect(sources.filter(\.isLegacy).map(\.name) == ["/h/.dockercfg"].filter { places.contains($0) })
    }

    /// One place after the other is taken away: the next one counts. Keys with a path count in all but the last.
    @Test func eachPlaceIsRead() throws {
        let folder = TemporaryFolder()
        let places = [
            "named", "run/containers/auth.json", "home/.config/containers/auth.json", "home/.docker/config.json",
        ]
        func auth(_ user: String) -> String { Base64.encode(Array("\(user):s".utf8)) }
        for place in places {
            let text =
                #"{"auths":{"h.example":{"auth":"eDp4"},"h.example/team":{"auth":"\#(auth("short"))"},"#
                + #""h.example/team/app":{"auth":"\#(auth(place))"},"h.example/team/app/more":{"auth":"eDp4"}}}"#
            folder.write(place, Array(text.utf8))
        }
        folder.write("home/.dockercfg", Array(#"{"https://h.example/v1/":{"auth":"bGVnYWN5OnM=","email":"e"}}"#.utf8))
        var variables = [
            "REGISTRY_AUTH_FILE": "\(folder.path)/named", "XDG_RUNTIME_DIR": "\(folder.path)/run",
            "HOME": "\(folder.path)/home",
        ]
        func found(_ repository: String = "team/app") throws -> RegistryCredentials? {
            try RegistryCredentials.find(
                "h.example", repository: repository, before: .now + .seconds(60), variables: { variables[$0] }
            ).credentials
        }
        for place in places {
            #expect(try found() == .password(user: place, password: "s"))
            #expect(try found("team/other") == .password(user: "short", password: "s"))
            variables["REGISTRY_AUTH_FILE"] = nil
            shell("rm '\(folder.path)/\(place)'")
        }
        #expect(try found() == .password(user: "legacy", password: "s"))
        folder.write("home/.dockercfg", Array("auth = bGVnYWN5OnM=\nemail = e\n".utf8))
        #expect(try found() == nil)
        // One that the user names has to be there.
        variables["REGISTRY_AUTH_FILE"] = "\(folder.path)/named"
        let search = try RegistryCredentials.find(
            "h.example", repository: "a", before: .now + .seconds(60), variables: { variables[$0] })
        #expect(search.problem?.contains("/named") == true)
    }

    @Test func namesFiles() throws {
        let folder = TemporaryFolder()
        folder.write("good", Array("{}".utf8))
        folder.write("directory/x", [])
        folder.write("large", [UInt8](repeating: 0x20, count: 1 << 20 + 1))
        mkfifo("\(folder.path)/fifo", 0o600)
        symlink("\(folder.path)/gone", "\(folder.path)/link")
        func read(_ name: String, isNamed: Bool = false) throws -> [UInt8]? {
            try RegistryCredentials.Source(name: "\(folder.path)/\(name)", isNamed: isNamed).read()
        }
        #expect(try read("good") == Array("{}".utf8))
        for name in ["gone", "good/x", "link"] {
            #expect(try read(name) == nil)
            #expect(throws: (any Error).self) { try read(name, isNamed: true) }
        }
        for (name, reason) in [("directory", "directory"), ("fifo", "regular file"), ("large", "more than 1048576")] {
            let error = #expect(throws: (any Error).self) { try read(name) }
            #expect(
                error.map { "\($0)".hasPrefix("\(folder.path)/\(name): ") && "\($0)".contains(reason) } == true,
                "\(String(describing: error))")
        }
    }
}
