import BinaryLoading
import EnvironmentInventory

/// What is kept of many files' content, by number.
///
/// An image has hundreds of thousands of files: all lie flat, in pieces, as an object for what each of them has would take
/// more than what it holds.
struct FileContents: RandomAccessCollection, MutableCollection, Sendable {
    private struct Record: Sendable {
        let sha256: SHA256Value
        let size: Int
        /// Where the other facts lie; -1 for most files, which have none.
        let facts: Int
    }

    /// The flags in the number before the facts; the rest of it is how many bytes they have.
    private enum Flag {
        static let data = 1
        static let binary = 2
        /// More than one file has these facts.
        static let shared = 4
        static let bits = 3
    }

    /// What lies at a position of the facts. It holds no bytes: what is written then would be written into a copy.
    private struct Place {
        let flags: Int
        /// How many bytes there are with all that comes before the facts.
        let count: Int
        /// The position of the facts, and how many bytes they have.
        let start: Int
        let factCount: Int
        /// The numbers of the bytes and of what was read of a library; -1 for none.
        let data: Int
        let binary: Int
    }

    private var records = Pieces<Record>()
    private var facts = BytePieces()
    private var texts = Pieces<KeptText>()
    private var binaries = Pieces<BinaryFile?>()
    /// The facts that were added last: files with the same bytes, as empty ones, have the same.
    private var lastFacts: (position: Int, coded: [UInt8])?
    /// Whether the facts lie in the order of the files.
    private var isInOrder = true

    var startIndex: Int { 0 }
    var endIndex: Int { records.count }

    /// How many bytes the facts of all files take.
    var factBytes: Int { facts.count }

    /// The sha256 of a file; to make all that is known of it costs more.
    func sha256(_ number: Int) -> SHA256Value { records[number].sha256 }

    /// All bytes of a metadata file, else nil.
    func data(_ number: Int) -> [UInt8]? {
        place(records[number].facts).flatMap { $0.data < 0 ? nil : texts[$0.data].bytes }
    }

    /// Whether all bytes of a file were kept.
    func hasData(_ number: Int) -> Bool { place(records[number].facts).map { $0.data >= 0 } ?? false }

    subscript(number: Int) -> LayerFileContent {
        get {
            let record = records[number]
            guard let place = place(record.facts) else {
                return LayerFileContent(
                    size: record.size, sha256: record.sha256, facts: FileFacts(bytes: []), text: nil, binary: nil)
            }
            return LayerFileContent(
                size: record.size, sha256: record.sha256, facts: FileFacts(bytes: facts[place.start, place.factCount]),
                text: place.data < 0 ? nil : texts[place.data],
                binary: place.binary < 0 ? nil : binaries[place.binary])
        }
        set {
            let old = records[number].facts
            var position = -1
            let coded = coded(newValue)
            if let place = place(old), place.flags & Flag.shared == 0, coded.count <= place.count {
                if place.data >= 0 { texts[place.data] = .plain([]) }
                if place.binary >= 0 { binaries[place.binary] = nil }
                if !coded.isEmpty {
                    facts.replace(at: old, with: coded)
                    position = old
                }
                // They may be those that were added last.
                lastFacts = nil
            } else if !coded.isEmpty {
                isInOrder = false
                position = add(coded, of: newValue)
            }
            records[number] = Record(sha256: newValue.sha256, size: newValue.size, facts: position)
        }
    }

    /// Adds a file.
    mutating func append(_ content: LayerFileContent) {
        let coded = coded(content)
        let position = coded.isEmpty ? -1 : add(coded, of: content)
        records.append(Record(sha256: content.sha256, size: content.size, facts: position))
    }

    /// Adds the files of a layer.
    mutating func append(contentsOf files: consuming FileContents) {
        for number in 0..<files.count {
            files.release(before: number)
            append(files[number])
        }
    }

    /// Keeps some files, which are numbered anew in their order.
    mutating func keep(where isKept: (Int) -> Bool) {
        var kept = FileContents()
        for number in 0..<count {
            release(before: number)
            if isKept(number) { kept.append(self[number]) }
        }
        self = kept
    }

    private mutating func release(before number: Int) {
        records.release(before: number)
        if isInOrder, records[number].facts >= 0 { facts.release(before: records[number].facts) }
    }

    /// What lies at a position of the facts.
    private func place(_ position: Int) -> Place? {
        guard position >= 0 else { return nil }
        let bytes = facts[from: position]
        var index = bytes.startIndex
        func number(_ count: Int) -> Int {
            var value = 0
            for byte in bytes[index..<(index + count)].reversed() { value = value << 8 | Int(byte) }
            index += count
            return value
        }
        let head = number(4)
        let data = head & Flag.data == 0 ? -1 : number(4)
        let binary = head & Flag.binary == 0 ? -1 : number(4)
        let before = index - bytes.startIndex
        let factCount = head >> Flag.bits
        return Place(
            flags: head, count: before + factCount, start: position + before, factCount: factCount, data: data,
            binary: binary)
    }

    /// The facts of a file with what comes before them, and its bytes put aside; empty where it has none.
    private mutating func coded(_ content: LayerFileContent) -> [UInt8] {
        let facts = content.facts.bytes
        if facts.isEmpty, content.text == nil, content.binary == nil { return [] }
        var coded: [UInt8] = []
        coded.reserveCapacity(facts.count + 12)
        func append(_ number: Int) { withUnsafeBytes(of: UInt32(clamping: number).littleEndian) { coded += $0 } }
        append(
            facts.count << Flag.bits | (content.text == nil ? 0 : Flag.data)
                | (content.binary == nil ? 0 : Flag.binary))
        if let text = content.text {
            append(texts.count)
            texts.append(text)
        }
        if let binary = content.binary {
            append(binaries.count)
            binaries.append(binary)
        }
        coded += facts
        return coded
    }

    /// Adds facts, or finds that they are those that were added last.
    private mutating func add(_ coded: [UInt8], of content: LayerFileContent) -> Int {
        let isPlain = content.text == nil && content.binary == nil
        if isPlain, let lastFacts, lastFacts.coded == coded {
            facts.replace(at: lastFacts.position, with: [coded[0] | UInt8(Flag.shared)])
            return lastFacts.position
        }
        let position = facts.append(coded)
        lastFacts = isPlain ? (position, coded) : nil
        return position
    }
}
