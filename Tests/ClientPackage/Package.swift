// swift-tools-version:6.2
import PackageDescription

// A package as a stranger would write it: it depends on the product and sees nothing but what is public.
let package = Package(
    name: "client",
    dependencies: [.package(name: "pinproof", path: "../..")],
    targets: [
        .executableTarget(
            name: "Client", dependencies: [.product(name: "Pinproof", package: "pinproof")],
            swiftSettings: [.treatAllWarnings(as: .error)])
    ],
    swiftLanguageModes: [.v6]
)
