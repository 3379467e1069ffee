import ArchiveReading
import SourceDocuments

/// Reads pickles of all protocols on a symbolic stack, without loading anything: no name is ever resolved, nothing is
/// called, and only what tells about the environment is kept.
///
/// The grammar is that of CPython's Lib/pickletools.py (https://docs.python.org/3/library/pickle.html). Added is what
/// joblib writes between the opcodes: the raw bytes of an array after each `NumpyArrayWrapper`, or a whole pickle where
/// the array holds objects (https://joblib.readthedocs.io/en/stable/persistence.html). Left out: joblib's format before
/// 0.10 (2016), whose arrays are in separate files.
package final class PickleMachine {
    /// What the values refer to.
    package internal(set) var heap = PickleHeap()
    /// What the pickles tell about their environment.
    package internal(set) var reading = PickleReading()
    /// Called with the offset and the byte of every opcode: for the comparison with pickletools.
    package var trace: ((Int, UInt8) -> Void)?

    let input: PickleInput
    let limits: PickleLimits
    var stack: [PickleValue] = []
    var marks: [Int] = []
    private var memo: [PickleValue] = []
    private var sparseMemo: [Int: PickleValue] = [:]
    private var memoCount = 0
    private var frameEnd: Int?
    /// The protocol that the pickle said last; 0 before it has.
    var protocolNow = 0
    private var keptBytes = 0
    /// The memory that what is kept takes, about.
    private var memory = 0
    private var globalIndices: [ByteText: Int] = [:]
    private var emptyText: Int?
    /// How many pickles surround the one that is read.
    private(set) var nesting = 0
    /// The dictionaries of classes whose code is in the pickle, by the class.
    var ownClasses: [Int: [PickleValue]] = [:]
    /// Whether there are classes whose code is in the pickle, with a dictionary from the start or with one that comes later.
    var hasOwnClasses = false
    /// How many values were looked through for objects of these classes.
    var valuesUsed = 0
    /// How many values were looked through that are keys, or arguments of Python's own classes.
    var valuesHashed = 0
    /// The objects whose state holds functions or other objects.
    var armed: Set<Int> = []
    /// The methods of these classes that loading has looked up, and where.
    var usesOfClasses: [Int: [String: Int]] = [:]
    /// What is known of joblib's arrays.
    var arrays = JoblibTracking()
    /// How many pickles and archives hold this one in a value of theirs, and what looking into values costs them together.
    let depth: Int
    let budget: EmbeddedBudget
    /// What the pickles in its own values name.
    var embedded = EmbeddedContents()

    /// Creates a machine that reads from an input's current offset.
    package convenience init(_ input: PickleInput, limits: PickleLimits = PickleLimits()) {
        self.init(input, limits: limits, depth: 0, budget: EmbeddedBudget())
    }

    /// Creates a machine for a pickle that is a value of others.
    init(_ input: PickleInput, limits: PickleLimits, depth: Int, budget: EmbeddedBudget) {
        self.input = input
        self.limits = limits
        self.depth = depth
        self.budget = budget
    }

    /// The bounds that are left to a pickle in a value of this one.
    var limitsLeft: PickleLimits {
        var left = limits
        left.memory = max(limits.memory - memory, 0)
        left.keptBytes = max(limits.keptBytes - keptBytes, 0)
        left.opcodes = max(limits.opcodes - reading.opcodes, 0)
        return left
    }

    /// Reads one pickle up to its STOP and returns its value.
    @discardableResult
    package func readPickle() throws(ArchiveReadingError) -> PickleValue {
        reading.streams += 1
        reading.topStreams += 1
        guard reading.streams <= limits.streams else { throw input.limit("it holds too many pickles") }
        stack.removeAll(keepingCapacity: true)
        marks.removeAll()
        memo.removeAll(keepingCapacity: true)
        sparseMemo.removeAll()
        memoCount = 0
        frameEnd = nil
        (nesting, protocolNow) = (0, 0)
        (arrays.open, arrays.expected) = ([], .nothing)
        var suspended: [Suspended] = []
        while true {
            let offset = input.offset
            let code = try input.byte()
            guard let opcode = PickleOpcode(rawValue: code) else {
                throw input.damaged("no pickle opcode has the byte \(code)", at: offset)
            }
            trace?(offset, code)
            reading.opcodes += 1
            guard reading.opcodes <= limits.opcodes else { throw input.limit("it has too many opcodes") }
            if opcode == .stop {
                let value = try pop(offset)
                guard marks.isEmpty, stack.isEmpty else {
                    throw input.damaged("values are left on the stack at the end of a pickle", at: offset)
                }
                if let end = frameEnd, input.offset != end {
                    throw input.damaged("a pickle ends inside of its frame", at: offset)
                }
                guard let outer = suspended.popLast() else {
                    settleClasses()
                    return value
                }
                resume(outer)
                nesting = suspended.count
                // joblib puts the array into the place of its wrapper.
                if !stack.isEmpty { stack[stack.count - 1] = value }
                continue
            }
            try execute(opcode, at: offset)
            if !arrays.classes.isEmpty { followArrays(opcode, at: offset) }
            if let end = frameEnd, input.offset > end {
                throw input.damaged("an opcode reaches over the end of its frame", at: offset)
            }
            if frameEnd == input.offset { frameEnd = nil }
            guard stack.count <= limits.stack, marks.count <= limits.marks else {
                throw input.limit("its stack is too deep")
            }
            if opcode == .build, try crossArray(at: offset) {
                guard suspended.count < 16 else { throw input.limit("pickles are nested too deep") }
                suspended.append(suspend())
                nesting = suspended.count
            }
        }
    }

    private struct Suspended {
        let stack: [PickleValue]
        let marks: [Int]
        let memo: [PickleValue]
        let sparseMemo: [Int: PickleValue]
        let memoCount: Int
        let protocolNow: Int
    }

    private func suspend() -> Suspended {
        defer { (stack, marks, memo, sparseMemo, memoCount, protocolNow) = ([], [], [], [:], 0, 0) }
        return Suspended(
            stack: stack, marks: marks, memo: memo, sparseMemo: sparseMemo, memoCount: memoCount,
            protocolNow: protocolNow)
    }

    private func resume(_ outer: Suspended) {
        (stack, marks, memo) = (outer.stack, outer.marks, outer.memo)
        (sparseMemo, memoCount, frameEnd) = (outer.sparseMemo, outer.memoCount, nil)
        protocolNow = outer.protocolNow
    }

    // MARK: The stack

    func push(_ value: PickleValue) { stack.append(value) }

    func pop(_ offset: Int) throws(ArchiveReadingError) -> PickleValue {
        guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
            throw input.damaged("an opcode takes more values than there are", at: offset)
        }
        return value
    }

    func top(_ offset: Int) throws(ArchiveReadingError) -> PickleValue {
        guard stack.count > (marks.last ?? 0), let value = stack.last else {
            throw input.damaged("an opcode takes more values than there are", at: offset)
        }
        return value
    }

    /// Takes the values above the topmost mark, and the mark.
    func popToMark(_ offset: Int) throws(ArchiveReadingError) -> ArraySlice<PickleValue> {
        guard let mark = marks.popLast(), mark <= stack.count else {
            throw input.damaged("an opcode needs a mark and there is none", at: offset)
        }
        let values = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return values[...]
    }

    func pushNode(
        _ kind: PickleNode.Kind, _ items: ArraySlice<PickleValue> = [], callable: PickleValue = .none
    ) throws(ArchiveReadingError) {
        // An object has its place in a table besides.
        try checkHeap(MemoryLayout<PickleNode>.stride + (kind == .object ? 48 : 0))
        var node = PickleNode(kind: kind, callable: callable)
        try spend(onItems: items.count, beside: 0)
        node.append(items)
        heap.nodes.append(node)
        push(.node(heap.nodes.count - 1))
    }

    private func checkHeap(_ size: Int) throws(ArchiveReadingError) {
        guard heap.nodes.count + heap.texts.count + heap.blobs.count < limits.heap else {
            throw input.limit("it holds too many values")
        }
        try spend(size)
    }

    /// Counts memory that a value takes: a small file can hold millions of values.
    private func spend(_ size: Int) throws(ArchiveReadingError) {
        memory += size
        guard memory <= limits.memory else {
            throw input.limit("its values take more than \(limits.memory >> 20) MiB of memory")
        }
    }

    /// Counts the memory of the elements that a node keeps.
    func spend(onItems count: Int, beside before: Int) throws(ArchiveReadingError) {
        let kept = min(count, max(0, PickleNode.keptItems - before))
        // An array has a head of its own, and room for more.
        if kept > 0 {
            try spend((before == 0 ? 32 : 0) + kept * 3 / 2 * MemoryLayout<PickleValue>.stride)
        }
    }

    /// The memory of an allocation of its own, with its head.
    private static func allocation(_ count: Int) -> Int { count == 0 ? 0 : count + 48 }

    // MARK: Values

    /// How many bytes of a string are kept: names and versions are short.
    private static let keptText = 1024

    func pushText(_ count: Int, isOfPython2: Bool = false, at offset: Int) throws(ArchiveReadingError) {
        if try mayHoldPickle(count, at: offset) {
            return try pushText(try input.bytes(count), isOfPython2: isOfPython2, at: offset)
        }
        var booster = BoosterText()
        let isLong = count > Self.keptText
        let (bytes, check) = try input.text(count, head: Self.keptText) { if isLong { booster.take($0) } }
        try pushText(bytes, check: check, isWhole: bytes.count == count, isOfPython2: isOfPython2, at: offset)
        if let contract = booster.contract(), case .text(let index)? = stack.last, index != emptyText {
            heap.boosterTexts[index] = contract
        }
    }

    func pushText(_ bytes: [UInt8], isOfPython2: Bool = false, at offset: Int) throws(ArchiveReadingError) {
        var check = UTF8Check()
        check.update(bytes)
        try pushText(
            bytes.count > Self.keptText ? Array(bytes.prefix(Self.keptText)) : bytes, check: check,
            isWhole: bytes.count <= Self.keptText, isOfPython2: isOfPython2, at: offset)
        if lookAtText(bytes, at: offset), case .text(let index)? = stack.last, index != emptyText {
            noteTorch(.text(index))
        }
    }

    private func pushText(
        _ bytes: [UInt8], check: UTF8Check, isWhole: Bool, isOfPython2: Bool, at offset: Int
    ) throws(ArchiveReadingError) {
        // Swift keeps strings of up to 15 bytes in place.
        try checkHeap(MemoryLayout<String>.stride + (bytes.count > 15 ? Self.allocation(bytes.count) : 0))
        if isOfPython2, !check.isASCII {
            reading.leaveOut("a string of Python 2 is not ASCII: Python 3 refuses it without an encoding", at: offset)
        } else if !check.isComplete {
            throw input.damaged("a string is not UTF-8", at: offset)
        }
        keptBytes += bytes.count
        if keptBytes > limits.keptBytes {
            // What is kept serves to find names and versions, and these are short.
            guard bytes.count <= 128 else {
                let index = emptyText ?? heap.texts.count
                if emptyText == nil { heap.texts.append("") }
                emptyText = index
                heap.truncatedTexts.insert(index)
                return push(.text(index))
            }
        }
        heap.texts.append(String(decoding: bytes, as: UTF8.self))
        if !isWhole { heap.truncatedTexts.insert(heap.texts.count - 1) }
        if isOfPython2, !check.isASCII {
            try spend(32)
            heap.textsOfPython2.insert(heap.texts.count - 1)
        }
        if !isWhole, !check.isLatin1 { heap.wideTexts.insert(heap.texts.count - 1) }
        push(.text(heap.texts.count - 1))
    }

    /// The longest bytes value that is kept whole: an array of 65,536 numbers.
    private static let keptBlob = 512 << 10

    /// Keeps the bytes of a raw array, and returns whether there was room for them.
    func keepArray(_ count: Int, of index: Int, at offset: Int) throws(ArchiveReadingError) -> Bool {
        guard count <= Self.keptBlob, keptBytes + count <= limits.keptBytes / 2 else { return false }
        try checkHeap(MemoryLayout<PickleBlob>.stride + 48 + Self.allocation(count))
        let bytes = try input.bytes(count)
        _ = look(at: bytes, at: offset)
        heap.blobs.append(PickleBlob(count: count, head: bytes, tail: []))
        heap.arrayContents[index] = .blob(heap.blobs.count - 1)
        keptBytes += count
        return true
    }

    func pushBlob(_ count: Int, at offset: Int) throws(ArchiveReadingError) {
        try checkHeap(MemoryLayout<PickleBlob>.stride)
        let room = keptBytes < limits.keptBytes
        // The second half of what is kept is for the code of functions and the ends of long values.
        let kept = keptBytes < limits.keptBytes / 2 ? Self.keptBlob : 32 << 10
        try input.check(count)
        let start = try input.lookahead(min(count, BoosterBytes.startBytes))
        let whole = room ? kept : 16
        let blob: PickleBlob
        var isTorch = false
        if BoosterBytes.begins(start) {
            let value = PickleSlice(input, count: count)
            let document = try BoosterBytes.document(of: value)
            if let document { heap.boosterDocuments[heap.blobs.count] = document }
            blob = value.blob
        } else if count > whole, start.withUnsafeBytes({ EmbeddedKind.of($0) }) != nil {
            let value = PickleSlice(input, count: count)
            isTorch = look(into: PickleInput(value, size: count), size: count, at: offset)
            try value.finish()
            blob = value.blob
        } else {
            blob = try input.blob(count, head: room ? (count <= kept ? count : 4096) : 16, tail: room ? 1024 : 0)
            if blob.isWhole { isTorch = look(at: blob.head, at: offset) }
        }
        keptBytes += blob.head.count + blob.tail.count
        try spend(Self.allocation(blob.head.count) + Self.allocation(blob.tail.count))
        heap.blobs.append(blob)
        push(.blob(heap.blobs.count - 1))
        if isTorch { noteTorch(.blob(heap.blobs.count - 1)) }
    }

    func global(_ module: String, _ name: String, at offset: Int) throws(ArchiveReadingError) -> PickleValue {
        if protocolNow >= 3, PythonTwoNames.isOnly(module, name) {
            reading.leaveOut(
                "Python 3 has no such name, and gives it another one only in protocols before 3",
                subject: "\(module).\(name)", at: offset)
        }
        let key = ByteText(module + "\u{0}" + name)
        if let index = globalIndices[key] { return .global(index) }
        guard heap.globals.count < limits.globals else { throw input.limit("it names too many classes") }
        // The two strings, and the key of the table.
        try spend(256 + 2 * (module.utf8.count + name.utf8.count))
        heap.globals.append(PickleGlobal(module: module, name: name, offset: offset))
        globalIndices[key] = heap.globals.count - 1
        if JoblibTracking.isClass(module, name) { arrays.classes.insert(heap.globals.count - 1) }
        if let reason = JoblibTracking.reason(module, name) {
            reading.leaveOut(reason, subject: "\(module).\(name)", at: offset)
        }
        return .global(heap.globals.count - 1)
    }

    // MARK: The memo

    func memoize(_ index: Int?, at offset: Int) throws(ArchiveReadingError) {
        let value = try top(offset)
        let index = index ?? memoCount
        if index == memo.count {
            memo.append(value)
            // MEMOIZE takes the number of different indices: one that was put beyond the end before counts once.
            if sparseMemo.isEmpty || sparseMemo.removeValue(forKey: index) == nil { memoCount += 1 }
            try spend(MemoryLayout<PickleValue>.stride)
        } else if index < memo.count {
            memo[index] = value
        } else {
            // CPython makes room for all indices up to this one.
            if index >= limits.memo { reading.leaveOut("an index of the memo may take too much memory", at: offset) }
            if sparseMemo.updateValue(value, forKey: index) == nil {
                memoCount += 1
                try spend(48)
            }
        }
        guard memoCount <= limits.memo else { throw input.limit("its memo is too large") }
    }

    func remembered(_ index: Int, at offset: Int) throws(ArchiveReadingError) -> PickleValue {
        if memo.indices.contains(index) { return memo[index] }
        guard let value = sparseMemo[index] else {
            throw input.damaged("the memo has no entry \(index)", at: offset)
        }
        return value
    }

    /// How many different indices the memo has.
    var memoIndexCount: Int { memoCount }

    /// Returns the value of an index of the memo; nil where it has none.
    func recalled(_ index: Int) -> PickleValue? {
        memo.indices.contains(index) ? memo[index] : sparseMemo[index]
    }

    func openFrame(_ count: Int, at offset: Int) throws(ArchiveReadingError) {
        guard frameEnd == nil else { throw input.damaged("a frame begins inside of another one", at: offset) }
        try input.check(count)
        let (end, overflow) = input.offset.addingReportingOverflow(count)
        guard !overflow else { throw input.damaged("a frame's length is impossible", at: offset) }
        frameEnd = end
    }

    var isInsideFrame: Bool { frameEnd != nil }
}
