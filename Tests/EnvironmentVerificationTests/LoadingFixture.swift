import ContainerImages
import EnvironmentInventory
import ProgramStart
import TestSupport
import Testing

@testable import EnvironmentVerification

/// A root with an interpreter, a C library and packages, whose files a test changes.
struct LoadingFixture {
    static let site = "usr/local/lib/python3.11/dist-packages"
    static let directories = "/lib/x86_64-linux-gnu/\0/usr/lib/x86_64-linux-gnu/\0/lib/\0/usr/lib/\0"
    private var files: [String: [UInt8]] = [:]
    private var packages: [String: (version: String, requires: [String], tag: String, files: [String])] = [:]
    /// What stands in the RECORD of every package in place of its files.
    var record: String?
    var options = LoadingOptions()
    var modules: [String] = []
    /// Variables of the image's configuration.
    var variables: [String] = []
    var naming = LoadingScene.Naming.packages(["demo"])

    init(glibc: [String] = ["GLIBC_2.2.5", "GLIBC_2.36"]) {
        var loader = ELFBytes(needed: [], soname: "ld-linux-x86-64.so.2")
        loader.constants = Array(Self.directories.utf8)
        self["lib64/ld-linux-x86-64.so.2"] = loader
        var libc = ELFBytes(needed: [], soname: "libc.so.6")
        libc.versions = glibc
        libc.defined = [("free", nil)]
        self["lib/x86_64-linux-gnu/libc.so.6"] = libc
        var python = ELFBytes(needed: ["libc.so.6"])
        python.interpreter = "/lib64/ld-linux-x86-64.so.2"
        python.defined = [("PyModule_Create2", nil)]
        self["usr/bin/python3.11"] = python
        self["etc/os-release", text: "ID=debian\nVERSION_ID=\"12\"\n"] = ()
        self["usr/lib/python3.11/os.py", text: "\n"] = ()
        package("demo", modules: ["demo/__init__.py"])
    }

    subscript(path: String) -> ELFBytes {
        get { ELFBytes() }
        set { files[path] = newValue.build() }
    }
    subscript(path: String, text text: String) -> Void {
        get { () }
        set { files[path] = Array(text.utf8) }
    }
    mutating func write(_ path: String, _ bytes: [UInt8]) { files[path] = bytes }
    mutating func remove(_ path: String) { files[path] = nil }

    mutating func package(
        _ name: String, _ version: String = "1.0", requires: [String] = [],
        tag: String = "cp311-cp311-manylinux_2_17_x86_64",
        modules: [String] = []
    ) {
        packages[name] = (version, requires, tag, modules)
        for module in modules { files["\(Self.site)/\(module)"] = [10] }
    }

    /// Adds an extension module, or a library of a package.
    mutating func module(_ path: String, of package: String = "demo", _ change: (inout ELFBytes) -> Void = { _ in }) {
        let stem = path.split(separator: "/").last?.prefix { $0 != "." } ?? ""
        var file = ELFBytes(needed: ["libc.so.6"])
        file.defined = [("PyInit_\(stem)", nil)]
        file.undefined = [.init("PyModule_Create2"), .init("free")]
        change(&file)
        files["\(Self.site)/\(path)"] = file.build()
        packages[package]?.files.append(path)
    }

    func assess() throws -> LoadingAssessment {
        let folder = TemporaryDirectory()
        for (path, bytes) in files { folder.write(path, bytes) }
        for (name, package) in packages {
            let info = "\(Self.site)/\(name)-\(package.version).dist-info"
            let requires = package.requires.map { "Requires-Dist: \($0)\n" }.joined()
            folder.write(
                "\(info)/METADATA",
                Array("Metadata-Version: 2.1\nName: \(name)\nVersion: \(package.version)\n\(requires)\n".utf8))
            folder.write("\(info)/WHEEL", Array("Wheel-Version: 1.0\nTag: \(package.tag)\n".utf8))
            folder.write(
                "\(info)/RECORD", Array((record ?? package.files.map { "\($0),,\n" }.joined()).utf8))
        }
        let installed = try InstalledEnvironment.read(path: folder.path, readsBinaries: true)
        var configuration = installed.configuration
        configuration.environment += variables
        let start = ProgramStart(configuration, installed.fileSystem, fallback: "3.11")
        return LoadingAssessor.assess(
            LoadingScene(
                files: installed.fileSystem, configuration: configuration, start: start,
                environment: installed.environment, naming: naming, modules: modules, options: options))
    }
}
