internal import Glibc
import SourceDocuments

extension Verification.Account {
    /// The files of an account, of which each is made when it is asked for.
    ///
    /// An image that compiled its modules has a hundred thousand of them: paths lie behind each other, and each layer and each
    /// reason is there once.
    package struct FileList: RandomAccessCollection, Sendable {
        private struct Row: Sendable {
            let start: Int
            let sha256: SHA256Value?
            let count: Int32
            let layer: Int32
            let reason: Int32
            let voucher: Voucher
        }

        private var rows: [Row] = []
        private var paths: [UInt8] = []
        private var texts: [String] = []
        private var numbers: [ByteText: Int32] = [:]

        /// Starts without files.
        package init() {}

        /// Adds a file.
        package mutating func append(_ file: File) {
            rows.append(
                Row(
                    start: paths.count, sha256: file.sha256, count: Int32(clamping: file.path.utf8.count),
                    layer: file.layer.map { number($0) } ?? -1, reason: number(file.reason), voucher: file.voucher))
            paths.append(contentsOf: file.path.utf8)
        }

        private mutating func number(_ text: String) -> Int32 {
            if let number = numbers[ByteText(text)] { return number }
            let number = Int32(clamping: texts.count)
            numbers[ByteText(text)] = number
            texts.append(text)
            return number
        }

        /// Puts the files into the byte order of their paths.
        mutating func sort() {
            paths.withUnsafeBytes { paths in
                func path(_ row: Row) -> UnsafeRawBufferPointer {
                    UnsafeRawBufferPointer(rebasing: paths[row.start..<(row.start + Int(row.count))])
                }
                rows.sort { left, right in
                    let (left, right) = (path(left), path(right))
                    var order: Int32 = 0
                    if let one = left.baseAddress, let other = right.baseAddress {
                        order = memcmp(one, other, Swift.min(left.count, right.count))
                    }
                    return order == 0 ? left.count < right.count : order < 0
                }
            }
        }

        /// The position of the first file.
        package var startIndex: Int { 0 }
        /// The position behind the last file.
        package var endIndex: Int { rows.count }

        /// The file at a position.
        package subscript(position: Int) -> File {
            let row = rows[position]
            return File(
                path: String(decoding: paths[row.start..<(row.start + Int(row.count))], as: UTF8.self),
                sha256: row.sha256, layer: row.layer < 0 ? nil : texts[Int(row.layer)], voucher: row.voucher,
                reason: texts[Int(row.reason)])
        }
    }
}

extension Verification.Account.FileList: Hashable, ExpressibleByArrayLiteral {
    /// Creates a list of files.
    package init(arrayLiteral files: Verification.Account.File...) {
        self.init()
        for file in files { append(file) }
    }

    /// Whether two lists have the same files in the same order.
    package static func == (left: Self, right: Self) -> Bool { left.elementsEqual(right) }

    /// Hashes the files.
    package func hash(into hasher: inout Hasher) {
        for file in self { hasher.combine(file) }
    }
}
