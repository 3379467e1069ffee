/// Names that the simulation knows.
enum ShellSimulationNames {
    /// Directories that hold no code of the image.
    static let temporary = ["/dev/", "/proc/", "/tmp/", "/run/", "/var/log/", "/var/run/", "/var/tmp/", "/sys/"]

    /// What the kernel mounts over the directories of an image.
    static let mounted = ["/dev/", "/proc/", "/sys/"]

    /// Files that a container runtime makes.
    static let ofRuntime: Set<String> = [
        "/.dockerenv", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev", "/proc", "/sys", "/run", "/tmp",
    ]

    /// Options of `shopt` that change nothing that is followed.
    static let shellOptions: Set<String> = [
        "checkwinsize", "histappend", "cmdhist", "lithist", "progcomp", "hostcomplete", "extglob", "nullglob",
        "inherit_errexit", "checkhash", "nocasematch", "huponexit", "checkjobs", "interactive_comments",
    ]

    /// Commands that a shell may have itself.
    static let ofShells: Set<String> = [
        "if", "for", "case", "while", "{", "[[", "time", "select", "function", "until", ".", ":", "[", "alias", "bg",
        "bind", "break", "builtin", "caller", "cd", "command", "compgen", "complete", "compopt", "continue", "declare",
        "dirs", "disown", "echo", "enable", "eval", "exec", "exit", "export", "false", "fc", "fg", "getopts", "hash",
        "help", "history", "jobs", "kill", "let", "local", "logout", "mapfile", "popd", "printf", "pushd", "pwd",
        "read", "readarray", "readonly", "return", "set", "shift", "shopt", "source", "suspend", "test", "times",
        "trap", "true", "type", "typeset", "ulimit", "umask", "unalias", "unset", "wait", "coproc",
    ]

    /// Programs that neither start another one nor change a file that a later one would load.
    static let harmless: Set<String> = [
        "echo", "printf", "sleep", "date", "cat", "ls", "grep", "egrep", "head", "tail", "wc", "sort", "uniq", "tr",
        "cut", "id", "whoami", "hostname", "uname", "printenv", "nproc", "free", "df", "ps", "seq",
        "mkdir", "chmod", "chown", "touch", "basename", "dirname", "readlink", "realpath", "expr", "test", "true",
        "false", "nc", "ping", "stty", "tty", "clear", "pwd", "locale", "getent", "which", "logger",
        "nvidia-smi", "figlet", "du", "stat", "sync", "mountpoint", "pidof", "pgrep", "md5sum", "sha256sum",
    ]
}
