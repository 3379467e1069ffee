extension Verification {
    /// Who vouches for each file that the started process could load.
    public struct Account: Sendable, Hashable {
        /// Who vouches for a file.
        public enum Voucher: String, Sendable, Hashable, CaseIterable {
            /// A Python or conda package of training that is proved at `locked` or `trained`.
            case package
            /// A package whose own record agrees, which a forger would have rewritten too.
            case record
            /// Its layer is one of the base image's.
            case base
            /// A capture of the image or the machine names the content.
            case capture
            /// The sums of dpkg, apk or rpm agree: a hint, like ``record``.
            case system
            /// It is declared to be the application's own.
            case app
            /// Nobody.
            case none

            /// Whether `--strict` is content with it.
            package var isProof: Bool {
                switch self {
                case .package, .base, .capture, .app: true
                case .record, .system, .none: false
                }
            }
        }

        /// A file that nobody vouches for, or that is declared to be the application's own.
        package struct File: Sendable, Hashable {
            /// The path in the image, without a leading slash.
            package let path: String
            /// The digest of its bytes; nil for what is not a file.
            package let sha256: SHA256Value?
            /// The diff_id of the layer that holds it; nil where none is known.
            package let layer: String?
            /// ``Voucher/app`` or ``Voucher/none``.
            package let voucher: Voucher
            /// Why the file is in reach, or why nobody vouches for it.
            package let reason: String

            /// Creates an entry.
            package init(path: String, sha256: SHA256Value?, layer: String?, voucher: Voucher, reason: String) {
                self.path = path
                self.sha256 = sha256
                self.layer = layer
                self.voucher = voucher
                self.reason = reason
            }
        }

        /// How many files each voucher has.
        package let counts: [Voucher: Int]
        /// The files of the application and those without a voucher, by path.
        package let files: FileList

        /// Creates an account; files are put into their order.
        package init(counts: [Voucher: Int], files: consuming FileList) {
            self.counts = counts
            files.sort()
            self.files = files
        }

        /// Returns how many files a voucher has.
        package func count(_ voucher: Voucher) -> Int { counts[voucher] ?? 0 }
        /// Whether nothing in reach rests on less than a proof.
        package var isProved: Bool { counts.allSatisfy { $0.key.isProof || $0.value == 0 } }
    }

    /// What the image starts.
    package struct Start: Sendable, Hashable {
        /// The command line of the process.
        package let argv: [String]
        /// The interpreter's path; nil when no Python is started.
        package let interpreter: String?
        /// The directories in which the interpreter looks for modules, in its order.
        package let importPath: [String]
        /// The working directory; nil when it is not known.
        package let workingDirectory: String?
        /// The variables that decide what is loaded, by name; nil for one that is not known.
        package let variables: [String: String?]
        /// What could not be followed.
        package let gaps: [Gap]

        /// Creates a start.
        package init(
            argv: [String], interpreter: String?, importPath: [String], workingDirectory: String?,
            variables: [String: String?], gaps: [Gap]
        ) {
            self.argv = argv
            self.interpreter = interpreter
            self.importPath = importPath
            self.workingDirectory = workingDirectory
            self.variables = variables
            self.gaps = gaps
        }
    }

    /// Which packages the verdict speaks of.
    public enum Scope: String, Sendable, Hashable, CaseIterable {
        /// Everything that loading the model needs.
        case closed
        /// Only the packages that the training side names.
        case named
    }
}
