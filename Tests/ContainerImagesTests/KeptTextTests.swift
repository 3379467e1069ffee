import TestSupport
import Testing

@testable import ContainerImages

/// What a RECORD is kept as gives its bytes back.
struct KeptTextTests {
    private static let digest = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"

    private static func record(_ rows: Int, end: String = "\n") -> String {
        (0..<rows).map { "package/sub\($0 / 25)/module_\($0).py,sha256=\(digest),\($0 * 37)" }.joined(separator: end)
            + end
    }

    private static func isPacked(_ text: KeptText) -> Bool {
        if case .rows = text { true } else { false }
    }

    @Test("A long RECORD takes less than two thirds of its bytes, and is the same", arguments: ["\n", "\r\n"])
    func record(end: String) throws {
        let bytes = Array(Self.record(200, end: end).utf8)
        #expect(Self.isPacked(KeptText(bytes)))
        #expect(KeptText(bytes).bytes == bytes)
        #expect(KeptText(Array(bytes.dropLast())).bytes == bytes.dropLast())
    }

    @Test(
        "Lines of any other form are the same",
        arguments: [
            "", "\n", "\n\n", ",", ",sha256=", ",sha256=\(digest),", ",sha256=\(digest),0", "a,sha256=\(digest),00",
            "a,sha256=\(digest),007", "a,sha256=\(digest),-1", "a,sha256=\(digest),+1", "a,sha256=\(digest),1 ",
            "a,sha256=\(digest),999999999999999", "a,sha256=\(digest),9999999999999999",
            "a,sha256=\(digest),99999999999999999999", "a,sha256=\(digest)=,1", "a,sha256=\(digest.dropLast()),1",
            "a,sha256=\(digest.dropLast())V,1", "a,sha256=\(digest.dropLast())\n,1", "a,sha256=\(digest)\r,1",
            "a,sha512=\(digest),1", "a,,", "\"a,b\",sha256=\(digest),1", "a,sha256=\(digest),1\r",
            "a,sha256=\(digest.replacing("-", with: "+")),1", "a,sha256=\(digest.replacing("_", with: "/")),1",
            "é,sha256=\(digest),1", "package/sub0/module_0.py,sha256=\(digest),1\r\r", "\r", "\u{1},sha256=\(digest),1",
        ])
    func lines(line: String) {
        let record = Self.record(100)
        for text in [record + line, record + line + "\n", record + line + "\n" + record, line + "\n" + record] {
            #expect(KeptText(Array(text.utf8)).bytes == Array(text.utf8))
        }
    }

    @Test("Random changes of a RECORD are the same, and so are bytes that are no text")
    func randomChanges() {
        var random = SeededGenerator(seed: 20_261_130)
        let record = Array(Self.record(120).utf8)
        var packed = 0
        for _ in 0..<2000 {
            var bytes = record
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
                default:
                    bytes.insert(
                        contentsOf: [[10], [13], [44], [13, 10]].randomElement(using: &random) ?? [], at: index)
                }
            }
            let text = KeptText(bytes)
            if Self.isPacked(text) { packed += 1 }
            #expect(text.bytes == bytes)
        }
        #expect(packed > 1000)
    }

    @Test("What the form would not make shorter is kept as it is")
    func plain() {
        for text in [
            "x,sha256=\(Self.digest),1\n", String(repeating: "Name: x\n", count: 2000),
            String(repeating: "\n", count: 9000),
        ] {
            #expect(!Self.isPacked(KeptText(Array(text.utf8))))
        }
    }

    @Test("A table of numbers finds the first of each value, and none that is not there")
    func numbers() {
        var random = SeededGenerator(seed: 7)
        for count in [0, 1, 2, 15, 16, 17, 1000] {
            let values = (0..<count).map { _ in Int.random(in: 0..<max(1, count / 2), using: &random) }
            let table = NumberTable(count: count) { values[$0] }
            for value in -1...count {
                #expect(table.first(value) { values[$0] } == values.firstIndex(of: value))
            }
        }
        #expect(NumberTable().first(1) { $0 } == nil)
    }
}
