import TestSupport
import Testing

@testable import Pinproof

/// Links of a walked directory: each is followed, named, or leads to what is walked anyway.
struct FileWalkLinkTests {
    /// Makes `walked` and `outside` with a shell, and walks the former for Dockerfiles; failures are `NAME: REASON`, with `$` for the
    /// directory of both.
    private static func walk(
        _ commands: String, folder: String = "walked", exclude: String = ""
    ) throws -> (files: [String], failures: [String]) {
        let directory = TemporaryDirectory()
        let status = shell(
            """
            cd '\(directory.path)' && mkdir -p walked outside/docker && echo FROM scratch > outside/docker/Dockerfile \
            && cd walked && \(commands)
            """)
        try #require(status == 0)
        let walk = FileWalk(
            exclusion: .init(rules: GitIgnore(Array(exclude.utf8))), isWanted: { fileName($0).hasPrefix("Dockerfile") },
            ownExclusion: { _ in nil })
        let root = "\(directory.path)/\(folder)"
        let found = walk.walk(root)
        return (
            found.files.map { String($0.path.dropFirst(root.count + 1)) },
            found.failures.map { failure in
                let reason = failure.reason.replacing(directory.path, with: "$")
                return String(failure.path.dropFirst(root.count + 1)) + ": " + reason
            }.sorted()
        )
    }

    @Test(
        "a link to a directory that leads out is named, whatever its name",
        arguments: [
            "ln -s ../outside/docker docker", "ln -s ../outside docker", "ln -s \"$PWD/../outside/docker\" docker",
            "ln -s .. docker", "ln -s / docker",
            "ln -s ../outside/docker hop && mv hop ../hop && ln -s ../outside docker",
            "ln -s ../walkedx docker && mkdir ../walkedx",
        ])
    func outside(commands: String) throws {
        let found = try Self.walk(commands)
        #expect(found.files == [])
        #expect(found.failures == ["docker: the link leads out of $/walked"])
    }

    @Test(
        "a link to a directory that is not walked by itself is followed within the repository, once",
        arguments: [
            ("mkdir ../.git && ln -s ../outside/docker d && ln -s ../outside/docker/Dockerfile .", ["Dockerfile"]),
            ("mkdir ../.git && ln -s ../outside d && ln -s ../outside/docker e", ["d/docker/Dockerfile"]),
            ("mkdir ../.git && ln -s ../outside d && ln -s .. ../outside/up", ["d/docker/Dockerfile"]),
            ("mkdir ../.git a && ln -s ../../outside a/b", ["a/b/docker/Dockerfile"]),
            ("mkdir ../.git ../c && ln -s ../c d && ln -s ../outside ../c/e", ["d/e/docker/Dockerfile"]),
            // The link is not ignored; what it leads to is.
            (
                "mkdir -p build/k && echo FROM scratch > build/k/Dockerfile && echo build/ > .gitignore && ln -s build/k k",
                ["k/Dockerfile"]
            ),
            ("mkdir .git && echo FROM scratch > .git/Dockerfile && ln -s .git g", []),
        ])
    func followed(commands: String, files: [String]) throws {
        let found = try Self.walk(commands)
        #expect(found.files == files)
        #expect(found.failures == [])
    }

    @Test("a link of a directory below, and one whose name is not UTF-8")
    func deep() throws {
        let found = try Self.walk(
            """
            mkdir a && ln -s ../../outside a/b && ln -s ../outside/docker "$(printf 'c\\377')" \
            && ln -s ../outside/docker/Dockerfile "$(printf 'Dockerfile.\\377')"
            """)
        #expect(
            found.failures == [
                "Dockerfile.\\xff: the link leads out of $/walked", "a/b: the link leads out of $/walked",
                "c\\xff: the link leads out of $/walked",
            ])
    }

    @Test(
        "a link to a directory inside adds nothing, and is no failure",
        arguments: [
            "ln -s . docker", "mkdir b && ln -s b docker", "mkdir -p b/c && ln -s b/c docker && ln -s ../.. b/c/up",
            "mkdir b && ln -s \"$PWD/b\" docker", "ln -s ../walked docker",
        ])
    func inside(commands: String) throws {
        let found = try Self.walk(commands + " && echo FROM scratch > Dockerfile")
        #expect(found.files == ["Dockerfile"])
        #expect(found.failures == [])
    }

    @Test("what the configuration excludes or git ignores is not named")
    func ignored() throws {
        let link = "ln -s ../outside/docker docker && mkdir a && ln -s /dev/zero a/Dockerfile"
        #expect(try Self.walk(link, exclude: "docker\na\n").failures == [])
        #expect(try Self.walk(link + " && printf 'docker\\nDockerfile\\n' > .gitignore").failures == [])
    }

    @Test("devices and FIFOs with the name of a file to check are named, others are not")
    func special() throws {
        let found = try Self.walk(
            """
            ln -s /dev/zero Dockerfile.zero && ln -s /dev/null null && mkfifo Dockerfile.fifo fifo \
            && ln -s Dockerfile.fifo Dockerfile.link && ln -s nowhere Dockerfile.broken && ln -s nowhere broken \
            && ln -s Dockerfile.loop Dockerfile.loop && ln -s loop loop && ln -s /etc/passwd passwd
            """)
        #expect(found.files == [])
        #expect(
            found.failures == [
                "Dockerfile.broken: the link is broken", "Dockerfile.fifo: it is neither a file nor a directory",
                "Dockerfile.link: the link leads to what is neither a file nor a directory",
                "Dockerfile.loop: the link is broken",
                "Dockerfile.zero: the link leads to what is neither a file nor a directory",
            ])
    }

    @Test("a link to a file with a name that is not UTF-8 is followed once")
    func rawNames() throws {
        let found = try Self.walk(
            """
            echo FROM scratch > "$(printf 'Dockerfile.\\376')" && echo FROM scratch > other \
            && ln -s "$(printf 'Dockerfile.\\376')" Dockerfile.a && ln -s other "$(printf 'Dockerfile.\\375')"
            """)
        #expect(found.files == ["Dockerfile.\\xfd", "Dockerfile.\\xfe"])
        #expect(found.failures == [])
    }

    @Test("check of a directory with such a link fails, and names the link")
    func check() async throws {
        let folder = try Folder(["a/Dockerfile": "FROM scratch\n", "b/Dockerfile": "FROM python\n"])
        #expect(shell("ln -s ../b '\(folder("a/docker"))'") == 0)
        let result = try await Checker(options: Checker.Options()).check([folder("a")])
        #expect(result.findings.map(\.rule) == ["unreadable-file"])
        #expect(result.findings.first?.file == folder("a/docker"))
        #expect(result.failures.count == 1)
        // From above, the link leads to what is checked anyway.
        let all = try await Checker(options: Checker.Options()).check([folder.path])
        #expect(all.findings.map(\.file) == [folder("b/Dockerfile")])
        #expect(all.failures.isEmpty)
    }
}
