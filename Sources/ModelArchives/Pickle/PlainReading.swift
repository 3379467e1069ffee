/// What `pickle.load` makes of bytes that joblib takes for those of an array, as far as it matters: whether it fails, or ends, before it
/// looks up a name or calls something.
///
/// Values are kinds only. What is not known counts as what Python would go on with.
struct PlainReading {
    /// What a value on the stack is.
    enum Kind { case inert, text, tuple, container, object, wrapper }

    /// So many bytes are followed.
    static let windowBytes = 4096

    /// Whose bytes are followed.
    enum Place {
        /// Those of an array, in the middle of a pickle.
        case array
        /// A value's own, which code may load by itself, one pickle after the other: with the header of a pickle, or without one, where a
        /// name alone is no more than a word of a text.
        case value(isMarked: Bool)
    }

    /// What is said of opcodes that are not followed.
    static let beyond = "more bytes than are followed"

    private enum Stop: Error { case harmless, runs(String) }

    private let window: [UInt8]
    private let isWhole: Bool
    private let left: Int?
    private var position = 0
    private var stack: [PickleValue]
    private var made: [Kind] = []
    private var marks: [Int]
    private var memo: [Int: Kind] = [:]
    private var memoCount: Int
    private let place: Place
    private var lastName: String?

    /// Begins where an array begins, with the stack and the memo of the reader so far.
    init(
        window: [UInt8], isWhole: Bool, left: Int?, stack: [PickleValue], marks: [Int], memoCount: Int
    ) {
        self.window = window
        self.isWhole = isWhole
        self.left = left
        self.stack = stack
        self.marks = marks
        self.memoCount = memoCount
        place = .array
    }

    /// Begins where a value begins.
    init(window: [UInt8], isWhole: Bool, left: Int?, isMarked: Bool) {
        self.window = window
        self.isWhole = isWhole
        self.left = left
        (stack, marks, memoCount) = ([], [], 0)
        place = .value(isMarked: isMarked)
    }

    /// Returns what is looked up or called where the bytes are a value's own; nil if loading fails or ends before.
    mutating func outcome() -> String? { outcome({ _ in nil }, { _ in .inert }) }

    /// Returns what is looked up or called; nil if loading fails or ends before.
    mutating func outcome(
        _ recalled: (Int) -> PickleValue?, _ kind: (PickleValue) -> Kind
    ) -> String? {
        do throws(Stop) {
            while true {
                guard let opcode = PickleOpcode(rawValue: try byte()) else { return nil }
                try execute(opcode, recalled, kind)
            }
        } catch {
            switch error {
            case .harmless: return nil
            case .runs(let what): return what
            }
        }
    }

    // MARK: Bytes

    private mutating func byte() throws(Stop) -> UInt8 { try bytes(1)[0] }

    private mutating func bytes(_ count: Int) throws(Stop) -> [UInt8] {
        guard count <= window.count - position else {
            // Behind the end of the file there is nothing to load.
            if isWhole || left.map({ count > $0 - position }) == true { throw .harmless }
            throw .runs(Self.beyond)
        }
        defer { position += count }
        return Array(window[position..<position + count])
    }

    private mutating func number(_ count: Int) throws(Stop) -> Int {
        var value: UInt64 = 0
        for (index, byte) in try bytes(count).enumerated() { value |= UInt64(byte) << UInt64(8 * index) }
        guard let number = Int(exactly: value) else { throw .harmless }
        return number
    }

    private mutating func line() throws(Stop) -> [UInt8] {
        guard let end = window[position...].firstIndex(of: UInt8(ascii: "\n")) else {
            if isWhole { throw .harmless }
            throw .runs(Self.beyond)
        }
        defer { position = end + 1 }
        return Array(window[position..<end])
    }

