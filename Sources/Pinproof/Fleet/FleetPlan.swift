import EnvironmentInventory
import SourceDocuments

/// What a fleet is made of: `pinproof/fleet-plan/1`, one JSON object a line.
package struct FleetPlan: Sendable {
    /// A layer that some images have.
    package struct Layer: Sendable, Hashable {
        package let diffID: String
        /// The digest of the stored bytes; nil where the store names none.
        package let digest: String?
        /// The stored size in bytes; 0 where nothing says it.
        package let size: Int
        /// How many images have it.
        package var images: Int
        /// Whether the cache had it when the plan was made.
        package var isCached: Bool
        /// An image that has it.
        package let from: String
    }

    /// An image.
    package struct Image: Sendable, Hashable {
        /// The name with the digest that it meant.
        package let pinned: String
        /// The name of the list.
        package let name: String
        package let platform: String?
        /// The diff_ids of its layers, lowest first.
        package let layers: [String]
        /// Why nothing is known of it; nil where it was found.
        package let problem: String?
    }

    /// A pair that is verified.
    package struct Pair: Sendable, Hashable {
        package let id: String
        package let entry: FleetEntry
        /// The image with the digest that its name meant.
        package let pinned: String
        /// The digest of the model or lock.
        package let modelIdentity: String?
        /// Why it cannot be verified; nil where it can.
        package let problem: String?
        /// Other models whose training environment is that of this one, and other images whose evidence is that of this one:
        /// the verdict is theirs too.
        package var sameModels: [String] = []
        package var sameImages: [String] = []
    }

    package var layers: [Layer] = []
    package var images: [Image] = []
    package var pairs: [Pair] = []
    /// How many models there are.
    package var models = 0
    /// Whether verifying needs the sums of every file that a system's package records.
    package var needsAllChecksums = false
    /// What names no model, and what could not be read.
    package var notes: [String] = []
    package var problems: [String] = []

    /// Creates an empty plan.
    package init() {}

    /// The bytes that the images name together.
    package var bytes: Int {
        layers.reduce(0) {
            $0.addingReportingOverflow($1.size.multipliedReportingOverflow(by: $1.images).partialValue).partialValue
        }
    }
    /// How many of them are those of a layer that an image before has.
    package var bytesShared: Int { bytes - layers.reduce(0) { $0 + $1.size } }
    /// The bytes of layers that the cache has.
    package var bytesCached: Int { layers.reduce(0) { $0 + ($1.isCached ? $1.size : 0) } }

    /// One sentence.
    package var summary: String {
        let cached = layers.count(where: \.isCached)
        let rest = bytes - bytesShared - bytesCached
        return "\(Self.grouped(images.count)) images, \(Self.grouped(layers.count)) layers, "
            + "\(Self.size(rest)) to read of \(Self.size(bytes)) named; \(Self.grouped(cached)) cached"
    }

    /// A number with commas, `1,004`.
    package static func grouped(_ number: Int) -> String {
        var digits = Array(String(number))
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: index)
            index -= 3
        }
        return String(digits)
    }

    /// A size in the largest unit of which there is one.
    static func size(_ bytes: Int) -> String {
        let units = [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")]
        for (unit, name) in units where bytes >= unit {
            let whole = bytes / unit
            return whole >= 10 ? "\(whole) \(name)" : "\(whole).\(bytes % unit * 10 / unit) \(name)"
        }
        return "\(bytes) bytes"
    }
}

extension FleetPlan {
    /// The plan as lines: the head, the layers, the images, the pairs, what names no model; each kind sorted.
    package var text: String {
        var lines: [JSONValue] = [
            .members([
                "schema": "pinproof/fleet-plan/1", "pairs": .integer(pairs.count), "images": .integer(images.count),
                "models": .integer(models), "layers": .integer(layers.count), "bytes": .integer(bytes),
                "bytesShared": .integer(bytesShared), "bytesCached": .integer(bytesCached),
                "notes": .integer(notes.count), "problems": .integer(problems.count),
                "checksums": .string(needsAllChecksums ? "all" : "python"),
            ])
        ]
        for layer in layers.sorted(by: { ($0.diffID, $0.digest ?? "") < ($1.diffID, $1.digest ?? "") }) {
            lines.append(
                .members([
                    "layer": .string(layer.diffID), "digest": .optional(layer.digest), "size": .integer(layer.size),
                    "images": .integer(layer.images), "cached": .boolean(layer.isCached), "from": .string(layer.from),
                ]))
        }
        for image in images.sorted(by: { ($0.pinned, $0.name) < ($1.pinned, $1.name) }) {
            lines.append(
                .members([
                    "image": .string(image.pinned), "name": .string(image.name), "platform": .optional(image.platform),
                    "layers": .strings(image.layers), "problem": .optional(image.problem),
                ]))
        }
        for pair in pairs.sorted(by: { $0.sortKey < $1.sortKey }) { lines.append(pair.json) }
        for note in notes.sorted() { lines.append(.members(["note": .string(note)])) }
        for problem in problems.sorted() { lines.append(.members(["problem": .string(problem)])) }
        return lines.map { $0.line + "\n" }.joined()
    }

