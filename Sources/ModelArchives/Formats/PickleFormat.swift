import ArchiveReading
import EnvironmentInventory

/// Pickle and joblib files (https://docs.python.org/3/library/pickle.html,
/// https://joblib.readthedocs.io/en/stable/persistence.html): one or more pickles in sequence, read by
/// ``PickleMachine`` to the last byte.
enum PickleFormat: ModelFormat {
    static let name = "pickle"

    /// Protocols 2 to 5 begin with PROTO and one of few opcodes; 0 and 1 have no magic, there the name must help.
    static func detects(_ head: FileHead) -> Bool {
        let bytes = head.bytes
        guard let first = bytes.first else { return false }
        if first == 0x80, bytes.count >= 3, (2...5).contains(bytes[1]) {
            return (bytes[1] >= 4 && bytes[2] == 0x95) || starts.contains(bytes[2])
        }
        return extensions.contains(head.fileExtension) && starts.contains(first)
    }

    private static let extensions: Set<String> = [
        "pkl", "pickle", "joblib", "pt", "pth", "sav", "dill", "p", "pck", "pcl", "cpkl", "cloudpickle", "bin", "ckpt",
        "debug_pkl",
    ]
    /// GLOBAL, EMPTY_DICT, EMPTY_LIST, EMPTY_TUPLE, MARK, SHORT_BINUNICODE, BINUNICODE, LONG1 and the scalars.
    private static let starts: Set<UInt8> = Set("c}])(XIKMJNGFLVS".utf8).union([
        0x8A, 0x8C, 0x88, 0x89, 0x42, 0x43, 0x8E, 0x96,
    ])

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        let input = PickleInput(source, size: head.size)
        let machine = PickleMachine(input)
        var root = PickleValue.none
        do throws(ArchiveReadingError) {
            root = try machine.readPickle()
            while try !input.isAtEnd() { try machine.readPickle() }
        } catch {
            // Three bytes of weights match protocol 2 once in a million files, and the name is not that of a pickle.
            let isCertain = extensions.contains(head.fileExtension) || head.bytes.dropFirst(2).first == 0x95
            if isCertain || reading(machine) { throw error }
            return nil
        }
        var content = content(of: machine, file: file)
        if PickledEstimators.mayHold(machine.heap) {
            content.contracts += PickledEstimators.parts(root, of: machine, file: file, gaps: content.gaps)
        }
        return content
    }

    /// Whether so much was read that it cannot be a coincidence.
    private static func reading(_ machine: PickleMachine) -> Bool {
        machine.reading.opcodes > 64 || !machine.heap.globals.isEmpty
    }

    /// Returns the facts, modules, findings and gaps of what a machine read.
    static func content(of machine: PickleMachine, file: String, format: String? = nil) -> ModelFileContent {
        let reading = machine.reading
        let isJoblib = reading.arrays > 0 || machine.heap.globals.contains { $0.module.hasPrefix("joblib.") }
        var content = ModelFileContent(format ?? (isJoblib ? "joblib" : name))
        content.record(.format, name: "pickle", value: "\(reading.highestProtocol)", strength: .recorded, file: file)
        for version in reading.versions {
            content.record(
                .package, name: version.name, value: version.value, strength: .recorded, file: file,
                place: .offset(version.offset))
        }
        for item in reading.imports { content.modules.insert(item.module) }
        if let versions = reading.codeVersions { recordBytecode(versions, file, into: &content) }
        for global in machine.heap.globals + machine.embedded.globals {
            // TorchScript's own classes are in its archive.
            if !global.module.hasPrefix("__torch__"), global.isNamed { content.modules.insert(global.module) }
            let generation =
                global.module.hasPrefix("numpy._core") ? "2" : global.module.hasPrefix("numpy.core") ? "1" : nil
            if let generation, !content.facts.contains(where: { $0.about == .generation && $0.value == generation }) {
                content.record(
                    .generation, name: "numpy", value: generation, strength: .recorded, file: file,
                    place: .offset(global.offset))
            }
            if let reason = ComputedNames.reason(global) {
                content.leaveOut(global.path, reason, in: file, at: .offset(global.offset))
            }
            if isOldArray(global) {
                content.leaveOut(
                    global.path,
                    "arrays of joblib before 0.10 lie in files of their own, which it loads as pickles or arrays",
                    in: file, at: .offset(global.offset))
            }
            if DangerousNames.contains(global) {
                content.findings.append(
                    Finding(
                        rule: ModelRules.dangerousGlobal.name, severity: .warning, file: file, range: nil,
                        message: "loading runs or fetches \(global.path) (byte \(global.offset))",
                        help: "do not load this file; ask where it comes from", ecosystem: .model,
                        subject: global.path))
            }
        }
        for offset in reading.computedNames.prefix(16) {
            content.findings.append(
                Finding(
                    rule: ModelRules.dangerousGlobal.name, severity: .warning, file: file, range: nil,
                    message: "a name that only loading would compute is looked up (byte \(offset))",
                    help: "do not load this file; ask where it comes from", ecosystem: .model))
        }
        for item in reading.warnings {
            content.findings.append(
                Finding(
                    rule: ModelRules.dangerousGlobal.name, severity: .warning, file: file, range: nil,
                    message: "\(item.reason) (byte \(item.offset))",
                    help: "do not load this file; ask where it comes from", ecosystem: .model,
                    subject: item.subject.isEmpty ? nil : item.subject))
        }
        recordGaps(reading, file, into: &content)
        return content
    }

    /// Whether a class stands for an array in a file of its own, by whatever path it is named.
    private static func isOldArray(_ global: PickleGlobal) -> Bool {
        let parts = global.path.split(separator: ".")
        return parts.contains("joblib") && ["NDArrayWrapper", "ZNDArrayWrapper"].contains(parts.last)
    }

    /// Records the Python version of the code objects, as far as their opcodes tell it.
    private static func recordBytecode(_ versions: Set<Int>, _ file: String, into content: inout ModelFileContent) {
        let names = versions.sorted().map { "3.\($0)" }
        if let only = names.first, names.count == 1 {
            content.record(.interpreter, name: "python", value: only, strength: .recorded, file: file)
        } else {
            let value = names.isEmpty ? "of no known Python" : names.joined(separator: " or ")
            content.record(.format, name: "bytecode", value: value, strength: .recorded, file: file)
        }
        if versions.isEmpty {
            content.leaveOut("", "the bytecode of a function is not that of a known Python", in: file)
        }
    }

    private static func recordGaps(_ reading: PickleReading, _ file: String, into content: inout ModelFileContent) {
        for offset in reading.computedNames.prefix(16) {
            content.leaveOut("", "a name is computed while the pickle is loaded", in: file, at: .offset(offset))
        }
        for item in reading.unread {
            content.leaveOut(item.subject, item.reason, in: file, at: .offset(item.offset))
        }
        if reading.outOfBandBuffers > 0 {
            content.leaveOut("", "a buffer of the pickle is not in the file", in: file)
        }
        for code in reading.extensions.sorted().prefix(16) {
            content.leaveOut(
                "extension \(code)", "the pickle names a class by a number that only copyreg's registry resolves",
                in: file)
        }
        for persistent in reading.persistent.prefix(16) {
            content.leaveOut(
                persistent.name, "the pickle refers to an object that only its own loader resolves", in: file,
                at: .offset(persistent.offset))
        }
    }
}

