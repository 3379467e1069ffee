/// What an image or a directory holds besides its packages: the distribution, the interpreters, CUDA and cuDNN, the shared libraries
/// that Python packages bring along, and what their bills of materials say. Everything with its path and layer.
public struct SystemInventory: Sendable, Hashable {
    /// The operating system according to os-release (https://www.freedesktop.org/software/systemd/man/os-release.html).
    public struct Distribution: Sendable, Hashable {
        /// `debian`, `alpine`, `fedora`.
        public let id: String
        /// The version, `12`; nil for a rolling one.
        public let version: String?
        /// The name for a person, `Debian GNU/Linux 12 (bookworm)`.
        public let name: String?
        /// The file that it was read from.
        public let path: String

        /// Creates a distribution.
        package init(id: String, version: String?, name: String?, path: String) {
            self.id = id
            self.version = version
            self.name = name
            self.path = path
        }
    }

    /// A file that something was read from or that is listed.
    package struct Place: Sendable, Hashable {
        /// The path without a leading slash.
        package let path: String
        /// The layer, as `sha256:...` of its diff_id; nil outside of images.
        package let layer: String?
        /// The package whose record lists the file, `pypi numpy`; nil when none does.
        package let owner: String?

        /// Creates a place.
        package init(path: String, layer: String?, owner: String?) {
            self.path = path
            self.layer = layer
            self.owner = owner
        }
    }

    /// One Python interpreter.
    package struct FoundInterpreter: Sendable, Hashable {
        /// What it is.
        package let interpreter: Interpreter
        /// The directory of the virtual environment; nil for a base interpreter.
        package let virtualEnvironment: String?
        /// What brought it, `apt python3.11-minimal 3.11.2-6`, or the conda build `python-3.11.4-h955ad1f_0`; nil when no record
        /// says it.
        package let build: String?
        /// The program, or the `pyvenv.cfg` of a virtual environment.
        package let place: Place

        /// Creates an interpreter.
        package init(interpreter: Interpreter, virtualEnvironment: String?, build: String?, place: Place) {
            self.interpreter = interpreter
            self.virtualEnvironment = virtualEnvironment
            self.build = build
            self.place = place
        }
    }

    /// CUDA or cuDNN: the toolkit, a header, or the library itself.
    package struct Toolkit: Sendable, Hashable {
        /// `cuda` and `cudnn` by their own version files, `libcudart` and `libcudnn` by the library's file name.
        package let name: String
        /// The version, as precise as it is recorded: `12.4.1`, or `12` of `libcudart.so.12`.
        package let version: String
        /// Where it was read.
        package let place: Place

        /// Creates a toolkit.
        package init(name: String, version: String, place: Place) {
            self.name = name
            self.version = version
            self.place = place
        }
    }

    /// A shared library that a wheel brings along, renamed by auditwheel, delocate or delvewheel.
    package struct VendoredLibrary: Sendable, Hashable {
        /// The file name without the hash that was put into it, `libgfortran.so.5.0.0`.
        package let name: String
        /// The version in the file name, `5.0.0`; nil when there is none.
        package let version: String?
        /// The size in bytes.
        package let size: Int
        /// The digest of the file.
        package let sha256: Digest?
        /// Where it lies.
        package let place: Place

        /// Creates a library.
        package init(name: String, version: String?, size: Int, sha256: Digest?, place: Place) {
            self.name = name
            self.version = version
            self.size = size
            self.sha256 = sha256
            self.place = place
        }
    }

    /// A bill of materials inside of a wheel (https://peps.python.org/pep-0770/): what its maker claims.
    package struct BillOfMaterials: Sendable, Hashable {
        /// One thing that it lists.
        package struct Component: Sendable, Hashable {
            /// The name.
            package let name: String
            /// The version; nil if none is recorded.
            package let version: String?
            /// The package URL; nil if none is recorded.
            package let packageURL: String?

            /// Creates a component.
            package init(name: String, version: String?, packageURL: String?) {
                self.name = name
                self.version = version
                self.packageURL = packageURL
            }
        }
        /// `CycloneDX 1.4`, `SPDX-2.3`; nil when it could not be read.
        package let format: String?
        /// What it lists, in its order.
        package let components: [Component]
        /// Why it could not be read; nil when it was.
        package let problem: String?
        /// Where it lies.
        package let place: Place

        /// Creates a bill.
        package init(format: String?, components: [Component], problem: String?, place: Place) {
            self.format = format
            self.components = components
            self.problem = problem
            self.place = place
        }
    }

    /// The operating system; nil if unknown.
    public var distribution: Distribution?
    /// All interpreters, by path.
    package var interpreters: [FoundInterpreter] = []
    /// CUDA and cuDNN, by path.
    package var toolkits: [Toolkit] = []
    /// The libraries in wheels, by path.
    package var vendoredLibraries: [VendoredLibrary] = []
    /// The bills of materials in wheels, by path.
    package var billsOfMaterials: [BillOfMaterials] = []

    /// An empty inventory.
    package init() {}
}
