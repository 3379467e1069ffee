import EnvironmentInventory

/// Large layers that were decoded before, the ones that were used last.
struct HeldLayers {
    struct Key: Hashable {
        let diffID: Digest
        let needs: LayerNeeds
    }

    private var layers: [Key: (evidence: LayerEvidence, use: Int)] = [:]
    private var uses = 0

    /// Decoding a smaller one costs nothing.
    static let minimumFiles = 200
    private static let maximumLayers = 24

    /// A layer; setting one lets go of that which was not used for longest.
    subscript(_ key: Key) -> LayerEvidence? {
        mutating get {
            uses += 1
            layers[key]?.use = uses
            return layers[key]?.evidence
        }
        set {
            guard let newValue, newValue.files >= Self.minimumFiles else { return }
            uses += 1
            layers[key] = (newValue, uses)
            if layers.count > Self.maximumLayers, let oldest = layers.min(by: { $0.value.use < $1.value.use })?.key {
                layers[oldest] = nil
            }
        }
    }
}

/// The file systems of lower layers that were put together before, the ones that were used last.
struct HeldStacks {
    struct Key: Hashable {
        let diffIDs: [Digest]
        let needs: LayerNeeds
    }

    private var stacks: [Key: (stack: LayerStack, use: Int)] = [:]
    private var uses = 0

    private static let maximumStacks = 8

    /// A file system; setting one lets go of that which was not used for longest.
    subscript(_ key: Key) -> LayerStack? {
        mutating get {
            uses += 1
            stacks[key]?.use = uses
            return stacks[key]?.stack
        }
        set {
            guard let newValue else { return }
            uses += 1
            stacks[key] = (newValue, uses)
            if stacks.count > Self.maximumStacks, let oldest = stacks.min(by: { $0.value.use < $1.value.use })?.key {
                stacks[oldest] = nil
            }
        }
    }
}
