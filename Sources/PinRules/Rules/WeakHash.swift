import EnvironmentInventory

/// A hash that proves nothing.
package enum WeakHash: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "weak-hash",
        summary: "A requirement is pinned by md5 or sha1.",
        why: "Files with the same md5 or sha1 can be made; the hash proves nothing.",
        help: "Use sha256.",
        bad: [
            .init(
                file: "requirements.txt",
                "«https://example.org/x-1.0-py3-none-any.whl#md5=0123456789abcdef0123456789abcdef»\n")
        ],
        good: [
            .init(file: "requirements.txt", "numpy==1.26.4\n")
        ])
}
