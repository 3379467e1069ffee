/// Whether the process that an image starts can load the files that loading the model needs, as far as files tell it.
///
/// ``Verdict/loads`` means that everything that could be read loads. It never means that the program will run.
public struct LoadingAssessment: Sendable, Hashable {
    /// The answer.
    public enum Verdict: String, Sendable, Hashable, CaseIterable {
        /// Everything that could be read loads.
        case loads
        /// Something that the model needs by name cannot be loaded.
        case fails
        /// Something cannot be loaded of which it is not known whether it is reached.
        case mayFail = "may-fail"
        /// There is no process to judge: no interpreter, no loader.
        case notJudged = "not-judged"
    }

    /// Whether a file that cannot be loaded is reached.
    package enum Reach: String, Sendable, Hashable, CaseIterable {
        /// A module that the model names needs it.
        case fails
        /// It is reached under a condition, or nothing that was read reaches it.
        case mayFail = "may-fail"
        /// It is not known.
        case unread
    }

    /// What is judged for.
    package struct Target: Sendable, Hashable {
        /// The machine, `x86_64`.
        package var machine: String?
        /// The C library, `glibc 2.36`.
        package var cLibrary: String?
        /// The interpreter, `cp311`.
        package var python: String?
        /// The processor that was given, `x86-64-v3`.
        package var cpu: String?
        /// The driver that was given, `550.54`.
        package var driver: String?
        /// The GPUs that were given, `sm_80`.
        package var gpus: [String] = []

        /// Creates a target of which nothing is known.
        package init() {}
    }

    /// What everything together needs of the place where it runs.
    package struct Needs: Sendable, Hashable {
        /// The architectures of one library.
        package struct Architectures: Sendable, Hashable {
            /// Those with machine code, `80`.
            package var cubins: [String]
            /// Those with PTX.
            package var ptx: [String]

            /// Creates architectures.
            package init(cubins: [String], ptx: [String]) {
                self.cubins = cubins
                self.ptx = ptx
            }
        }

        /// The newest version of glibc's symbols, `2.28`.
        package var glibc: String?
        /// The newest version of libstdc++'s symbols, `3.4.26`.
        package var glibcxx: String?
        /// The level of the processor, `x86-64-v2`.
        package var cpu: String?
        /// The versions of NumPy that fit, `>=1.23`, `<2`.
        package var numpy: String?
        /// The version of the CUDA runtime, `12`; nil where CUDA is not needed.
        package var cudaRuntime: String?
        /// The least driver, `>=525.60.13`.
        package var cudaDriver: String?
        /// The code for GPUs, by the library's file name.
        package var architectures: [String: Architectures] = [:]

        /// Creates needs of nothing.
        package init() {}
    }

    /// How many files were looked at.
    package struct Counts: Sendable, Hashable {
        /// The files that were opened for themselves.
        package var roots = 0
        /// All objects with those that they need.
        package var objects = 0
        /// The libraries that the NVIDIA toolkit brings.
        package var injected = 0
        /// The problems that are ``Reach/fails``.
        package var fails = 0
        /// The problems that are ``Reach/mayFail``.
        package var mayFail = 0

        /// Creates counts of nothing.
        package init() {}
    }

    /// Something that stands in the way of loading.
    package struct Problem: Sendable, Hashable {
        /// The rule, `missing-library`.
        package var rule: String
        /// Whether it is reached.
        package var reach: Reach
        /// What was to be loaded: a module, or the interpreter's path.
        package var root: String
        /// The files from the root to the one that needs what is missing.
        package var chain: [String]
        /// What is needed, `libGL.so.1`.
        package var needs: String
        /// What is there in its place; nil for nothing.
        package var found: String?
        /// The file that is wrong or that needs what is missing.
        package var file: String
        /// The diff_id of its layer.
        package var layer: String?
        /// The packages of the distribution that bring it.
        package var apt: [String]

        /// Creates a problem.
        package init(
            rule: String, reach: Reach, root: String, chain: [String] = [], needs: String, found: String? = nil,
            file: String, layer: String? = nil, apt: [String] = []
        ) {
            self.rule = rule
            self.reach = reach
            self.root = root
            self.chain = chain
            self.needs = needs
            self.found = found
            self.file = file
            self.layer = layer
            self.apt = apt
        }
    }

    /// One shared library that is loaded.
    package struct Library: Sendable, Hashable {
        /// The path without a leading slash.
        package var path: String
        /// The digest of its bytes.
        package var sha256: Digest?
        /// The diff_id of its layer.
        package var layer: String?
        /// Who vouches for it; nil where there is no account.
        package var voucher: Verification.Account.Voucher?
        /// How many roots need it.
        package var neededBy: Int

        /// Creates a library.
        package init(
            path: String, sha256: Digest?, layer: String?, voucher: Verification.Account.Voucher?, neededBy: Int
        ) {
            self.path = path
            self.sha256 = sha256
            self.layer = layer
            self.voucher = voucher
            self.neededBy = neededBy
        }
    }

    /// Something that is not known.
    package struct Unread: Sendable, Hashable {
        /// Why.
        package let reason: String
        /// The file.
        package let file: String

        /// Creates an entry.
        package init(reason: String, file: String) {
            self.reason = reason
            self.file = file
        }
    }

    /// The answer.
    public package(set) var verdict = Verdict.notJudged
    /// What was judged for.
    package var target = Target()
    /// What is needed of the place where it runs.
    package var needs = Needs()
    /// How much was looked at.
    package var counts = Counts()
    /// What stands in the way, the most important first.
    package var problems: [Problem] = []
    /// The shared libraries that are loaded, by path.
    package var libraries: [Library] = []
    /// The paths with links through which libraries are found.
    package var linkedPaths: [String] = []
    /// Where each library is taken from that something asks for by its name; also of an environment without its system.
    package var sources: [LibrarySource] = []
    /// What is not known.
    package var unread: [Unread] = []

    /// Creates an assessment that judges nothing.
    package init() {}

    /// Returns the assessment with who vouches for each library, by its path.
    package func vouched(_ vouchers: [String: Verification.Account.Voucher]) -> LoadingAssessment {
        var copy = self
        for index in copy.libraries.indices { copy.libraries[index].voucher = vouchers[copy.libraries[index].path] }
        return copy
    }

    /// Sets the verdict by the problems, of something that was judged.
    package mutating func conclude() {
        counts.fails = problems.count { $0.reach == .fails }
        counts.mayFail = problems.count { $0.reach == .mayFail }
        verdict = counts.fails > 0 ? .fails : counts.mayFail > 0 ? .mayFail : .loads
    }
}

/// What the place has in which an image is to run.
public struct LoadingOptions: Sendable, Hashable {
    /// Whether loading is judged at all.
    public var isJudged = true
    /// The processor, `x86-64-v3`; nil where it is not known.
    public var cpu: String?
    /// The version of the NVIDIA driver, `550.54`; nil where it is not known.
    public var driver: String?
    /// The GPUs, `sm_80`.
    public var gpus: [String] = []

    /// Creates options that judge loading for a place of which nothing is known.
    public init() {}
}
