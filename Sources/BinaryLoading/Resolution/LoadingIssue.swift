/// What stands in the way of loading a file, with the objects that lead to it.
package struct LoadingIssue: Sendable, Hashable {
    /// What is wrong.
    package enum Cause: Sendable, Hashable {
        /// A library is nowhere on the search path; where a file of its name lies, if one does.
        case missingLibrary(String, elsewhere: String?)
        /// The loader finds a file that it cannot map, and searches no further.
        case damaged(path: String, BinaryDamage)
        /// The only files of the name are for another machine.
        case wrongArchitecture(String, paths: [String], found: String)
        /// The file that is taken lacks versions that the object needs.
        case missingVersions([String], of: String, path: String)
        /// Nothing that is in scope defines some symbols.
        case missingSymbols([UInt64], versions: [String])
        /// The object was built for the other C library.
        case otherLibrary(needs: String, has: String)
        /// The object asks for an executable stack, which this C library does not give to an object that is loaded later.
        case executableStack
        /// The program's loader is not in the image.
        case missingLoader(String)
        /// The file itself is not there.
        case missingFile
        /// A program cannot be loaded into a process.
        case program
    }

    /// What is wrong.
    package let cause: Cause
    /// The absolute path of the object that needs what is missing, or that is wrong itself.
    package let object: String
    /// The objects from the one that was asked for to ``object``, each with its path.
    package let chain: [String]

    /// Creates an issue.
    package init(cause: Cause, object: String, chain: [String]) {
        self.cause = cause
        self.object = object
        self.chain = chain
    }
}
