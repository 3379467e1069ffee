import SourceDocuments

/// What a token server answers (https://distribution.github.io/distribution/spec/auth/token/).
enum TokenAnswer {
    /// The token of an answer: `token`, or else `access_token`; nil where there is none that can stand in a header.
    ///
    /// Go's clients take a key in any case, and of several the last one that is not null
    /// (https://pkg.go.dev/encoding/json#Unmarshal).
    static func token(_ bytes: [UInt8], name: String) -> String? {
        guard let table = try? JSONTable(bytes, name: name) else { return nil }
        for key in ["token", "access_token"] {
            let named = table.members.last { JSONTable.folded($0.key) == key && !$0.value.isNull }
            guard let token = named?.value.string, !token.isEmpty else { continue }
            return token.utf8.allSatisfy { $0 > UInt8(ascii: " ") && $0 < 0x7F } ? token : nil
        }
        return nil
    }
}
