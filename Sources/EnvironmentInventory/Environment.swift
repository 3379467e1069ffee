/// A Python interpreter: `cpython` and its version.
public struct Interpreter: Sendable, Hashable {
    /// The implementation, as in `sys.implementation.name`: `cpython`, `pypy`.
    public let implementation: String
    /// The version as far as it is known, `3.11` or `3.11.7`.
    public let version: String
    /// Where the fact was read.
    package let source: FileLocation?

    /// Creates an interpreter.
    package init(implementation: String = "cpython", version: String, source: FileLocation? = nil) {
        self.implementation = implementation
        self.version = version
        self.source = source
    }
}

/// What is installed, or should be, according to a subject: interpreter, platform and packages.
public struct Environment: Sendable, Hashable {
    /// The Python interpreter, when one is known.
    public var python: Interpreter?
    /// The platform, when it is known.
    public var platform: Platform?
    /// The packages, in the order of ``sortPackages()``.
    public var packages: [Package]
    /// What the subject names and the reader could not turn into a package, in the order of the source.
    public var gaps: [Gap]
    /// The loadable files of a captured system, a digest for each directory; empty where nothing recorded them.
    package var directories: [CapturedDirectory] = []
    /// The variables that change how numbers come out, as the process had them; nil where nothing recorded them.
    package var numericVariables: [String: String]?
    /// Where each shared library is taken from, by name; nil where nothing recorded it.
    package var libraries: [LibrarySource]?
    /// What the packages need of the place where they run; nil where nothing recorded it.
    package var needs: LoadingAssessment.Needs?

    /// Creates an environment.
    package init(
        python: Interpreter? = nil, platform: Platform? = nil, packages: [Package] = [], gaps: [Gap] = []
    ) {
        self.python = python
        self.platform = platform
        self.packages = packages
        self.gaps = gaps
    }

    /// Puts the packages into their one order: by ecosystem, name, version, location.
    package mutating func sortPackages() {
        func precedes(_ left: Int, _ right: Int) -> Bool {
            if packages[left].ecosystem != packages[right].ecosystem {
                return packages[left].ecosystem < packages[right].ecosystem
            }
            if packages[left].name != packages[right].name { return packages[left].name < packages[right].name }
            let (left, right) = (packages[left], packages[right])
            return (left.version ?? "", left.location ?? "", left.source?.line ?? 0)
                < (right.version ?? "", right.location ?? "", right.source?.line ?? 0)
        }
        // Locks are sorted mostly; and a package is large to be moved about.
        if packages.indices.dropFirst().allSatisfy({ !precedes($0, $0 - 1) }) { return }
        packages = packages.indices.sorted(by: precedes).map { packages[$0] }
    }
}

/// What one directory of a system holds that the started program could load, as a capture records it.
///
/// The files of Python and conda packages are left out, which have content digests of their own; compiled files, which
/// these leave out, are in it.
package struct CapturedDirectory: Sendable, Hashable {
    /// The path without a leading slash, empty for the root.
    package let path: String
    /// How many files and links there are.
    package let count: Int
    /// The digest over their names and contents, and over the targets of links.
    package let digest: Digest

    /// Creates a directory.
    package init(path: String, count: Int, digest: Digest) {
        self.path = path
        self.count = count
        self.digest = digest
    }
}

/// The environment variables that change the bits of a result and not what is loaded.
package enum NumericVariables {
    /// BLAS, OpenMP, NumPy's dispatch, CUDA, the C library's mathematics, TensorFlow's determinism, Python's hash seed.
    private static let names: Set<String> = [
        "GLIBC_TUNABLES", "PYTHONHASHSEED", "NPY_DISABLE_CPU_FEATURES", "NPY_ENABLE_CPU_FEATURES",
        "CUBLAS_WORKSPACE_CONFIG",
        "NVIDIA_TF32_OVERRIDE", "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", "XLA_FLAGS", "ATEN_CPU_CAPABILITY",
        "DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA", "ONEDNN_DEFAULT_FPMATH_MODE", "LD_HWCAP_MASK",
    ]
    private static let prefixes = [
        "OPENBLAS_", "GOTO_", "MKL_", "OMP_", "BLIS_", "KMP_", "VECLIB_", "NUMEXPR_", "TF_", "CUDNN_", "GOMP_",
    ]

    /// Those that a process is asked for by name.
    package static let known: [String] =
        names.sorted() + [
            "OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "MKL_CBWR", "MKL_NUM_THREADS",
            "MKL_DYNAMIC", "MKL_ENABLE_INSTRUCTIONS", "OMP_NUM_THREADS", "OMP_DYNAMIC", "BLIS_ARCH_TYPE",
            "BLIS_NUM_THREADS", "KMP_DETERMINISTIC_REDUCTION", "NUMEXPR_NUM_THREADS", "TF_DETERMINISTIC_OPS",
            "TF_CUDNN_DETERMINISTIC", "TF_ENABLE_ONEDNN_OPTS", "TF_XLA_FLAGS", "TF_NUM_INTEROP_THREADS",
            "TF_NUM_INTRAOP_THREADS",
        ]

    /// Whether a variable is one of them.
    package static func contains(_ name: String) -> Bool {
        names.contains(name) || prefixes.contains { name.hasPrefix($0) }
    }
}
