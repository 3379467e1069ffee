import SourceDocuments

/// What a `WWW-Authenticate` header asks for (RFC 9110, section 11.6.1).
enum Challenge: Sendable, Hashable {
    case basic
    case bearer(realm: String, service: String?, scope: String?)

    /// Reads the headers of an answer, each of which may hold several challenges; bearer is taken before basic. Nil when
    /// none is understood.
    static func read(_ headers: [String]) -> Challenge? {
        let written = headers.flatMap { WrittenChallenge.all(in: Array($0.utf8)) }
        for challenge in written where challenge.scheme == "bearer" {
            guard let realm = challenge.parameters["realm"], !realm.isEmpty else { continue }
            return .bearer(
                realm: realm, service: challenge.parameters["service"], scope: challenge.parameters["scope"])
        }
        return written.contains { $0.scheme == "basic" } ? .basic : nil
    }
}

/// One challenge as it is written: a scheme, and `name=token` or `name="quoted \" text"` separated by commas.
///
/// Commas also separate challenges: a word with `=` after it is a parameter, a word without is the next scheme.
private struct WrittenChallenge {
    let scheme: String
    var parameters: [String: String] = [:]

    static func all(in bytes: [UInt8]) -> [WrittenChallenge] {
        var challenges: [WrittenChallenge] = []
        var index = 0
        func skip(_ isSkipped: (UInt8) -> Bool) { while index < bytes.count, isSkipped(bytes[index]) { index += 1 } }
        while true {
            skip { $0.isASCIIBlank || $0 == UInt8(ascii: ",") }
            guard index < bytes.count else { return challenges }
            let start = index
            skip { !$0.isASCIIBlank && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=") }
            let word = String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
            let end = index
            skip { $0.isASCIIBlank }
            guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else {
                index = end
                challenges.append(WrittenChallenge(scheme: word))
                continue
            }
            index += 1
            skip { $0.isASCIIBlank }
            var value: [UInt8] = []
            if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                index += 1
                while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                    if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count { index += 1 }
                    value.append(bytes[index])
                    index += 1
                }
                index += 1
            } else {
                let start = index
                skip { !$0.isASCIIBlank && $0 != UInt8(ascii: ",") }
                value = Array(bytes[start..<index])
            }
            guard let last = challenges.indices.last, challenges[last].parameters[word] == nil else { continue }
            challenges[last].parameters[word] = String(decoding: value, as: UTF8.self)
        }
    }
}
