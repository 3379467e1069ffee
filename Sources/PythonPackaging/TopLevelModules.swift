/// The names by which a distribution's code is imported.
enum TopLevelModules {
    /// From a RECORD: the directories and modules directly in site-packages.
    static func recorded(_ record: InstallationRecord) -> [String] {
        var modules: Set<String> = []
        var last: Substring = ""
        for row in record.rows {
            guard let slash = row.path.utf8.firstIndex(of: UInt8(ascii: "/")) else {
                if let module = module(ofFile: row.path) { modules.insert(module) }
                continue
            }
            let folder = row.path[..<slash]
            // Rows of one directory are adjacent.
            if folder == last { continue }
            let isCode = row.path.hasSuffix(".py") || row.path.hasSuffix(".so") || row.path.hasSuffix(".pyd")
            if isCode, isIdentifier(folder) {
                last = folder
                modules.insert(String(folder))
            }
        }
        return modules.sorted()
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
