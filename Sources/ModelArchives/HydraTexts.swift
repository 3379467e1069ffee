import SourceDocuments

/// The languages inside of the texts of configurations: interpolations of OmegaConf, expressions and macros of MONAI,
/// activations of YOLO, and the handlers of Python's logging.
enum HydraTexts {
    // MARK: OmegaConf

    /// What an interpolation does (https://omegaconf.readthedocs.io/en/latest/custom_resolvers.html).
    enum Interpolation: Equatable {
        /// It makes a part of the configuration from a text, where a call can stand.
        case creates(String)
        /// It calls a resolver that the loader's own code registered.
        case resolves(String)
    }

    /// Resolvers that give a value of the configuration or of the environment as it is; `now` and the two behind it are Hydra's
    /// (https://hydra.cc/docs/configure_hydra/intro/#resolvers-provided-by-hydra).
    private static let plain: Set<String> = [
        "oc.env", "oc.select", "oc.dict.keys", "oc.dict.values", "oc.deprecated", "now", "hydra", "python_version",
    ]
    /// How many bytes the name of a resolver is looked for.
    private static let longestName = 256
    /// How many resolvers of one text are named.
    private static let mostNamed = 64

    /// The interpolations of a text that do more than to give a value.
    static func interpolations(in text: String) -> [Interpolation] {
        guard text.containsText("${") else { return [] }
        let bytes = Array(text.utf8)
        var found: [Interpolation] = []
        for index in bytes.indices.dropLast() where bytes[index] == UInt8(ascii: "$") {
            guard bytes[index + 1] == UInt8(ascii: "{") else { continue }
            let start = index + 2
            // `${{ }}` belongs to other languages.
            guard start < bytes.count, bytes[start] != UInt8(ascii: "{"), let end = nameEnd(from: start, in: bytes)
            else {
                continue
            }
            let name = String(decoding: bytes[start..<end], as: UTF8.self).filter { !$0.isWhitespace }
            if name == "oc.create" || name == "oc.decode" {
                if !found.contains(.creates(name)) { found.append(.creates(name)) }
            } else if found.count < mostNamed, !plain.contains(name),
                !isVariable(name, before: bytes[end...].dropFirst().first)
            {
                found.append(.resolves(name))
            }
        }
        return found
    }

    /// Where the name of a resolver ends; nil for a reference, which has none.
    private static func nameEnd(from start: Int, in bytes: [UInt8]) -> Int? {
        var depth = 0
        var index = start
        while index < bytes.count {
            guard index - start < longestName else { return index }
            switch bytes[index] {
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                if depth == 0 { return nil }
                depth -= 1
            case UInt8(ascii: ":") where depth == 0: return index
            default: break
            }
            index += 1
        }
        return nil
    }

    /// Whether it is a variable of a shell with a default: `${HOME:-/root}`.
    private static func isVariable(_ name: String, before next: UInt8?) -> Bool {
        guard let next, "-?+=".utf8.contains(next) else { return false }
        return name.utf8.allSatisfy { $0.isASCIIUppercase || $0.isASCIIDigit || $0 == UInt8(ascii: "_") }
    }

    // MARK: MONAI

    /// What MONAI makes of a text that begins with a dollar sign
    /// (https://docs.monai.io/en/stable/config_syntax.html#to-evaluate-as-python-expressions).
    enum Expression {
        case none
        /// It may be one where the configuration makes objects.
        case likely
        /// It calls or imports something.
        case calls
    }

    static func expression(_ text: String) -> Expression {
        guard text.utf8.first == UInt8(ascii: "$") else { return .none }
        let rest = text.utf8.dropFirst()
        if rest.contains(UInt8(ascii: "(")) { return .calls }
        if rest.starts(with: "import ".utf8) || rest.starts(with: "from ".utf8) { return .calls }
        guard let next = rest.first else { return .none }
        return next.isASCIILetter || "_[@'\"".utf8.contains(next) ? .likely : .none
    }

