import TestSupport
import Testing

@testable import PythonPackaging

struct LauncherScriptTests {
    private static let target = "flask.cli:main"

    /// What pip 23 (distlib), pip 25, uv 0.9, installer and conda write, word for word.
    private static let known = [
        "#!/usr/bin/python3\n# -*- coding: utf-8 -*-\nimport re\nimport sys\nfrom flask.cli import main\n"
            + "if __name__ == '__main__':\n"
            + "    sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])\n    sys.exit(main())\n",
        "#!/srv/v/bin/python3.11\nimport sys\nfrom flask.cli import main\nif __name__ == '__main__':\n"
            + "    sys.argv[0] = sys.argv[0].removesuffix('.exe')\n    sys.exit(main())\n",
        "#!/srv/v/bin/python\n# -*- coding: utf-8 -*-\nimport sys\nfrom flask.cli import main\n"
            + "if __name__ == \"__main__\":\n    if sys.argv[0].endswith(\"-script.pyw\"):\n"
            + "        sys.argv[0] = sys.argv[0][:-11]\n    elif sys.argv[0].endswith(\".exe\"):\n"
            + "        sys.argv[0] = sys.argv[0][:-4]\n    sys.exit(main())\n",
        "#!/bin/sh\n'''exec' \"/a very long path/bin/python3\" \"$0\" \"$@\"\n' '''\nimport re\nimport sys\n"
            + "from flask.cli import main\nif __name__ == \"__main__\":\n"
            + "    sys.argv[0] = re.sub(r\"(-script\\.pyw|\\.exe)?$\", \"\", sys.argv[0])\n    sys.exit(main())\n",
        "#!/opt/conda/bin/python\n# -*- coding: utf-8 -*-\nimport re\nimport sys\n\nfrom flask.cli import main\n\n"
            + "if __name__ == '__main__':\n    sys.argv[0] = re.sub(r'(-script\\.pyw?|\\.exe)?$', '', sys.argv[0])\n"
            + "    sys.exit(main())\n",
    ]

    @Test("what installers write is known", arguments: known)
    func knownForms(text: String) {
        #expect(LauncherScript.problem(Array(text.utf8), target: Self.target) == nil)
        #expect(LauncherScript.problem(Array(text.utf8), target: "flask.cli : main [extra]") == nil)
        #expect(LauncherScript.problem(Array(text.utf8), target: "flask.cli:other") != nil)
    }

    @Test(
        "a statement more, a statement less, another first line: not an installer's",
        arguments: [
            ("import sys\n", "import sys\nimport os; os.system('x')\n"), ("import sys\n", "import sys, os\n"),
            ("from flask.cli import main", "from evil import main"), ("sys.exit(main())", "sys.exit(main() or evil())"),
            ("sys.exit(main())", "main()"), ("#!/", "#!/usr/bin/env -S sh -c /"), ("sys.argv[0] = ", "x = "),
            ("'__main__'", "'__main__' or evil()"),
            ("sys.argv[0].removesuffix('.exe')", "sys.argv[0][:-1];import gux;x=[0]"),
            ("sys.argv[0].removesuffix('.exe')", "sys.argv[0][:-x]"),
            ("removesuffix('.exe')", "removesuffix('.exe' or evil())"),
            ("import sys\n", "import sys\n# -*- coding: rot13 -*-\n"),
        ])
    func foreign(old: String, new: String) {
        let changed = Self.known[1].replacing(old, with: new)
        #expect(changed != Self.known[1])
        #expect(LauncherScript.problem(Array(changed.utf8), target: Self.target) != nil)
    }

    @Test(
        "first lines",
        arguments: [
            ("#!/usr/bin/python3\nx", "x"), ("#!python\nx", "x"), ("#!/usr/bin/python3 -sE\n", ""),
            ("#!/usr/bin/python3 coding=utf-7\nx", nil), ("#!/usr/bin/python3 -mevil\nx", nil),
            ("#!/usr/bin/python3 -E -m evil\nx", nil), ("#!/usr/bin/python3 -E -s\nx", "x"),
            ("#!/bin/sh\necho\nx", nil), ("#!/tmp/evil\nx", nil),
            ("#!/bin/sh\n'''exec' /x/python; evil \"$0\" \"$@\"\n' '''\nx", nil), ("x", nil),
            ("#!/usr/bin/python3", nil),
            ("#!/bin/sh\n'''exec' /x/python \"$0\" \"$@\"\n' '''\nx", "x"),
        ] as [(String, String?)])
    func bodies(text: String, body: String?) {
        #expect(LauncherScript.body(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) } == body)
    }

    @Test("no launcher makes the reader trap")
    func mutations() {
        var random = SeededGenerator(seed: 65)
        for text in Self.known {
            for _ in 0..<300 {
                var bytes = Array(text.utf8)
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                _ = LauncherScript.problem(
                    Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))), target: Self.target)
            }
        }
        #expect(LauncherScript.problem(nil, target: Self.target) != nil)
        #expect(LauncherScript.problem([], target: "") != nil)
    }

    @Test func topLevelModules() throws {
        let text =
            "PIL/__init__.py,,\nPIL/x.py,,\nsix.py,,\n_c.cpython-311-x86_64-linux-gnu.so,,\na-1.dist-info/x.py,,\n"
            + "../bin/y.py,,\ndata/x.txt,,\n"
        #expect(TopLevelModules.recorded(try InstallationRecord(Array(text.utf8))) == ["PIL", "_c", "six"])
        #expect(TopLevelModules.named(Array("b\r\na\n1x\n".utf8)) == ["a", "b"])
    }
}
