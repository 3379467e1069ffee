/// A tar in the ustar form (POSIX.1-2017, pax), made of files of the fuzzer.
public enum TarText {
    /// Writes the files in their order, without links and without folders.
    public static func of(_ files: [(path: String, bytes: [UInt8])]) -> [UInt8] {
        var tar: [UInt8] = []
        for file in files {
            var header = [UInt8](repeating: 0, count: 512)
            func put(_ text: String, _ offset: Int) {
                for (index, byte) in text.utf8.prefix(100).enumerated() { header[offset + index] = byte }
            }
            func octal(_ value: Int) -> String {
                let digits = String(value, radix: 8)
                return String(repeating: "0", count: max(0, 11 - digits.count)) + digits
            }
            put(file.path, 0)
            put("0000644", 100)
            put("0000000", 108)
            put("0000000", 116)
            put(octal(file.bytes.count), 124)
            put(octal(0), 136)
            put("        ", 148)
            put("0", 156)
            put("ustar", 257)
            put("00", 263)
            put(String(octal(header.reduce(0) { $0 + Int($1) }).suffix(6)) + "\0 ", 148)
            tar += header + file.bytes + [UInt8](repeating: 0, count: (512 - file.bytes.count % 512) % 512)
        }
        return tar + [UInt8](repeating: 0, count: 1024)
    }
}
