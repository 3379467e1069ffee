import EnvironmentInventory
import Testing

@testable import PinRules

/// Calls in Python code that fetch.
struct PythonCodeTests {
    private static let commit = "0123456789012345678901234567890123456789"

    private static let rows: [(code: String, subject: String?, strength: PinStrength?)] = [
        ("snapshot_download('org/a')", "org/a", .floating),
        ("snapshot_download(\"org/a\", revision=\"\(commit)\")", "org/a", .hashed),
        ("snapshot_download(repo_id='org/a', revision='v1.2.3')", "org/a", .exact),
        ("hf.snapshot_download('org/a', revision=REV)", "org/a", .unknown),
        ("NAME = 'org/a'\nsnapshot_download(NAME)", "org/a", .floating),
        ("NAME = 'org/a'\nNAME = 'org/b'\nsnapshot_download(NAME)", "NAME", .unknown),
        ("NAME = make()\nsnapshot_download(NAME)", "NAME", .unknown),
        ("snapshot_download(os.environ['M'])", "org/m", .floating),
        ("snapshot_download(os.environ.get(\"M\"))", "org/m", .floating),
        ("snapshot_download(os.getenv('N', 'org/default'))", "org/default", .floating),
        ("snapshot_download(os.getenv('N'))", "os.getenv('N')", .unknown),
        ("snapshot_download(f'org/{x}')", "f'org/{x}'", .unknown),
        ("snapshot_download(f'org/a')", "org/a", .floating),
        ("snapshot_download('org/' 'a')", "org/a", .floating),
        ("snapshot_download('''org/a''')", "org/a", .floating),
        ("snapshot_download('/models/a')", nil, nil),
        ("# snapshot_download('org/a')", nil, nil),
        ("print('snapshot_download(1)')", nil, nil),
        ("def snapshot_download(name): pass", nil, nil),
        ("my_snapshot_download('org/a')", nil, nil),
        ("SentenceTransformer(os.environ['M'])", "org/m", .floating),
        ("from faster_whisper import WhisperModel; WhisperModel('base')", "base", .floating),
        ("from transformers import pipeline; pipeline('x', model='org/a')", "org/a", .floating),
        ("from transformers import pipeline; pipeline('x')", "x", .floating),
        ("pipeline('x', model='org/a')", nil, nil),
        ("AutoModel.from_pretrained('org/a', revision='main')", "org/a", .floating),
        ("torch.hub.load('org/a:v1.0.0', 'm')", "org/a:v1.0.0", .exact),
        ("torch.hub.load('org/a', 'm')", "org/a", .floating),
        ("torch.hub.load('.', 'm', source='local')", nil, nil),
        ("nltk.download('punkt')", "punkt", .floating),
        ("urllib.request.urlretrieve('https://index.example/x', 'x')", "https://index.example/x", .floating),
        ("urlretrieve(url)", "url", .unknown),
        ("gdown.download('1abc', 'x')", "1abc", .floating),
        ("whisper.load_model('base')", "base", .floating),
    ]

