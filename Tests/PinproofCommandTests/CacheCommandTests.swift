import Glibc
import Testing

@testable import PinproofCommand

/// `--cache` of the commands that read images, and `cache prune`.
struct CacheCommandTests {
    @Test(
        "cold and warm, a cache changes no byte of a result",
        arguments: [
            ["verify", Demo.model, Demo.image, "--wheels", Demo.wheels, "--format", "json"],
            ["verify", Demo.model, Demo.changedImage, "--format", "json"],
            ["verify", Demo.lock, Demo.image, "--format", "json"],
            ["verify", Demo.image, Demo.changedImage, "--format", "html"],
            ["verify", Demo.model, Demo.image, "--base", Demo.base, "--format", "json"],
            ["inspect", Demo.image, "--format", "json", "--files"],
            ["inspect", Demo.image, "--needs", "--format", "json"],
            ["inspect", Demo.base, "--format", "cyclonedx"],
            ["diff", Demo.image, Demo.changedImage, "--format", "json"],
            ["diff", Demo.base, Demo.image],
        ])
    func equal(_ arguments: [String]) async throws {
        let directory = try Directory()
        let without = await Program.run(arguments)
        for _ in 0..<2 {
            let run = await Program.run(arguments + ["--cache", directory("cache")])
            #expect(run.output == without.output)
            #expect(run.status == without.status)
            #expect(run.diagnostics == without.diagnostics)
        }
    }

    @Test("one cache serves all commands in any order")
    func shared() async throws {
        let directory = try Directory()
        let cache = ["--cache", directory("cache")]
        let lines = [
            ["diff", Demo.base, Demo.image, "--format", "json"],
            ["verify", Demo.model, Demo.image, "--format", "json"],
            ["inspect", Demo.image, "--format", "json"], ["verify", Demo.lock, Demo.image, "--format", "json"],
        ]
        for arguments in lines + lines.reversed() {
            let (without, with) = (await Program.run(arguments), await Program.run(arguments + cache))
            #expect(with.output == without.output)
            #expect(with.diagnostics == without.diagnostics)
        }
    }

    @Test("a directory that others may write into is not believed, and a note says so")
    func foreign() async throws {
        let directory = try Directory()
        mkdir(directory("cache"), 0o700)
        chmod(directory("cache"), 0o777)
        let run = await pinproof("verify", Demo.model, Demo.image, "--cache", directory("cache"))
        #expect(run.status == 0)
        #expect(run.diagnostics.contains("its entries are not used without --cache-trust"))
        #expect(run.diagnostics.split(separator: "\n").count == 1)
    }

    @Test("a key without a cache is wrong usage")
    func usage() async {
        for option in ["--cache-key", "--cache-trust"] {
            let run = await pinproof("verify", Demo.model, Demo.image, option, "key.pem")
            #expect(run.status == 64)
            #expect(run.diagnostics.contains("--cache-key and --cache-trust are about the entries of --cache"))
        }
        let run = await pinproof(
            "inspect", Demo.image, "--cache", "/nonexistent-\(getpid())/x", "--cache-key", "missing")
        #expect(run.status == 2)
    }

    @Test("prune removes what is old or too much, and nothing that is not of a cache")
    func prune() async throws {
        let directory = try Directory()
        let cache = directory("cache")
        _ = await pinproof("inspect", Demo.image, "--cache", cache)
        mkdir(cache + "/ab", 0o700)
        try directory.write("x", to: "cache/ab/note.txt")
        let kept = await pinproof("cache", "prune", cache, "--older", "90d")
        #expect(kept.status == 0)
        #expect(kept.output.hasPrefix("removed 0 files of 0 bytes; kept "))
        let all = await pinproof("cache", "prune", cache, "--keep-size", "1")
        #expect(all.output.hasSuffix("; kept 0 of 0 bytes\n"))
        #expect(access(cache + "/ab/note.txt", F_OK) == 0)
        #expect(await pinproof("cache", "prune", cache).status == 64)
        #expect(await pinproof("cache", "prune", cache, "--older", "soon").status == 64)
        #expect(await pinproof("cache", "prune", cache + "/none", "--older", "1d").status == 2)
    }

    @Test("the command group shows its help")
    func group() async {
        let run = await pinproof("cache")
        #expect(run.status == 64)
        #expect(run.diagnostics.contains("USAGE: pinproof cache"))
        #expect(run.diagnostics.contains("prune"))
        let help = await pinproof("cache", "prune", "--help")
        #expect(help.status == 0)
        #expect(help.output.contains("pinproof cache prune cache --keep-size 10G"))
    }
}
