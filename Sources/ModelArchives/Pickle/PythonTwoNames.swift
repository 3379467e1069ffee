/// Names that Python 2 has and Python 3 has not.
///
/// Pickles of protocols before 3 may have them: Python 3 looks up the new names in their place (`_compat_pickle`, see
/// https://docs.python.org/3/library/pickle.html#pickle.Unpickler). Those of later protocols are of Python 3, and it
/// refuses the old names there.
enum PythonTwoNames {
    /// Returns whether no Python 3 has a name.
    static func isOnly(_ module: String, _ name: String) -> Bool {
        // dill writes it for the names of the program, and finds it itself (`Unpickler.find_class` of
        // https://github.com/uqfoundation/dill/blob/0.4.0/dill/_dill.py).
        if module == "__builtin__", name == "__main__" { return false }
        if modules.contains(module) { return true }
        guard let known = names[module] else { return false }
        return known.contains(String(name.prefix { $0 != "." }))
    }

    private static let modules: Set<String> = [
        "__builtin__", "copy_reg", "exceptions", "cPickle", "cStringIO", "StringIO", "UserDict", "UserList",
        "UserString", "Queue", "ConfigParser", "SocketServer", "HTMLParser", "htmlentitydefs", "httplib", "cookielib",
        "urllib2", "urlparse", "robotparser", "xmlrpclib", "BaseHTTPServer", "SimpleHTTPServer", "CGIHTTPServer",
        "SimpleXMLRPCServer", "DocXMLRPCServer", "Tkinter", "anydbm", "dbhash", "dumbdbm", "whichdb", "_abcoll",
    ]

    private static let names: [String: Set<String>] = [
        "itertools": ["ifilter", "ifilterfalse", "imap", "izip", "izip_longest"],
        "operator": [
            "__delslice__", "__div__", "__getslice__", "__idiv__", "__irepeat__", "__repeat__", "__setslice__",
            "delslice", "div", "getslice", "idiv", "irepeat", "isCallable", "isMappingType", "isNumberType",
            "isSequenceType", "repeat", "sequenceIncludes", "setslice",
        ],
        "string": [
            "atof", "atoi", "atol", "capitalize", "center", "count", "expandtabs", "find", "index", "join",
            "joinfields", "letters", "ljust", "lower", "lowercase", "lstrip", "maketrans", "replace", "rfind", "rindex",
            "rjust", "rsplit", "rstrip", "split", "splitfields", "strip", "swapcase", "translate", "upper", "uppercase",
            "zfill",
        ],
        "random": ["WichmannHill", "jumpahead"],
        "time": ["accept2dyear"],
        "_codecs": ["charbuffer_encode"],
    ]
}
