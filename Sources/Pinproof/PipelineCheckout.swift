import PinRules
import SourceDocuments

/// Where the commands of a manifest run.
extension CheckoutPaths {
    /// Returns the root of the repository that a manifest's commands run in.
    ///
    /// Jenkins and Azure check the repository out and run there, wherever the pipeline's file stands in it: the nearest
    /// directory with `.git`, else the walked one, else the current one.
    ///
    /// - Parameters:
    ///   - text: the manifest's text, where its path alone does not say what it is.
    ///   - root: the directory that was walked; nil for a file that was named.
    static func checkout(of manifest: String, _ text: SourceText, root: String?) -> String {
        guard Manifests.runsAtRoot(text) else { return checkout(of: manifest) }
        let own = folder(of: manifest)
        var directory = normalized(own)
        while true {
            if exists(join(directory, ".git")) { return directory }
            if directory == "." || directory == "/" || directory.hasPrefix("..") { break }
            directory = folder(of: directory)
        }
        if let root { return root }
        return manifest.hasPrefix("/") || manifest.hasPrefix("..") ? checkout(of: manifest) : "."
    }

    /// Returns a directory's path from a root, empty for the root itself; nil where it is not below it.
    static func directory(_ directory: String, in root: String) -> String? {
        let (directory, root) = (normalized(directory), normalized(root))
        if directory == root { return "" }
        if root == "." { return directory.hasPrefix("/") || directory.hasPrefix("..") ? nil : directory }
        let start = root == "/" ? "/" : root + "/"
        return directory.hasPrefix(start) ? String(directory.dropFirst(start.count)) : nil
    }
}
