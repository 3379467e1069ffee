// swift-tools-version:6.2
import PackageDescription

/// What fuzzing with libFuzzer needs: a package of its own, so that nothing of it is in a normal build (see `run`).
///
/// The fuzzers themselves call `package` declarations of the package that they fuzz, and SwiftPM would compile them under the
/// name of this one: `run` compiles them.
let package = Package(
    name: "fuzzing",
    dependencies: [.package(name: "pinproof", path: "../..")],
    targets: [.target(name: "FuzzingSupport", dependencies: [.product(name: "Pinproof", package: "pinproof")])],
    swiftLanguageModes: [.v6]
)
