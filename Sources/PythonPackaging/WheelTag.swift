/// What a wheel runs on: `cp311-cp311-manylinux_2_17_x86_64`
/// (https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/).
package struct WheelTag: Sendable, Hashable, CustomStringConvertible {
    /// The interpreter, `cp311`, `py3`.
    package let python: String
    /// The binary interface, `cp311`, `abi3`, `none`.
    package let abi: String
    /// The platform, `manylinux_2_17_x86_64`, `any`.
    package let platform: String

    /// Creates a tag; letters are lowered.
    package init(python: String, abi: String, platform: String) {
        self.python = python.lowercased()
        self.abi = abi.lowercased()
        self.platform = platform.lowercased()
    }

    private init(loweredPython: String, loweredABI: String, loweredPlatform: String) {
        python = loweredPython
        abi = loweredABI
        platform = loweredPlatform
    }

    /// The three parts joined by `-`.
    package var description: String { "\(python)-\(abi)-\(platform)" }

    /// More tags than any wheel has; a name that expands to more is refused.
    private static let maximumTagCount = 4096

    /// Reads a tag or a compressed set, `py2.py3-none-any`, in the order as written; nil when it has not three parts, one is
    /// empty, an interpreter is not an identifier, or the set expands to more than 4,096 tags.
    package static func parse(_ text: some StringProtocol) -> [WheelTag]? {
        // By bytes: a resolution looks at thousands of tags.
        let parts = String(text).utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map {
            part in
            part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map {
                String(Substring($0)).lowercased()
            }
        }
        guard parts.count == 3, parts.allSatisfy({ !$0.contains("") && $0.count <= maximumTagCount }),
            parts[0].count * parts[1].count <= maximumTagCount,
            parts[0].count * parts[1].count * parts[2].count <= maximumTagCount,
            parts[0].allSatisfy(isIdentifier)
        else { return nil }
        var tags: [WheelTag] = []
        for python in parts[0] {
            for abi in parts[1] {
                for platform in parts[2] {
                    tags.append(WheelTag(loweredPython: python, loweredABI: abi, loweredPlatform: platform))
                }
            }
        }
        return tags
    }

    private static func isIdentifier(_ text: String) -> Bool {
        if let first = text.utf8.first, first.isASCIILetter || first == UInt8(ascii: "_"),
            text.utf8.allSatisfy({ $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") })
        {
            return true
        }
        guard let first = text.unicodeScalars.first, first == "_" || first.properties.isXIDStart else { return false }
        return text.unicodeScalars.allSatisfy { $0.properties.isXIDContinue }
    }
}
