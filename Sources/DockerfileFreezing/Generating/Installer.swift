import EnvironmentInventory
import LockFormats

/// What installs the packages of a frozen Dockerfile.
package enum Installer: String, Sendable, Hashable, CaseIterable {
    /// `pip install --require-hashes --no-deps --only-binary :all:`
    /// (https://pip.pypa.io/en/stable/topics/secure-installs/).
    case pip
    /// `uv sync --locked` with the project of a uv.lock, `uv pip sync --require-hashes` with any other lock
    /// (https://docs.astral.sh/uv/concepts/projects/sync/).
    case uv
    /// `conda create --file` with an explicit file
    /// (https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html).
    case conda
    /// `micromamba create --file` with an explicit file (https://mamba.readthedocs.io/en/latest/user_guide/micromamba.html).
    case micromamba
    /// `pixi install --locked` with the manifest of a pixi.lock (https://pixi.sh/latest/reference/cli/pixi/install/).
    case pixi

    /// Whether it makes the interpreter too, so that its stage needs not be the base image.
    package var bringsInterpreter: Bool { self == .conda || self == .micromamba || self == .pixi }

    /// Where an image that is named for it keeps it, when the image itself was not looked into.
    package var usualPath: String {
        switch self {
        case .pip: "/usr/bin/pip"
        case .uv: "/uv"
        case .conda: "/opt/conda/bin/conda"
        case .micromamba: "/bin/micromamba"
        case .pixi: "/usr/local/bin/pixi"
        }
    }

    /// Where images keep it, the likeliest first.
    package var likelyPaths: [String] {
        let folders = ["/usr/local/bin/", "/usr/bin/", "/bin/", "/opt/conda/bin/", "/opt/miniforge3/bin/", "/"]
        return [usualPath] + folders.map { $0 + rawValue }.filter { $0 != usualPath }
    }

    /// The installer for a lock when none is asked for.
    ///
    /// - Parameters:
    ///   - native: the tool that installs from the lock by itself; nil where there is none.
    ///   - hasProject: whether the manifest that the lock belongs to is beside it.
    ///   - available: whether an installer is at hand: in the base, or by an image of its own.
    package static func standard(
        native: NativeInstaller?, hasConda: Bool, hasProject: Bool, available: (Installer) -> Bool
    ) -> Installer {
        if native == .uv, hasProject, available(.uv) { return .uv }
        guard hasConda else { return !available(.pip) && available(.uv) ? .uv : .pip }
        if native == .pixi, hasProject { return .pixi }
        if !available(.micromamba), available(.conda) { return .conda }
        return .micromamba
    }
}

/// The image that an installer is taken from.
package struct InstallerImage: Sendable, Hashable {
    /// The image with name, tag and digest.
    package let reference: ImageReference
    /// The path of the installer in it.
    package let path: String

    /// Creates an installer's image.
    package init(reference: ImageReference, path: String) {
        self.reference = reference
        self.path = path
    }
}
