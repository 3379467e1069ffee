extension String {
    /// The first place of a text, compared by UTF-8 bytes.
    func range(ofText needle: String) -> Range<String.Index>? {
        let needle = Array(needle.utf8)
        var start = utf8.startIndex
        while start != utf8.endIndex {
            let rest = utf8[start...]
            if rest.starts(with: needle) {
                return start..<utf8.index(start, offsetBy: needle.count)
            }
            start = utf8.index(after: start)
        }
        return nil
    }

    /// Whether a text stands in this one, compared by UTF-8 bytes.
    func containsText(_ needle: String) -> Bool { range(ofText: needle) != nil }
}
