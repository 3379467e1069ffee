import EnvironmentInventory
import LockFormats
import SourceDocuments
import Testing

/// The file that is chosen for a target is the first that fits in the order of packaging's tags.
@Suite struct ArtifactChoiceTests {
    /// The files of one release.
    static let releases: [String: [String]] = [
        "many": [
            "n-1-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "n-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "n-1-cp311-cp311-manylinux_2_28_x86_64.whl",
            "n-1-cp311-cp311-manylinux_2_39_x86_64.whl",
            "n-1-cp311-cp311-musllinux_1_2_x86_64.whl",
            "n-1-cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64.whl",
            "n-1-cp311-cp311-macosx_11_0_arm64.whl",
            "n-1-cp311-cp311-macosx_10_9_x86_64.whl",
            "n-1-cp311-cp311-win_amd64.whl",
            "n-1-cp313-cp313-manylinux_2_28_x86_64.whl",
            "n-1-cp313-cp313t-manylinux_2_28_x86_64.whl",
            "n-1.tar.gz",
        ],
        "abi3": [
            "n-1-cp38-abi3-manylinux_2_28_x86_64.whl",
            "n-1-cp310-abi3-manylinux_2_17_x86_64.whl",
            "n-1-cp312-abi3-manylinux_2_17_x86_64.whl",
            "n-1-cp38-abi3-macosx_11_0_universal2.whl",
            "n-1-cp38-abi3-win_amd64.whl",
        ],
        "pure": [
            "n-1-py2-none-any.whl",
            "n-1-py3-none-any.whl",
            "n-1-py2.py3-none-any.whl",
            "n-1-py31-none-any.whl",
        ],
        "mixed": [
            "n-1-py3-none-any.whl",
            "n-1-cp311-none-any.whl",
            "n-1-cp311-cp311-linux_x86_64.whl",
            "n-1-py3-none-manylinux_2_17_x86_64.whl",
            "n-1-py3-none-win_amd64.whl",
        ],
        "builds": [
            "n-1-1-py3-none-any.whl",
            "n-1-2-py3-none-any.whl",
            "n-1-10a-py3-none-any.whl",
            "n-1-py3-none-any.whl",
        ],
        "mac": [
            "n-1-cp311-cp311-macosx_10_9_universal2.whl",
            "n-1-cp311-cp311-macosx_11_0_arm64.whl",
            "n-1-cp311-cp311-macosx_14_0_arm64.whl",
            "n-1-cp311-cp311-macosx_12_0_x86_64.whl",
        ],
        "sdist": [
            "n-1.tar.gz"
        ],
        "odd": [
            "n-1-cp311-cp311-manylinux1_x86_64.whl",
            "n-1-cp311-cp311-manylinux2010_x86_64.whl",
            "n-1-cp311-cp311-manylinux_2_5_x86_64.whl",
            "n-1-pp310-pypy310_pp73-manylinux_2_17_x86_64.whl",
        ],
    ]

