import ArchiveReading
import EnvironmentInventory

/// Which C library a file system has.
enum CLibraryFacts {
    /// The version of glibc is a text in the library itself.
    static let wanted: [PathPattern] = ["**/libc.so.6"]

    /// From the library's own bytes (`stable release version 2.36`), then from the package that owns it.
    static func find(_ system: InstalledSystem, _ packages: [Package]) -> CLibrary? {
        for folder in ["lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu", "lib64", "lib", "usr/lib"] {
            if let bytes = system.files.contents(of: "\(folder)/libc.so.6"), let library = banner(bytes) {
                return library
            }
        }
        for (name, family) in [("libc6", CLibrary.Family.glibc), ("musl", .musl), ("glibc", .glibc)] {
            let owner = packages.first { [.apt, .apk, .rpm].contains($0.ecosystem) && $0.name == name }
            guard let version = owner?.version else { continue }
            let numbers = version.split(separator: ".").prefix(2).map { $0.prefix { $0.isNumber } }
            if numbers.count == 2, let major = Int(numbers[0]), let minor = Int(numbers[1]) {
                return CLibrary(family: family, major: major, minor: minor)
            }
        }
        return nil
    }

    /// The part of a kept file that ``find(_:_:)`` reads: of a library of some megabytes, the text with its version.
    static func kept(_ path: [UInt8], _ data: [UInt8]) -> [UInt8] {
        guard PathBytes.ends(path, "libc.so.6") else { return data }
        guard let start = bannerStart(data)?.start else { return [] }
        return Array(data[start..<min(data.count, start + 64)])
    }

    private static func banner(_ bytes: [UInt8]) -> CLibrary? { bannerStart(bytes)?.library }

    private static func bannerStart(_ bytes: [UInt8]) -> (start: Int, library: CLibrary)? {
        let text = Array("stable release version ".utf8)
        var start = 0
        while let first = bytes[start...].firstIndex(of: UInt8(ascii: "s")) {
            guard first + text.count + 8 < bytes.count else { return nil }
            if bytes[first..<first + text.count].elementsEqual(text) {
                let version = bytes[(first + text.count)...].prefix(12)
                let numbers = version.split(separator: UInt8(ascii: ".")).prefix(2).map {
                    $0.prefix { $0.isASCIIDigit }
                }
                if numbers.count == 2, let major = Int(String(decoding: numbers[0], as: UTF8.self)),
                    let minor = Int(String(decoding: numbers[1], as: UTF8.self))
                {
                    return (first, CLibrary(family: .glibc, major: major, minor: minor))
                }
            }
            start = first + 1
        }
        return nil
    }
}
