import ArchiveReading
import BinaryLoading
import EnvironmentInventory
import Foundation
import Testing

@testable import ContainerImages

/// Writes what the resolver finds for objects of a root, for `Tests/Oracle/compare_loader.py`, which compares it with what the
/// loader of the root itself prints. It runs only when that script asks.
struct LoaderOracleTests {
    private static let root = ProcessInfo.processInfo.environment["PINPROOF_LOADER_ROOT"]

    @Test("the resolver answers the loader oracle", .enabled(if: root != nil))
    func answers() throws {
        let environment = ProcessInfo.processInfo.environment
        let root = try #require(Self.root)
        let list = try String(contentsOfFile: #require(environment["PINPROOF_LOADER_OBJECTS"]), encoding: .utf8)
        let loader = try #require(environment["PINPROOF_LOADER"])
        let contents = try LayerReader(limits: ReadingLimits(), readsBinaries: true).read(DirectoryReader(path: root))
        var stack = LayerStack(image: root, honorsWhiteouts: false)
        try stack.apply(contents, name: root)
        let files = FileSystemIndex(stack.finish())
        let machine = try #require(files.loaderFile(loader)?.binary?.identity)
        var launch = LoaderSettings.Launch()
        launch.libraryPath = environment["PINPROOF_LOADER_LIBRARY_PATH"]
        launch.level = environment["PINPROOF_LOADER_LEVEL"].flatMap { Int($0) } ?? 1
        let settings = LoaderSettings(loader: loader, machine: machine, launch: launch, files: files)
        var output = "# \(settings.defaultDirectories) \(settings.remarks)\n"
        for object in list.split(separator: "\n").map(String.init) {
            let process = LoaderProcess(object, settings: settings, files: files)
            let found = process.objects.dropFirst().map(\.realPath)
            var missing: [String] = []
            var ended = ""
            for issue in process.issues {
                switch issue.cause {
                case .missingLibrary(let name, _), .wrongArchitecture(let name, _, _): missing.append(name)
                case .damaged(let path, _): ended = path
                default: continue
                }
            }
            output +=
                [object, found.joined(separator: ","), missing.joined(separator: ","), ended].joined(separator: "\t")
                + "\n"
        }
        try output.write(toFile: #require(environment["PINPROOF_LOADER_OUTPUT"]), atomically: true, encoding: .utf8)
    }
}
