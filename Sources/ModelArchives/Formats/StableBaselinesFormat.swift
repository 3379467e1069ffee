import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// The zip archives of stable-baselines3: the member `data` is JSON whose `:serialized:` texts are cloudpickles in base64, which
/// loading unpickles (`json_to_data` of
/// https://github.com/DLR-RM/stable-baselines3/blob/v2.9.0/stable_baselines3/common/save_util.py).
enum StableBaselinesFormat: ModelFormat {
    static let name = "stable-baselines3"
    private static let key = ":serialized:"
    private static let largest = 64 << 20

    static func detects(_ head: FileHead) -> Bool {
        // No pickle begins with a brace or a blank. Where all that is known of the start is blank, JSON may follow.
        guard baseName(head.path) == "data", !head.bytes.isEmpty else { return false }
        let first = head.bytes.first { ![0x09, 0x0A, 0x0D, 0x20].contains($0) }
        return first == nil || first == UInt8(ascii: "{")
    }

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        if let size = head.size, size > largest { return unread(file) }
        guard let root = try? JSONReader.read(SourceText(name: file, bytes: try source.readAll(limit: largest)))
        else { return unread(file) }
        var content = ModelFileContent(name)
        let budget = EmbeddedBudget()
        var isFound = false
        var pending = [root]
        while let node = pending.popLast() {
            if let elements = node.array { pending += elements }
            guard let table = node.table else { continue }
            for member in table.members {
                pending.append(member.value)
                guard member.key == key else { continue }
                isFound = true
                read(member.value, budget, file: file, into: &content)
            }
        }
        guard isFound else { return nil }
        content.modules.insert("stable_baselines3")
        return content
    }

    private static func unread(_ file: String) -> ModelFileContent {
        var content = ModelFileContent("")
        content.leaveOut("", "it may hold pickles in JSON, and is not read", in: file)
        return content
    }

    /// Reads a text as the pickle that loading makes of it.
    private static func read(
        _ node: DocumentNode, _ budget: EmbeddedBudget, file: String, into content: inout ModelFileContent
    ) {
        let place = FactPlace.line(node.place.line)
        // Python passes over other characters, and goes on behind padding: no writer has either.
        guard let text = node.string, isPlain(text), content.facts.count < 4096 else {
            content.leaveOut(key, "the pickle is not read", in: file, at: place)
            return
        }
        var decoded = Base64Bytes()
        for byte in text.utf8 { decoded.take(byte) }
        let source = MemoryByteSource(decoded.bytes, name: file)
        let machine = PickleMachine(
            PickleInput(source, size: decoded.bytes.count), limits: PickleLimits(), depth: 0, budget: budget)
        do throws(ArchiveReadingError) { try machine.readPickle() } catch {
            content.leaveOut(key, "the pickle is not read to its end", in: file, at: place)
        }
        let read = PickleFormat.content(of: machine, file: file)
        for fact in read.facts where !content.facts.contains(where: { $0.name == fact.name && $0.value == fact.value })
        {
            content.facts.append(fact)
        }
        content.modules.formUnion(read.modules)
        content.findings += read.findings
        content.gaps += read.gaps
    }

    private static func isPlain(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let padding = bytes.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2, bytes.count.isMultiple(of: 4), !bytes.isEmpty else { return false }
        return bytes.dropLast(padding).allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }
}
