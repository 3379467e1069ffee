import EnvironmentInventory
import SourceDocuments

/// What a lock was frozen for; `pinproof.lock.json` and the summary state it.
package struct FreezeTarget: Sendable, Hashable {
    /// The Python version, as precise as it is known; nil where the lock holds no Python.
    package var python: String?
    /// The platform, with the C library that its packages may use.
    package var platform: Platform?

    /// Creates a target.
    package init(python: String? = nil, platform: Platform? = nil) {
        self.python = python
        self.platform = platform
    }

    /// `Python 3.12.4 on linux/amd64, glibc-2.36`.
    package var description: String {
        [
            python.map { "Python \($0)" },
            platform.map { "\($0)" + ($0.cLibrary.map { ", \($0)" } ?? "") },
        ].compactMap { $0 }.joined(separator: " on ")
    }

    /// The three keys, null where nothing is known.
    var json: JSONValue {
        .members([
            "python": .optional(python), "platform": .optional(platform?.description),
            "libc": .optional(platform?.cLibrary?.description),
        ])
    }

    /// Reads the JSON form.
    init(_ table: DocumentTable?) {
        python = table?["python"]?.string
        platform = table?["platform"]?.string.flatMap { Platform($0) }
        platform?.cLibrary = table?["libc"]?.string.flatMap { CLibrary($0) }
    }
}

/// The base of a frozen image, as far as it is known.
package struct BaseImage: Sendable {
    /// The image with name, tag and digest.
    package let reference: ImageReference
    /// The user that the image runs as; nil for root, or where nothing is known.
    package let user: String?
    /// The digests of its decompressed layers, lowest first; empty where nothing is known.
    package let diffIDs: [Digest]

    /// Creates a base.
    package init(reference: ImageReference, user: String? = nil, diffIDs: [Digest] = []) {
        self.reference = reference
        self.user = user
        self.diffIDs = diffIDs
    }

    /// Creates a base from an image's configuration, whose user may be any text.
    ///
    /// - Throws: ``FreezeError`` when the user is none that a Dockerfile could state.
    package init(reference: ImageReference, configuredUser: String, diffIDs: [Digest]) throws(FreezeError) {
        let name = configuredUser.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        guard configuredUser.isEmpty || FreezeText.isWord(configuredUser) else {
            throw FreezeError(reasons: [
                "the base \(reference.nameWithTag) runs as '\(configuredUser)', which is not a name of a user"
            ])
        }
        let isRoot = ["", "root", "0"].contains(name)
        self.init(reference: reference, user: isRoot ? nil : configuredUser, diffIDs: diffIDs)
    }

    var json: JSONValue {
        .members([
            "name": .string(reference.nameWithTag), "digest": .optional(reference.digest?.description),
            "user": .optional(user), "diffIds": .strings(diffIDs.map(\.description)),
        ])
    }
}
