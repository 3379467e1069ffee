import ArgumentParser
import ContainerImages
import ContentHashing
import EnvironmentInventory
import Glibc
import Pinproof

/// The cache of what was read of layers.
struct CacheOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Cache what is read from layers in this directory.", valueName: "dir"),
        completion: .directory)
    var cache: String?

    @Option(
        help: ArgumentHelp(
            "The private key (PEM) that signs cache entries; COSIGN_PASSWORD is its password.", valueName: "file"),
        completion: .file())
    var cacheKey: String?

    @Option(
        help: ArgumentHelp(
            "The public key (PEM) that must have signed cache entries. Without it, the directory must belong to the current user alone.",
            valueName: "file"), completion: .file())
    var cacheTrust: String?

    func validate() throws {
        if cache == nil, cacheKey != nil || cacheTrust != nil {
            throw ValidationError("--cache-key and --cache-trust are about the entries of --cache")
        }
    }

    /// Opens the cache; nil where none is named.
    ///
    /// - Parameter holdsLayers: whether many images are read.
    func open(holdsLayers: Bool = false) throws(InputError) -> LayerCache? {
        guard let cache else { return nil }
        do throws(KeyError) {
            var signing: SigningKey?
            var trusted: TrustedKey?
            if let cacheKey {
                let password = getenv("COSIGN_PASSWORD").map { Array(String(cString: $0).utf8) }
                signing = try SigningKey(pem: try Self.bytes(cacheKey), name: cacheKey, password: password)
            }
            if let cacheTrust { trusted = try TrustedKey(pem: try Self.bytes(cacheTrust), name: cacheTrust) }
            return LayerCache(path: cache, signing: signing, trusted: trusted, holdsLayers: holdsLayers)
        } catch { throw InputError(error) }
    }

    private static func bytes(_ path: String) throws(KeyError) -> [UInt8] {
        do throws(InputError) { return try readText(path).bytes } catch {
            throw KeyError(key: path, reason: error.description)
        }
    }
}

extension LayerCache {
    /// The notes as lines for standard error.
    var diagnostics: [String] { notes.map { "pinproof: " + $0 } }
}
