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
        public init(id: String, version: String?, name: String?, path: String) {
            self.id = id
            self.version = version
            self.name = name
            self.path = path
        }
    }

    /// A file that something was read from or that is listed.
    public struct Place: Sendable, Hashable {
        /// The path without a leading slash.
        public let path: String
        /// The layer, as `sha256:...` of its diff_id; nil outside of images.
        public let layer: String?
        /// The package whose record lists the file, `pypi numpy`; nil when none does.
        public let owner: String?

        /// Creates a place.
        public init(path: String, layer: String?, owner: String?) {
            self.path = path
            self.layer = layer
            self.owner = owner
        }
    }

    /// One Python interpreter.
    public struct FoundInterpreter: Sendable, Hashable {
        /// What it is.
        public let interpreter: Interpreter
        /// The directory of the virtual environment; nil for a base interpreter.
        public let virtualEnvironment: String?
        /// What brought it, `apt python3.11-minimal 3.11.2-6`, or the conda build `python-3.11.4-h955ad1f_0`; nil when no record
        /// says it.
        public let build: String?
        /// The program, or the `pyvenv.cfg` of a virtual environment.
        public let place: Place

        /// Creates an interpreter.
        public init(interpreter: Interpreter, virtualEnvironment: String?, build: String?, place: Place) {
            self.interpreter = interpreter
            self.virtualEnvironment = virtualEnvironment
            self.build = build
            self.place = place
        }
    }

    /// CUDA or cuDNN: the toolkit, a header, or the library itself.
    public struct Toolkit: Sendable, Hashable {
        /// `cuda` and `cudnn` by their own version files, `libcudart` and `libcudnn` by the library's file name.
        public let name: String
        /// The version, as precise as it is recorded: `12.4.1`, or `12` of `libcudart.so.12`.
        public let version: String
        /// Where it was read.
        public let place: Place

        /// Creates a toolkit.
        public init(name: String, version: String, place: Place) {
            self.name = name
            self.version = version
            self.place = place
        }
    }

    /// A shared library that a wheel brings along, renamed by auditwheel, delocate or delvewheel.
    public struct VendoredLibrary: Sendable, Hashable {
        /// The file name without the hash that was put into it, `libgfortran.so.5.0.0`.
        public let name: String
        /// The version in the file name, `5.0.0`; nil when there is none.
        public let version: String?
        /// The size in bytes.
        public let size: Int
        /// The digest of the file.
        public let sha256: Digest?
        /// Where it lies.
        public let place: Place

        /// Creates a library.
        public init(name: String, version: String?, size: Int, sha256: Digest?, place: Place) {
            self.name = name
            self.version = version
            self.size = size
            self.sha256 = sha256
            self.place = place
        }
    }

    /// A bill of materials inside of a wheel (https://peps.python.org/pep-0770/): what its maker claims.
    public struct BillOfMaterials: Sendable, Hashable {
        /// One thing that it lists.
        public struct Component: Sendable, Hashable {
            /// The name.
            public let name: String
            /// The version; nil if none is recorded.
            public let version: String?
            /// The package URL; nil if none is recorded.
            public let packageURL: String?

            /// Creates a component.
            public init(name: String, version: String?, packageURL: String?) {
                self.name = name
                self.version = version
                self.packageURL = packageURL
            }
        }
        /// `CycloneDX 1.4`, `SPDX-2.3`; nil when it could not be read.
        public let format: String?
        /// What it lists, in its order.
        public let components: [Component]
        /// Why it could not be read; nil when it was.
        public let problem: String?
        /// Where it lies.
        public let place: Place

        /// Creates a bill.
        public init(format: String?, components: [Component], problem: String?, place: Place) {
            self.format = format
            self.components = components
            self.problem = problem
            self.place = place
        }
    }

    /// The operating system; nil if unknown.
    public var distribution: Distribution?
    /// All interpreters, by path.
    public var interpreters: [FoundInterpreter] = []
    /// CUDA and cuDNN, by path.
    public var toolkits: [Toolkit] = []
    /// The libraries in wheels, by path.
    public var vendoredLibraries: [VendoredLibrary] = []
    /// The bills of materials in wheels, by path.
    public var billsOfMaterials: [BillOfMaterials] = []

    /// An empty inventory.
    public init() {}
}
