import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// The digest over what a distribution installs, the same from its wheel and from every installation (docs/evidence.md).
///
/// sha256 over, for each file in byte order of its path, `path`, NUL, the lower-case hex sha256 of the file, LF.
package enum ContentDigest {
    /// The digest of files by their canonical paths.
    package static func compute(_ files: [(path: String, sha256: SHA256Value)]) throws(HashingError) -> Digest {
        try compute(files) { $0.appendHex(to: &$1) }
    }

    /// The digest of files by their canonical paths.
    package static func compute(_ files: [(path: String, sha256: Digest)]) throws(HashingError) -> Digest {
        try compute(files) { $1.append(contentsOf: $0.hex.utf8) }
    }

    private static func compute<Value>(
        _ files: [(path: String, sha256: Value)], appendHex: (Value, inout [UInt8]) -> Void
    ) throws(HashingError) -> Digest {
        var hash = try ContentHash(.sha256)
        var row: [UInt8] = []
        for file in inOrder(files) {
            row.removeAll(keepingCapacity: true)
            row.append(contentsOf: file.path.utf8)
            row.append(0)
            appendHex(file.sha256, &row)
            row.append(UInt8(ascii: "\n"))
            try hash.update(row)
        }
        return try hash.finish()
    }

    /// The files in byte order of their paths, which is the order of nearly every record.
    private static func inOrder<Value>(_ files: [(path: String, sha256: Value)]) -> [(path: String, sha256: Value)] {
        let isSorted = files.indices.dropFirst().allSatisfy { ByteText(files[$0 - 1].path) <= ByteText(files[$0].path) }
        return isSorted ? files : files.sorted { ByteText($0.path) < ByteText($1.path) }
    }

    /// Files of a dist-info directory that the installer writes itself.
    private static let installerFiles: Set<String> = [
        "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json", "provenance_url.json",
    ]

    /// Returns whether the digest leaves a file out whatever its content: bytecode, and files that installers write.
    static func isLeftOut(_ path: String) -> Bool {
        if path.hasSuffix(".pyc") { return true }
        guard let slash = path.utf8.firstIndex(of: UInt8(ascii: "/")), path[..<slash].hasSuffix(".dist-info") else {
            return false
        }
        let name = path[path.index(after: slash)...]
        return !name.utf8.contains(UInt8(ascii: "/"))
            && (name.hasPrefix("RECORD") || installerFiles.contains(String(name)))
    }

    /// Whether a script is rewritten at installation, so that its bytes compare nothing: it begins with `#!` and the name or
    /// path of a Python, or with the shell trampoline that installers write for long paths.
    ///
    /// Installers rewrite `#!python`; as an installed `#!/usr/bin/python3` does not show whether it was, wheel and
    /// installation leave out both. `#!/usr/bin/env python3` is never rewritten and stays in.
    static func isRewrittenScript(_ head: [UInt8]) -> Bool {
        guard head.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")]) else { return false }
        let lines = head.dropFirst(2).split(
            separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
        guard let first = lines.first else { return false }
        let words = String(decoding: first, as: UTF8.self).split { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\"" }
        let name = words.first?.split(separator: "/").last ?? ""
        if name.hasPrefix("python") || name.hasPrefix("pypy") { return true }
        return name == "sh" && lines.count > 1 && lines[1].starts(with: Array("'''exec'".utf8))
    }
}

/// The scripts that an installer makes from `entry_points.txt`, by name with the object that they call
/// (https://packaging.python.org/en/latest/specifications/entry-points/).
struct EntryPoints {
    let scripts: [String: String]

    init(_ bytes: [UInt8]) {
        var scripts: [String: String] = [:]
        var isScripts = false
        for line in bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            let text = String(decoding: line, as: UTF8.self)
            let trimmed = text.drop { $0 == " " || $0 == "\t" }
            if trimmed.hasPrefix("[") {
                let section = trimmed.dropFirst().prefix { $0 != "]" }
                isScripts = section == "console_scripts" || section == "gui_scripts"
            } else if isScripts, !trimmed.hasPrefix("#"), !trimmed.hasPrefix(";"),
                let equals = trimmed.firstIndex(of: "=")
            {
                var name = trimmed[..<equals]
                while name.last == " " || name.last == "\t" { name = name.dropLast() }
                let target = trimmed[trimmed.index(after: equals)...].filter { $0 != " " && $0 != "\t" }
                scripts[String(name)] = target
            }
        }
        self.scripts = scripts
    }

    /// What a script calls that an installer makes from an entry point under a name with a version: `pip3.11` of `pip`.
    func target(ofVersioned name: String) -> String? {
        var name = name[...]
        while let last = name.utf8.last, last.isASCIIDigit || last == UInt8(ascii: ".") || last == UInt8(ascii: "-") {
            name = name.dropLast()
            if let target = scripts[String(name)] { return target }
        }
        return nil
    }

    /// Returns whether a file of the scripts directory is generated from an entry point.
    func make(_ name: String) -> Bool {
        if scripts[name] != nil { return true }
        for suffix in [".exe", "-script.py", "-script.pyw", ".exe.manifest"] where name.hasSuffix(suffix) {
            if scripts[String(name.dropLast(suffix.count))] != nil { return true }
        }
        return false
    }
}

/// A path of an installation by its scheme, `<scripts>/x`, whatever the layout of the interpreter's directories.
enum SchemePath {
    /// Maps a path below the installation's prefix, `bin/x`, `include/site/python3.11/greenlet/greenlet.h`.
    static func installed(_ path: String, distribution: String) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        guard let first = parts.first, parts.count > 1 else { return "<data>/" + path }
        if first == "bin" || first == "Scripts" { return "<scripts>/" + parts.dropFirst().joined(separator: "/") }
        if first == "include" || first == "Include" {
            var rest = parts.dropFirst()
            if rest.first == "site" { rest = rest.dropFirst() }
            if rest.first?.hasPrefix("python") ?? false { rest = rest.dropFirst() }
            if rest.count > 1, let name = rest.first, NormalizedName.of(name) == distribution {
                return "<headers>/" + rest.dropFirst().joined(separator: "/")
            }
        }
        return "<data>/" + path
    }

    /// Maps a member of a wheel's `.data` directory, `scripts/x`; nil for an unknown scheme.
    static func wheel(_ path: String, distribution: String) -> String? {
        guard let slash = path.firstIndex(of: "/") else { return nil }
        let rest = String(path[path.index(after: slash)...])
        switch path[..<slash] {
        case "purelib", "platlib": return rest
        case "scripts": return "<scripts>/" + rest
        case "headers": return "<headers>/" + rest
        // Data files in bin share a directory with scripts.
        case "data": return installed(rest, distribution: distribution)
        default: return nil
        }
    }
}
