import DockerfileSyntax
import SourceDocuments

/// Kubernetes objects, those of KServe, Seldon, Argo, Kubeflow and other custom resources among them: every `image`
/// (https://kubernetes.io/docs/concepts/containers/images/).
///
/// Recognised by `apiVersion` and `kind`. Left out: `storageUri`, which is not an image; what templates render.
enum KubernetesManifest: Manifest {
    static let kind = "kubernetes"

    static func matches(path: String) -> Bool { ManifestPath.isYAML(ManifestPath.name(of: path)) }

    static func recognizes(_ source: ManifestSource) -> Bool {
        source.hasDocument(with: "apiVersion", "kind") || isKustomization(source.text.name) || isPatch(source)
    }

    /// Whether a file is a list of operations, `{op, path, value}`, one of them on an image.
    private static func isPatch(_ source: ManifestSource) -> Bool {
        guard source.contains("/image"), source.names(key: "op"), source.names(key: "path") else { return false }
        if ["- op:", "- path: /", "- value:"].contains(where: { source.hasLine(startingWith: $0) }) { return true }
        return YAMLReader.readAll(source.text, acceptsDuplicates: true).documents.contains { document in
            document.array?.contains { operation in
                operation[keys: "op"]?.text != nil && operation[keys: "path"]?.text?.hasSuffix("/image") ?? false
            } ?? false
        }
    }