    @Test("one call each", arguments: rows.indices)
    func fetches(index: Int) {
        let (text, subject, strength) = Self.rows[index]
        let code = PythonCode(Array(text.utf8)) { $0 == "M" ? "org/m" : nil }
        #expect(code.fetches.map(\.subject) == (subject.map { [$0] } ?? []), "\(text)")
        #expect(code.fetches.map(\.strength) == (strength.map { [$0] } ?? []), "\(text)")
        for fetch in code.fetches { #expect(text.utf8.count >= fetch.range.upperBound) }
    }

    private static let commands: [(code: String, text: String?)] = [
        ("os.system('pip install x')", "pip install x"),
        ("subprocess.run(['pip', 'install', 'x y'])", "pip install 'x y'"),
        ("subprocess.check_call([sys.executable, '-m', 'pip', 'install', 'x'])", "python -m pip install x"),
        ("subprocess.run('apt-get install -y git', shell=True)", "apt-get install -y git"),
        ("subprocess.run(args=['a'])", "a"),
        ("subprocess.run(command)", nil),
        ("subprocess.run(['pip', name])", "pip \"${_name}\""),
        (
            "subprocess.run([f'pip{v}', 'install', f'x=={v}', *more, a.b(c)[0]])",
            "\"pip${_v}\" install \"x==${_v}\" \"${_}\" \"${_ab}\""
        ),
        ("os.system(f'{sys.executable} -m pip install {name!r:>3} {{x}}')", "python -m pip install ${_name} {x}"),
        ("V = '1.0'\nos.system(f'pip install x=={V}')", "pip install x==1.0"),
        ("os.system(f'{self.sudo}apt-get install -y x')", "${_selfsudo}apt-get install -y x"),
        ("os.system('a\\nb')", "a\nb"), ("os.system(f'{')", "${_}"), ("os.system(f'}')", "}"),
    ]

    /// Code, and the texts in it that may be run.
    private static let mentions: [(code: String, texts: [String])] = [
        ("cmd = 'pip install x'", ["pip install x"]),
        ("cmd = f'sudo {a}pip install {x}'", ["sudo ${_a}pip install ${_x}"]),
        ("run_all(['pip install a', 'ls', 'python -m pip install b'])", ["pip install a", "python -m pip install b"]),
        ("c.run('apt-get -y install git')", ["apt-get -y install git"]),
        ("c.run('wget -q https://index.example/x')", ["wget -q https://index.example/x"]),
        ("os.system('pip install ' + name)", ["pip install "]),
        ("x = {'cmd': 'conda create -n a'}", ["conda create -n a"]),
        ("def f():\n  return 'npm ci --all'", ["npm ci --all"]),
        // What is run where it stands is read there.
        ("os.system('pip install x')", []), ("subprocess.run(['pip', 'install', 'x y'])", []),
        // What is said is not run.
        ("print('pip install x')", []), ("print('a', f('pip install x'))", ["pip install x"]),
        ("raise ImportError('pip install x')", []), ("logger.warning(\"pip install x\")", []),
        ("parser.add_argument('--a', help='pip install x')", []), ("'pip install x'", []),
        ("def f():\n  \"\"\"pip install x\"\"\"\n", []),
        ("a = 'Run pip install x'", []), ("a = 'pip list'", []), ("a = 'pip install'.split()", ["pip install"]),
    ]

    @Test("texts that look like installing", arguments: mentions.indices)
    func texts(index: Int) {
        let (text, found) = Self.mentions[index]
        #expect(PythonCode(Array(text.utf8)) { _ in nil }.mentions.map(\.text) == found, "\(text)")
    }

    @Test("long and deep code ends, and says that it was cut")
    func large() {
        for part in ["[", "os.system(", "a = [", "f'{", "urlretrieve([", "{", "subprocess.run([f'{x}', "] {
            let code = PythonCode(Array(String(repeating: part, count: 5_000).utf8)) { _ in nil }
            #expect(code.commands.count <= 5_000)
        }
        #expect(PythonCode(Array(String(repeating: "a\n", count: 120_000).utf8)) { _ in nil }.isCut)
        #expect(!PythonCode(Array(String(repeating: "a\n", count: 90_000).utf8)) { _ in nil }.isCut)
    }

    @Test("command lines that code runs", arguments: commands.indices)
    func commandLines(index: Int) {
        let (text, line) = Self.commands[index]
        let code = PythonCode(Array(text.utf8)) { _ in nil }
        #expect(code.commands.map(\.text) == (line.map { [$0] } ?? []), "\(text)")
    }

    @Test(
        "damaged code ends without a trap",
        arguments: [
            "snapshot_download(", "snapshot_download('", "'''", "f(", ")", "a = [", "os.environ[",
            "snapshot_download(,,,)",
            "snapshot_download(=)", "x = \\", "\"\\", "subprocess.run([", "[[[[[[[[", "f'{", "torch.hub.load(",
        ])
    func damaged(_ text: String) {
        let bytes = Array(text.utf8)
        for end in 0...bytes.count {
            let code = PythonCode(Array(bytes[..<end])) { _ in nil }
            #expect(code.fetches.count <= 1)
        }
    }
}