    /// A line that can be a module or a class: no module has a space or a control character in its name.
    private mutating func nameLine() throws(Stop) -> String {
        let bytes = try line()
        guard !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F }),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw .harmless }
        return text
    }

    private static let numberBytes = Set("+-._abcdefinotxyABCDEFINOTXYL \t\r\u{B}\u{C}".utf8)

    /// A number is written in characters that can be one.
    private mutating func numberLine() throws(Stop) {
        let bytes = try line()
        if case .value = place {
            // `0x1F`, `1_0`, `-inf`, with blanks around them.
            let isNumber = bytes.allSatisfy { $0.isASCIIDigit || Self.numberBytes.contains($0) }
            guard isNumber else { throw .harmless }
        }
        guard bytes.allSatisfy({ $0 < 0x7F && ($0 >= 0x20 || (9...13).contains($0)) }) else { throw .harmless }
    }

    // MARK: The stack

    private var depth: Int { stack.count + made.count }

    private mutating func push(_ kind: Kind) { made.append(kind) }

    private mutating func pop(_ kind: (PickleValue) -> Kind) throws(Stop) -> Kind {
        guard depth > (marks.last ?? 0) else { throw .harmless }
        if let last = made.popLast() { return last }
        guard let value = stack.popLast() else { throw .harmless }
        return kind(value)
    }

    private mutating func popToMark(_ kind: (PickleValue) -> Kind) throws(Stop) -> [Kind] {
        guard let mark = marks.popLast(), mark <= depth else { throw .harmless }
        var kinds: [Kind] = []
        while depth > mark {
            if let last = made.popLast() {
                kinds.append(last)
            } else if let value = stack.popLast() {
                kinds.append(kind(value))
            }
        }
        return kinds.reversed()
    }

    private func top(_ kind: (PickleValue) -> Kind) throws(Stop) -> Kind {
        guard depth > (marks.last ?? 0) else { throw .harmless }
        if let last = made.last { return last }
        guard let value = stack.last else { throw .harmless }
        return kind(value)
    }

    // MARK: Opcodes

    private mutating func execute(
        _ opcode: PickleOpcode, _ recalled: (Int) -> PickleValue?, _ kind: (PickleValue) -> Kind
    ) throws(Stop) {
        switch opcode {
        case .proto: if try byte() > 5 { throw .harmless }
        case .frame: _ = try number(8)
        case .stop: try stop()
        case .persid, .binpersid, .nextBuffer:
            guard case .value = place else { throw .harmless }
            if opcode == .persid { _ = try line() }
            if opcode == .binpersid { _ = try pop(kind) }
            push(.object)
        case .none, .newtrue, .newfalse: push(.inert)
        case .int, .long, .float:
            try numberLine()
            push(.inert)
        case .binint: try skip(4, .inert)
        case .binint1: try skip(1, .inert)
        case .binint2: try skip(2, .inert)
        case .binfloat: try skip(8, .inert)
        case .long1, .shortBinbytes: try skip(try number(1), .inert)
        case .long4, .binbytes: try skip(try number(4), .inert)
        case .binbytes8, .bytearray8: try skip(try number(8), .inert)
        case .shortBinstring, .shortBinunicode: try skip(try number(1), .text)
        case .binstring, .binunicode: try skip(try number(4), .text)
        case .binunicode8: try skip(try number(8), .text)
        case .string:
            guard PickleText.unquoted(try line()) != nil else { throw .harmless }
            push(.text)
        case .unicode:
            _ = try line()
            push(.text)
        case .mark: marks.append(depth)
        case .pop: if depth == (marks.last ?? -1) { marks.removeLast() } else { _ = try pop(kind) }
        case .popMark: _ = try popToMark(kind)
        case .dup: push(try top(kind))
        case .get, .binget, .longBinget, .put, .binput, .longBinput, .memoize: try useMemo(opcode, recalled, kind)
        case .emptyTuple: push(.tuple)
        case .emptyList, .emptyDict, .emptySet: push(.container)
        case .tuple1, .tuple2, .tuple3:
            for _ in 0..<(opcode == .tuple1 ? 1 : opcode == .tuple2 ? 2 : 3) { _ = try pop(kind) }
            push(.tuple)
        case .tuple, .list, .dict, .frozenset:
            _ = try popToMark(kind)
            push(opcode == .tuple ? .tuple : .container)
        case .append, .setitem:
            for _ in 0..<(opcode == .append ? 1 : 2) { _ = try pop(kind) }
            try extend(kind)
        case .appends, .setitems, .additems:
            _ = try popToMark(kind)
            try extend(kind)
        case .readonlyBuffer: _ = try top(kind)
        case .global: try name("\(try nameLine()).\(try nameLine())")
        case .inst: throw .runs("\(try nameLine()).\(try nameLine())")
        case .stackGlobal:
            guard try pop(kind) == .text, try pop(kind) == .text else { throw .harmless }
            try name("a name")
        case .ext1, .ext2, .ext4:
            _ = try bytes(opcode == .ext1 ? 1 : opcode == .ext2 ? 2 : 4)
            try name("a name")
        case .obj:
            if try popToMark(kind).first == .object { throw .runs(lastName ?? "a call") }
            throw .harmless
        case .reduce, .newobj, .newobjEx:
            if opcode == .newobjEx { _ = try pop(kind) }
            let arguments = try pop(kind)
            if try pop(kind) == .object, arguments == .tuple || arguments == .object {
                throw .runs(lastName ?? "a call")
            }
            throw .harmless
        case .build:
            let state = try pop(kind)
            switch try top(kind) {
            case .wrapper: break
            case .object: throw .runs(lastName ?? "the state of an object")
            // What has no state takes None for one.
            default: if state != .inert, state != .tuple { throw .harmless }
            }
        }
    }

    /// Looks up a name.
    private mutating func name(_ name: String) throws(Stop) {
        guard case .value(isMarked: false) = place else { throw .runs(name) }
        lastName = name
        push(.object)
    }

    /// Ends a pickle; another one may follow.
    private mutating func stop() throws(Stop) {
        guard case .value = place, depth > 0 else { throw .harmless }
        if let lastName { throw .runs(lastName) }
        (stack, made, marks, memo, memoCount) = ([], [], [], [:], 0)
    }

    private mutating func skip(_ count: Int, _ kind: Kind) throws(Stop) {
        _ = try bytes(count)
        push(kind)
    }

    private func extend(_ kind: (PickleValue) -> Kind) throws(Stop) {
        switch try top(kind) {
        // A `bytearray` is one of these.
        case .container, .inert: break
        case .object: throw .runs(lastName ?? "the elements of an object")
        default: throw .harmless
        }
    }

    private mutating func useMemo(
        _ opcode: PickleOpcode, _ recalled: (Int) -> PickleValue?, _ kind: (PickleValue) -> Kind
    ) throws(Stop) {
        var index = memoCount
        switch opcode {
        case .get, .put:
            // Python goes over blanks and underscores.
            let digits = try line().filter { $0 > 0x20 && $0 != UInt8(ascii: "_") }
            guard let written = Int(String(decoding: digits, as: UTF8.self)), written >= 0 else { throw .harmless }
            index = written
        case .binget, .binput: index = try number(1)
        case .longBinget, .longBinput: index = try number(4)
        default: break
        }
        if [.get, .binget, .longBinget].contains(opcode) {
            guard let value = memo[index] ?? recalled(index).map(kind) else { throw .harmless }
            return push(value)
        }
        if memo[index] == nil, recalled(index) == nil { memoCount += 1 }
        memo[index] = try top(kind)
    }
}
