/// How far the reading of an image is.
public struct ReadingProgress: Sendable, Hashable {
    /// The layer by its digest or path.
    public let layer: String
    /// The number of the layer, the first being 1.
    public let number: Int
    /// How many layers there are.
    public let count: Int
    /// The stored bytes of this layer that were read.
    public let bytes: Int
    /// The stored bytes of this layer; nil when nothing says it.
    public let total: Int?

    /// The image as it was named.
    public let image: String
    /// The stored bytes of all layers that are read; nil when nothing says it.
    public let totalOfImage: Int?

    /// Creates a report.
    package init(
        layer: String, number: Int, count: Int, bytes: Int, total: Int?, image: String = "", totalOfImage: Int? = nil
    ) {
        self.image = image
        self.totalOfImage = totalOfImage
        self.layer = layer
        self.number = number
        self.count = count
        self.bytes = bytes
        self.total = total
    }
}
