import SourceDocuments
import TestSupport
import Testing

@testable import Pinproof

/// Lists and plans of a fleet: what is read comes out again, and what is cut or of another kind is refused.
struct FleetPlanTests {
    private static func list(_ lines: String...) -> FleetList {
        FleetList(lines: SourceText(name: "l", text: lines.joined(separator: "\n")))
    }

    @Test("a list has an entry a line, with all that it says")
    func entries() {
        let list = Self.list(
            #"{"model": "m", "image": "i"}"#, "", " \t\r",
            #"{"image": "j", "model": "n", "lock": "l", "wheels": ["a", "b"], "previous": "p", "name": "x"}"#,
            #"{"model": "m", "image": "i", "wheels": "w", "lock": null}"#)
        #expect(list.problems.isEmpty, "\(list.problems)")
        #expect(list.entries.map(\.model) == ["m", "n", "m"] && list.entries.map(\.image) == ["i", "j", "i"])
        #expect(list.entries.map(\.wheels) == [[], ["a", "b"], ["w"]])
        #expect(list.entries.map(\.lock) == [nil, "l", nil])
        #expect(list.entries[1].previous == "p" && list.entries[1].name == "x")
    }

    @Test(
        "a line that is no entry is a problem with its place, and no pair that asks for less",
        arguments: [
            (#"{"model": "m"}"#, "l:1: it names no model and image"),
            (#"{"model": "", "image": "i"}"#, "l:1: it names no model and image"),
            (#"{"model": 1, "image": "i"}"#, "l:1: it names no model and image"),
            ("m i", "l:1: it is not one JSON object a line"),
            (#"["m", "i"]"#, "l:1: it is not one JSON object a line"),
            (#"{"model": "m", "image": "i""#, "l:1: it is not one JSON object a line"),
            (#"{"model": "m", "image": "i"} {}"#, "l:1: it is not one JSON object a line"),
            (#"{"model": "m", "image": "i", "lock": 5}"#, "l:1: lock is not a text"),
            (#"{"model": "m", "image": "i", "lock": ["a"]}"#, "l:1: lock is not a text"),
            (#"{"model": "m", "image": "i", "previous": {}}"#, "l:1: previous is not a text"),
            (#"{"model": "m", "image": "i", "name": true}"#, "l:1: name is not a text"),
            (#"{"model": "m", "image": "i", "wheels": 1}"#, "l:1: wheels is not a text or a list of texts"),
            (#"{"model": "m", "image": "i", "wheels": ["a", 1]}"#, "l:1: wheels is not a text or a list of texts"),
        ])
    func problems(_ line: String, _ problem: String) {
        let list = Self.list(line)
        #expect(list.problems == [problem])
        #expect(list.entries.isEmpty)
    }

    @Test("an unknown key is a problem beside the entry")
    func unknownKeys() {
        let list = Self.list("", #"{"model": "m", "image": "i", "locks": "l", "evidence": "x"}"#)
        #expect(list.problems == ["l:2: unknown keys: locks, evidence"] && list.entries.count == 1)
    }

    @Test("lists of names: text, JSON and comments; another line is named with its number")
    func names() throws {
        func names(_ text: String) throws -> [String] {
            try FleetList.names(SourceText(name: "n", text: text), key: "model")
        }
        #expect(try names("a\n\n # no\n  b c \n{\"model\": \"d\"}\r\n") == ["a", "b c", "d"])
        #expect(try names("") == [])
        for text in ["a\n{\"image\": \"d\"}\n", "a\n{\"model\": 1}\n", "a\n{\n"] {
            do {
                _ = try names(text)
                Issue.record("\(text) was read")
            } catch { #expect("\(error)" == "n:2: the line is not an object with 'model'") }
        }
    }

    private static let identifier = String(repeating: "0123456789abcdef", count: 4)

    private static func plan() -> FleetPlan {
        var plan = FleetPlan()
        plan.models = 2
        plan.needsAllChecksums = true
        plan.layers = (1...3).map { number in
            .init(
                diffID: "sha256:\(number)", digest: number == 3 ? nil : "sha256:d\(number)", size: number * 1000,
                images: 2,
                isCached: number == 2, from: "docker://r.example/\(number)")
        }
        plan.images = [
            .init(
                pinned: "docker://r.example/a@sha256:0", name: "a", platform: "linux/amd64", layers: ["sha256:1"],
                problem: nil),
            .init(pinned: "b", name: "b", platform: nil, layers: [], problem: "gone"),
        ]
        var entry = FleetEntry(model: "m", image: "a")
        entry.lock = "l"
        entry.wheels = ["w", "x"]
        entry.previous = "p"
        entry.name = "n\n\"quoted\""
        plan.pairs = [
            .init(
                id: identifier, entry: entry, pinned: "docker://r.example/a@sha256:0", modelIdentity: "sha256:5",
                problem: nil,
                sameModels: ["o"], sameImages: ["c", "d"]),
            .init(
                id: String(identifier.reversed()), entry: FleetEntry(model: "q", image: "b"), pinned: "b",
                modelIdentity: nil,
                problem: "gone"),
        ]
        plan.notes = ["a note"]
        plan.problems = ["one", "two"]
        return plan
    }

    private static func read(_ text: String) throws -> FleetPlan { try FleetPlan(SourceText(name: "p", text: text)) }

    @Test("a plan that is read is the plan that was written")
    func roundTrip() throws {
        let plan = Self.plan()
        let read = try Self.read(plan.text)
        #expect(read.text == plan.text)
        #expect(
            Set(read.pairs) == Set(plan.pairs) && Set(read.images) == Set(plan.images)
                && Set(read.layers) == Set(plan.layers))
        #expect(
            read.notes == plan.notes && read.problems == plan.problems && read.models == 2 && read.needsAllChecksums)
        // The order of what was found is not that of the text.
        var other = plan
        other.layers.reverse()
        other.pairs.reverse()
        other.problems.reverse()
        #expect(other.text == plan.text)
    }

    @Test("a plan that lost a line is refused: a pair less would be a verdict about fewer pairs")
    func cut() throws {
        let lines = Self.plan().text.split(separator: "\n").map(String.init)
        for index in lines.indices {
            var fewer = lines
            fewer.remove(at: index)
            #expect(throws: InputError.self, "without \(lines[index])") {
                try Self.read(fewer.joined(separator: "\n") + "\n")
            }
            #expect(throws: InputError.self) { try Self.read(lines[..<index].joined(separator: "\n")) }
            if index > 0 {
                let twice = lines[...index] + lines[index...]
                #expect(throws: InputError.self, "twice \(lines[index])") {
                    try Self.read(twice.joined(separator: "\n"))
                }
            }
        }
        let text = Self.plan().text
        for end in stride(from: 1, to: text.count - 1, by: 7) {
            #expect(throws: InputError.self) { try Self.read(String(text.prefix(end))) }
        }
    }

    @Test(
        "what is no line of a plan is refused",
        arguments: [
            "", "x", "{}", "[]", #"{"schema": "pinproof/fleet-plan/2"}"#, #"{"schema": "pinproof/verify/1"}"#,
        ])
    func others(_ text: String) { #expect(throws: InputError.self) { try Self.read(text) } }

    @Test(
        "an identifier becomes a file's name, so that nothing else is one",
        arguments: [
            "../x", "", String(repeating: "A", count: 64), String(repeating: "0", count: 63),
            String(repeating: "/", count: 64),
        ])
    func identifiers(_ name: String) {
        let text = Self.plan().text.replacing(Self.identifier, with: name)
        #expect(throws: InputError.self) { try Self.read(text) }
    }

    @Test("shards share the layers and pairs out: each is in one of them, and the loads are near each other")
    func shards() {
        var random = SeededGenerator(seed: 77)
        for _ in 0..<20 {
            var plan = FleetPlan()
            for number in 0..<random.next(0...60) {
                plan.layers.append(
                    .init(
                        diffID: "sha256:\(number / 2)", digest: "sha256:\(number)", size: random.next(0...9) * 100,
                        images: 1,
                        isCached: false, from: "x"))
                let id = String((Self.identifier + "\(number)").suffix(64))
                let image = "docker://r.example/\(number / 3)"
                plan.pairs.append(
                    .init(
                        id: id, entry: FleetEntry(model: "m", image: image), pinned: image, modelIdentity: nil,
                        problem: nil))
            }
            let count = random.next(1...7)
            let shards = (0..<count).map { FleetShard(index: $0, count: count) }
            let layers = shards.map { plan.layers(of: $0) }
            #expect(layers.flatMap { $0.flatMap { $0 } }.count == plan.layers.count)
            #expect(Set(layers.flatMap { $0.flatMap { $0 } }) == Set(plan.layers))
            // Layers of one diff_id are read together.
            for groups in layers { #expect(groups.allSatisfy { Set($0.map(\.diffID)).count == 1 }) }
            let loads = layers.map { $0.reduce(0) { $0 + max(1, $1.reduce(0) { $0 + $1.size }) } }
            #expect((loads.max() ?? 0) - (loads.min() ?? 0) <= 1800, "\(loads)")
            let pairs = shards.map { plan.pairs(of: $0) }
            #expect(Set(pairs.flatMap { $0 }) == Set(plan.pairs) && pairs.flatMap { $0 }.count == plan.pairs.count)
            // The pairs of an image are verified where it is read once.
            for image in Set(plan.pairs.map(\.pinned)) {
                #expect(pairs.count { $0.contains { $0.pinned == image } } == 1)
            }
        }
    }

    @Test("sizes and counts as people read them")
    func sizes() {
        let numbers = [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (100_000, "100,000")]
        for (number, text) in numbers { #expect(FleetPlan.grouped(number) == text) }
        let sizes = [
            (0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (1950, "1.9 kB"), (10_000, "10 kB"),
            (1_500_000, "1.5 MB"),
            (2_000_000_000, "2.0 GB"), (12_345_000_000_000, "12 TB"),
        ]
        for (bytes, text) in sizes { #expect(FleetPlan.size(bytes) == text) }
        let plan = Self.plan()
        #expect(plan.bytes == 12_000 && plan.bytesShared == 6000 && plan.bytesCached == 2000)
        #expect(plan.summary == "2 images, 3 layers, 4.0 kB to read of 12 kB named; 1 cached")
    }
}
