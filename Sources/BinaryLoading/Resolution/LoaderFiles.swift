/// The files that a loader sees: those of an image, or of a directory that holds a whole system.
package protocol LoaderFiles: Sendable {
    /// Returns the file at an absolute path, through links, none of which leads out of the root; nil where there is no file.
    func loaderFile(_ path: String) -> LoaderFile?
    /// Returns whether a directory is at an absolute path, through links.
    func isLoaderDirectory(_ path: String) -> Bool
    /// Returns the bytes of a configuration file; nil where it is not there or its bytes were not kept.
    func loaderBytes(_ path: String) -> [UInt8]?
    /// Returns the names in a directory; nil where there is none.
    func loaderNames(_ path: String) -> [String]?
}

/// One file as a loader finds it.
package struct LoaderFile: Sendable {
    /// The absolute path with all links resolved.
    package let path: String
    /// A number that two paths of one file share, as an inode is.
    package let number: Int
    /// What it is; nil for a file that neither is ELF nor has the name of a library.
    package let binary: BinaryFile?

    /// Creates a file.
    package init(path: String, number: Int, binary: BinaryFile?) {
        self.path = path
        self.number = number
        self.binary = binary
    }
}

/// Paths of a loader.
enum LoaderPath {
    /// Returns the path of the directory; `/` for a file of the root.
    static func directory(_ path: String) -> String {
        guard let slash = path.lastIndex(ofByte: UInt8(ascii: "/")) else { return "/" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Returns the last component.
    static func name(_ path: String) -> String {
        path.lastIndex(ofByte: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
    }

    /// Returns a path below a directory.
    static func join(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }
}
