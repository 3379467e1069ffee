import Testing

@testable import ProgramStart

/// The working directory and the variables that a script leads to: what bash 5.2 or dash 0.5.12 do, or a gap.
///
/// Each script stands in `/srv/app/entry.sh`, with directories `/evil`, `/x/evil` and `/srv/app/evil`.
struct StartDirectoryTests {
    private static let exec = "\nexec /opt/venv/bin/python -m serve\n"

    private static func start(
        _ script: String, shell: String, _ variables: [String] = [], user: String = ""
    ) throws -> ProgramStart {
        let listing = try StartListing(
            [
                "bin/dash": "ELF", "bin/sh": shell == "bash" ? "-> bash" : "-> dash", "evil/": "", "x/evil/": "",
                "srv/app/evil/": "", "srv/app/entry.sh": "#!/bin/\(shell)\n\(script)\(exec)", "file": "",
            ])
        return listing.start(["/srv/app/entry.sh", "a", "/evil"], ["PATH=/usr/bin:/bin"] + variables, user: user)
    }

    /// A script, the shell, and the directory that the program starts in.
    private static let followed: [(script: String, shell: String, directory: String)] = [
        ("cd \"$(dirname \"$0\")\"", "dash", "/srv/app"),
        ("cd \"$(dirname \"${BASH_SOURCE[0]}\")/evil\"", "bash", "/srv/app/evil"),
        ("cd \"${BASH_SOURCE%/*}/evil\"", "bash", "/srv/app/evil"),
        ("D=\"${D:-$(cd \"$(dirname \"$0\")\" && pwd)}\"; cd \"$D/evil\"", "dash", "/srv/app/evil"),
        (": \"${D:=$(dirname \"$0\")}\"; cd \"$D/evil\"", "dash", "/srv/app/evil"),
        ("cd \"$(cd \"$(dirname \"${BASH_SOURCE[0]:-$0}\")\" && pwd)/evil\"", "bash", "/srv/app/evil"),
        ("f() { cd \"$(dirname \"$BASH_SOURCE\")/evil\"; }; f", "bash", "/srv/app/evil"),
        ("cd /evil; cd /; cd -", "bash", "/evil"), ("cd /evil; cd /; cd -", "dash", "/evil"),
        ("HOME=/evil; cd; cd ..", "dash", "/"), ("cd /file || cd /evil", "dash", "/evil"),
        ("cd -P /evil", "bash", "/evil"), ("pushd /evil", "bash", "/evil"),
        ("f() { cd \"${@:2:1}\"; }; f \"$@\"", "bash", "/evil"), ("cd \"${@:2}\"", "bash", "/evil"),
        ("set --; set -- \"${@:-/evil}\"; cd \"$1\"", "dash", "/evil"),
        ("exec() { cd /evil; builtin exec \"$@\"; }", "bash", "/evil"),
        ("mkdir -p /new/a && cd /new/a", "dash", "/new/a"), ("set -e; cd /evil", "dash", "/evil"),
        ("case $- in *i*) cd /evil ;; esac", "bash", "/srv/app"), ("[[ $- == *i* ]] && cd /evil", "bash", "/srv/app"),
        ("[ \"$UID\" = 0 ] && cd /evil", "bash", "/evil"), ("[ \"$UID\" ] || cd /evil", "dash", "/evil"),
        ("cd /{srv,evil} || cd /evil", "bash", ""), ("eval false || cd /evil", "dash", "/evil"),
        ("trap 'kill -TERM $!' TERM INT\ntrap 'echo \"$?\"; exit 1' ERR", "bash", "/srv/app"),
        ("set -f; cd /ev* || cd /evil", "bash", ""),
        ("shopt -s nullglob; for f in /none/*; do cd /evil; done", "bash", ""),
    ]

