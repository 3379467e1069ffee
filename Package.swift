// swift-tools-version:6.2
import PackageDescription

/// What every room is compiled with: the Swift 6 language mode (set below), warnings as errors.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

/// The rooms below each room that was named so far. A room may import all of them: an arrow of the drawing
/// (docs/architecture.md) also permits what lies below its target.
nonisolated(unsafe) var roomsBelow: [String: [String]] = [:]

func withRoomsBelow(_ imports: [String]) -> [String] {
    var all = imports
    for name in imports { for below in roomsBelow[name] ?? [] where !all.contains(below) { all.append(below) } }
    return all
}

/// A room of the house (docs/architecture.md): a target whose files import the rooms named here and those below them.
func room(_ name: String, _ imports: [String], resources: [Resource]? = nil) -> Target {
    let all = withRoomsBelow(imports)
    // A system library is seen by the one room that names it.
    roomsBelow[name] = all.filter { !["CArchive", "COpenSSL", "CCurl", "CSHA256", "CSodium", "CYAML"].contains($0) }
    return .target(
        name: name, dependencies: all.map { .byName(name: $0) }, resources: resources, swiftSettings: strict)
}

/// The tests of a room; what its folder holds besides tests, drivers of oracles and fixtures, is not compiled.
func tests(_ name: String, _ imports: [String], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: withRoomsBelow(imports).map { .byName(name: $0) } + [.byName(name: "TestSupport")],
        exclude: exclude, swiftSettings: strict)
}

/// The rooms to build with their tests, `PINPROOF_ROOMS=LockFormats,PinRules`; nil for all of them (CONTRIBUTING.md).
let chosenRooms = Context.environment["PINPROOF_ROOMS"].map { $0.split(separator: ",").map(String.init) }

/// Keeps the targets that the chosen rooms and their tests need.
func chosen(_ targets: [Target]) -> [Target] {
    guard let chosenRooms else { return targets }
    let needed = chosenRooms.reduce(into: Set<String>()) { result, name in
        result.formUnion(withRoomsBelow([name]) + ["\(name)Tests"])
    }
    return targets.filter { needed.contains($0.name) || $0.type == .system || $0.name == "TestSupport" }
}

let package = Package(
    name: "pinproof",
    products: chosenRooms != nil
        ? []
        : [
            // The nouns of the results with it: a client may have to name them.
            .library(name: "Pinproof", targets: ["Pinproof", "EnvironmentInventory", "SourceDocuments"]),
            .executable(name: "pinproof", targets: ["PinproofCommand"]),
        ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
    ],
    targets: chosen([
        // Without pkg-config, which would link them: libarchive, libcrypto and libcurl are loaded when they are needed.
        .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev", "libisal-dev"])]),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        // Loaded when it is needed, and built without its headers.
        .systemLibrary(name: "CSodium"),
        // Two sha256 at once: all of it is in its header.
        .systemLibrary(name: "CSHA256"),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),

        room("ParallelWork", []),
        room("SourceDocuments", ["ParallelWork", "CYAML"]),
        room("EnvironmentInventory", ["SourceDocuments"]),
        room("ContentHashing", ["EnvironmentInventory", "COpenSSL", "CSHA256", "CSodium"]),
        room("ArchiveReading", ["ContentHashing", "CArchive"]),
        room("BinaryLoading", ["EnvironmentInventory"]),
        room("PythonPackaging", ["ArchiveReading"]),
        room("DockerfileSyntax", ["EnvironmentInventory"]),
        room("InputContracts", ["PythonPackaging"]),
        room("DataProfiles", ["ArchiveReading"]),
        room("DeploymentFiles", ["ArchiveReading"]),
        room("LockFormats", ["PythonPackaging"]),
        room("ContainerImages", ["ArchiveReading", "BinaryLoading", "PythonPackaging", "CCurl"]),
        room("ModelArchives", ["ArchiveReading", "LockFormats", "InputContracts"]),
        room("PinRules", ["DockerfileSyntax", "LockFormats"]),
        room(
            "DockerfileFreezing",
            ["DockerfileSyntax", "LockFormats", "ContainerImages"],
            // A link to the file at the top, where people look for it.
            resources: [.embedInCode("Dockerfile.template")]),
        room("ProgramStart", ["DockerfileSyntax", "ContainerImages", "PythonPackaging"]),
        room("EnvironmentVerification", ["ProgramStart", "ContainerImages", "ModelArchives", "LockFormats"]),
        room("Preflight", ["EnvironmentVerification", "InputContracts", "DataProfiles", "DeploymentFiles"]),
        room("FindingReports", ["EnvironmentInventory"]),
        room(
            "Pinproof",
            [
                "SourceDocuments", "EnvironmentInventory", "ContentHashing", "ArchiveReading", "PythonPackaging",
                "DockerfileSyntax", "LockFormats", "ContainerImages", "ModelArchives", "PinRules",
                "DockerfileFreezing", "ProgramStart", "EnvironmentVerification", "InputContracts", "DataProfiles",
                "DeploymentFiles", "Preflight",
            ]),
        .executableTarget(
            name: "PinproofCommand",
            dependencies: withRoomsBelow(["Pinproof", "FindingReports"]).map { .byName(name: $0) } + [
                .product(name: "ArgumentParser", package: "swift-argument-parser")
            ],
            swiftSettings: strict),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        tests("ParallelWork", ["ParallelWork"]),
        tests("SourceDocuments", ["SourceDocuments"], exclude: ["Oracle"]),
        tests("EnvironmentInventory", ["EnvironmentInventory"]),
        tests("ContentHashing", ["ContentHashing"]),
        tests("ArchiveReading", ["ArchiveReading"], exclude: ["Oracle"]),
        tests("BinaryLoading", ["BinaryLoading"]),
        tests("PythonPackaging", ["PythonPackaging"], exclude: ["Oracle"]),
        tests("DockerfileSyntax", ["DockerfileSyntax"], exclude: ["Oracle"]),
        tests("LockFormats", ["LockFormats"], exclude: ["Oracle"]),
        tests("ContainerImages", ["ContainerImages"], exclude: ["Oracle"]),
        tests("ModelArchives", ["ModelArchives"], exclude: ["Oracle", "Fixtures"]),
        tests("PinRules", ["PinRules"], exclude: ["Oracle"]),
        tests("DockerfileFreezing", ["DockerfileFreezing"], exclude: ["Oracle"]),
        tests("ProgramStart", ["ProgramStart"]),
        tests("EnvironmentVerification", ["EnvironmentVerification"]),
        tests("InputContracts", ["InputContracts"], exclude: ["Oracle"]),
        tests("DataProfiles", ["DataProfiles"], exclude: ["Oracle"]),
        tests("DeploymentFiles", ["DeploymentFiles"], exclude: ["Fixtures"]),
        tests("Preflight", ["Preflight"]),
        tests("FindingReports", ["FindingReports"]),
        tests("Pinproof", ["Pinproof", "FindingReports"]),
        .testTarget(
            name: "PinproofCommandTests",
            dependencies: ["PinproofCommand"]
                + withRoomsBelow(["Pinproof", "FindingReports"]).map { .byName(name: $0) }
                + [.byName(name: "TestSupport")],
            swiftSettings: strict),
    ]),
    swiftLanguageModes: [.v6]
)
