import EnvironmentInventory

/// Calls in Python code that fetch a model or a data set, as far as `python -c` shows them:
/// https://huggingface.co/docs/huggingface_hub/package_reference/file_download, https://www.nltk.org/api/nltk.downloader.html,
/// https://pytorch.org/docs/stable/hub.html, https://docs.python.org/3/library/urllib.request.html.
///
/// The code is read as far as these calls and their strings go; what variables hold is not known. Left out: files with code.
enum PythonCode {
    /// One thing that is fetched.
    struct Fetch {
        let kind: Pin.Kind
        let function: String
        let subject: String
        let strength: PinStrength
        let reason: String?
    }

    /// Functions that take the name of a repository of models first, and `revision=`.
    private static let hub = [
        "snapshot_download", "hf_hub_download", "from_pretrained", "SentenceTransformer", "CrossEncoder",
        "load_dataset",
    ]

    static func fetches(in code: String) -> [Fetch] {
        var result: [Fetch] = []
        for function in hub {
            for call in calls(of: function, in: code) {
                let name = call.keywords["repo_id"] ?? call.keywords["pretrained_model_name_or_path"] ?? call.first
                // A folder is no repository.
                if let name, name.hasPrefix("/") || name.hasPrefix(".") { continue }
                guard let name else { continue }
                let (strength, reason): (PinStrength, String?)
                if let revision = call.keywords["revision"] {
                    (strength, reason) = GitReference.strength(revision)
                } else if call.names.contains("revision") {
                    (strength, reason) = (.unknown, nil)
                } else {
                    (strength, reason) = (.floating, "it has no revision")
                }
                result.append(
                    Fetch(
                        kind: .modelDownload, function: function, subject: name, strength: strength, reason: reason))
            }
        }
        for function in ["nltk.download", "spacy.cli.download"] {
            for call in calls(of: function, in: code) {
                guard let name = call.first else { continue }
                result.append(
                    Fetch(
                        kind: .modelDownload, function: function, subject: name, strength: .floating,
                        reason: "it takes what is newest"))
            }
        }
        for call in calls(of: "torch.hub.load", in: code) {
            guard let name = call.first, call.keywords["source"] != "local" else { continue }
            let (strength, reason) = GitReference.strength(
                name.split(separator: ":", maxSplits: 1).dropFirst().first)
            result.append(
                Fetch(
                    kind: .modelDownload, function: "torch.hub.load", subject: name, strength: strength, reason: reason)
            )
        }
        for call in calls(of: "urlretrieve", in: code) {
            guard let url = call.first, url.containsText("://") else { continue }
            result.append(
                Fetch(kind: .download, function: "urlretrieve", subject: url, strength: .floating, reason: nil))
        }
        return result
    }

    private struct Call {
        /// The first argument, when it is a string.
        var first: String?
        /// The named arguments that are strings.
        var keywords: [String: String] = [:]
        /// All named arguments.
        var names: Set<String> = []
    }

    private static func calls(of function: String, in code: String) -> [Call] {
        guard code.containsText(function) else { return [] }
        let bytes = Array(code.utf8)
        let wanted = Array((function + "(").utf8)
        var calls: [Call] = []
        var start = 0
        while start + wanted.count <= bytes.count {
            let end = start + wanted.count
            // The end of a longer name is another function.
            if bytes[start..<end].elementsEqual(wanted), start == 0 || !isName(bytes[start - 1]) {
                calls.append(arguments(bytes, end))
                start = end
            } else {
                start += 1
            }
        }
        return calls
    }

    private static func isName(_ byte: UInt8) -> Bool {
        byte.isASCIIDigit || byte.isASCIILetter || byte == UInt8(ascii: "_")
    }

    /// The arguments of a call whose opening parenthesis is behind us.
    private static func arguments(_ bytes: [UInt8], _ start: Int) -> Call {
        var call = Call()
        var depth = 0
        var number = 0
        var name = ""
        var word: [UInt8] = []
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                let end = bytes[index...].firstIndex(of: byte) ?? bytes.count
                let text = String(decoding: bytes[index..<end], as: UTF8.self)
                index = min(end + 1, bytes.count)
                guard depth == 0 else { continue }
                if !name.isEmpty {
                    call.keywords[name] = text
                } else if number == 0, word.isEmpty {
                    call.first = text
                }
                word = [byte]
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                if depth == 0 { return call }
                depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                (number, name, word) = (number + 1, "", [])
            case UInt8(ascii: "=") where depth == 0:
                name = String(decoding: word, as: UTF8.self)
                call.names.insert(name)
                word = []
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): break
            default: if depth == 0 { word.append(byte) }
            }
        }
        return call
    }
}
