import EnvironmentInventory
import LockFormats
import SourceDocuments
import Testing

/// Lines of a requirements file as the parser of pip 26.3 reads them.
@Suite struct PipFormTests {
    private static let commit = "0123456789012345678901234567890123456789"
    private static let zeros = String(repeating: "0", count: 64)

    /// A line with its name, empty where nothing gives it, and whether it has a marker; then its extras.
    static let forms: [(line: String, name: String, hasMarker: Bool, extras: [String])] = [
        ("foo==1 --pre", "foo", false, []),
        ("foo==1 --prefer-binary", "foo", false, []),
        ("foo==1 -i https://h.example/simple", "foo", false, []),
        ("foo --hash=sha256:\(zeros) --pre", "foo", false, []),
        ("-e git://host.example/r.git@\(commit)#egg=n", "n", false, []),
        ("https://h.example/x-1.0.zip ; python_version > \"3\"", "", true, []),
        ("https://h.example/x-1.0.zip; python_version > \"3\"", "", true, []),
        ("https://h.example/x-1.0.zip;python_version>\"3\"", "", false, []),
        ("https://h.example/x-1.0.zip#egg=x ; python_version > \"3\"", "x", true, []),
        ("https://h.example/x-1.0-py3-none-any.whl ; python_version > \"3\"", "x", true, []),
        ("https://h.example/x-1.0-py3-none-any.whl[a,b]", "", false, []),
        ("bar==1;python_version>\"3\"", "bar", true, []),
        ("bar ==1 ; python_version>\"3\"", "bar", true, []),
        ("bar[a, b]>=1,<2", "bar", false, ["a", "b"]),
        ("bar(>=1)", "bar", false, []),
        ("bar (>=1,<3) ; os_name==\"posix\"", "bar", true, []),
        ("git+https://h.example/r.git@\(commit)#egg=q&subdirectory=d", "q", false, []),
        ("git+https://h.example/r.git@\(commit)#subdirectory=d&egg=q", "q", false, []),
        ("git+file:///srv/r.git@\(commit)#egg=q", "q", false, []),
        ("git+ssh://git@h.example/r.git@\(commit)#egg=q", "q", false, []),
        ("-e git+ssh://git@h.example/r.git@\(commit)#egg=ssh1", "ssh1", false, []),
        ("-egit+https://h.example/r.git@\(commit)#egg=ssh1", "ssh1", false, []),
        ("--editable=git+https://h.example/r.git@\(commit)#egg=ssh1", "ssh1", false, []),
        ("--editable git+https://h.example/r.git@\(commit)#egg=ssh1", "ssh1", false, []),
        ("-e \"name @ git+https://h.example/r.git@\(commit)\"", "name", false, []),
        ("-e git+https://h.example/r.git@\(commit)#egg=n ; python_version > \"3\"", "n", false, []),
        ("-e git+https://h.example/r.git@\(commit)#egg=n --hash=sha256:\(zeros)", "n", false, []),
        ("-e git+https://h.example/r.git@\(commit)#egg=n -C a=b", "n", false, []),
        ("-e file:///abs#egg=p", "p", false, []),
        ("/abs/pkg-1.0-py3-none-any.whl", "pkg", false, []),
        ("dist/pkg2.tar.gz ; python_version > \"3\"", "", true, []),
        ("dist/pkg2.tar.gz[x]", "", false, ["x"]),
        ("pkg-1.0-py3-none-any.whl", "pkg", false, []),
        ("pkg-1.0.tar.gz", "", false, []),
        ("name @ https://h.example/a.zip ; python_version > \"3\"", "name", true, []),
        ("name@https://h.example/a.zip", "name", false, []),
        ("name @https://h.example/a.zip#sha256=\(zeros)", "name", false, []),
        ("name[x]@ https://h.example/a.zip", "name", false, ["x"]),
        ("name @ file:///tmp/a.whl", "name", false, []),
        ("name @ git+https://h.example/r.git@\(commit) ; python_version < \"2\"", "name", true, []),
        ("name @ git+ssh://git@h.example/r.git@\(commit)", "name", false, []),
        ("svn+https://h.example/svn/p@12#egg=svnp", "svnp", false, []),
        ("hg+https://h.example/hg@\(commit)#egg=hgp", "hgp", false, []),
        ("bzr+https://h.example/b@1#egg=b", "b", false, []),
        ("file:///abs/p.zip", "", false, []),
        ("file:abs/p.zip", "", false, []),
        ("foo==1 # comment", "foo", false, []),
        ("foo == 1 ; extra == \"x\"", "foo", true, []),
        ("foo===1.0-weird", "foo", false, []),
        ("foo~=1.0", "foo", false, []),
        ("foo!=1", "foo", false, []),
        ("foo==1.*", "foo", false, []),
        ("Foo_Bar.baz==1", "foo-bar-baz", false, []),
        ("foo==1 ;", "foo", false, []),
        ("-e .[x] ; python_version > \"3\"", "", false, ["x"]),
        ("foo==1 --config-settings a=b", "foo", false, []),
        ("foo==1 --hash sha256:\(zeros)", "foo", false, []),
        ("foo==1 --hash=sha256:\(zeros) --hash=sha512:\(zeros)\(zeros)", "foo", false, []),
        ("foo==1 --extra-index-url=https://h/simple --trusted-host h", "foo", false, []),
        ("foo @ ./here", "foo", false, []),
        ("foo @ /abs/here", "foo", false, []),
        ("foo @ here", "foo", false, []),
        ("http://h.example/noarchive", "", false, []),
        ("https://h.example/noarchive#egg=na", "na", false, []),
        ("ftp://h.example/x-1.zip", "", false, []),
        ("HTTPS://h.example/x-1.zip", "", false, []),
        ("GIT+https://h.example/r.git#egg=up", "up", false, []),
        ("foo==1.0+local", "foo", false, []),
        ("foo==1!2.0", "foo", false, []),
        ("foo[]==1", "foo", false, []),
        ("foo==1;", "foo", false, []),
    ]

    @Test(arguments: forms) func theFormIsRead(line: String, name: String, hasMarker: Bool, extras: [String]) throws {
        let document = try lock("requirements.txt", line + "\n")
        #expect(document.problems.filter { $0.kind == .unreadable }.isEmpty, "\(document.problems)")
        #expect(document.requirements.count == 1)
        let requirement = try #require(document.requirements.first)
        #expect(requirement.problems.filter { $0.kind == .unreadable }.isEmpty)
        #expect(requirement.name ?? "" == name)
        #expect((requirement.marker != nil) == hasMarker)
        #expect(requirement.extras == extras)
        let environment = try document.environment(target: nil)
        #expect(environment.packages.count + environment.gaps.count == 1, "nothing vanishes")
    }

    /// What pip refuses with or without a requirement before it.
    static let refused = [
        "foo=1",
        "foo 1",
        "foo>=1 <2",
        "foo; bad",
        "foo==1 --unknown",
        "foo==1 bar==2",
        "\"foo==1\"",
    ]

    @Test(arguments: refused) func whatPipRefusesIsRefused(line: String) {
        #expect(!failure("requirements.txt", line + "\n").isEmpty)
        #expect(!failure("requirements.txt", "known==1\n\(line)\n").isEmpty)
    }
}
