import EnvironmentInventory
import SourceDocuments

/// Which distribution a file system is, from os-release
/// (https://www.freedesktop.org/software/systemd/man/os-release.html).
enum DistributionFacts {
    /// The files that name the distribution.
    static let wanted: [PathPattern] = [
        "**/etc/os-release", "**/usr/lib/os-release", "**/etc/debian_version", "**/etc/alpine-release",
    ]

    static func find(_ system: InstalledSystem) -> SystemInventory.Distribution? {
        for path in ["etc/os-release", "usr/lib/os-release"] {
            guard let text = system.text(path) else { continue }
            let fields = fields(text)
            // Without an ID it is `linux`.
            return SystemInventory.Distribution(
                id: fields["ID"] ?? "linux", version: fields["VERSION_ID"], name: fields["PRETTY_NAME"], path: path)
        }
        return nil
    }

    /// `NAME=VALUE` lines, the values quoted as a shell would read them; of a name that stands twice the last one counts.
    private static func fields(_ text: SourceText) -> [String: String] {
        var fields: [String: String] = [:]
        for line in text.bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            let line = line.drop { $0.isASCIIBlank }
            guard line.first != UInt8(ascii: "#"), let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            fields[String(decoding: line[..<equals], as: UTF8.self)] = unquoted(line[(equals + 1)...])
        }
        return fields.filter { !$0.value.isEmpty }
    }

    private static func unquoted(_ value: ArraySlice<UInt8>) -> String {
        var value = value
        while let last = value.last, last.isASCIIBlank { value = value.dropLast() }
        guard let quote = value.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"), value.count >= 2,
            value.last == quote
        else {
            return String(decoding: value, as: UTF8.self)
        }
        var plain: [UInt8] = []
        var isEscaped = false
        for byte in value.dropFirst().dropLast() {
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), !isEscaped {
                isEscaped = true
                continue
            }
            plain.append(byte)
            isEscaped = false
        }
        return String(decoding: plain, as: UTF8.self)
    }
}
