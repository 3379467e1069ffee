import PythonPackaging

extension StandardLibrary {
    /// Whether a standard library has a top-level module of this name, its tests and build data included.
    static func installs(_ name: String) -> Bool {
        if modules.contains(name) { return true }
        if ["lib2to3", "idlelib", "test", "turtledemo", "pydoc_data", "_xxsubinterpreters"].contains(name) {
            return true
        }
        return ["_test", "_xx", "xx", "_ctypes_test", "_sysconfigdata", "__hello", "__phello", "_sysconfig"].contains {
            name.hasPrefix($0)
        }
    }
}