/// Names that no saved model needs and that run commands, code, or reach outside.
enum DangerousNames {
    static func contains(_ global: PickleGlobal) -> Bool {
        let top = String(global.module.prefix { $0 != "." })
        if modules.contains(top) { return true }
        let name = String(global.name.prefix { $0 != "." })
        return names[global.module]?.contains(name) ?? false
            || (["os", "posix", "nt"].contains(global.module) && !harmlessOS.contains(name))
    }

    private static let modules: Set<String> = [
        "subprocess", "pty", "socket", "runpy", "webbrowser", "ctypes", "_ctypes", "commands", "popen2", "asyncio",
        "code", "codeop", "pdb", "bdb", "pip", "ensurepip", "venv", "shutil", "ftplib", "smtplib", "telnetlib", "http",
        "urllib", "urllib2", "requests", "httplib", "_posixsubprocess", "imp", "_imp", "pydoc", "multiprocessing",
        "signal", "timeit", "profile", "cProfile", "trace",
    ]
    private static let harmlessOS: Set<String> = ["fspath", "stat_result", "PathLike", "fsencode", "fsdecode"]
    private static let names: [String: Set<String>] = [
        "builtins": ["eval", "exec", "execfile", "compile", "__import__", "open", "input", "breakpoint", "globals"],
        "__builtin__": ["eval", "exec", "execfile", "compile", "__import__", "open", "input", "globals", "file"],
        "importlib": ["import_module", "__import__", "reload"],
        "importlib._bootstrap": ["_gcd_import"],
        "pickle": ["load", "loads", "_load", "_loads", "Unpickler", "_Unpickler"],
        "_pickle": ["load", "loads", "Unpickler"],
        "cPickle": ["load", "loads", "Unpickler"],
        "marshal": ["load", "loads"],
        "io": ["open", "open_code", "FileIO"],
        "_io": ["open", "open_code", "FileIO"],
        "sys": ["modules", "settrace", "setprofile"],
        "types": ["CodeType", "FunctionType"],
        "numpy.testing._private.utils": ["runstring"],
        "torch.hub": ["load"],
        "torch.utils.cpp_extension": ["load", "load_inline"],
    ]
}
