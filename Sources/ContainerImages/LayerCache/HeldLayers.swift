import EnvironmentInventory

/// Large layers that were decoded before.
enum HeldLayers {
    struct Key: Hashable {
        let diffID: Digest
        let needs: LayerNeeds
    }

    /// Decoding a smaller one costs nothing.
    static let minimumFiles = 200
    static let maximumCount = 24
}

/// The file systems of lower layers that were put together before.
enum HeldStacks {
    struct Key: Hashable {
        let diffIDs: [Digest]
        let needs: LayerNeeds
    }

    static let maximumCount = 8
}

/// Values by their keys, of which those that were used last are kept.
struct RecentlyUsed<Key: Hashable, Value> {
    private let maximumCount: Int
    private var values: [Key: (value: Value, use: Int)] = [:]
    private var uses = 0

    init(_ maximumCount: Int) { self.maximumCount = maximumCount }

    /// A value; setting one lets go of that which was not used for longest.
    subscript(_ key: Key) -> Value? {
        mutating get {
            uses += 1
            values[key]?.use = uses
            return values[key]?.value
        }
        set {
            guard let newValue else { return }
            uses += 1
            values[key] = (newValue, uses)
            if values.count > maximumCount, let oldest = values.min(by: { $0.value.use < $1.value.use })?.key {
                values[oldest] = nil
            }
        }
    }
}