    /// Reads a plan.
    package init(_ text: SourceText) throws(InputError) {
        func damaged(_ number: Int) -> InputError { InputError("\(text.name):\(number): it is not a line of a plan") }
        let lines = text.bytes.split(separator: UInt8(ascii: "\n"))
        var head = DocumentTable()
        for (index, line) in lines.enumerated() {
            let source = SourceText(name: text.name, bytes: Array(line))
            guard let table = (try? JSONReader.read(source, maximumDepth: 8))?.table else { throw damaged(index + 1) }
            if index == 0 {
                guard table["schema"]?.string == "pinproof/fleet-plan/1" else {
                    throw InputError(
                        "\(text.name): it is not a plan: its first line has no schema pinproof/fleet-plan/1")
                }
                head = table
                models = Int(clamping: table["models"]?.integer ?? 0)
                needsAllChecksums = table["checksums"]?.string == "all"
                continue
            }
            if let diffID = table["layer"]?.string {
                guard let size = table["size"]?.integer, let from = table["from"]?.string, size >= 0 else {
                    throw damaged(index + 1)
                }
                layers.append(
                    Layer(
                        diffID: diffID, digest: table["digest"]?.string, size: Int(clamping: size),
                        images: Int(clamping: table["images"]?.integer ?? 0),
                        isCached: table["cached"]?.boolean ?? false,
                        from: from))
            } else if let id = table["pair"]?.string {
                guard let pair = Pair(id, table) else { throw damaged(index + 1) }
                pairs.append(pair)
            } else if let pinned = table["image"]?.string, let name = table["name"]?.string {
                images.append(
                    Image(
                        pinned: pinned, name: name, platform: table["platform"]?.string,
                        layers: (table["layers"]?.array ?? []).compactMap(\.string), problem: table["problem"]?.string))
            } else if let note = table["note"]?.string {
                notes.append(note)
            } else if let problem = table["problem"]?.string {
                problems.append(problem)
            } else {
                throw damaged(index + 1)
            }
        }
        if lines.isEmpty { throw InputError("\(text.name): it is empty") }
        // A plan that was cut would give a verdict about fewer pairs.
        let counts = [
            ("pairs", pairs.count), ("images", images.count), ("layers", layers.count), ("notes", notes.count),
            ("problems", problems.count),
        ]
        for (name, count) in counts where head[name]?.integer != Int64(count) {
            let stated = head[name]?.integer.map { "\($0)" } ?? "an unknown number of"
            throw InputError("\(text.name): damaged: it has \(count) of \(stated) \(name)")
        }
    }
}

extension FleetPlan.Pair {
    fileprivate var sortKey: (String, String, String, String) { (entry.name ?? "", entry.model, entry.image, id) }

    fileprivate var json: JSONValue {
        .members([
            "pair": .string(id), "model": .string(entry.model), "modelIdentity": .optional(modelIdentity),
            "image": .string(entry.image), "pinned": .string(pinned), "lock": .optional(entry.lock),
            "wheels": .strings(entry.wheels), "previous": .optional(entry.previous), "name": .optional(entry.name),
            "problem": .optional(problem), "sameModels": .strings(sameModels), "sameImages": .strings(sameImages),
        ])
    }

    fileprivate init?(_ id: String, _ table: DocumentTable) {
        // The id becomes a file's name.
        guard id.utf8.count == 64, id.utf8.allSatisfy(\.isLowercaseHexDigit), let model = table["model"]?.string,
            let image = table["image"]?.string, let pinned = table["pinned"]?.string
        else { return nil }
        var entry = FleetEntry(model: model, image: image)
        entry.lock = table["lock"]?.string
        entry.wheels = (table["wheels"]?.array ?? []).compactMap(\.string)
        entry.previous = table["previous"]?.string
        entry.name = table["name"]?.string
        self.init(
            id: id, entry: entry, pinned: pinned, modelIdentity: table["modelIdentity"]?.string,
            problem: table["problem"]?.string)
        sameModels = (table["sameModels"]?.array ?? []).compactMap(\.string)
        sameImages = (table["sameImages"]?.array ?? []).compactMap(\.string)
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    /// Creates a string.
    package init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue {
    /// The value in one line, without spaces between its parts.
    var line: String {
        switch self {
        case .array(let values): "[" + values.map(\.line).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { JSONValue.string($0.key).text() + ":" + $0.value.line }.joined(separator: ",") + "}"
        default: text()
        }
    }
}

/// A part of a plan's work: number `index` of `count`, the first being 0.
package struct FleetShard: Sendable, Hashable {
    package let index: Int
    package let count: Int

    /// The whole work.
    package static let whole = FleetShard(index: 0, count: 1)

    /// Reads `I/N`; nil where I is not below N.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]), index >= 0, index < count else {
            return nil
        }
        self.init(index: index, count: count)
    }

    /// Creates a part.
    package init(index: Int, count: Int) {
        self.index = index
        self.count = count
    }
}

extension FleetPlan {
    /// The layers of a shard: those of one diff_id together, the largest first to the shard that has the least so far.
    package func layers(of shard: FleetShard) -> [[Layer]] {
        let groups = Dictionary(grouping: layers, by: \.diffID).values.map { group in
            group.sorted { ($0.digest ?? "") < ($1.digest ?? "") }
        }
        var loads = [Int](repeating: 0, count: shard.count)
        var own: [[Layer]] = []
        let ordered = groups.sorted { left, right in
            let (one, other) = (left.reduce(0) { $0 + $1.size }, right.reduce(0) { $0 + $1.size })
            return one != other ? one > other : left[0].diffID < right[0].diffID
        }
        for group in ordered {
            let least = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
            // A layer without a size is still work.
            loads[least] += max(1, group.reduce(0) { $0 + $1.size })
            if least == shard.index { own.append(group) }
        }
        return own
    }

    /// The pairs of a shard, those of one image together.
    package func pairs(of shard: FleetShard) -> [Pair] {
        pairs.filter { pair in
            // FNV-1a (RFC 9923): the same on every machine.
            let hash = pair.pinned.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
            return Int(hash % UInt64(shard.count)) == shard.index
        }.sorted { ($0.pinned, $0.id) < ($1.pinned, $1.id) }
    }
}