    /// `kustomization.yaml`, which needs no `apiVersion` and no `kind`.
    private static func isKustomization(_ path: String) -> Bool {
        ["kustomization.yaml", "kustomization.yml"].contains(ManifestPath.name(of: path))
    }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        for document in try YAMLStream.read(reader.text) {
            if document.array != nil { readPatch(document, &reader) }
            if isKustomization(reader.text.name), document[keys: "kind"] == nil { readKustomization(document, &reader) }
            guard document[keys: "apiVersion"]?.text != nil, let kind = document[keys: "kind"]?.text else { continue }
            if kind == "ConfigMap" { readScripts(document[keys: "data"], &reader) }
            // Their `image` is a file of a page, or data of a program.
            if ["ConfigMap", "Secret", "CustomResourceDefinition"].contains(kind) { continue }
            if kind == "Kustomization" {
                readKustomization(document, &reader)
                continue
            }
            visit(document, &reader, depth: 0)
        }
    }

    private static let maximumDepth = 64

    private static func visit(_ node: DocumentNode, _ reader: inout ManifestReader, depth: Int) {
        guard depth < maximumDepth else {
            return reader.addUnread("an object", requestedBy: "", "it is nested too deeply", at: node.range)
        }
        for item in node.array ?? [] { visit(item, &reader, depth: depth + 1) }
        if node[keys: "image"]?.string != nil { readStart(node, &reader) }
        for member in node.members {
            if member.key == "image" || member.key == "containerImage" {
                if let text = member.value.string {
                    if isReference(text) { add(text, member.value.range, &reader) }
                } else if let reference = member.value[keys: "reference"], let text = reference.string {
                    // A volume that is an image (https://kubernetes.io/docs/concepts/storage/volumes/#image).
                    if isReference(text) { add(text, reference.range, &reader) }
                } else if member.value.table != nil {
                    ImageTriple.read(member.value, &reader)
                }
                continue
            }
            // An image of a block device, and annotations, are not containers.
            if ["rbd", "annotations", "labels"].contains(member.key) { continue }
            visit(member.value, &reader, depth: depth + 1)
        }
    }

    /// Scripts for containers to run, by the names or the first lines of a ConfigMap's files.
    private static func readScripts(_ files: DocumentNode?, _ reader: inout ManifestReader) {
        for file in files?.members ?? [] {
            guard let text = file.value.string else { continue }
            if namesImage(text) {
                reader.addUnread(
                    file.key, requestedBy: "", "the manifests that a ConfigMap holds are not read", at: file.value.range
                )
            }
            let line = text.hasPrefix("#!") ? text.dropFirst(2).prefix { $0 != "\n" } : ""
            guard file.key.hasSuffix(".sh") || ["sh", "bash"].contains(where: { line.hasSuffix($0) }) else { continue }
            var place = ManifestReader.Place()
            place.isCheckout = false
            reader.addStart([file.value], place)
        }
    }

    /// As far as the name behind a key is looked for.
    private static let maximumReference = 512

    /// Whether a text names an image, `image: NAME`, in a line of its own or in braces.
    private static func namesImage(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let key = Array("image".utf8)
        var index = 0
        while index + key.count <= bytes.count {
            guard bytes[index] == key[0], bytes[index..<(index + key.count)].elementsEqual(key) else {
                index += 1
                continue
            }
            // A key begins a line, an item of a list, or a mapping in braces.
            let before = bytes[..<index].last { !" \t".utf8.contains($0) }
            let isKey = before.map { "\n\r{,-\"'".utf8.contains($0) } ?? true
            index += key.count
            let behind = bytes[index...].prefix(maximumReference).drop { " \"'".utf8.contains($0) }
            guard isKey, behind.first == UInt8(ascii: ":") else { continue }
            let name = behind.dropFirst().drop { " \"'".utf8.contains($0) }
                .prefix { !" \t\n\r\"',}".utf8.contains($0) }
            if !name.isEmpty, isReference(String(decoding: name, as: UTF8.self)) { return true }
        }
        return false
    }

    /// What a container runs: `command` and `args`, the `source` of Argo's scripts, the `script` of Tekton's steps.
    private static func readStart(_ container: DocumentNode, _ reader: inout ManifestReader) {
        var place = ManifestReader.Place()
        place.directory = container[keys: "workingDir"]?.text
        place.isCheckout = false
        for variable in container[keys: "env"]?.array ?? [] {
            if let name = variable[keys: "name"]?.text { place.variables[name] = .some(variable[keys: "value"]?.text) }
        }
        if let source = container[keys: "source"] ?? container[keys: "script"], let text = source.string {
            let line = text.hasPrefix("#!") ? text.dropFirst(2).prefix { $0 != "\n" }[...] : "sh"
            place.interpreter = RunStep.interpreter(
                named: container[keys: "command"]?.array?.first?.text ?? String(line))
            return reader.addStart([source], place)
        }
        func expanded(_ node: DocumentNode) -> DocumentNode { Self.expanded(node, place.variables) }
        reader.addStart(["command", "args"].compactMap { container[keys: $0].map(expanded) }, place)
        for hook in ["postStart", "preStop"] {
            if let command = container[keys: "lifecycle", hook, "exec", "command"] {
                reader.addStart([expanded(command)], place)
            }
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            if let command = container[keys: probe, "exec", "command"] { reader.addProbe([expanded(command)], place) }
        }
    }

    /// A command with the variables that Kubernetes puts in, `$(NAME)`, `$$(NAME)` is none
    /// (https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/).
    private static func expanded(_ node: DocumentNode, _ variables: ScriptVariables) -> DocumentNode {
        if let list = node.array {
            return DocumentNode(.array(list.map { expanded($0, variables) }), range: node.range)
        }
        guard let text = node.string, text.containsText("$(") else { return node }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$$") {
                result += rest.hasPrefix("$$(") ? "$" : "$$"
                rest = rest.dropFirst(2)
                continue
            }
            guard rest.hasPrefix("$("), let close = rest.firstIndex(of: ")"),
                let value = variables[String(rest[..<close].dropFirst(2))]
            else {
                result += "$"
                rest = rest.dropFirst()
                continue
            }
            result += value ?? "${\(rest[..<close].dropFirst(2))}"
            rest = rest[rest.index(after: close)...]
        }
        return DocumentNode(.string(result + rest), range: node.range)
    }

    /// Records an image; of one that a template puts together only the literal parts count.
    private static func add(_ text: String, _ range: SourceRange, _ reader: inout ManifestReader) {
        guard text.contains("$") else { return reader.addImage(text, at: range, requestedBy: "image") }
        let isLiteral = UnknownReference.floatingTag(of: text) != nil || text.contains("@sha256:")
        // What an action of a template gives stands in the chart's values.
        if text.contains("${_"), text.hasSuffix("}") || !isLiteral { return }
        reader.addImage(text, isKnown: false, at: range, requestedBy: "image")
    }

    /// Whether a value can be an image: a picture's address and a sentence are none.
    private static func isReference(_ text: String) -> Bool {
        if text.isEmpty || text.contains("://") || text.contains(" ") || text.contains("{{") { return false }
        return ![".png", ".svg", ".jpg", ".jpeg", ".gif", ".ico", ".iso", ".qcow2", ".img"].contains {
            text.hasSuffix($0)
        }
    }

    /// A patch: a part of an object, or a list of operations, `{op, path, value}` (https://www.rfc-editor.org/rfc/rfc6902).
    private static func readPatch(_ patch: DocumentNode, _ reader: inout ManifestReader) {
        guard let operations = patch.array else { return visit(patch, &reader, depth: 0) }
        for operation in operations {
            guard let path = operation[keys: "path"]?.text, operation[keys: "op"]?.text != nil,
                let value = operation[keys: "value"]
            else { continue }
            guard let text = value.string else {
                visit(value, &reader, depth: 0)
                continue
            }
            if path.hasSuffix("/image"), isReference(text) { add(text, value.range, &reader) }
        }
    }

    /// `patches: [{patch}]`, `patchesJson6902: [{patch}]`, `patchesStrategicMerge: [text]`
    /// (https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/).
    private static func readPatches(_ document: DocumentNode, _ reader: inout ManifestReader) {
        for key in ["patches", "patchesJson6902", "patchesStrategicMerge"] {
            for item in document[keys: key]?.array ?? [] {
                let written = item[keys: "patch"] ?? item
                // A list may name files in place of patches.
                guard let text = written.string,
                    text.contains("\n") || text.contains("image:") || text.contains("image\"")
                        || text.contains("/image")
                else { continue }
                if let patch = EmbeddedText.document(of: written, in: reader.text) {
                    readPatch(patch, &reader)
                } else if text.contains("image") {
                    reader.addUnread("a patch", requestedBy: "", "it is not YAML", at: written.range)
                }
            }
        }
    }

    /// Whether a resource is one of another repository
    /// (https://github.com/kubernetes-sigs/kustomize/blob/master/examples/remoteBuild.md).
    private static func isRemote(_ text: String) -> Bool {
        ["https://", "http://", "ssh://", "git@", "git::", "github.com/", "gitlab.com/"].contains { text.hasPrefix($0) }
    }

    /// `images: [{name, newName, newTag, digest}]`
    /// (https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/), patches, and resources of other places.
    private static func readKustomization(_ document: DocumentNode, _ reader: inout ManifestReader) {
        readPatches(document, &reader)
        for key in ["resources", "bases", "components"] {
            for resource in document[keys: key]?.array ?? [] {
                guard let text = resource.string, isRemote(text) else { continue }
                let address = text.prefix { $0 != "?" }
                if address.hasPrefix("http"), [".yaml", ".yml", ".json"].contains(where: { address.hasSuffix($0) }) {
                    reader.add(
                        Pin(
                            kind: .download, subject: text, strength: .floating, file: reader.text.name,
                            range: resource.range, requestedBy: key, reason: "nothing checks its bytes"))
                    continue
                }
                let query = text.split(separator: "?").dropFirst().first?.split(separator: "&") ?? []
                let reference = query.first { $0.hasPrefix("ref=") || $0.hasPrefix("version=") }
                let (strength, reason) = GitReference.strength(
                    reference.map { $0[$0.index(after: $0.firstIndex(of: "=") ?? $0.startIndex)...] })
                reader.add(
                    Pin(
                        kind: .gitCheckout, subject: text, strength: strength, file: reader.text.name,
                        range: resource.range, requestedBy: key, reason: reason))
            }
        }
        for chart in document[keys: "helmCharts"]?.array ?? [] {
            reader.addUnread(
                chart[keys: "name"]?.text ?? "helmCharts", requestedBy: "helmCharts",
                "the images of a chart are not read",
                at: chart.range)
        }
        for image in document[keys: "images"]?.array ?? [] {
            guard let name = (image[keys: "newName"] ?? image[keys: "name"])?.text else { continue }
            if let digest = image[keys: "digest"]?.text {
                reader.addImage("\(name)@\(digest)", at: image.range, requestedBy: "images")
            } else if let tag = image[keys: "newTag"], let text = tag.text {
                reader.addImage("\(name):\(text)", at: tag.range, requestedBy: "images")
            }
        }
    }
}
