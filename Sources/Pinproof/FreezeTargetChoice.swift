import DockerfileFreezing
import EnvironmentInventory
import LockFormats

/// Chooses the target of a freeze: what the base is, held against what was asked for.
struct FreezeTargetChoice {
    let request: FreezeRequest
    let base: FreezeImage
    /// Whether the lock itself brings the interpreter, as conda's do.
    let lockHasPython: Bool

    /// The target that the lock is narrowed to.
    ///
    /// - Throws: when the options contradict the base, or when nothing says which Python or C library the base has.
    func target() throws(InputError) -> Target {
        var target = request.target?.target ?? Target()
        let name = base.reference.nameWithTag
        if !lockHasPython { target.python = try python(target.python, name) }
        let known = base.platform
        if let asked = target.platform, let known, !isSame(asked, known) {
            throw InputError("--platform \(asked): the base \(name) is for \(known)")
        }
        target.platform = target.platform ?? known ?? Platform(os: "linux", architecture: "amd64")
        target.cLibrary = try cLibrary(target.cLibrary, name)
        return target
    }

    private func python(_ asked: String?, _ name: String) throws(InputError) -> String? {
        if let known = base.python {
            guard let asked else { return known }
            let plain = asked.hasSuffix("t") ? String(asked.dropLast()) : asked
            let (wanted, found) = (plain.split(separator: "."), known.split(separator: "."))
            let count = min(wanted.count, found.count)
            guard wanted.prefix(count) == found.prefix(count) else {
                throw InputError("--python \(asked): the base \(name) has Python \(known)")
            }
            // The base says it more precisely; that it has the global lock it does not say.
            return asked.hasSuffix("t") || wanted.count > found.count ? asked : known
        }
        if base.image != nil {
            throw InputError(
                "the base \(name) has no Python (python3 on its PATH): take a base with Python, or a lock of conda packages "
                    + "with --installer micromamba, which brings its own")
        }
        guard let asked else {
            throw InputError(
                "--base \(name): only its digest is known, and not which Python it has: add --python VERSION, or name where the "
                    + "image is (oci:DIR:REF, oci-archive:FILE:REF, docker://\(name))")
        }
        return asked
    }

    private func cLibrary(_ asked: CLibrary?, _ name: String) throws(InputError) -> CLibrary? {
        if let known = base.platform?.cLibrary {
            guard let asked else { return known }
            // An older C library asks for wheels that run on the base too.
            guard asked.family == known.family, (asked.major, asked.minor) <= (known.major, known.minor) else {
                throw InputError("--libc \(asked): the base \(name) has \(known)")
            }
            return asked
        }
        if asked == nil, base.image == nil, name.lowercased().contains("alpine") {
            throw InputError(
                "--base \(name): only its digest is known, and its name says Alpine, whose C library is musl: add --libc musl-1.2, "
                    + "or name where the image is (oci:DIR:REF, oci-archive:FILE:REF, docker://\(name))")
        }
        return asked
    }

    private func isSame(_ left: Platform, _ right: Platform) -> Bool {
        left.os == right.os && left.architecture == right.architecture
            && (left.variant == nil || right.variant == nil || left.variant == right.variant)
    }
}
