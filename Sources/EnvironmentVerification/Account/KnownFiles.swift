import ContainerImages
import SourceDocuments

/// Files that tools write into every environment without a record, accepted by their exact content.
///
/// The digests are those of the files in released wheels of virtualenv and in uv's sources
/// (https://github.com/pypa/virtualenv/blob/main/src/virtualenv/create/via_global_ref/_virtualenv.py).
enum KnownFiles {
    /// Whether a file has the content of a released one.
    static func isKnown(_ entry: FileSystemIndex.Entry) -> Bool {
        guard let digest = entry.sha256?.digest.hex else { return false }
        return contents[digest] == PosixPath.lastComponent(entry.path)
    }

    private static let contents: [String: String] = Dictionary(
        module.map { ($0, "_virtualenv.py") } + configuration.map { ($0, "_virtualenv.pth") },
        uniquingKeysWith: { first, _ in first })

    /// `_virtualenv.py` of virtualenv 20.0 to 20.31 and of uv.
    private static let module = [
        "0aeb86546345c1d0fada097536e35525714d5cdbcc2d8eb3f9912a955044fcff",
        "0f20351ea7e90039c46d3fabdef991f28b1e3ff33eb13ee6f0d5cd21ea0e8b14",
        "684b8c07932ba4a84ac2e5ae9afe49ef04e92bac3d8d4191d455cf09d093e5fc",
        "c9199315871b11b12df226f890a38e66e63191e1adbfb11a66e6861151b33fca",
        "ce57d5e0d9b5d7356cb42da7450ba8f9359bdf693e335f4c921626943c77e64d",
        "cfb3db86aaa53bb62b5ff764970bec2d71c9228590a0ebec57f6ec926cc0bf1a",
        "cfe56cafbd68fd31a0e87100f111d7d2f6b7157241096500013c07e88d80a22f",
    ]

    /// `import _virtualenv`, with and without a line feed.
    private static let configuration = [
        "69ac3d8f27e679c81b94ab30b3b56e9cd138219b1ba94a1fa3606d5a76a1433d",
        "a18ec686bd69842888e68e43eade6c26cac183a1e4c98c40ae8992349f0a1a1c",
    ]
}