    /// A release, a target, and the file; nil where none fits.
    static let choices: [(release: String, python: String, platform: String, libc: String?, file: String?)] = [
        ("many", "3.10", "linux/amd64", "glibc-2.36", "n-1-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"),
        ("many", "3.10", "linux/arm64", "glibc-2.36", "n-1.tar.gz"),
        ("many", "3.10", "linux/amd64", "musl-1.2", "n-1.tar.gz"),
        ("many", "3.10", "darwin/arm64", nil, "n-1.tar.gz"),
        ("many", "3.10", "windows/amd64", nil, "n-1.tar.gz"),
        ("many", "3.11", "linux/amd64", "glibc-2.36", "n-1-cp311-cp311-manylinux_2_28_x86_64.whl"),
        (
            "many", "3.11", "linux/arm64", "glibc-2.36",
            "n-1-cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64.whl"
        ),
        ("many", "3.11", "linux/amd64", "musl-1.2", "n-1-cp311-cp311-musllinux_1_2_x86_64.whl"),
        ("many", "3.11", "darwin/arm64", nil, "n-1-cp311-cp311-macosx_11_0_arm64.whl"),
        ("many", "3.11", "windows/amd64", nil, "n-1-cp311-cp311-win_amd64.whl"),
        ("many", "3.13", "linux/amd64", "glibc-2.36", "n-1-cp313-cp313-manylinux_2_28_x86_64.whl"),
        ("many", "3.13", "linux/arm64", "glibc-2.36", "n-1.tar.gz"),
        ("many", "3.13", "linux/amd64", "musl-1.2", "n-1.tar.gz"),
        ("many", "3.13", "darwin/arm64", nil, "n-1.tar.gz"),
        ("many", "3.13", "windows/amd64", nil, "n-1.tar.gz"),
        ("abi3", "3.10", "linux/amd64", "glibc-2.36", "n-1-cp310-abi3-manylinux_2_17_x86_64.whl"),
        ("abi3", "3.10", "linux/arm64", "glibc-2.36", nil),
        ("abi3", "3.10", "linux/amd64", "musl-1.2", nil),
        ("abi3", "3.10", "darwin/arm64", nil, "n-1-cp38-abi3-macosx_11_0_universal2.whl"),
        ("abi3", "3.10", "windows/amd64", nil, "n-1-cp38-abi3-win_amd64.whl"),
        ("abi3", "3.11", "linux/amd64", "glibc-2.36", "n-1-cp310-abi3-manylinux_2_17_x86_64.whl"),
        ("abi3", "3.11", "linux/arm64", "glibc-2.36", nil),
        ("abi3", "3.11", "linux/amd64", "musl-1.2", nil),
        ("abi3", "3.11", "darwin/arm64", nil, "n-1-cp38-abi3-macosx_11_0_universal2.whl"),
        ("abi3", "3.11", "windows/amd64", nil, "n-1-cp38-abi3-win_amd64.whl"),
        ("abi3", "3.13", "linux/amd64", "glibc-2.36", "n-1-cp312-abi3-manylinux_2_17_x86_64.whl"),
        ("abi3", "3.13", "linux/arm64", "glibc-2.36", nil),
        ("abi3", "3.13", "linux/amd64", "musl-1.2", nil),
        ("abi3", "3.13", "darwin/arm64", nil, "n-1-cp38-abi3-macosx_11_0_universal2.whl"),
        ("abi3", "3.13", "windows/amd64", nil, "n-1-cp38-abi3-win_amd64.whl"),
        ("pure", "3.11", "linux/amd64", "glibc-2.36", "n-1-py3-none-any.whl"),
        ("pure", "3.11", "linux/arm64", "glibc-2.36", "n-1-py3-none-any.whl"),
        ("pure", "3.11", "linux/amd64", "musl-1.2", "n-1-py3-none-any.whl"),
        ("pure", "3.11", "darwin/arm64", nil, "n-1-py3-none-any.whl"),
        ("pure", "3.11", "windows/amd64", nil, "n-1-py3-none-any.whl"),
        ("pure", "3.13", "linux/amd64", "glibc-2.36", "n-1-py3-none-any.whl"),
        ("pure", "3.13", "linux/arm64", "glibc-2.36", "n-1-py3-none-any.whl"),
        ("pure", "3.13", "linux/amd64", "musl-1.2", "n-1-py3-none-any.whl"),
        ("pure", "3.13", "darwin/arm64", nil, "n-1-py3-none-any.whl"),
        ("pure", "3.13", "windows/amd64", nil, "n-1-py3-none-any.whl"),
        ("mixed", "3.11", "linux/amd64", "glibc-2.36", "n-1-cp311-cp311-linux_x86_64.whl"),
        ("mixed", "3.11", "linux/arm64", "glibc-2.36", "n-1-cp311-none-any.whl"),
        ("mixed", "3.11", "linux/amd64", "musl-1.2", "n-1-cp311-cp311-linux_x86_64.whl"),
        ("mixed", "3.11", "darwin/arm64", nil, "n-1-cp311-none-any.whl"),
        ("mixed", "3.11", "windows/amd64", nil, "n-1-py3-none-win_amd64.whl"),
        ("mixed", "3.13", "linux/amd64", "glibc-2.36", "n-1-py3-none-manylinux_2_17_x86_64.whl"),
        ("mixed", "3.13", "linux/arm64", "glibc-2.36", "n-1-py3-none-any.whl"),
        ("mixed", "3.13", "linux/amd64", "musl-1.2", "n-1-py3-none-any.whl"),
        ("mixed", "3.13", "darwin/arm64", nil, "n-1-py3-none-any.whl"),
        ("mixed", "3.13", "windows/amd64", nil, "n-1-py3-none-win_amd64.whl"),
        ("builds", "3.11", "linux/amd64", "glibc-2.36", "n-1-10a-py3-none-any.whl"),
        ("builds", "3.11", "linux/arm64", "glibc-2.36", "n-1-10a-py3-none-any.whl"),
        ("builds", "3.11", "linux/amd64", "musl-1.2", "n-1-10a-py3-none-any.whl"),
        ("builds", "3.11", "darwin/arm64", nil, "n-1-10a-py3-none-any.whl"),
        ("builds", "3.11", "windows/amd64", nil, "n-1-10a-py3-none-any.whl"),
        ("builds", "3.13", "linux/amd64", "glibc-2.36", "n-1-10a-py3-none-any.whl"),
        ("builds", "3.13", "linux/arm64", "glibc-2.36", "n-1-10a-py3-none-any.whl"),
        ("builds", "3.13", "linux/amd64", "musl-1.2", "n-1-10a-py3-none-any.whl"),
        ("builds", "3.13", "darwin/arm64", nil, "n-1-10a-py3-none-any.whl"),
        ("builds", "3.13", "windows/amd64", nil, "n-1-10a-py3-none-any.whl"),
        ("mac", "3.11", "linux/amd64", "glibc-2.36", nil),
        ("mac", "3.11", "linux/arm64", "glibc-2.36", nil),
        ("mac", "3.11", "linux/amd64", "musl-1.2", nil),
        ("mac", "3.11", "darwin/arm64", nil, "n-1-cp311-cp311-macosx_11_0_arm64.whl"),
        ("mac", "3.11", "windows/amd64", nil, nil),
        ("mac", "3.13", "linux/amd64", "glibc-2.36", nil),
        ("mac", "3.13", "linux/arm64", "glibc-2.36", nil),
        ("mac", "3.13", "linux/amd64", "musl-1.2", nil),
        ("mac", "3.13", "darwin/arm64", nil, nil),
        ("mac", "3.13", "windows/amd64", nil, nil),
        ("sdist", "3.11", "linux/amd64", "glibc-2.36", "n-1.tar.gz"),
        ("sdist", "3.11", "linux/arm64", "glibc-2.36", "n-1.tar.gz"),
        ("sdist", "3.11", "linux/amd64", "musl-1.2", "n-1.tar.gz"),
        ("sdist", "3.11", "darwin/arm64", nil, "n-1.tar.gz"),
        ("sdist", "3.11", "windows/amd64", nil, "n-1.tar.gz"),
        ("sdist", "3.13", "linux/amd64", "glibc-2.36", "n-1.tar.gz"),
        ("sdist", "3.13", "linux/arm64", "glibc-2.36", "n-1.tar.gz"),
        ("sdist", "3.13", "linux/amd64", "musl-1.2", "n-1.tar.gz"),
        ("sdist", "3.13", "darwin/arm64", nil, "n-1.tar.gz"),
        ("sdist", "3.13", "windows/amd64", nil, "n-1.tar.gz"),
        ("odd", "3.11", "linux/amd64", "glibc-2.36", "n-1-cp311-cp311-manylinux2010_x86_64.whl"),
        ("odd", "3.11", "linux/arm64", "glibc-2.36", nil),
        ("odd", "3.11", "linux/amd64", "musl-1.2", nil),
        ("odd", "3.11", "darwin/arm64", nil, nil),
        ("odd", "3.11", "windows/amd64", nil, nil),
        ("odd", "3.13", "linux/amd64", "glibc-2.36", nil),
        ("odd", "3.13", "linux/arm64", "glibc-2.36", nil),
        ("odd", "3.13", "linux/amd64", "musl-1.2", nil),
        ("odd", "3.13", "darwin/arm64", nil, nil),
        ("odd", "3.13", "windows/amd64", nil, nil),
    ]

    @Test(arguments: choices)
    func theFirstThatFits(release: String, python: String, platform: String, libc: String?, file: String?) throws {
        let files = try #require(Self.releases[release])
        let wheels = files.filter { $0.hasSuffix(".whl") }.map {
            "    { url = \"https://index.example/\($0)\", hash = \"sha256:\(sha)\" },\n"
        }
        let archive = files.first { $0.hasSuffix(".tar.gz") }.map {
            "sdist = { url = \"https://index.example/\($0)\", hash = \"sha256:\(sha)\" }\n"
        }
        let text = """
            version = 1
            [[package]]
            name = "me"
            source = { virtual = "." }
            dependencies = [{ name = "n" }]
            [[package]]
            name = "n"
            version = "1"
            source = { registry = "https://index.example/simple" }
            \(archive ?? "")wheels = [
            \(wheels.joined())]
            """
        var target = target(python, platform)
        target.cLibrary = libc.flatMap { CLibrary($0) }
        guard let file else {
            #expect(failure("uv.lock", text, target: target).contains("has no artifact for"))
            return
        }
        let environment = try lock("uv.lock", text).environment(target: target)
        #expect(environment.packages.first?.artifacts.map(\.name) == [file])
    }
}
