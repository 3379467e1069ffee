/// What the loader's searches found so far: one directory and one name are looked up once, however many objects ask.
///
/// It is used by one thread.
final class LoaderCatalog {
    let files: any LoaderFiles
    private var found: [String: LoaderFile?] = [:]
    private var directories: [String: Bool] = [:]

    init(_ files: any LoaderFiles) { self.files = files }

    /// Returns the file at a path; nil where there is none.
    func file(_ path: String) -> LoaderFile? {
        if let known = found[path] { return known }
        let file = files.loaderFile(path)
        found[path] = file
        return file
    }

    /// Returns whether a directory is there.
    func isDirectory(_ path: String) -> Bool {
        if let known = directories[path] { return known }
        let isThere = files.isLoaderDirectory(path)
        directories[path] = isThere
        return isThere
    }
}
