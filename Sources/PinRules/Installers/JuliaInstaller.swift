import EnvironmentInventory

/// `julia -e 'using Pkg; Pkg.add("Flux")'` (https://pkgdocs.julialang.org/v1/api/#Pkg.add).
enum JuliaInstaller: InstallerCommandReader {
    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard command.program == "julia" else { return nil }
        var request = InstallRequest()
        let words = Array(command.words.dropFirst())
        for (index, word) in words.enumerated() {
            guard let text = word.text, text.hasPrefix("-") else { continue }
            var code: CommandWord?
            if text == "-e" || text == "-E" || text == "--eval" || text == "-ie" {
                code = index + 1 < words.count ? words[index + 1] : nil
            } else if text.hasPrefix("-e") || text.hasPrefix("--eval=") {
                code = word
            }
            if let code { request.pins += pins(code, command) }
        }
        return request
    }

    private static func pins(_ word: CommandWord, _ command: InstallerCommand) -> [Pin] {
        let code = word.text ?? word.raw
        var pins: [Pin] = []
        func add(_ strength: PinStrength, requestedBy by: String, subject: String, reason: String?) {
            pins.append(word.pin(.tool, strength, requestedBy: by, in: command, subject: subject, reason: reason))
        }
        for (function, arguments) in calls(code) {
            let strings = strings(arguments)
            switch function {
            case "add", "develop":
                let by = "Pkg.\(function)"
                if let revision = value(of: "rev", arguments) {
                    let (strength, reason) = GitReference.strength(revision)
                    add(
                        strength == .hashed ? .exact : strength, requestedBy: by, subject: strings.first ?? by,
                        reason: reason)
                } else if strings.isEmpty {
                    add(.unknown, requestedBy: by, subject: by, reason: "its arguments are known only during the build")
                } else if value(of: "path", arguments) == nil {
                    let versions = arguments.filter { !$0.isWhitespace }.components("version=\"")
                    let isExact = !versions.isEmpty && versions.allSatisfy { NodeVersion.isExact($0) }
                    add(
                        isExact ? .exact : .floating, requestedBy: by, subject: strings[0],
                        reason: isExact ? nil : "it has no version")
                }
            case "update", "up":
                add(
                    .floating, requestedBy: "Pkg.update", subject: "Pkg.update",
                    reason: "it takes the newest version that fits"
                )
            case "instantiate":
                add(
                    .unknown, requestedBy: "Pkg.instantiate", subject: "Pkg.instantiate",
                    reason: "Manifest.toml is not read")
            default: break
            }
        }
        // The REPL mode: pkg"add Flux@0.14.1".
        if let start = code.range(ofText: "pkg\"add ") {
            let names = code[start.upperBound...].prefix { $0 != "\"" }.split(separator: " ")
            for name in names {
                let version = name.split(separator: "@").dropFirst().first.map(String.init)
                let isExact = version.map { NodeVersion.isExact($0) } ?? false
                add(
                    isExact ? .exact : .floating, requestedBy: "pkg add", subject: String(name),
                    reason: isExact ? nil : "it has no version")
            }
        }
        return pins
    }

    /// The calls of `Pkg.NAME(...)` and the text between their parentheses, in order.
    private static func calls(_ code: String) -> [(function: String, arguments: String)] {
        var calls: [(String, String)] = []
        var rest = code[...]
        while let start = String(rest).range(ofText: "Pkg.") {
            let tail = String(rest)[start.upperBound...]
            let name = tail.prefix { $0.isLetter }
            let after = tail.dropFirst(name.count)
            rest = Substring(String(after))
            guard after.first == "(" else { continue }
            var depth = 0
            var arguments = ""
            for character in after {
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
                if depth == 0 { break }
                arguments.append(character)
            }
            calls.append((String(name), String(arguments.dropFirst())))
            // `Pkg.add(Pkg.PackageSpec(...))` is one call.
            rest = Substring(String(after.dropFirst(arguments.count)))
        }
        return calls
    }

    private static func strings(_ text: String) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
            .map { String($0.element) }
    }

    private static func value(of key: String, _ arguments: String) -> String? {
        arguments.filter { !$0.isWhitespace }.components(key + "=\"").first
    }
}

extension String {
    /// The texts that stand between a marker and the next quotation mark.
    fileprivate func components(_ marker: String) -> [String] {
        var result: [String] = []
        var rest = self
        while let range = rest.range(ofText: marker) {
            rest = String(rest[range.upperBound...])
            result.append(String(rest.prefix { $0 != "\"" }))
        }
        return result
    }
}
