import EnvironmentInventory

/// Two package indexes.
package enum ExtraIndex: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "extra-index",
        summary: "Packages can come from a second index.",
        why: "Whoever owns a name on the public index owns your private package: dependency confusion.",
        help: "Use one index that proxies the others (--index-url), or pin by hash.",
        bad: [
            .init(file: "requirements.txt", "«--extra-index-url https://example.org/simple»\nnumpy==1.26.4\n")
        ],
        good: [
            .init(file: "requirements.txt", "--index-url https://example.org/simple\nnumpy==1.26.4\n")
        ])
}
