import ArchiveReading
import SourceDocuments

/// CUDA and cuDNN: from the toolkit's `version.json` or `version.txt`, from cuDNN's header, and from the file names of
/// `libcudart` and `libcudnn`, which end in their versions (`libcudart.so.12.4.127`). NVIDIA's wheels are Python packages besides.
enum ToolkitFacts {
    /// The files that say which version of CUDA or cuDNN is there.
    static let wanted: [PathPattern] = [
        "**/cuda*/version.json", "**/cuda*/version.txt", "**/cudnn.h", "**/cudnn_version*.h",
    ]
    private static let versions = PathPatternSet(wanted)

    /// What one file says; nil when it says nothing of CUDA or cuDNN.
    static func find(_ entry: FileSystemIndex.Entry, _ system: InstalledSystem) -> (name: String, version: String)? {
        let path = Array(entry.path.utf8)
        let slash = path.lastIndex(of: UInt8(ascii: "/"))
        let name = Array(path[(slash.map { $0 + 1 } ?? 0)...])
        if let library = library(name) { return library }
        guard versions.matches(path), let bytes = system.files.contents(of: entry)
        else { return nil }
        if PathBytes.ends(name, ".json") { return json(bytes, entry.path).map { ("cuda", $0) } }
        return PathBytes.ends(name, ".txt") ? text(bytes).map { ("cuda", $0) } : header(bytes).map { ("cudnn", $0) }
    }

    private static func library(_ name: [UInt8]) -> (String, String)? {
        guard name.starts(with: "libcud".utf8) else { return nil }
        let library = LibraryFileName(String(decoding: name, as: UTF8.self))
        guard let version = library.version else { return nil }
        return ["libcudart", "libcudnn"].contains(library.stem) ? (library.stem, version) : nil
    }

    /// `{"cuda": {"name": "CUDA SDK", "version": "12.4.1"}, ...}`.
    private static func json(_ bytes: [UInt8], _ path: String) -> String? {
        let document = try? JSONReader.read(SourceText(name: path, bytes: bytes))
        return document?.table?["cuda"]?.table?["version"]?.string
    }

    /// `CUDA Version 10.2.89`.
    private static func text(_ bytes: [UInt8]) -> String? {
        let words = bytes.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
            .prefix(3)
        guard words.count == 3, words[0].elementsEqual("CUDA".utf8), words[1].elementsEqual("Version".utf8) else {
            return nil
        }
        return String(decoding: words[2], as: UTF8.self)
    }

    /// `#define CUDNN_MAJOR 9`, `CUDNN_MINOR`, `CUDNN_PATCHLEVEL`.
    private static func header(_ bytes: [UInt8]) -> String? {
        var parts: [String: String] = [:]
        for line in bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
        where line.first == UInt8(ascii: "#") {
            let words = line.split { $0.isASCIIBlank }
            guard words.count >= 3, words[0].elementsEqual("#define".utf8), !words[2].isEmpty,
                words[2].allSatisfy({ $0.isASCIIDigit })
            else { continue }
            let name = String(decoding: words[1], as: UTF8.self)
            if parts[name] == nil { parts[name] = String(decoding: words[2], as: UTF8.self) }
        }
        guard let major = parts["CUDNN_MAJOR"], let minor = parts["CUDNN_MINOR"], let patch = parts["CUDNN_PATCHLEVEL"]
        else { return nil }
        return "\(major).\(minor).\(patch)"
    }
}

/// The file name of a shared library, taken apart: `libgfortran-040039e1.so.5.0.0`.
struct LibraryFileName {
    /// The name without version and without the hashes that auditwheel, delocate and delvewheel put into it.
    let stem: String
    /// `.so`, `.dylib` or `.dll`; nil when it is not a library.
    let suffix: String?
    /// What stands behind `.so.`; nil when nothing does.
    let version: String?
    /// Whether a hash stood in the name: eight or more hexadecimal digits behind a hyphen.
    let isRenamed: Bool

    init(_ name: String) {
        let bytes = Array(name.utf8)
        var end = bytes.count
        var suffix: String?
        var version: String?
        for kind in [".so", ".dylib", ".dll"] {
            let wanted = Array(kind.utf8)
            guard bytes.count > wanted.count else { continue }
            if bytes.suffix(wanted.count).elementsEqual(wanted) {
                (suffix, end) = (kind, bytes.count - wanted.count)
                break
            }
            // Only `.so` has its version behind it.
            if kind == ".so" {
                let dotted = wanted + [UInt8(ascii: ".")]
                let start = bytes.indices.dropLast(dotted.count).first { index in
                    bytes[index..<index + dotted.count].elementsEqual(dotted)
                }
                if let start, start + dotted.count < bytes.count,
                    bytes[(start + dotted.count)...].allSatisfy({ $0 == UInt8(ascii: ".") || $0.isASCIIDigit })
                {
                    (suffix, end) = (kind, start)
                    version = String(decoding: bytes[(start + dotted.count)...], as: UTF8.self)
                    break
                }
            }
        }
        var stem = bytes[..<end]
        var isRenamed = false
        while suffix != nil, let hyphen = stem.lastIndex(of: UInt8(ascii: "-")), hyphen > stem.startIndex {
            let hash = stem[(hyphen + 1)...]
            guard (8...64).contains(hash.count),
                hash.allSatisfy({ $0.isLowercaseHexDigit })
            else { break }
            stem = stem[..<hyphen]
            isRenamed = true
        }
        self.stem = String(decoding: stem, as: UTF8.self)
        self.suffix = suffix
        self.version = version
        self.isRenamed = isRenamed
    }

    /// The name as its maker called it, `libgfortran.so.5.0.0`.
    var plain: String { stem + (suffix ?? "") + (version.map { "." + $0 } ?? "") }
}
