import EnvironmentInventory

/// Which step of the build made which layer.
extension ImageConfiguration {
    /// Returns the layers with the instructions that made them.
    ///
    /// The steps that made a layer are in the order of the layers
    /// (https://github.com/opencontainers/image-spec/blob/main/config.md#properties). A history with another number of such
    /// steps tells nothing: the instructions are nil then.
    package func steps(ofLayers diffIDs: [String]) -> [ImageLayer] {
        let made = history.filter { !$0.isEmptyLayer }
        return diffIDs.enumerated().map { index, diffID in
            let step = made.count == diffIDs.count ? Self.instruction(made[index].createdBy) : ""
            return ImageLayer(number: index + 1, diffID: diffID, instruction: step.isEmpty ? nil : step)
        }
    }

    /// The instruction of a Dockerfile from the command that a builder noted for it.
    ///
    /// BuildKit writes `RUN /bin/sh -c pip install x # buildkit` and `COPY a /b # buildkit`, the builder before it and buildah
    /// `/bin/sh -c pip install x` and `/bin/sh -c #(nop) COPY file:... in /b`.
    static func instruction(_ createdBy: String) -> String {
        var text = createdBy[...]
        let note = " # buildkit"
        if text.hasSuffix(note) { text = text.dropLast(note.count) }
        let shell = "/bin/sh -c "
        if text.hasPrefix(shell) {
            text = text.dropFirst(shell.count)
            let instruction = "#(nop)"
            if text.hasPrefix(instruction) {
                text = text.dropFirst(instruction.count).drop { $0 == " " }
            } else {
                return "RUN " + text
            }
        } else if text.hasPrefix("RUN " + shell) {
            return "RUN " + text.dropFirst("RUN ".count + shell.count)
        }
        return String(text)
    }
}
