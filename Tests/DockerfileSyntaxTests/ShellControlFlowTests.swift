import Testing

@testable import DockerfileSyntax

/// Which commands of a script a shell runs.
///
/// The programs that follow are those that dash 0.5.12 and bash 5.2 start with the script, in their order; sections are those of
/// https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html.
struct ShellControlFlowTests {
    /// 2.9.2 Pipelines, 2.9.3 Lists.
    private static let lists: [(script: String, programs: [String])] = [
        ("false && prog a || prog b", ["prog|b"]),
        ("false || false && prog a; prog b", ["prog|b"]),
        ("! true || prog a", ["prog|a"]),
        ("! false && prog a", ["prog|a"]),
        ("true || prog a && prog b", ["prog|b"]),
        ("{ false; } || prog a", ["prog|a"]),
        ("(exit 1) || prog a", ["prog|a"]),
        ("(exit 0) || prog a; prog b", ["prog|b"]),
        ("true | false || prog a", ["prog|a"]),
        ("false | true && prog a", ["prog|a"]),
        (#"(x=1); prog "$x""#, ["prog|"]),
        (#"{ x=1; }; prog "$x""#, ["prog|1"]),
        (#"x=1 | true; prog "$x""#, ["prog|"]),
        ("(cd /; prog a); prog b", ["prog|a", "prog|b"]),
        ("set -e; false || true; prog a", ["prog|a"]),
        ("set -e; prog a; false; prog b", ["prog|a"]),
        ("set -e; if false; then prog a; fi; prog b", ["prog|b"]),
        ("set -e; ! true; prog b", ["prog|b"]),
        ("set -e; false && true; prog b", ["prog|b"]),
        ("set -e; (false); prog b", []),
    ]

    /// 2.9.4 Compound commands.
    private static let compound: [(script: String, programs: [String])] = [
        ("if true; then prog a; else prog b; fi", ["prog|a"]),
        ("if false; then prog a; elif true; then prog b; else prog c; fi", ["prog|b"]),
        ("if false; then prog a; elif false; then prog b; else prog c; fi", ["prog|c"]),
        ("if ! false; then prog a; fi", ["prog|a"]),
        ("if true && false; then prog a; else prog b; fi", ["prog|b"]),
        ("for i in a b; do prog $i; done", ["prog|a", "prog|b"]),
        ("for i in; do prog a; done; prog b", ["prog|b"]),
        ("set -- x y; for i; do prog $i; done", ["prog|x", "prog|y"]),
        ("set -- x y; for i do prog $i; done", ["prog|x", "prog|y"]),
        ("for i in a b c; do if [ $i = b ]; then break; fi; prog $i; done; prog $i", ["prog|a", "prog|b"]),
        ("for i in a b c; do if [ $i = b ]; then continue; fi; prog $i; done", ["prog|a", "prog|c"]),
        ("for i in a b; do for j in x y; do break 2; done; prog no; done; prog $i$j", ["prog|ax"]),
        ("for i in a b; do for j in x y; do continue 2; done; prog no; done; prog $i$j", ["prog|bx"]),
        ("for i in a b; do [ $i = a ] && continue; prog $i; done", ["prog|b"]),
        ("for i in a b; do exec prog $i; done; prog c", ["prog|a"]),
        ("case abc in a*) prog 1 ;; *) prog 2 ;; esac", ["prog|1"]),
        ("case abc in b*|?bc) prog 1 ;; *) prog 2 ;; esac", ["prog|1"]),
        ("case abc in 'a*') prog 1 ;; *) prog 2 ;; esac", ["prog|2"]),
        ("case 'a*' in 'a*') prog 1 ;; *) prog 2 ;; esac", ["prog|1"]),
        (#"case abc in "a"*) prog 1 ;; *) prog 2 ;; esac"#, ["prog|1"]),
        ("p='a*'; case abc in $p) prog 1 ;; *) prog 2 ;; esac", ["prog|1"]),
        (#"p='a*'; case abc in "$p") prog 1 ;; *) prog 2 ;; esac"#, ["prog|2"]),
        (#"p='a*'; case 'a*' in "$p") prog 1 ;; *) prog 2 ;; esac"#, ["prog|1"]),
        ("case '' in '') prog 1 ;; *) prog 2 ;; esac", ["prog|1"]),
        (#"case "$u" in ''|x) prog 1 ;; *) prog 2 ;; esac"#, ["prog|1"]),
        ("case $u in $v) prog 1 ;; *) prog 2 ;; esac", ["prog|1"]),
        ("case 5 in [0-9]) prog 1 ;; *) prog 2 ;; esac", ["prog|1"]),
        ("case 5 in [[:digit:]]) prog 1 ;; *) prog 2 ;; esac", ["prog|1"]),
        ("case x5 in [[:alpha:]][[:digit:]]) prog 1 ;; *) prog 2 ;; esac", ["prog|1"]),
        ("case d in [[:digit:]]) prog 1 ;; *) prog 2 ;; esac", ["prog|2"]),
        ("case ':]' in [[:digit:]]) prog 1 ;; *) prog 2 ;; esac", ["prog|2"]),
        ("case a in [!a]) prog 1 ;; *) prog 2 ;; esac", ["prog|2"]),
        ("case ']' in []]) prog 1 ;; *) prog 2 ;; esac", ["prog|1"]),
        ("case '[a' in [a) prog 1 ;; *) prog 2 ;; esac", ["prog|1"]),
        ("case - in [a-]) prog 1 ;; *) prog 2 ;; esac", ["prog|1"]),
        ("case /a/b in /*/b) prog 1 ;; *) prog 2 ;; esac", ["prog|1"]),
        ("case a in (a) prog 1 ;; esac", ["prog|1"]),
        ("case a in b) prog 1 ;; esac; prog 2", ["prog|2"]),
        ("case a in\n# comment\na)\n prog 1\n ;;\nesac", ["prog|1"]),
        ("for i in a b; do case $i in a) break ;; esac; done; prog $i", ["prog|a"]),
        (
            "for i in 1 2 3; do for j in x y; do [ $j = y ] && break; prog $i$j; done; done",
            ["prog|1x", "prog|2x", "prog|3x"]
        ),
    ]

    /// 2.9.5 Functions.
    private static let functions: [(script: String, programs: [String])] = [
        ("f() { prog $1; }; f a; f b", ["prog|a", "prog|b"]),
        ("f() { prog a; return; prog b; }; f; prog c", ["prog|a", "prog|c"]),
        ("f() { return 1; }; f || prog a", ["prog|a"]),
        ("f() { return 0; }; f || prog a; prog b", ["prog|b"]),
        (#"f() { if [ -z "$1" ]; then return; fi; prog $1; }; f; f a"#, ["prog|a"]),
        ("f() { for i in a b; do return; done; prog c; }; f; prog $i", ["prog|a"]),
        ("f() { prog $1; f() { other $1; }; }; f a; f b", ["prog|a", "other|b"]),
        ("f() { x=1; }; f; prog $x", ["prog|1"]),
        ("f() { local x=1; prog $x; }; x=0; f; prog $x", ["prog|1", "prog|0"]),
        ("f() { local x; x=1; }; x=0; f; prog $x", ["prog|0"]),
        ("f() { set -- z; prog $1; }; set -- a; f; prog $1", ["prog|z", "prog|a"]),
        ("f() { shift; prog $1; }; set -- a b; f x y; prog $1", ["prog|y", "prog|a"]),
        ("f() { exec prog a; }; f; prog b", ["prog|a"]),
        (#"prog() { other "$@"; }; prog a"#, ["other|a"]),
        ("f() ( x=1; ); x=0; f; prog $x", ["prog|0"]),
        ("f() { exit; }; f; prog a", []),
        (#"x=1; f() { prog "$x"; }; unset -f x; f"#, ["prog|1"]),
        ("f() { return 3; }; if f; then prog a; else prog b; fi", ["prog|b"]),
        ("f() { true; return; }; f && prog a", ["prog|a"]),
        ("f() { g; prog a; }; g() { return; }; f", ["prog|a"]),
    ]

    /// 2.14 `exec`, `exit`.
    private static let ends: [(script: String, programs: [String])] = [
        ("exec prog a; prog b", ["prog|a"]),
        ("exit 0; prog a", []),
        ("(exec prog a); prog b", ["prog|a", "prog|b"]),
        ("(exit 3); prog a", ["prog|a"]),
        ("true && exec prog a; prog b", ["prog|a"]),
        ("false && exec prog a; exec prog b", ["prog|b"]),
        ("if true; then exec prog a; fi; prog b", ["prog|a"]),
        ("exec; prog a", ["prog|a"]),
        ("exec prog -- a", ["prog|--|a"]),
        ("trap 'prog t' TERM; prog a", ["prog|a"]), ("trap '' EXIT; trap - EXIT; prog a", ["prog|a"]),
        ("shopt -s extglob; alias; hash -r; enable; prog a", ["prog|a"]),
        ("f() { (exit 1) || return 1; prog a; }; f || prog b", ["prog|b"]),
    ]

    /// 2.6.3 Command substitution.
    private static let substitutions: [(script: String, programs: [String])] = [
        (#"prog $(echo a b) "$(echo a b)""#, ["prog|a|b|a b"]),
        ("prog `echo a`", ["prog|a"]),
        ("prog $(echo -n a)", ["prog|a"]),
        ("x=$(echo a); prog $x", ["prog|a"]),
        ("prog $(echo 'a  b')", ["prog|a|b"]),
        (#"prog "$(echo 'a  b')""#, ["prog|a  b"]),
        ("prog $(dirname /a/b/c) $(basename /a/b/c)", ["prog|/a/b|c"]),
        ("prog $(dirname /a/b/) $(basename /a/b/)", ["prog|/a|b"]),
        ("prog $(dirname a) $(basename a)", ["prog|.|a"]),
        ("prog $(dirname /) $(basename /)", ["prog|/|/"]),
        ("prog $(dirname /a) $(dirname a/) $(dirname .) $(dirname ..)", ["prog|/|.|.|."]),
        (#"prog $(dirname '') "$(basename '')""#, ["prog|.|"]),
        ("prog $(basename /a/b.sh .sh)", ["prog|b"]),
        ("cd /etc && prog $(pwd)", ["prog|/etc"]),
        ("cd /etc && prog $PWD; cd / && prog $OLDPWD", ["prog|/etc", "prog|/etc"]),
        (#"cd /etc/.. && prog "$PWD""#, ["prog|/"]),
        ("prog $(true) a", ["prog|a"]),
        ("x=$(other hook); prog a", ["other|hook", "prog|a"]),
        (": $(other hook); prog a", ["other|hook", "prog|a"]),
        ("for i in $(other hook); do :; done; prog a", ["other|hook", "prog|a"]),
        ("export X=$(other hook); prog a", ["other|hook", "prog|a"]),
        ("cat <<E\n$(other hook)\nE\nprog a", ["other|hook", "prog|a"]),
    ]

    /// `test`, and bash's `[[ ]]`.
    private static let tests: [(script: String, programs: [String])] = [
        ("[ a = a ] && prog 1", ["prog|1"]),
        ("[ a != a ] || prog 1", ["prog|1"]),
        ("[ ] || prog 1", ["prog|1"]),
        ("[ a ] && prog 1", ["prog|1"]),
        ("[ '' ] || prog 1", ["prog|1"]),
        ("[ $u ] || prog 1", ["prog|1"]),
        (#"[ -n "$u" ] || prog 1"#, ["prog|1"]),
        ("[ -n $u ] && prog 1", ["prog|1"]),
        ("[ ! a = b ] && prog 1", ["prog|1"]),
        ("[ ! a ] || prog 1", ["prog|1"]),
        ("[ ! '' ] && prog 1", ["prog|1"]),
        ("[ '!' = '!' ] && prog 1", ["prog|1"]),
        ("[ a = a -a b = b ] && prog 1", ["prog|1"]),
        ("[ a = b -o b = b ] && prog 1", ["prog|1"]),
        ("[ a = a -o b = b -a c = d ] && prog 1", ["prog|1"]),
        ("[ a = b -a b = b -o c = c ] && prog 1", ["prog|1"]),
        ("[ ! a = a -o b = b ] && prog 1", ["prog|1"]),
        ("[ 1 -eq 01 ] && prog 1", ["prog|1"]),
        ("[ 2 -gt 10 ] || prog 1", ["prog|1"]),
        ("[ 2 -le 2 ] && [ 2 -ge 2 ] && [ 1 -lt 2 ] && [ 1 -ne 2 ] && prog 1", ["prog|1"]),
        ("[ -d /etc ] && [ -e /etc/passwd ] && [ -f /etc/passwd ] && prog 1", ["prog|1"]),
        ("[ -f /etc ] || [ -d /etc/passwd ] || prog 1", ["prog|1"]),
        ("[ -e /none ] || prog 1", ["prog|1"]),
        ("test a = a && prog 1", ["prog|1"]),
        ("[ -z ] && prog 1", ["prog|1"]),
        ("[ '*' = '*' ] && prog 1", ["prog|1"]),
        ("[[ a == a ]] && prog 1", ["prog|1"]),
        ("if [[ abc == a* ]]; then prog 1; else prog 2; fi", ["prog|1"]),
        ("if [[ abc == 'a*' ]]; then prog 1; else prog 2; fi", ["prog|2"]),
        ("if [[ abc != a* ]]; then prog 1; else prog 2; fi", ["prog|2"]),
        ("x='a b'; if [[ $x == 'a b' ]]; then prog 1; else prog 2; fi", ["prog|1"]),
        ("if [[ $u == '' ]]; then prog 1; else prog 2; fi", ["prog|1"]),
        ("if [[ -z $u ]]; then prog 1; else prog 2; fi", ["prog|1"]),
        ("if [[ ! a == b ]]; then prog 1; else prog 2; fi", ["prog|1"]),
        ("case a in a) prog 1 ;& b) prog 2 ;; c) prog 3 ;; esac", ["prog|1", "prog|2"]),
        ("case a in a) prog 1 ;;& a*) prog 2 ;; *) prog 3 ;; esac", ["prog|1", "prog|2"]),
    ]

    /// What only bash has.
    private static let bash: [(script: String, programs: [String])] = [
        ("x=AB; prog ${x,,} ${x,}", ["prog|ab|aB"]),
        ("prog a <<< b", ["prog|a"]),
        ("source /dev/null; prog a", ["prog|a"]),
        ("function f { prog $1; }; f a", ["prog|a"]),
        ("f() { declare x=1; }; x=0; f; prog $x", ["prog|0"]),
        ("f() { declare -g x=1; }; x=0; f; prog $x", ["prog|1"]),
        ("declare -x E=1; prog a", ["prog|a E=1"]),
        ("readonly x=1; prog $x", ["prog|1"]),
        ("export -n E; E=1; prog a", ["prog|a"]),
        ("prog &> /dev/null a", ["prog|a"]),
        ("hash -r && prog a", ["prog|a"]),
        ("set -o pipefail; false | true || prog a", ["prog|a"]),
    ]

    /// `$$` is not known, and does not matter.
    private static let decided: [(script: String, programs: [String])] = [
        ("[ $$ = 1 ] && false; prog a", ["prog|a"]),
        ("if [ $$ = 1 ] && [ a = b ]; then prog a; else prog b; fi", ["prog|b"]),
        ("if [ $$ = 1 ] || [ a = a ]; then prog a; else prog b; fi", ["prog|a"]),
        ("if [ $$ = 1 -a a = b ]; then prog a; else prog b; fi", ["prog|b"]),
        ("if [ a = b -a $$ = 1 ]; then prog a; else prog b; fi", ["prog|b"]),
        ("if [ $$ = 1 -o a = a ]; then prog a; else prog b; fi", ["prog|a"]),
        ("if [ $$ = 1 ]; then x=1; else x=1; fi; prog $x", ["prog|1"]),
        ("if [ $$ = 1 ]; then exit; fi; prog a", ["prog|a"]),
    ]

    private static let groups: [[(script: String, programs: [String])]] = [
        lists, compound, functions, ends, substitutions, tests, bash, decided,
    ]

    @Test(
        "the programs are those that a shell starts",
        arguments: groups.flatMap { $0 })
    func programs(script: String, programs: [String]) {
        #expect(SimulatedShell.follow(script) == programs)
    }

    /// What these start would be known by running them alone: arithmetic, the output and the status of programs, loops.
    private static let unfollowed: [(script: String, programs: [String])] = [
        ("x=abc; prog ${x#[a-b]} ${x%[!a]}", ["prog|bc|ab"]),
        ("false; if [ $? -ne 0 ]; then prog a; else prog b; fi", ["prog|a"]),
        (#"if [ -n "$$" ]; then prog a; else prog b; fi"#, ["prog|a"]),
        (#"true & if [ -z "$!" ]; then prog a; else prog b; fi"#, ["prog|b"]),
        ("IFS=:; x=a:b; prog $x", ["prog|a|b"]),
        ("IFS=,; x='a b,c'; prog $x", ["prog|a b|c"]),
        ("prog a <<'E' && prog b\n$x\nE", ["prog|a", "prog|b"]),
        ("x=5 f() { prog $x; }; f", []),
        ("true && prog a || prog b", ["prog|a"]),
        ("while true; do prog a; break; done; prog b", ["prog|a", "prog|b"]),
        ("while false; do prog a; done; prog b", ["prog|b"]),
        ("until true; do prog a; done; prog b", ["prog|b"]),
        (#"x=; while [ -z "$x" ]; do x=1; done; prog "$x""#, ["prog|1"]),
        (#"prog "$(prog inner)""#, ["prog|inner", "prog|"]),
        (#"if [ -n "$(other hook)" ]; then prog a; else prog b; fi"#, ["other|hook", "prog|b"]),
        ("case $(other hook) in '') prog a ;; *) prog b ;; esac", ["other|hook", "prog|a"]),
        ("prog $((1 + 2))", ["prog|3"]),
        ("x=3; prog $((x * 2))", ["prog|6"]),
        ("[ '(' a = a ')' ] && prog 1", ["prog|1"]),
        ("if [[ abc =~ ^a ]]; then prog 1; else prog 2; fi", ["prog|1"]),
        ("if [[ a == a && b == c ]]; then prog 1; else prog 2; fi", ["prog|2"]),
        ("if [[ a == b || b == b ]]; then prog 1; else prog 2; fi", ["prog|1"]),
        ("if [[ a < b ]]; then prog 1; else prog 2; fi", ["prog|1"]),
        ("if (( 1 > 2 )); then prog 1; else prog 2; fi", ["prog|2"]),
        (#"x=(a 'b c'); prog "${x[@]}" ${#x[@]} "${x[1]}" $x"#, ["prog|a|b c|2|b c|a"]),
        (#"x=(a); x+=(b); prog "${x[@]}""#, ["prog|a|b"]),
        ("x=ab; x+=c; prog $x ${#x} ${x:1} ${x:0:1} ${x^^} ${x^}", ["prog|abc|3|bc|a|ABC|Abc"]),
        ("x=a.b.c; prog ${x//./-} ${x/./-} ${x/#a/z} ${x/%c/z}", ["prog|a-b-c|a-b.c|z.b.c|a.b.z"]),
        ("y=v; x=y; prog ${!x}", ["prog|v"]),
        ("let x=1+1; prog $x", ["prog|2"]),
        ("(( x = 2 )); prog $x", ["prog|2"]),
        ("printf -v x '%s' abc; prog $x", ["prog|abc"]),
        ("read -r x <<< abc; prog $x", ["prog|abc"]),
        ("for (( i=0; i<2; i++ )); do prog $i; done", ["prog|0", "prog|1"]),
        ("pushd /etc >/dev/null; prog $PWD; popd >/dev/null; prog $PWD", ["prog|/etc", "prog|/"]),
        ("(exit 3); case $? in 0) prog a ;; 3) prog b ;; esac", ["prog|b"]),
        ("f() { while true; do return; done; prog a; }; f; prog b", ["prog|b"]),
        ("x=1; let x+=1; [ $x = 1 ] && prog a; prog b", ["prog|b"]),
        ("x=1; (( x++ )); [ $x = 1 ] && prog a; prog b", ["prog|b"]),
        ("x=1; y=$(( x = 5 )); [ $x = 1 ] && prog a; prog b", ["prog|b"]),
    ]

    @Test("what only running a script tells is said to be unknown, and never guessed", arguments: unfollowed)
    func unknown(script: String, programs: [String]) {
        let found = SimulatedShell.follow(script)
        #expect(found.first?.hasPrefix("not followed: ") == true, "\(found), a shell starts \(programs)")
    }
}
