/// What a name in a directory of packages says of the metadata that stand there.
///
/// `importlib.metadata` takes the names in lower case: `low.endswith((".dist-info", ".egg-info"))`, and `egg-info` in a
/// directory whose name ends with `.egg`; the files below, such as METADATA, have their names exactly
/// (https://github.com/python/cpython/blob/v3.13.0/Lib/importlib/metadata/__init__.py, `Lookup` and `FastPath`).
enum MetadataName: Hashable {
    case distInfo
    case eggInfo
    case egg
    /// Of setuptools, which looks for the name as it is.
    case eggLink

    /// Reads the end of a path; nil for other names.
    init?(_ path: [UInt8]) {
        switch path.last {
        case UInt8(ascii: "o"), UInt8(ascii: "O"):
            if Self.ends(path, ".dist-info") {
                self = .distInfo
            } else if Self.ends(path, ".egg-info") {
                self = .eggInfo
            } else {
                return nil
            }
        case UInt8(ascii: "g"), UInt8(ascii: "G"):
            guard Self.ends(path, ".egg") else { return nil }
            self = .egg
        case UInt8(ascii: "k"):
            guard path.suffix(9).elementsEqual(".egg-link".utf8) else { return nil }
            self = .eggLink
        default: return nil
        }
    }

    /// Whether a path ends with a text in lower case, its own case aside. No letter outside of ASCII becomes one of these in
    /// lower case.
    private static func ends(_ path: [UInt8], _ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard path.count >= count else { return false }
        return text.withUTF8Buffer { text in
            for index in 0..<count {
                let byte = path[path.count - count + index]
                let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
                if (isCapital ? byte | 0x20 : byte) != text[index] { return false }
            }
            return true
        }
    }
}
