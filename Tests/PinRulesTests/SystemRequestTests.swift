import Testing

@testable import PinRules

/// What the package managers of distributions are asked for, with the words of each finding.
@Suite("Requests to the package managers of distributions")
struct SystemRequestTests {
    /// https://manpages.debian.org/bookworm/apt/apt-get.8.en.html
    private static let apt = RequestTable(
        #"""
        apt-get install -y git=1:2.39.2-1.1
            aptPackage exact apt-get install: git=1:2.39.2-1.1
        apt-get install git
            aptPackage floating apt-get install: git
        apt-get install git=
            aptPackage floating apt-get install: git= (its version is empty)
        apt-get install git=1:2.39*
            aptPackage floating apt-get install: git=1:2.39* (its version is a pattern)
        apt-get install git=1:2.3?
            aptPackage floating apt-get install: git=1:2.3? (its version is a pattern)
        apt-get install git=[12]
            aptPackage floating apt-get install: git=[12] (its version is a pattern)
        apt-get install lib*-dev lib?
            aptPackage floating apt-get install: lib*-dev (it is a pattern)
            aptPackage floating apt-get install: lib? (it is a pattern)
        apt-get install git/bookworm
            aptPackage floating apt-get install: git/bookworm (a release contains whatever is newest in it)
        apt-get install $PACKAGES
            aptPackage unknown apt-get install: $PACKAGES
        apt-get install '' telnet- ./x.deb ../y.deb /z.deb w.deb
            nothing
        apt-get install telnet=1-
            aptPackage exact apt-get install: telnet=1-
        apt-get install -S 20240501T000000Z git lib* git/x
            aptPackage exact apt-get install: git
            aptPackage exact apt-get install: lib*
            aptPackage exact apt-get install: git/x
        apt-get install --snapshot=20240501T000000Z git=1.*
            aptPackage floating apt-get install: git=1.* (its version is a pattern)
        apt-get -o X=y -c apt.conf -t stable -a arm64 -P nocheck reinstall git
            aptPackage floating apt-get reinstall: git
        apt satisfy 'git (= 1:2.39.2-1.1), vim (= 2:9)' 'git (>= 2)' 'a (= 1) | b (= 2)'
            aptPackage exact apt satisfy: git (= 1:2.39.2-1.1), vim (= 2:9)
            aptPackage floating apt satisfy: git (>= 2) (a version relation takes whatever is newest)
            aptPackage floating apt satisfy: a (= 1) | b (= 2) (a version relation takes whatever is newest)
        apt satisfy --snapshot 20240501T000000Z 'git (>= 2)'
            aptPackage exact apt satisfy: git (>= 2)
        apt-get upgrade -y
            aptPackage floating apt-get upgrade: apt-get upgrade (every package is updated to its newest version)
        apt full-upgrade
            aptPackage floating apt full-upgrade: apt full-upgrade (every package is updated to its newest version)
        aptitude safe-upgrade
            aptPackage floating aptitude safe-upgrade: aptitude safe-upgrade (every package is updated to its newest version)
        apt-get dist-upgrade --snapshot 20240501T000000Z
            aptPackage exact apt-get dist-upgrade: apt-get dist-upgrade (every package is updated to its newest version)
        apt-get upgrade git git=1:2
            aptPackage floating apt-get upgrade: git
            aptPackage exact apt-get upgrade: git=1:2
        apt-get $FLAGS install git
            aptPackage floating apt-get install: git
        apt-get $ALL
            -
        apt-get
            -
        apt-get update
            -
        apt-get build-dep git
            -
        nala install -y -- -x
            aptPackage floating nala install: -x
        """#)

    /// https://man.archlinux.org/man/apk-world.5.en
    private static let apk = RequestTable(
        #"""
        apk add git
            apkPackage floating apk add: git
        apk add git=2.43.0-r0 git==2.43.0-r0
            apkPackage exact apk add: git=2.43.0-r0
            apkPackage exact apk add: git==2.43.0-r0
        apk add git= git==
            apkPackage floating apk add: git= (its version is empty)
            apkPackage floating apk add: git== (its version is empty)
        apk add git=~2.43 git~2.43 git~=2
            apkPackage floating apk add: git=~2.43 (~ matches any version with that prefix)
            apkPackage floating apk add: git~2.43 (~ matches any version with that prefix)
            apkPackage floating apk add: git~=2 (~ matches any version with that prefix)
        apk add git>2 git>=2 git<3 git<=3
            apkPackage floating apk add: git>2 (>2 is a range)
            apkPackage floating apk add: git>=2 (>=2 is a range)
            apkPackage floating apk add: git<3 (<3 is a range)
            apkPackage floating apk add: git<=3 (<=3 is a range)
        apk add !git .virtual x.apk ''
            nothing
        apk add $P
            apkPackage unknown apk add: $P
        apk --repository http://index.example/edge --arch x86_64 -p /root add --wait 5 git
            apkPackage floating apk add: git
        apk add --timeout 9 --progress-fd 2 --cache-dir /c --keys-dir /k -t .deps git
            apkPackage floating apk add: git
        apk upgrade
            apkPackage floating apk upgrade: apk upgrade (it updates to the newest version)
        apk upgrade musl zlib
            apkPackage floating apk upgrade: musl (it updates to the newest version)
            apkPackage floating apk upgrade: zlib (it updates to the newest version)
        apk $X add git
            apkPackage floating apk add: git
        apk del git
            -
        apk
            -
        """#)

    /// https://dnf.readthedocs.io/en/latest/command_ref.html#specifying-packages
    private static let rpm = RequestTable(
        #"""
        dnf install -y git git-2.43.0-1.fc39 git-2.43.0-1.fc39.x86_64 git-1:2.43.0
            rpmPackage floating dnf install: git
            rpmPackage exact dnf install: git-2.43.0-1.fc39
            rpmPackage exact dnf install: git-2.43.0-1.fc39.x86_64
            rpmPackage exact dnf install: git-1:2.43.0
        dnf install java-1.8.0-openjdk java-1.8.0-openjdk-1.8.0.402.b06-2.fc39 libstdc++-devel
            rpmPackage floating dnf install: java-1.8.0-openjdk
            rpmPackage exact dnf install: java-1.8.0-openjdk-1.8.0.402.b06-2.fc39
            rpmPackage floating dnf install: libstdc++-devel
        yum install git-2* @development @^minimal
            rpmPackage floating yum install: git-2* (it is a pattern)
            rpmPackage floating yum install: @development (a group contains whatever is newest)
            rpmPackage floating yum install: @^minimal (a group contains whatever is newest)
        zypper in git=2.43.0 git= git>=2 git<3
            rpmPackage exact zypper in: git=2.43.0
            rpmPackage floating zypper in: git= (= is a range)
            rpmPackage floating zypper in: git>=2 (>=2 is a range)
            rpmPackage floating zypper in: git<3 (<3 is a range)
        dnf install https://index.example/x-1.0.rpm ./x.rpm /srv/x x.rpm ''
            download floating dnf install: https://index.example/x-1.0.rpm (its bytes are not checked against a hash)
        dnf5 install $P
            rpmPackage unknown dnf5 install: $P
        dnf --installroot /r --releasever 39 --setopt a=b -x vim --repo base reinstall git
            rpmPackage floating dnf reinstall: git
        microdnf update
            rpmPackage floating microdnf update: microdnf update (every package is updated to its newest version)
        zypper dup
            rpmPackage floating zypper dup: zypper dup (every package is updated to its newest version)
        dnf distro-sync
            rpmPackage floating dnf distro-sync: dnf distro-sync (every package is updated to its newest version)
        dnf upgrade git git-2.43.0-1.fc39
            rpmPackage floating dnf upgrade: git
            rpmPackage exact dnf upgrade: git-2.43.0-1.fc39
        dnf module install nodejs:20
            rpmPackage floating dnf module install: nodejs:20 (it contains whatever is newest)
        dnf group install 'Development Tools' core
            rpmPackage floating dnf group install: Development Tools (it contains whatever is newest)
            rpmPackage floating dnf group install: core (it contains whatever is newest)
        yum groupinstall core
            rpmPackage floating yum groupinstall: core
        dnf module enable nodejs:20
            -
        yum localinstall x.rpm
            nothing
        rpm -i https://index.example/x.rpm
            download floating rpm: https://index.example/x.rpm (its bytes are not checked against a hash)
        rpm -Uvh --root /r https://index.example/x.rpm y.rpm
            download floating rpm: https://index.example/x.rpm (its bytes are not checked against a hash)
        rpm -F https://index.example/$V.rpm
            download floating rpm: https://index.example/$V.rpm (its bytes are not checked against a hash)
        rpm --install --define 'a b' x.rpm
            nothing
        rpm -qi https://index.example/x.rpm
            -
        rpm --import https://index.example/KEY
            -
        tdnf clean all
            -
        """#)

    /// https://nix.dev/manual/nix/latest/command-ref/new-cli/nix3-flake#flake-references
    private static let nix = RequestTable(
        #"""
        nix-channel --add https://index.example/channels/nixos-23.11 nixpkgs
            tool floating nix-channel --add: https://index.example/channels/nixos-23.11 (a channel moves)
        nix-channel --add $URL
            tool unknown nix-channel --add: $URL (a channel moves)
        nix-channel --update
            tool floating nix-channel --update: nix-channel --update (it takes the newest of each channel)
        nix-channel --list
            nothing
        nix-env -iA nixpkgs.hello
            tool floating nix-env: nixpkgs.hello (it comes from a channel, which moves)
        nix-env --upgrade $P
            tool unknown nix-env: $P (it comes from a channel, which moves)
        nix-env -i ./result /nix/store/x
            nothing
        nix-env -q
            nothing
        nix-env -I nixpkgs=https://index.example/0123456789012345678901234567890123456789.tar.gz -i hello
            nothing
        nix-shell -p python3 git
            tool floating nix-shell -p: python3 (it comes from a channel, which moves)
            tool floating nix-shell -p: git (it comes from a channel, which moves)
        nix-shell shell.nix
            nothing
        nix profile install nixpkgs#hello
            tool floating nix profile install: nixpkgs#hello (it names no commit)
        nix profile add github:NixOS/nixpkgs/0123456789012345678901234567890123456789#hello
            tool exact nix profile add: github:NixOS/nixpkgs/0123456789012345678901234567890123456789#hello
        nix run nixpkgs#hello -- nixpkgs#other
            tool floating nix run: nixpkgs#hello (it names no commit)
        nix shell 'git+https://index.example/x?rev=0123' nixpkgs#git
            tool exact nix shell: git+https://index.example/x?rev=0123
            tool floating nix shell: nixpkgs#git (it names no commit)
        nix build
            tool unknown nix build: build (flake.lock is not read)
        nix develop . path:/src #x
            tool unknown nix develop: . (flake.lock is not read)
            tool unknown nix develop: path:/src (flake.lock is not read)
            tool unknown nix develop: #x (flake.lock is not read)
        nix build $X
            tool unknown nix build: $X
        nix profile install
            nothing
        nix flake check
            nothing
        nix-build default.nix
            nothing
        """#)

    @Test("apt", arguments: apt.rows) func aptRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
    @Test("apk", arguments: apk.rows) func apkRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
    @Test("rpm", arguments: rpm.rows) func rpmRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
    @Test("nix", arguments: nix.rows) func nixRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
}
