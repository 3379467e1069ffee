// swift-tools-version:6.2
import PackageDescription

/// One fuzzer: libFuzzer brings the main function.
func fuzzer(_ name: String) -> Target {
    .executableTarget(
        name: name, dependencies: ["FuzzingSupport", .product(name: "Lockstep", package: "lockstep")],
        swiftSettings: [.unsafeFlags(["-parse-as-library"])])
}

/// Fuzzing with libFuzzer: a package of its own, so that nothing of it is in a normal build (see `run`).
let package = Package(
    name: "fuzzing",
    dependencies: [.package(name: "lockstep", path: "../..")],
    targets: [
        .target(name: "FuzzingSupport", dependencies: [.product(name: "Lockstep", package: "lockstep")]),
        fuzzer("DockerfileFuzzer"),
        fuzzer("ImageFuzzer"),
        fuzzer("LockFuzzer"),
        fuzzer("ModelFuzzer"),
    ],
    swiftLanguageModes: [.v6]
)
