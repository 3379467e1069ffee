import EnvironmentInventory

/// R packages: `install.packages`, `remotes::install_*`, `pak::`, `renv::` inside of `R -e`, `Rscript -e`, and the
/// `install2.r` and `installGithub.r` scripts (https://cran.r-project.org/package=littler).
///
/// The R code is read as far as calls of these functions go; what a script file holds is not read.
enum RInstaller: InstallerCommandReader {
    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program else { return nil }
        switch program {
        case "install2.r", "install.r", "installBioc.r":
            return scripted(command, requestedBy: program) { _ in .floating }
        case "installGithub.r":
            return scripted(command, requestedBy: program) { text in
                text.split(separator: "@", maxSplits: 1).dropFirst().first.map { GitReference.strength($0).0 }
                    ?? .floating
            }
        case "R", "Rscript", "r", "littler":
            let options = OptionGrammar(valueOptions: ["-e", "--expr", "-f", "--file"], bundlesShortOptions: false)
            let expressions = options.arguments(command.words.dropFirst()).all("-e", "--expr")
            guard !expressions.isEmpty else { return nil }
            var request = InstallRequest()
            for expression in expressions {
                guard let word = expression.valueWord, let text = expression.value else { continue }
                request.pins += RCode.installs(in: text).map { install in
                    word.pin(
                        .rPackage, install.strength, requestedBy: install.function, in: command,
                        subject: install.subject,
                        reason: install.reason)
                }
            }
            return request
        default: return nil
        }
    }

    private static func scripted(
        _ command: InstallerCommand, requestedBy by: String, _ strength: (String) -> PinStrength
    ) -> InstallRequest {
        let options = OptionGrammar(valueOptions: [
            "-l", "--libloc", "-d", "--deps", "-n", "--ncpus", "-r", "--repos", "-m", "--method",
        ])
        return InstallRequest(
            pins: options.arguments(command.words.dropFirst()).operands.compactMap { word in
                guard let text = word.text else { return word.pin(.rPackage, .unknown, requestedBy: by, in: command) }
                if text.hasSuffix(".tar.gz") { return nil }
                return word.pin(.rPackage, strength(text), requestedBy: by, in: command)
            })
    }
}

/// Calls of installing functions in R code.
enum RCode {
    /// One installed thing.
    struct Install {
        let function: String
        let subject: String
        let strength: PinStrength
        let reason: String?
    }

    private static let newest = [
        "install.packages", "pak::pkg_install", "pak::pak", "pkg_install", "renv::install", "BiocManager::install",
        "remotes::install_cran", "devtools::install_cran", "remotes::install_github", "devtools::install_github",
        "remotes::install_gitlab", "remotes::install_bioc", "remotes::install_git",
    ]
    private static let versioned = ["remotes::install_version", "devtools::install_version", "install_version"]

    static func installs(in code: String) -> [Install] {
        // A snapshot of a package manager by date holds one version of everything.
        let hasSnapshot = snapshotDate(in: code)
        var installs: [Install] = []
        for function in newest + versioned {
            var rest = code[...]
            while let range = String(rest).range(ofText: function + "(") {
                let tail = String(rest)[range.upperBound...]
                let arguments = callArguments(String(tail))
                rest = tail
                // `remotes::install_version` also ends with `install_version`.
                if function == "install_version" || function == "pkg_install", isQualified(code, function) { break }
                let isVersioned = versioned.contains(function)
                for subject in firstStrings(arguments) {
                    if subject.hasSuffix(".tar.gz") || subject.hasPrefix("/") { continue }
                    let at = subject.split(separator: "@", maxSplits: 1).dropFirst().first
                    if function.hasSuffix("install_github") || function.hasSuffix("install_git")
                        || function.hasSuffix("install_gitlab")
                    {
                        let (strength, reason) = GitReference.strength(at)
                        installs.append(
                            Install(function: function, subject: subject, strength: strength, reason: reason))
                    } else if isVersioned {
                        let hasVersion = arguments.containsText("version") || strings(arguments).count > 1
                        installs.append(
                            Install(
                                function: function, subject: subject, strength: hasVersion ? .exact : .floating,
                                reason: nil))
                    } else {
                        let isExact = at.map { $0.first?.isNumber ?? false } ?? false
                        installs.append(
                            Install(
                                function: function, subject: subject,
                                strength: isExact || hasSnapshot ? .exact : .floating,
                                reason: nil))
                    }
                }
            }
        }
        return installs
    }

    private static func isQualified(_ code: String, _ function: String) -> Bool { code.containsText("::" + function) }

    /// `/2024-05-01` behind a package manager's host, as Posit's public snapshots are written.
    private static func snapshotDate(in code: String) -> Bool {
        let bytes = Array(code.utf8)
        func isDigit(_ index: Int) -> Bool { index < bytes.count && bytes[index].isASCIIDigit }
        for index in bytes.indices where bytes[index] == UInt8(ascii: "/") {
            if (1...4).allSatisfy({ isDigit(index + $0) }), index + 10 < bytes.count,
                bytes[index + 5] == UInt8(ascii: "-"),
                isDigit(index + 6), isDigit(index + 7), bytes[index + 8] == UInt8(ascii: "-"), isDigit(index + 9),
                isDigit(index + 10)
            {
                return true
            }
        }
        return false
    }

    /// The text up to the closing bracket of a call.
    private static func callArguments(_ text: String) -> String {
        var depth = 1
        var quote: UInt8?
        for (offset, byte) in text.utf8.enumerated() {
            if let open = quote {
                if byte == open { quote = nil }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 { return String(decoding: text.utf8.prefix(offset), as: UTF8.self) }
            default: break
            }
        }
        return text
    }

    /// The strings of the first argument: one, or all of a `c(...)`.
    private static func firstStrings(_ arguments: String) -> [String] {
        let start = arguments.drop { $0 == " " || $0 == "\n" }
        let part =
            start.hasPrefix("c(")
            ? callArguments(String(start.dropFirst(2))) : String(start.split(separator: ",").first ?? "")
        if !start.hasPrefix("c("), part.contains("=") && !part.hasPrefix("pkgs") { return [] }
        return strings(part)
    }

    private static func strings(_ text: String) -> [String] {
        var strings: [String] = []
        var quote: UInt8?
        var current: [UInt8] = []
        for byte in text.utf8 {
            if let open = quote {
                if byte == open {
                    strings.append(String(decoding: current, as: UTF8.self))
                    quote = nil
                    current = []
                } else {
                    current.append(byte)
                }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            }
        }
        return strings
    }
}
