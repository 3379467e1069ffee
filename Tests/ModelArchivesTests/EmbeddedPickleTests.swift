import ArchiveReading
import EnvironmentInventory
import Testing

@testable import ModelArchives

/// Reads a pickle of these bytes.
private func read(_ bytes: [UInt8]) throws -> ModelFileContent {
    let head = FileHead(path: "m.pkl", bytes: Array(bytes.prefix(512)), size: bytes.count)
    return try #require(try PickleFormat.readFile(MemoryByteSource(bytes, name: "m.pkl"), head: head, file: "m.pkl"))
}

private func join(_ parts: [UInt8]...) -> [UInt8] { parts.flatMap { $0 } }

private func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

/// BINBYTES of a value.
private func binary(_ bytes: [UInt8]) -> [UInt8] { join([0x42], length(bytes.count), bytes) }

/// BINUNICODE of a string.
private func text(_ text: String) -> [UInt8] { join([0x58], length(text.utf8.count), ascii(text)) }

private func length(_ count: Int) -> [UInt8] { (0..<4).map { UInt8(count >> (8 * $0) & 0xFF) } }

/// An object whose class is given a value as its state.
private func state(_ value: [UInt8]) -> [UInt8] { join([0x80, 4], ascii("ca.b\nC\n)"), [0x81], value, ascii("b.")) }

/// What runs a command while it is loaded, without the header of a pickle, with it, and by a name of two strings.
private let plain = ascii("cos\nsystem\n(S'id'\ntR.")
private let marked = join([0x80, 2], plain)
private let stacked = join([0x80, 4], text("os"), text("system"), [0x93], text("id"), [0x85, 0x52, 0x2E])
private let latin1 = String(String.UnicodeScalarView(stacked.map { Unicode.Scalar($0) }))

private let escaped = plain.map { "\\x" + String(Int($0) + 0x100, radix: 16).dropFirst() }.joined()

/// The numbers of bytes, each a BININT1.
private func numbers(_ bytes: [UInt8]) -> [UInt8] { bytes.flatMap { [0x4B, $0] } }

/// A pickle in the value of a pickle, so many levels down.
private func nested(_ depth: Int) -> [UInt8] {
    var value = binary(plain)
    for _ in 0..<depth { value = binary(state(value)) }
    return value
}

private func names(_ content: ModelFileContent) -> Bool { content.findings.contains { $0.subject == "os.system" } }

@Test(
    "a pickle that is a value of a pickle counts",
    arguments: [
        binary(plain), binary(marked), binary(stacked), join([0x96], length(stacked.count), [0, 0, 0, 0], stacked),
        // What stands before it or behind it.
        binary(join(ascii("N0(1K"), [1], ascii("0"), plain)), binary(join(stacked, ascii("more"))),
        binary(join([0x80, 2, 0x4E, 0x2E], stacked)), binary(join([0x80, 0], plain)),
        binary(join([0x80, 4], ascii(String(repeating: "N0", count: 40_000)), plain)),
        binary(state(binary(state(binary(plain))))), join(ascii("]"), binary(plain), ascii("a")),
        // As a string.
        text(latin1), text(String(decoding: plain, as: UTF8.self)),
        join(ascii("S'"), ascii(escaped), ascii("'\n")),
        join(ascii("c_codecs\nencode\n"), text(latin1), text("latin1"), [0x86, 0x52]),
        // gASV, and with what base64 goes over; gzip and zlib of `cos\nsystem\n(S'id'\ntR.`, and the base64 of that.
        text("gAJjb3MKc3lzdGVtCihTJ2lkJwp0Ui4="), text("! Y29zCnN5c3Rl\nbQooUydpZCcKdFIu"),
        text("KGNvcwpzeXN0ZW0KUydpZCcKby4gICAg"), binary(zlib), text(base64OfZlib),
        // Bytes of numbers.
        join(ascii("cbuiltins\nbytes\n]("), numbers(stacked), [0x65, 0x85, 0x52]),
        join(ascii("carray\narray\n"), text("B"), ascii("]("), numbers(plain), [0x65, 0x86, 0x52]),
    ])
func picklesInValues(_ value: [UInt8]) throws {
    #expect(names(try read(state(value))))
    // The same value without code that could load it tells the same: where it goes is not followed.
    #expect(names(try read(join([0x80, 4], value, [0x2E]))))
}

private let zlib: [UInt8] = [
    0x78, 0xDA, 0x4B, 0xCE, 0x2F, 0xE6, 0x2A, 0xAE, 0x2C, 0x2E, 0x49, 0xCD, 0xE5, 0xD2, 0x08, 0x56,
    0xCF, 0x4C, 0x51, 0xE7, 0x2A, 0x09, 0xD2, 0x03, 0x00, 0x4F, 0x13, 0x06, 0x93,
]
private let base64OfZlib = "eNpLzi/mKq4sLknN5dIIVs9MUecqCdIDAE8TBpM="

