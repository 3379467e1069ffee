import EnvironmentInventory

/// Programs that fetch files from a bucket, a drive or a release: `gsutil cp`, `aws s3 cp`, `az storage blob download`, `gdown`,
/// `rclone copy`, `gh release download`.
///
/// What they fetch can be replaced under its name, so that only a checksum or the version of an object pins it
/// (https://cloud.google.com/storage/docs/object-versioning, https://docs.aws.amazon.com/cli/latest/reference/s3api/get-object.html).
enum ObjectFetcher: InstallerCommandReader {
    static let programs: Set<String> = [
        "gsutil", "gcloud", "aws", "az", "azcopy", "rclone", "s5cmd", "s3cmd", "gdown", "gh",
    ]

    private static let grammar = OptionGrammar(valueOptions: [
        "--bucket", "--key", "--version-id", "--region", "--profile", "--endpoint-url", "--exclude", "--include",
        "--account-name", "--account-key", "--container-name", "-c", "--name", "-n", "--file", "-f", "--blob-url",
        "--source", "-s", "--destination", "-d", "--pattern", "--sas-token", "--connection-string", "--path", "--dest",
        "--auth-mode", "--subscription", "--version", "-v", "--config", "--project", "--impersonate-service-account",
        "-O", "--output", "-p", "-R", "--repo", "-D", "--dir", "-A", "--archive", "--id", "--folder-id", "--transfers",
        "--checkers", "-u", "--only-show-errors-to", "-i", "-o", "-h", "--account", "--resource-group", "-g",
        "--workspace-name", "-w", "--share-name", "--download-path", "--proxy", "--numworkers",
    ])

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program, programs.contains(program) else { return nil }
        let words = command.words.dropFirst()
        if asksForHelp(words, program) { return InstallRequest() }
        switch program {
        case "gdown": return drive(words, command)
        case "gh": return gitHub(words, command)
        case "az": return azure(words, command)
        case "aws" where words.contains(where: { $0.text == "s3api" }): return objectOfS3(words, command)
        default: return copies(words, program, command)
        }
    }

    /// Whether a command line only prints: `az storage --help`, `gsutil help cp`, `aws s3 cp help`, `az --version`.
    ///
    /// A file may be named `help`, and `az ml model download --version 3` asks for a version of the model.
    private static func asksForHelp(_ words: ArraySlice<CommandWord>, _ program: String) -> Bool {
        if words.contains(where: { $0.text == "--help" }) { return true }
        if ["--version", "help"].contains(words.first?.text ?? "") { return true }
        return program == "aws" && words.last?.text == "help" && !words.contains { written($0).contains("://") }
    }

    // MARK: Copies

    /// The subcommands that copy, each after the words before it.
    private static let copying: [String: [[String]]] = [
        "gsutil": [["cp"], ["cat"], ["mv"], ["rsync"]],
        "gcloud": [["storage", "cp"], ["storage", "cat"], ["storage", "mv"], ["storage", "rsync"]],
        "aws": [["s3", "cp"], ["s3", "sync"], ["s3", "mv"]],
        "azcopy": [["cp"], ["copy"], ["sync"]],
        "rclone": [["copy"], ["copyto"], ["sync"], ["cat"], ["move"], ["copyurl"]],
        "s5cmd": [["cp"], ["sync"], ["cat"], ["mv"]],
        "s3cmd": [["get"], ["sync"], ["cp"]],
    ]

    /// The options of these programs that take a value and stand before the operands.
    private static let copyGrammars: [String: OptionGrammar] = [
        "gsutil": OptionGrammar(valueOptions: ["-h", "-o", "-i", "-u", "-x", "-j", "-s", "-z"]),
        "gcloud": OptionGrammar(valueOptions: ["--project", "--account", "--configuration", "--exclude", "-x"]),
        "aws": OptionGrammar(valueOptions: [
            "--region", "--profile", "--endpoint-url", "--exclude", "--include", "--output", "--storage-class", "--acl",
            "--cli-read-timeout", "--cli-connect-timeout", "--expected-size", "--request-payer", "--ca-bundle",
        ]),
        "azcopy": OptionGrammar(valueOptions: [
            "--include-pattern", "--exclude-pattern", "--include-path", "--exclude-path", "--from-to",
        ]),
        "rclone": OptionGrammar(valueOptions: [
            "--config", "--transfers", "--checkers", "--include", "--exclude", "--filter", "--bwlimit", "--retries",
        ]),
        "s5cmd": OptionGrammar(valueOptions: ["--endpoint-url", "--profile", "--numworkers", "-c", "--exclude"]),
        "s3cmd": OptionGrammar(valueOptions: ["-c", "--config", "--exclude", "--include", "--host", "--host-bucket"]),
    ]

    private static func copies(
        _ words: ArraySlice<CommandWord>, _ program: String, _ command: InstallerCommand
    ) -> InstallRequest? {
        let operands = (copyGrammars[program] ?? grammar).arguments(words).operands
        let names = operands.map { $0.text ?? "" }
        guard let path = copying[program]?.first(where: { names.starts(with: $0) }) else { return InstallRequest() }
        var rest = operands.dropFirst(path.count)
        // A variable at the end may hold options: `aws s3 sync DIR s3://bucket $FLAGS`.
        while rest.count > 2, let last = rest.last, last.text == nil, last.raw.hasPrefix("$"), !last.raw.contains("/"),
            rest.dropFirst().dropLast().contains(where: { isRemote($0, program) == true })
        {
            rest = rest.dropLast()
        }
        let by = ([program] + path).joined(separator: " ")
        let isShown = path.last == "cat"
        let sources = isShown || rest.count < 2 ? rest : rest.dropLast()
        let target = isShown ? nil : rest.count < 2 ? nil : rest.last
        // A copy to a bucket is an upload, or stays there.
        if let target, isRemote(target, program) == true { return InstallRequest() }
        var request = InstallRequest()
        for source in sources {
            guard let remote = isRemote(source, program) else {
                request.pins.append(source.pin(.download, .unknown, requestedBy: by, in: command))
                continue
            }
            guard remote else { continue }
            let name = written(source).split(separator: "/").last.map(String.init) ?? ""
            let folder = target.map(written) ?? "."
            let isFolder = folder.hasSuffix("/") || folder == "." || folder == ".." || sources.count > 1
            request.outputs += [isFolder ? name : folder, name]
            request.pins.append(download(source, isVersion: generation(written(source)), requestedBy: by, in: command))
        }
        return request
    }

    /// Whether a word names an object of another machine; nil where a variable decides.
    private static func isRemote(_ word: CommandWord, _ program: String) -> Bool? {
        let text = written(word)
        if text.range(ofText: "://") != nil { return !text.hasPrefix("file://") }
        if program == "rclone", word.text != nil { return text.contains(":") && !text.hasPrefix("/") }
        return text.hasPrefix("$") ? nil : false
    }

    private static func written(_ word: CommandWord) -> String {
        word.text ?? word.raw.filter { $0 != "\"" && $0 != "'" }
    }

    /// Whether an address names one version of an object: `gs://bucket/object#1360887759327000`.
    private static func generation(_ text: String) -> Bool {
        guard text.hasPrefix("gs://"), let hash = text.lastIndex(of: "#") else { return false }
        let number = text[text.index(after: hash)...]
        return number.utf8.count >= 10 && number.utf8.allSatisfy(\.isASCIIDigit)
    }

    private static func download(
        _ word: CommandWord, isVersion: Bool, requestedBy by: String, in command: InstallerCommand,
        subject: String? = nil
    ) -> Pin {
        word.pin(
            .download, isVersion ? .exact : .floating, requestedBy: by, in: command, subject: subject,
            reason: isVersion
                ? "it names one version of the object, and nothing checks its bytes"
                : "nothing in this instruction checks its bytes")
    }

    private static func objectOfS3(_ words: ArraySlice<CommandWord>, _ command: InstallerCommand) -> InstallRequest {
        let arguments = grammar.arguments(words)
        guard arguments.operands.contains(where: { $0.text == "get-object" }),
            let key = arguments.option("--key")?.valueWord
        else { return InstallRequest() }
        let output = arguments.operands.last.flatMap(\.text)
        return InstallRequest(
            pins: [
                download(
                    key, isVersion: arguments.has("--version-id"), requestedBy: "aws s3api get-object", in: command,
                    subject: arguments.option("--key")?.value)
            ], outputs: output.map { [$0] } ?? [])
    }

    // MARK: Azure

    private static func azure(_ words: ArraySlice<CommandWord>, _ command: InstallerCommand) -> InstallRequest {
        let arguments = grammar.arguments(words)
        let names = arguments.operands.compactMap(\.text)
        guard let verb = names.last(where: { $0.hasPrefix("download") || $0 == "directory" }),
            ["storage", "ml", "artifacts"].contains(names.first ?? ""), let first = arguments.operands.first
        else { return InstallRequest() }
        let by = "az " + names.prefix(4).joined(separator: " ")
        if names.first == "ml" {
            // The output of a run is known by the name of the run, and nothing checks its bytes.
            if names.contains("job") {
                let word = arguments.option("--name", "-n")?.valueWord ?? first
                return InstallRequest(pins: [
                    word.pin(
                        .modelDownload, .unknown, requestedBy: by, in: command,
                        reason: "what a run has written is not read")
                ])
            }
            let version = arguments.option("--version", "-v")
            let word = arguments.option("--name", "-n")?.valueWord ?? first
            return InstallRequest(pins: [
                word.pin(
                    .modelDownload, version == nil ? .floating : .exact, requestedBy: by, in: command,
                    reason: version == nil ? "it has no --version" : nil)
            ])
        }
        let word =
            arguments.option("--blob-url", "--name", "-n", "--pattern", "--source", "-s", "--path", "-p")?.valueWord
            ?? arguments.operands.first { $0.text == verb } ?? first
        let outputs = [arguments.option("--file", "-f")?.value, word.text].compactMap { $0 }
        if names.first == "artifacts" {
            let isExact = arguments.option("--version", "-v")?.value.map { NodeVersion.isExact($0) } ?? false
            return InstallRequest(
                pins: [download(word, isVersion: isExact, requestedBy: by, in: command)], outputs: outputs)
        }
        return InstallRequest(pins: [download(word, isVersion: false, requestedBy: by, in: command)], outputs: outputs)
    }

    // MARK: Google Drive

    /// `gdown ID`, `gdown --id ID -O FILE` (https://github.com/wkentaro/gdown).
    private static func drive(_ words: ArraySlice<CommandWord>, _ command: InstallerCommand) -> InstallRequest {
        let arguments = OptionGrammar(valueOptions: ["-O", "--output", "--id", "--proxy", "--speed", "--format"])
            .arguments(words)
        let sources = arguments.all("--id").compactMap(\.valueWord) + arguments.operands
        return InstallRequest(
            pins: sources.map { download($0, isVersion: false, requestedBy: "gdown", in: command) },
            outputs: arguments.all("-O", "--output").compactMap(\.value))
    }

    // MARK: GitHub

    /// `gh release download [TAG]`, `gh repo clone`, `gh extension install` (https://cli.github.com/manual/gh).
    private static func gitHub(_ words: ArraySlice<CommandWord>, _ command: InstallerCommand) -> InstallRequest {
        let arguments = OptionGrammar(valueOptions: [
            "-R", "--repo", "-p", "--pattern", "-O", "--output", "-D", "--dir", "-A", "--archive", "-u",
            "--upstream-remote-name", "--pin", "-n", "--name", "-b", "--branch",
        ]).arguments(words)
        let operands = arguments.operands
        let names = operands.map { $0.text ?? "" }
        if names.starts(with: ["release", "download"]) {
            let word =
                operands.dropFirst(2).first ?? arguments.option("-R", "--repo")?.valueWord ?? operands[1]
            let patterns = arguments.all("-p", "--pattern", "-O", "--output").compactMap(\.value)
            let hasTag = operands.count > 2
            return InstallRequest(
                pins: [
                    word.pin(
                        .download, .floating, requestedBy: "gh release download", in: command,
                        reason: hasTag
                            ? "nothing in this instruction checks its bytes" : "it takes the newest release")
                ], outputs: patterns)
        }
        if names.starts(with: ["run", "download"]), let word = operands.dropFirst(2).first ?? operands.last {
            return InstallRequest(pins: [download(word, isVersion: false, requestedBy: "gh run download", in: command)])
        }
        if names.starts(with: ["repo", "clone"]) || names.starts(with: ["gist", "clone"]),
            let word = operands.dropFirst(2).first
        {
            let revision = words.last {
                $0.text.map { GitReference.isRelease($0) || GitReference.isCommit($0) } ?? false
            }
            let isNamed = words.contains { $0.text == "--branch" || $0.text == "-b" || $0.text == "--revision" }
            let (strength, reason) = GitReference.strength(isNamed ? revision?.text : nil)
            return InstallRequest(pins: [
                word.pin(.gitCheckout, strength, requestedBy: "gh repo clone", in: command, reason: reason)
            ])
        }
        if names.starts(with: ["extension", "install"]), let word = operands.dropFirst(2).first {
            let pin = arguments.option("--pin")
            let (strength, reason) = GitReference.strength(pin?.value)
            return InstallRequest(pins: [
                word.pin(.gitCheckout, strength, requestedBy: "gh extension install", in: command, reason: reason)
            ])
        }
        return InstallRequest()
    }
}
