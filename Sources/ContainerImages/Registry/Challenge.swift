/// What a `WWW-Authenticate` header asks for (RFC 9110, section 11.6.1).
enum Challenge: Sendable, Hashable {
    case basic
    case bearer(realm: String, service: String?, scope: String?)

    /// Reads the headers of an answer; bearer is taken before basic. Nil when none is understood.
    static func read(_ headers: [String]) -> Challenge? {
        var basic = false
        for header in headers {
            let scheme = header.prefix { $0 != " " }.lowercased()
            if scheme == "basic" { basic = true }
            guard scheme == "bearer" else { continue }
            let parameters = parameters(header.utf8.dropFirst(scheme.utf8.count))
            guard let realm = parameters["realm"], !realm.isEmpty else { continue }
            return .bearer(realm: realm, service: parameters["service"], scope: parameters["scope"])
        }
        return basic ? .basic : nil
    }

    /// `name=token` and `name="quoted \" text"`, parted by commas.
    private static func parameters(_ text: Substring.UTF8View) -> [String: String] {
        let bytes = Array(text)
        var parameters: [String: String] = [:]
        var index = 0
        while index < bytes.count {
            while index < bytes.count, bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: ",") {
                index += 1
            }
            let start = index
            while index < bytes.count, bytes[index] != UInt8(ascii: "="), bytes[index] != UInt8(ascii: ",") {
                index += 1
            }
            guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else { continue }
            let name = String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
            index += 1
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
                while index < bytes.count, bytes[index] != UInt8(ascii: ",") {
                    value.append(bytes[index])
                    index += 1
                }
            }
            if parameters[name] == nil { parameters[name] = String(decoding: value, as: UTF8.self) }
        }
        return parameters
    }
}
