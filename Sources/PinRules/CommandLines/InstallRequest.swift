import EnvironmentInventory

/// How a file that a command installs from is read: the command says it, whatever the file's name is.
package enum InstalledFileForm: Sendable, Hashable {
    /// Lines of requirements, `-r FILE`.
    case requirements
    /// Constraints, `-c FILE`: what they do not pin, they do not install either.
    case constraints
    /// `environment.yml` or an `@EXPLICIT` file.
    case condaEnvironment
    /// conda's own list, `conda install --file`: one match specification a line.
    case condaList
}

/// What an installing command asks for.
struct InstallRequest: Sendable {
    /// What the command line names.
    var pins: [Pin] = []
    /// Files that are installed from.
    var files: [InstalledFrom] = []
    /// Indexes beside the first one.
    var extraIndexes: [CommandWord] = []
    /// The names of the files that downloads are written to, by which a later checksum speaks of them.
    var outputs: [String] = []

    /// A file or a project that a command installs from.
    struct InstalledFrom: Sendable {
        /// The path as written; nil when it cannot be known.
        let path: String?
        /// The word that names it.
        let word: CommandWord
        /// How it is read.
        let form: InstalledFileForm
    }
}