@Test(
    "a pickle in a value that is not read to its end leaves the outer one incomplete",
    arguments: [
        binary(join(Array(stacked.dropLast()), [0xFF])), binary(join(ascii("I1_0\n0"), plain)),
        binary(join([0x80, 4], Array(plain.dropLast(2)))),
        binary(join(ascii("V"), ascii(String(repeating: "a", count: 600_000)), ascii("\n0I1_0\n0"), plain)),
        nested(10),
        // What Python reads before it, and no pickler writes.
        binary(join([0x80, 4], ascii("]Nb"), plain)), binary(join(ascii("I0x1F\n0Np 1_0\ng+10 \n"), plain)),
        // What only loading puts together.
        join(ascii("cbuiltins\nbytes\ncbuiltins\nreversed\n"), binary(plain.reversed()), [0x85, 0x52, 0x85, 0x52]),
        join(ascii("cbuiltins\nbytearray\n"), binary(Array(plain.prefix(4))), [0x85, 0x52, 0x4B, 0x73, 0x61]),
    ])
func unreadPicklesInValues(_ value: [UInt8]) throws { #expect(!(try read(state(value)).gaps.isEmpty)) }

@Test(
    "what is no pickle that runs something is a value like others",
    arguments: [
        binary([0x80, 4, 0x4E, 0x2E]), binary([0x80, 3, 0xFF, 0xFF, 0xFF, 0xFF]), binary(ascii("cat\ndog\nbird\n")),
        text("cat\ndog\nbird\n"), text("Y2F0CmRvZwpiaXJkCg=="), binary([0x78, 0x9C, 1, 2, 3, 4, 5, 6]),
        text("x^2 + 2 x y"), text("(1, 2)\n(3, 4)"), text("I am\nhere"),
        binary(ascii(String(repeating: ")", count: 70_000))),
        text(String(repeating: "Neu ", count: 40_000)), text("Value\nof\n"), text("classes_"), text("gAAAAABl"),
        join(ascii("cbuiltins\nbytearray\n"), binary([1, 2]), [0x85, 0x52]),
        join(ascii("carray\narray\n"), text("d"), ascii("](K"), [1, 0x4D, 0, 4], ascii("e"), [0x86, 0x52]),
    ])
func ordinaryValues(_ value: [UInt8]) throws {
    let content = try read(state(value))
    #expect(content.gaps.isEmpty && content.findings.isEmpty, "\(content.gaps) \(content.findings)")
}

@Test("values cost no more than their bytes, and are looked into a bounded number of times")
func manyPicklesInValues() throws {
    // Each is a pickle of its own; together they are less than the bound.
    let value = binary(join([0x80, 2], ascii("ca\nB\n0N.")))
    let many = join([0x80, 4], (0..<2000).flatMap { _ in join(value, ascii("0")) }, ascii("N."))
    #expect(try read(many).modules.contains("a"))
    let machine = PickleMachine(PickleInput(MemoryByteSource(many, name: "m.pkl")))
    machine.budget.values = EmbeddedBudget.mostValues
    try machine.readPickle()
    #expect(!machine.reading.unread.isEmpty)
}

/// A storage of PyTorch's in the format of before 1.6, with one element.
private func storage(_ type: String = "ctorch\nFloatStorage\n") -> [UInt8] {
    let magic: [UInt8] = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
    let id = join(ascii("("), text("storage"), ascii(type), text("1"), text("cpu"), [0x4B, 1], ascii("N"))
    let keys = join([0x80, 2], ascii("]("), text("1"), ascii("e."))
    return join(
        magic, [0x80, 2, 0x4D, 0xE9, 3, 0x2E], [0x80, 2, 0x7D, 0x2E], [0x80, 2], id, ascii("tQ."), keys,
        [1, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0])
}

@Test("a storage of PyTorch's is read in the bytes that it reduces to")
func storagesInPickles() throws {
    func loads(_ value: [UInt8]) -> [UInt8] {
        join([0x80, 4], ascii("ctorch.storage\n_load_from_bytes\n"), value, [0x85, 0x52, 0x2E])
    }
    let content = try read(loads(binary(storage())))
    #expect(content.gaps.isEmpty && content.findings.isEmpty, "\(content.gaps)")
    let string = String(String.UnicodeScalarView(storage().map { Unicode.Scalar($0) }))
    let encoded = join(ascii("c_codecs\nencode\n"), text(string), text("latin1"), [0x86, 0x52])
    #expect(try read(loads(encoded)).gaps.isEmpty)
    // Not one, one that is cut off or has more behind it, and one that names something.
    for other in [Array(storage().dropLast()), join(storage(), [1]), marked] {
        #expect(!(try read(loads(binary(other))).gaps.isEmpty))
    }
    #expect(!(try read(loads(text("x"))).gaps.isEmpty))
    #expect(names(try read(loads(binary(storage("cos\nsystem\n(S'id'\ntR"))))))
}
