// swift-tools-version:6.2
import PackageDescription

/// The package whose `package` declarations the fuzzers call: SwiftPM names it after its directory, as an identifier of C.
let fuzzedPackage = String(
    (Context.packageDirectory.split(separator: "/").dropLast(2).last ?? "pinproof").lowercased().map { character in
        character.isASCII && (character.isLetter || character.isNumber) ? character : "_"
    })

/// One fuzzer: libFuzzer brings the main function.
func fuzzer(_ name: String) -> Target {
    .executableTarget(
        name: name, dependencies: ["FuzzingSupport", .product(name: "Pinproof", package: "pinproof")],
        swiftSettings: [.unsafeFlags(["-parse-as-library", "-package-name", fuzzedPackage])])
}

/// Fuzzing with libFuzzer: a package of its own, so that nothing of it is in a normal build (see `run`).
let package = Package(
    name: "fuzzing",
    dependencies: [.package(name: "pinproof", path: "../..")],
    targets: [
        .target(name: "FuzzingSupport", dependencies: [.product(name: "Pinproof", package: "pinproof")]),
        fuzzer("DockerfileFuzzer"),
        fuzzer("ImageFuzzer"),
        fuzzer("LockFuzzer"),
        fuzzer("ModelFuzzer"),
    ],
    swiftLanguageModes: [.v6]
)
