/// The names by which a distribution's code is imported.
package enum TopLevelModules {
    /// From a RECORD.
    static func recorded(_ record: InstallationRecord) -> [String] { found(in: record.rows.lazy.map(\.path)) }

    /// From the paths of files, relative to site-packages: the directories and modules directly in it.
    package static func found(in paths: some Sequence<String>) -> [String] {
        var modules: Set<String> = []
        var last: Substring = ""
        for whole in paths {
            let path = withoutNestedPlace(whole)
            guard let slash = path.utf8.firstIndex(of: UInt8(ascii: "/")) else {
                if let module = module(ofFile: path) { modules.insert(module) }
                continue
            }
            let folder = path[..<slash]
            // Rows of one directory are adjacent.
            if folder == last { continue }
            let isCode = path.hasSuffix(".py") || path.hasSuffix(".so") || path.hasSuffix(".pyd")
            if isCode, isIdentifier(folder) {
                last = folder
                modules.insert(String(folder))
            }
        }
        return modules.sorted()
    }

    /// The path below a directory of packages that the distribution brings and adds to the import path itself:
    /// `cmeel.prefix/lib/python3.11/site-packages/pinocchio/__init__.py`.
    private static func withoutNestedPlace(_ path: String) -> String {
        guard let slash = path.utf8.firstIndex(of: UInt8(ascii: "/")), !isIdentifier(path[..<slash]),
            let place = path.range(ofText: "/site-packages/")
        else { return path }
        return String(path[place.upperBound...])
    }

    /// From `top_level.txt`, a name a line.
    static func named(_ bytes: [UInt8]) -> [String] {
        bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
            .map { String(decoding: $0, as: UTF8.self) }.filter { isIdentifier($0[...]) }.sorted()
    }

    /// `six.py`, `_cffi_backend.cpython-311-x86_64-linux-gnu.so`.
    private static func module(ofFile name: String) -> String? {
        guard name.hasSuffix(".py") || name.hasSuffix(".so") || name.hasSuffix(".pyd") else { return nil }
        let module = name.prefix { $0 != "." }
        return isIdentifier(module) ? String(module) : nil
    }

    private static func isIdentifier(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, !first.isASCIIDigit else { return false }
        return name != "__pycache__"
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...: true
                default: false
                }
            }
    }
}
