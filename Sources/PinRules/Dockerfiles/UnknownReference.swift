/// An image reference in which a variable is not known: `${REGISTRY}/team/base:latest`.
enum UnknownReference {
    /// The tag that floats whatever the variables hold: `latest`, or an empty text for no tag behind a known name; nil when
    /// the variables can decide.
    static func floatingTag(of text: String) -> String? {
        if text.contains("@") { return nil }
        guard let slash = text.lastIndex(of: "/") else {
            // `${IMAGE}:latest`: the name can hold anything but a tag.
            return text.hasSuffix(":latest") ? "latest" : nil
        }
        let name = text[text.index(after: slash)...]
        if name.hasSuffix(":latest") { return "latest" }
        // `${REG}/team/base`: a name that is written out, without a tag.
        return name.contains("$") || name.contains(":") || name.isEmpty ? nil : ""
    }
}
