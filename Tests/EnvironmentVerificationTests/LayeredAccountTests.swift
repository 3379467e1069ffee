import ContentHashing
import EnvironmentInventory
import PythonPackaging
import SourceDocuments
import Testing

@testable import ContainerImages
@testable import EnvironmentVerification

/// What layers above others change of the system's own files, and what they take away.
struct LayeredAccountTests {
    /// A file of a layer; a name that begins with `.wh.` takes one away.
    private struct File {
        let path: String
        var text = "text"
        /// Whether md5 and sha1 were computed.
        var hasSums = false
    }

    private static func files(_ layers: [[File]]) throws -> FileSystemIndex {
        var stack = LayerStack(image: "image")
        for (number, files) in layers.enumerated() {
            var layer = LayerContents()
            for file in files {
                let bytes = Array(file.text.utf8)
                let name = Array(file.path.utf8)
                let sums =
                    file.hasSums ? try Self.bytes(ofHex: md5(file.text).hex) + [UInt8](repeating: 0, count: 20) : []
                layer.append(
                    LayerEntry(
                        path: name, kind: .file, mode: 0o755, uid: 0, gid: 0, modified: 0,
                        content: Int32(layer.contents.count)))
                layer.contents.append(
                    LayerFileContent(
                        size: bytes.count, sha256: try #require(SHA256Value(try ContentHash.sha256(of: bytes))),
                        head: [], data: KeptFiles.all.keeping(name) == .whole ? bytes : nil, checksums: sums))
            }
            try stack.apply(layer, name: "sha256:\(number)")
        }
        return FileSystemIndex(stack.finish())
    }

    private static func md5(_ text: String) throws -> Digest { try ContentHash.digest(.md5, of: Array(text.utf8)) }

    private static func bytes(ofHex text: String) -> [UInt8] {
        stride(from: 0, to: text.utf8.count, by: 2).compactMap { index in
            UInt8(text.dropFirst(index).prefix(2), radix: 16)
        }
    }

    private static let python = [
        File(path: "usr/bin/python3.11"), File(path: "usr/lib/python3.11/os.py"),
        File(path: "usr/lib/python3.11/colorsys.py"), File(path: "usr/lib/python3.11/test/regrtest.py"),
        File(path: "usr/lib/python3.11/json/tool.py"),
    ]

    private static func account(
        _ layers: [[File]], base: Int = 0, libraries: [String] = []
    ) throws -> (account: LoadingAccount, scene: ImportScene) {
        var configuration = ImageConfiguration()
        configuration.command = ["/usr/bin/python3.11", "/srv/serve.py"]
        let scene = ImportScene(
            try files(layers), configuration, layers: layers.indices.map { "sha256:\($0)" }, name: "image",
            environment: Environment(python: Interpreter(version: "3.11.2")), trained: [], baseLayerCount: base)
        let vouchers = Vouchers(scene, packages: [], applications: [])
        return (LoadingAccount(scene, vouchers, LoadableFiles(scene, libraries: libraries)), scene)
    }

    private static let library = "usr/lib/x86_64-linux-gnu/libz.so.1"
    private static let list = "var/lib/dpkg/info/zlib1g:amd64"

    @Test(
        "a file of a system's package is vouched for by its sum, or by a record of no lower layer",
        arguments: [
            // What was installed together.
            (0, 0, nil, Verification.Account.Voucher.system), (1, 1, nil, .system), (0, 1, nil, .system),
            // A later layer wrote the file, and nothing more is known.
            (1, 0, nil, .none),
            // Where the sum was computed, it decides.
            (1, 0, "text", .system), (0, 0, "other", .none), (1, 1, "other", .none),
        ] as [(Int, Int, String?, Verification.Account.Voucher)])
    func laterLayers(file: Int, record: Int, recorded: String?, voucher: Verification.Account.Voucher) throws {
        var layers = [Self.python, []]
        layers[file].append(File(path: Self.library, hasSums: recorded != nil))
        layers[record].append(File(path: Self.list + ".list", text: "/\(Self.library)\n"))
        layers[record].append(
            File(path: Self.list + ".md5sums", text: "\(try Self.md5(recorded ?? "text").hex)  \(Self.library)\n"))
        let result = try Self.account(layers, libraries: [Self.library])
        #expect(result.account.libraryVouchers[Self.library] == voucher)
        let named = result.account.account.files.first { $0.path == Self.library }
        #expect((named != nil) == (voucher == .none))
        if recorded == "other" {
            #expect(result.account.findings.contains { $0.severity == .error && $0.file == Self.library })
        }
    }

    @Test("libraries for better processors beside those that are loaded are in the account")
    func tuned() throws {
        let directory = "usr/lib/x86_64-linux-gnu"
        let evil = "\(directory)/glibc-hwcaps/x86-64-v3/libz.so.1"
        let layers = [Self.python + [File(path: Self.library)], [File(path: evil), File(path: "opt/x/libz.so.1")]]
        let result = try Self.account(layers, base: 1, libraries: [Self.library])
        #expect(result.account.account.files.map(\.path) == [evil])
    }

