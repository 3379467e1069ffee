import TestSupport
import Testing

@testable import PinproofCommand

/// What is kept until the process ends.
struct UntilExitTests {
    private final class Value: Sendable {}

    @Test("a value that is given before the program says that it will end is freed as any other")
    func freed() {
        weak var seen: Value?
        do {
            let value = Value()
            seen = value
            UntilExit.keep(value)
        }
        #expect(seen == nil)
    }

    @Test("a large document is told by its name and size, without opening it")
    func documents() {
        let folder = TemporaryDirectory()
        folder.write("uv.lock", [UInt8](repeating: 0x20, count: 200_000))
        folder.write("small.lock", [UInt8](repeating: 0x20, count: 1000))
        folder.write("image.tar", [UInt8](repeating: 0x20, count: 200_000))
        folder.write("folder.lock/a", [0x20])
        for (argument, isLarge) in [
            (folder.path + "/uv.lock", true), ("lock:" + folder.path + "/uv.lock", true),
            (folder.path + "/small.lock", false),
            (folder.path + "/image.tar", false), (folder.path + "/folder.lock", false),
            (folder.path + "/missing.lock", false),
            ("inspect", false),
        ] {
            #expect(Memory.namesLargeDocument(argument) == isLarge, "\(argument)")
        }
    }
}
