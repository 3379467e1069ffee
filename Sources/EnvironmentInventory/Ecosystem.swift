/// The ecosystem that a package, an image or a download comes from, as the JSON names it.
public enum Ecosystem: String, Sendable, Hashable, CaseIterable, Comparable {
    case image
    case apt
    case apk
    case rpm
    case pypi
    case conda
    case npm
    case gem
    case go
    case cargo
    case cran
    case download
    case git
    case model

    /// The type of a package URL; nil where a thing is not a package
    /// (https://github.com/package-url/purl-spec/blob/main/PURL-TYPES.rst).
    package var packageURLType: String? {
        switch self {
        case .apt: "deb"
        case .go: "golang"
        case .image: "oci"
        case .apk, .rpm, .pypi, .conda, .npm, .gem, .cargo, .cran: rawValue
        case .download, .git, .model: nil
        }
    }

    /// Orders by name.
    public static func < (left: Ecosystem, right: Ecosystem) -> Bool { left.rawValue < right.rawValue }
}
