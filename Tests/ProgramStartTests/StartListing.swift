import ContentHashing
import EnvironmentInventory
import Testing

@testable import BinaryLoading
@testable import ContainerImages
@testable import ProgramStart

/// An image as a list of paths with their texts; `-> TARGET` is a link, `ELF` a program, `ELF libpython3.12.so.1.0 +PyIter_Send` one whose tables
/// were read, with the libraries that it needs and the functions that it has, `other FIFO` a FIFO, a path with
/// a slash at its end a directory. It has a Debian-like Python 3.11, a shell, and a virtual environment in /opt/venv.
struct StartListing {
    let files: FileSystemIndex
    var configuration = ImageConfiguration()

    static let system: [String: String] = [
        "bin/sh": "ELF", "bin/bash": "ELF", "usr/bin/env": "ELF", "usr/bin/tini": "ELF", "usr/bin/python3.11": "ELF",
        "usr/bin/python3": "-> python3.11", "usr/lib/python3.11/os.py": "", "usr/lib/python3.11/lib-dynload/": "",
        "usr/lib/python3/dist-packages/": "", "usr/local/lib/python3.11/dist-packages/": "",
        "opt/venv/bin/python": "-> /usr/bin/python3", "opt/venv/bin/python3": "-> python",
        "opt/venv/pyvenv.cfg": "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\n",
        "opt/venv/lib/python3.11/site-packages/": "",
        "opt/venv/bin/gunicorn": "#!/opt/venv/bin/python\nimport sys\n",
        "opt/venv/bin/uvicorn": "#!/opt/venv/bin/python3\nimport sys\n",
        "opt/venv/bin/activate":
            "VIRTUAL_ENV=/opt/venv\nexport VIRTUAL_ENV\nPATH=\"$VIRTUAL_ENV/bin:$PATH\"\nexport PATH\n",
        "etc/passwd": "root:x:0:0:root:/root:/bin/bash\napp:x:1000:1000::/home/app:/bin/sh\n",
        "etc/profile": """
        if [ "$(id -u)" -eq 0 ]; then
          PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        else
          PATH="/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"
        fi
        export PATH
        if [ -d /etc/profile.d ]; then
          for i in $(run-parts --list --regex '^[a-zA-Z0-9_][a-zA-Z0-9._-]*\\.sh$' /etc/profile.d); do
            if [ -r $i ]; then . $i; fi
          done
          unset i
        fi
        """,
        "srv/app/serve.py": "import numpy\n",
    ]

    init(_ more: [String: String] = [:], without: [String] = []) throws {
        var layer = LayerContents()
        var all = Self.system
        for (path, text) in more { all[path] = text }
        for path in without { all[path] = nil }
        for (path, text) in all.sorted(by: { $0.key < $1.key }) {
            let isDirectory = path.hasSuffix("/")
            let name = Array((isDirectory ? String(path.dropLast()) : path).utf8)
            if text.hasPrefix("other ") {
                layer.append(
                    LayerEntry(
                        path: name, kind: .other, mode: 0o644, uid: 0, gid: 0, modified: 0, content: -1,
                        rawTarget: Array(text.dropFirst("other ".count).utf8)))
                continue
            }
            if isDirectory || text.hasPrefix("-> ") {
                layer.append(
                    LayerEntry(
                        path: name,
                        kind: isDirectory ? .directory : .symbolicLink(target: String(text.dropFirst(3))), mode: 0o755,
                        uid: 0, gid: 0, modified: 0, content: -1))
                continue
            }
            let isProgram = text == "ELF" || text.hasPrefix("ELF ")
            let bytes = isProgram ? [0x7F] + Array(text.utf8) : Array(text.utf8)
            layer.append(
                LayerEntry(
                    path: name, kind: .file, mode: 0o755, uid: 0, gid: 0, modified: 0,
                    content: Int32(layer.contents.count)))
            let isScript = text.hasPrefix("#!")
            let isKept = KeptFiles.all.keeping(name) == .whole || (isScript && KeptFiles.all.keeping(name) == .script)
            layer.contents.append(
                LayerFileContent(
                    size: bytes.count, sha256: try #require(SHA256Value(try ContentHash.sha256(of: bytes))),
                    head: isScript || isProgram || text.hasPrefix("PK") ? Array(bytes.prefix(256)) : [],
                    data: isKept ? bytes : nil, binary: Self.tables(text)))
        }
        var stack = LayerStack(image: "image")
        try stack.apply(layer, name: "layer")
        files = FileSystemIndex(stack.finish())
    }

    /// The tables that a text stands for; nil for anything else.
    private static func tables(_ text: String) -> BinaryFile? {
        guard text.hasPrefix("ELF ") else { return nil }
        let words = text.split(separator: " ").dropFirst()
        var parts = ELFParts(identity: ELFIdentity(is64Bit: true, isLittleEndian: true, machine: 62, type: 3))
        parts.needed = words.filter { !$0.hasPrefix("+") }.map(String.init)
        parts.symbols.defined = ELFSymbols.sorted(
            words.filter { $0.hasPrefix("+") }.map { ELFSymbols.hash(String($0.dropFirst())) })
        return .elf(ELFFile(parts))
    }

    /// What the image starts with a command.
    func start(
        _ command: [String], _ variables: [String] = ["PATH=/opt/venv/bin:/usr/bin:/bin"],
        directory: String = "/srv/app",
        user: String = ""
    ) -> ProgramStart {
        var configuration = configuration
        configuration.command = command
        configuration.environment = variables
        configuration.workingDirectory = directory
        configuration.user = user
        return ProgramStart(configuration, files, fallback: "3.11")
    }
}
