// swift-tools-version:6.2
import PackageDescription

/// Fuzzing with libFuzzer: a package of its own, so that nothing of it is in a normal build (see `run`).
let package = Package(
    name: "fuzzing",
    dependencies: [.package(name: "lockstep", path: "../..")],
    targets: [
        .executableTarget(
            name: "DockerfileFuzzer",
            dependencies: [.product(name: "Lockstep", package: "lockstep")],
            // libFuzzer brings the main function.
            swiftSettings: [.unsafeFlags(["-parse-as-library"])])
    ],
    swiftLanguageModes: [.v6]
)
