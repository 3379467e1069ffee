/// The pages that a SQLite write-ahead log puts in place of the database's
/// (https://www.sqlite.org/fileformat2.html#the_write_ahead_log).
///
/// A frame counts when its salts are those of the header, when the running checksum holds, and when a frame that ends a
/// transaction follows: exactly what SQLite would read. What does not count is not an error; it is what a log that was used before holds.
struct SQLiteWriteAheadLog {
    /// The offset of a page's bytes in the log, by the page's number.
    private(set) var pages: [Int: Int] = [:]
    /// The number of pages of the database after the last transaction; nil when the log adds nothing.
    private(set) var pageCount: Int?

    init(_ log: [UInt8], pageSize: Int) {
        func word(_ index: Int) -> UInt32 { log[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        guard log.count >= 32, word(0) & ~1 == 0x377F_0682, word(4) == 3_007_000, word(8) == UInt32(pageSize) else {
            return
        }
        let isBigEndian = word(0) & 1 == 1
        var sums: (UInt32, UInt32) = (0, 0)
        func add(_ range: Range<Int>) {
            var index = range.lowerBound
            while index + 8 <= range.upperBound {
                let first = isBigEndian ? word(index) : word(index).byteSwapped
                let second = isBigEndian ? word(index + 4) : word(index + 4).byteSwapped
                sums.0 = sums.0 &+ first &+ sums.1
                sums.1 = sums.1 &+ second &+ sums.0
                index += 8
            }
        }
        add(0..<24)
        guard sums.0 == word(24), sums.1 == word(28) else { return }
        var open: [Int: Int] = [:]
        var frame = 32
        while frame + 24 + pageSize <= log.count {
            guard word(frame + 8) == word(16), word(frame + 12) == word(20) else { return }
            add(frame..<frame + 8)
            add(frame + 24..<frame + 24 + pageSize)
            guard sums.0 == word(frame + 16), sums.1 == word(frame + 20) else { return }
            open[Int(word(frame))] = frame + 24
            if word(frame + 4) != 0 {
                pages.merge(open) { $1 }
                open.removeAll()
                pageCount = Int(word(frame + 4))
            }
            frame += 24 + pageSize
        }
    }
}
