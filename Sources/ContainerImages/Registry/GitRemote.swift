/// What a repository's server says of its branches and tags, by git's smart HTTP
/// (https://git-scm.com/docs/http-protocol#_smart_clients, https://git-scm.com/docs/protocol-common#_pkt_line_format).
package enum GitRemote {
    /// The most bytes of references that are read.
    private static let mostBytes = 64 << 20

    /// The commit that a branch or tag names today, of an annotated tag the one that it stands for.
    ///
    /// - Parameters:
    ///   - reference: a branch, a tag, or a whole `refs/...` name; nil for the default branch.
    ///   - timeout: the time without progress after which the request fails.
    /// - Throws: ``RemoteFileError`` when the server does not answer so, or knows no such name.
    package static func commit(
        of reference: String?, at url: String, timeout: Duration = .seconds(60)
    ) throws(RemoteFileError) -> String {
        guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
            throw RemoteFileError(url: url, reason: "only http and https are supported")
        }
        var base = url
        while base.hasSuffix("/") { base.removeLast() }
        let references: [String: String]
        do throws(TransferFailure) {
            let transfer = try RemoteFile.open(
                base + "/info/refs?service=git-upload-pack", headers: [("User-Agent", "git/2.0 (pinproof)")],
                timeout: timeout)
            references = try parse(try read(transfer))
        } catch { throw RemoteFileError(url: url, reason: error.message) }
        for name in names(reference) {
            if let commit = references[name + "^{}"] ?? references[name] { return commit }
        }
        throw RemoteFileError(
            url: url, reason: reference.map { "it has no branch or tag \($0)" } ?? "it has no default branch")
    }

    /// The full names that a short one can stand for, in the order in which `git clone --branch` looks.
    private static func names(_ reference: String?) -> [String] {
        guard let reference else { return ["HEAD"] }
        if reference == "HEAD" || reference.hasPrefix("refs/") { return [reference] }
        if reference.hasPrefix("tags/") || reference.hasPrefix("heads/") { return ["refs/" + reference] }
        return ["refs/heads/" + reference, "refs/tags/" + reference]
    }

    private static func read(_ transfer: HTTPTransfer) throws(TransferFailure) -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var bytes: [UInt8] = []
        while true {
            let count = try transfer.read(into: buffer)
            if count == 0 { return bytes }
            guard bytes.count + count <= mostBytes else {
                throw RemoteFile.failure("its list of branches has more than \(mostBytes) bytes")
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// `# service=git-upload-pack`, a flush, then a line for each name: `COMMIT NAME`, the first with NUL and capabilities.
    static func parse(_ bytes: [UInt8]) throws(TransferFailure) -> [String: String] {
        var references: [String: String] = [:]
        var offset = 0
        var isAnnounced = false
        while offset < bytes.count {
            guard bytes.count - offset >= 4,
                let length = Int(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16)
            else { throw RemoteFile.failure("it does not answer as a git server does") }
            if length == 0 {
                offset += 4
                continue
            }
            guard length >= 4, length <= bytes.count - offset else {
                throw RemoteFile.failure("its list of branches is cut off")
            }
            let line = bytes[(offset + 4)..<(offset + length)]
            offset += length
            if line.starts(with: "# service=git-upload-pack".utf8) {
                isAnnounced = true
                continue
            }
            let words = line.prefix { $0 != 0 && $0 != UInt8(ascii: "\n") }.split(
                separator: UInt8(ascii: " "), maxSplits: 1)
            guard isAnnounced, words.count == 2, words[0].count == 40 || words[0].count == 64,
                words[0].allSatisfy({ $0.isLowercaseHexDigit })
            else { throw RemoteFile.failure("it does not answer as a git server does") }
            references[String(decoding: words[1], as: UTF8.self)] = String(decoding: words[0], as: UTF8.self)
        }
        guard isAnnounced else { throw RemoteFile.failure("it does not answer as a git server does") }
        return references
    }
}