    @Test("an image without dpkg has its sums in status.d")
    func withoutDpkg() throws {
        let path = "usr/lib/python3.11/os.py"
        for (recorded, voucher) in [("text", 1), ("other", 0)] {
            let record = File(
                path: "var/lib/dpkg/status.d/libpython3.11-minimal.md5sums",
                text: "\(try Self.md5(recorded).hex)  \(path)\n")
            let files = Self.python.filter { $0.path != path } + [File(path: path, hasSums: true), record]
            let result = try Self.account([files])
            #expect(result.account.account.count(.system) == voucher, "\(result.account.account.counts)")
        }
    }

    @Test("what a layer takes away from the standard library is named, but for what images are often made smaller by")
    func removed() throws {
        let whiteouts = [
            File(path: "usr/lib/python3.11/.wh.colorsys.py"), File(path: "usr/lib/python3.11/.wh.test"),
            File(path: "usr/lib/python3.11/.wh.json"),
        ]
        let result = try Self.account([Self.python, whiteouts])
        let gone = result.account.account.files.filter { $0.sha256 == nil }
        #expect(gone.map(\.path) == ["usr/lib/python3.11/colorsys.py", "usr/lib/python3.11/json/tool.py"])
        #expect(gone.allSatisfy { $0.layer == "sha256:1" && $0.voucher == .none })
        #expect(!result.account.account.isProved)
        #expect(result.account.findings.contains { $0.message.contains("removed") && $0.severity == .warning })
        // The base image's own affair, and what is there again.
        #expect(try Self.account([Self.python, whiteouts], base: 2).account.account.isProved)
        let again = try Self.account([Self.python, whiteouts, [File(path: "usr/lib/python3.11/colorsys.py")]])
        #expect(!again.account.account.files.contains { $0.sha256 == nil && $0.path.hasSuffix("colorsys.py") })
    }

    @Test("what images are often made smaller by is listed, and no finding is made of it")
    func removedQuietly() throws {
        let library = "usr/lib/python3.11"
        let paths = ["\(library)/distutils/command/sdist.py", "\(library)/lib-dynload/_crypt.so"]
        let files = Self.python + paths.map { File(path: $0) }
        for (path, findings) in zip(paths, [0, 1]) {
            let whiteout = File(path: PosixPath.directory(path) + "/.wh." + PosixPath.lastComponent(path))
            let result = try Self.account([files, [whiteout]])
            #expect(result.account.account.files.filter { $0.sha256 == nil }.map(\.path) == [path])
            #expect(!result.account.account.isProved)
            #expect(result.account.findings.count { $0.message.contains("removed") } == findings, "\(path)")
        }
    }

    @Test("bytes that a later layer writes again as they were are still the base image's")
    func writtenAgain() throws {
        let again = Self.python.filter { $0.path.hasSuffix("os.py") }
        let changed = [File(path: "usr/lib/python3.11/os.py", text: "other")]
        #expect(try Self.account([Self.python, again], base: 1).account.account.isProved)
        #expect(try Self.account([Self.python, again, again], base: 1).account.account.isProved)
        #expect(try !Self.account([Self.python, changed], base: 1).account.account.isProved)
        // What was changed and changed back is what it was, but no base layer's any more.
        #expect(try !Self.account([Self.python, changed, again], base: 1).account.account.isProved)
        var layers = [
            Self.python + [File(path: Self.library), File(path: Self.list + ".list", text: "/\(Self.library)\n")]
        ]
        layers.append([File(path: Self.library)])
        let result = try Self.account(layers, libraries: [Self.library])
        #expect(result.account.libraryVouchers[Self.library] == .system)
    }

    @Test("a file in the place of a directory takes away what that held")
    func replaced() throws {
        let result = try Self.account([Self.python, [File(path: "usr/lib/python3.11/json")]])
        #expect(result.account.account.files.contains { $0.path == "usr/lib/python3.11/json/tool.py" })
    }

    @Test("no record vouches for compiled files: who compiles other code writes the row too")
    func compiled() throws {
        let site = ImageListing.site
        let pyc = "\(site)numpy/__pycache__/__init__.cpython-311.pyc"
        let listing = try ImageListing("\(site)numpy/__init__.py = numpy\n\(pyc) : pyc timestamp 0")
        let scene = try listing.scene()
        let account = LoadingAccount(
            scene, Vouchers(scene, packages: [], applications: []), LoadableFiles(scene))
        #expect(account.account.files.contains { $0.path == pyc && $0.voucher == .none })
        let entry = try #require(scene.files.lookup(pyc))
        let file = LoadableFiles.File(entry: entry, kind: .bytecode, origin: .site, directory: site)
        #expect(Vouchers(scene, packages: [], applications: []).answer(file).voucher == .none)
    }

    @Test("hashes of sources are not compared where the command line says never")
    func neverChecked() throws {
        let site = ImageListing.site
        let files =
            "\(site)joblib/pool.py = joblib\n"
            + "\(site)joblib/__pycache__/pool.cpython-311.pyc : pyc checked other"
        func fates(_ command: String) throws -> [BytecodeSurvey.Fate] {
            try ImageListing("CMD python \(command)\nsrv/serve.py\n\(files)").scene().surveys.map(\.fate)
        }
        #expect(try fates("/srv/serve.py") != [.unchecked(fits: false)])
        #expect(try fates("--check-hash-based-pycs never /srv/serve.py") == [.unchecked(fits: false)])
    }
}
