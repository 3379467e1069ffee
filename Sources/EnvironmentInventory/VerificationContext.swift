/// One layer of an image, and the step of the build that made it.
package struct ImageLayer: Sendable, Hashable {
    /// The number, from 1 for the lowest.
    package let number: Int
    /// The digest of the decompressed bytes, `sha256:...`.
    package let diffID: String
    /// The instruction that made it, as the image's history has it; nil where the history does not tell.
    package let instruction: String?

    /// Creates a layer.
    package init(number: Int, diffID: String, instruction: String?) {
        self.number = number
        self.diffID = diffID
        self.instruction = instruction
    }
}

extension Verification {
    /// What reports say of the two sides besides the verdict.
    package struct Context: Sendable, Hashable {
        /// One side.
        package struct Side: Sendable, Hashable {
            /// What it is.
            package let about: SubjectDescription
            /// The interpreter, when it is known.
            package let python: Interpreter?
            /// The platform, when it is known.
            package let platform: Platform?

            /// Creates a side.
            package init(about: SubjectDescription, python: Interpreter? = nil, platform: Platform? = nil) {
                self.about = about
                self.python = python
                self.platform = platform
            }
        }

        /// The training side; nil where a verification was made without one.
        package var training: Side?
        /// The serving side.
        package var serving: Side?
        /// The image's layers, lowest first; empty outside of images.
        package var layers: [ImageLayer] = []
        /// How many of the lowest layers are those of the base image that was given.
        package var baseLayerCount = 0
        /// The lock that was given beside the model; nil where there was none.
        package var lock: String?
        /// Whether artifacts of the lock were given.
        package var hasArtifacts = false
        /// The rules whose findings a verification has, for formats that carry their texts.
        package var rules: [Rule] = []
        /// The words of the command that gives the same verdict again; empty where they are not known.
        package var command: [String] = []

        /// Creates a context of which nothing is known.
        package init() {}

        /// Returns the layer with a diff_id, `sha256:...`.
        package func layer(_ diffID: String?) -> ImageLayer? {
            diffID.flatMap { diffID in layers.first { $0.diffID == diffID } }
        }

        /// Returns the layer that a sentence of a verifier names at its end or nearest to it: `... (layer sha256:...)`.
        package func layer(namedIn text: String) -> ImageLayer? {
            guard text.contains(Self.opening) else { return nil }
            var found: (layer: ImageLayer, end: String.Index)?
            for layer in layers {
                guard let end = text.lastEnd(of: Self.opening + layer.diffID + ")") else { continue }
                if found.map({ end > $0.end }) ?? true { found = (layer, end) }
            }
            return found?.layer
        }

        /// Returns a sentence without the digests of layers, which reports show apart.
        package func withoutLayers(_ text: String) -> String {
            guard text.contains(Self.opening) else { return text }
            return layers.reduce(text) { $0.removing(" " + Self.opening + $1.diffID + ")") }
        }

        private static let opening = "(layer "
    }
}

extension Verification.PackageVerdict {
    /// The diff_id of the layer that brought the difference, or else the package; nil outside of images, for a missing package
    /// and where it is not known.
    package func layer(in context: Verification.Context) -> ImageLayer? {
        if case .altered(let files)? = serving?.recordCheck, let layer = files.lazy.compactMap(\.layer).first {
            return context.layer(layer)
        }
        return reasons.lazy.compactMap { context.layer(namedIn: $0) }.first ?? context.layer(serving?.layer)
    }
}

extension String {
    /// The end of the last occurrence of a text, or nil.
    fileprivate func lastEnd(of text: String) -> String.Index? {
        var found: String.Index?
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            found = range.upperBound
            rest = rest[range.upperBound...]
        }
        return found
    }

    /// The string without any occurrence of a text.
    fileprivate func removing(_ text: String) -> String {
        var output = ""
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            output += rest[..<range.lowerBound]
            rest = rest[range.upperBound...]
        }
        return output + rest
    }
}