    /// Whether a macro takes a part of a file that is not a configuration of the bundle
    /// (https://docs.monai.io/en/stable/config_syntax.html#to-textually-replace-configuration-elements).
    static func leavesBundle(_ text: String) -> Bool {
        guard text.utf8.first == UInt8(ascii: "%") else { return false }
        let lower = text.lowercased()
        let ends = [".json", ".yaml", ".yml"].compactMap { ending in
            lower.range(ofText: ending)?.upperBound
        }
        guard let end = ends.min() else { return false }
        let path = lower[..<end].utf8.dropFirst()
        let parts = Substring(path).pathNames
        return path.first == UInt8(ascii: "/") || parts.contains("..") || !parts.dropLast().contains("configs")
    }

    // MARK: YOLO

    /// Whether a text is a layer of torch with plain arguments: ultralytics evaluates it (`parse_model` of
    /// https://github.com/ultralytics/ultralytics/blob/v8.3.0/ultralytics/nn/tasks.py).
    static func isActivation(_ text: String) -> Bool {
        var rest = text.utf8[...]
        if rest.starts(with: "torch.".utf8) { rest = rest.dropFirst(6) }
        guard rest.starts(with: "nn.".utf8) else { return false }
        rest = rest.dropFirst(3)
        let name = rest.prefix { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") }
        guard let first = name.first, first.isASCIIUppercase else { return false }
        rest = rest.dropFirst(name.count)
        if rest.isEmpty { return true }
        guard rest.first == UInt8(ascii: "("), rest.last == UInt8(ascii: ")") else { return false }
        return rest.dropFirst().dropLast().allSatisfy { $0.isASCIIAlphanumeric || "_=.,- ".utf8.contains($0) }
    }

    // MARK: logging

    /// The line of a configuration of Python's logging from which on a value is evaluated that is more than a plain one; nil
    /// where there is none. `class`, `args` and `kwargs` are evaluated
    /// (https://docs.python.org/3/library/logging.config.html#configuration-file-format), which MONAI's bundles rely on.
    static func evaluatedLine(of logging: SourceText) -> Int? {
        let lines = logging.bytes.split(omittingEmptySubsequences: false) { $0 == 0x0A || $0 == 0x0D }
        var key = ""
        var value = ""
        var start = 0
        var number = 0
        var previous: UInt8?
        for line in lines {
            // A line feed behind a carriage return ends no other line.
            if !(line.isEmpty && previous == 0x0D) { number += 1 }
            previous = line.endIndex < logging.bytes.count ? logging.bytes[line.endIndex] : nil
            let written = line.drop { $0 <= 0x20 }
            // Blank lines and comments end no value.
            guard let first = written.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { continue }
            let parts = written.split(maxSplits: 1, omittingEmptySubsequences: false) {
                $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":")
            }
            let name = String(decoding: parts[0].filter { $0 > 0x20 }, as: UTF8.self).lowercased()
            let isEvaluated = parts.count > 1 && evaluated.contains(name)
            // A line with a blank before it belongs to the value above, where there is one.
            if written.count < line.count, !key.isEmpty, !isEvaluated {
                value += String(decoding: written, as: UTF8.self)
                continue
            }
            if !isPlain(value, of: key) { return start }
            (key, value, start) = ("", "", number)
            guard parts.count > 1 else { continue }
            key = name
            value = String(decoding: parts[1], as: UTF8.self)
        }
        return isPlain(value, of: key) ? nil : start
    }

    private static let evaluated: Set<String> = ["args", "kwargs", "class"]

    private static func isPlain(_ value: String, of key: String) -> Bool {
        guard evaluated.contains(key) else { return true }
        let value = value.filter { !$0.isWhitespace }
        if value.isEmpty { return true }
        // One pair of brackets, and no interpolation.
        if key != "class" { return !value.utf8.dropFirst().contains { "([%\\".utf8.contains($0) } }
        let parts = value.split(separator: ".", omittingEmptySubsequences: false)
        guard let last = parts.last, last.hasSuffix("Handler") || last.hasSuffix("Formatter"),
            parts.allSatisfy({ HydraNames.isIdentifier($0) })
        else { return false }
        return ["", "logging", "handlers", "logging.handlers"].contains(parts.dropLast().joined(separator: "."))
    }
}