    @Test("the directory is the one that the shell changes to", arguments: followed.indices)
    func follows(index: Int) throws {
        let item = Self.followed[index]
        let start = try Self.start(item.script, shell: item.shell)
        let found = "\(item.script): \(start.workingDirectory ?? "?"), \(start.gaps.map(\.description))"
        if item.directory.isEmpty {
            #expect(
                start.workingDirectory != "/" && (start.workingDirectory == "/srv/app" || !start.isUnderstood),
                "\(found)")
        } else {
            #expect(start.workingDirectory == item.directory && start.isUnderstood, "\(found)")
        }
    }

    /// Scripts of which only a run tells what they lead to.
    private static let unread: [(script: String, shell: String)] = [
        ("if (( 1 )); then cd /evil; fi", "bash"), ("[ $$ -eq 1 ] && cd /evil", "dash"),
        ("false; [ $? -eq 1 ] && cd /evil", "dash"), ("while :; do cd /evil; break; done", "dash"),
        ("n=; while read -r x; do cd \"${n:-.}\"; export n=/evil; done", "dash"),
        ("cd /nonexistent || cd /evil", "dash"), ("CDPATH=/x; cd evil", "dash"), ("cd ~-", "bash"),
        ("[ -n \"$HOSTNAME\" ] && cd /evil", "bash"), ("[ -n \"$HOSTNAME\" ] && cd /evil", "dash"),
        ("[ \"$OSTYPE\" = linux-gnu ] && cd /evil", "bash"), ("[ \"$SHLVL\" ] && cd /evil", "bash"),
        ("[ \"$_\" ] && cd /evil", "bash"), ("[ \"$OPTIND\" = 1 ] && cd /evil", "dash"),
        ("case $- in *h*) cd /evil ;; esac", "bash"), ("[ \"$PS4\" ] && cd /evil", "dash"),
        ("for d in /{srv,evil}; do cd $d; done", "bash"), ("export PYTHONPATH=/{x,evil}", "bash"),
        ("export PYTHONPATH=/x:~/evil", "bash"), ("[[ a == a ]] || cd /evil", "dash"),
        ("trap 'export PYTHONPATH=/evil' DEBUG\n:", "bash"), ("trap 'cd /evil' ERR\nfalse", "bash"),
        ("f() { trap 'cd /evil' RETURN; }\nf", "bash"), ("trap 'cd /evil' USR1\nkill -USR1 $$", "dash"),
        ("trap 'exec /opt/venv/bin/python -m other' EXIT\nexit", "dash"),
        ("shopt -s lastpipe; echo /evil | read PYTHONPATH; export PYTHONPATH", "bash"),
        ("shopt -s extglob; cd /@(evil)", "bash"), ("set -k", "bash"),
        ("PYTHONPATH=/evil :\nexport PYTHONPATH", "dash"),
        ("readonly PYTHONPATH=/evil\nPYTHONPATH=/x\nexport PYTHONPATH", "bash"),
        ("export PYTHONPATH\n[ $$ -eq 1 ] && export -n PYTHONPATH", "bash"),
        ("if [ $$ -eq 1 ]; then f() { cd /evil; }; else f() { :; }; fi; f", "dash"),
        ("cat /nonexistent || cd /evil", "dash"), ("echo cd /evil > /tmp/x; . /tmp/x", "dash"),
        ("touch /flag; [ -f /flag ] && cd /evil", "dash"), ("[ -e /proc/1 ] && cd /evil", "dash"),
        ("[ -t 0 ] || cd /evil", "dash"), ("printf -vPYTHONPATH /evil; export PYTHONPATH", "bash"),
        ("dirname() { echo /evil; }; cd \"$(dirname x)\"", "dash"), ("cd \"$(cd / || echo /evil)\"", "dash"),
        ("d=aa/evil; cd \"${d:2}\"", "dash"), ("export HOME=$(cat /x)", "dash"), ("d=/; d+=evil; cd $d", "dash"),
        ("true < /none || cd /evil", "dash"), ("cd /evil < /none", "dash"), ("{ :; } < /none || cd /evil", "bash"),
        ("shopt -q nullglob || cd /evil", "bash"), ("while cd \"${n:-.}\"; do n=/evil; done", "bash"),
        ("while cd \"$n\"; do n=/evil; done", "bash"), ("cat /file >& /srv/app/serve.py", "bash"),
        ("cat /file > /tmp/serve.py; cd /tmp", "dash"), ("touch numpy.py", "dash"),
        ("(touch /flag); [ -f /flag ] && cd /evil", "dash"),
        ("cat /file > /tmp/x; export PYTHONPATH=/tmp/x", "dash"),
        ("cd() { builtin cd /evil; }\ncd /x", "dash"), ("declare -x PYTHONPATH=/evil", "dash"),
        ("select d in /evil; do cd $d; done </dev/null", "bash"), ("cd /evil\r\n", "bash"),
        ("cd $'/evil'", "dash"), ("case a in a) : ;& b) cd /evil ;; esac", "dash"),
        ("export PYTHONPATH=/evil\nexport -n PYTHONPATH", "dash"),
    ]

    @Test("what only a run tells is a gap of the start", arguments: unread.indices)
    func unreadScripts(index: Int) throws {
        let item = Self.unread[index]
        let start = try Self.start(item.script, shell: item.shell)
        #expect(!start.isUnderstood, "\(item.script): \(start.workingDirectory ?? "?")")
    }

    @Test("what stands before the script of a shell, or in its environment, is followed or said")
    func calls() throws {
        let listing = try StartListing(["evil/": "", "bin/dash": "ELF"])
        func start(_ words: [String], _ variables: [String] = []) -> ProgramStart {
            listing.start(words, ["PATH=/opt/venv/bin:/usr/bin:/bin"] + variables)
        }
        let text = "PYTHONPATH=/evil; exec python -P -m serve"
        #expect(start(["bash", "-ac", text]).importPath?.directories.first?.path == "evil")
        #expect(start(["bash", "-eo", "allexport", "-c", text]).importPath?.directories.first?.path == "evil")
        #expect(start(["bash", "-euo", "pipefail", "-c", text]).isUnderstood)
        for words in [
            ["bash", "-kc", text], ["bash", "-O", "lastpipe", "-c", text], ["bash", "-ic", text], ["bash", "-s", "x"],
            ["bash", "--posix", "-c", text],
        ] {
            #expect(!start(words).isUnderstood, "\(words)")
        }
        let function = "BASH_FUNC_python%%=() { cd /evil; command python \"$@\"; }"
        let imported = start(["bash", "-c", "python -m serve"], [function])
        #expect(imported.workingDirectory == "/evil" && imported.isUnderstood)
        #expect(start(["dash", "-c", "python -m serve"], [function]).workingDirectory == "/srv/app")
        #expect(!start(["bash", "-c", text], ["SHELLOPTS=keyword"]).isUnderstood)
        #expect(!start(["bash", "-c", "f() { cd /evil; }; export -f f; bash -c 'f; python -m serve'"]).isUnderstood)
    }
}
