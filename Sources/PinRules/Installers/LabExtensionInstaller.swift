/// `jupyter labextension install @scope/name@1.2.3`, whose packages come from npm
/// (https://jupyterlab.readthedocs.io/en/stable/user/extensions.html).
enum LabExtensionInstaller: InstallerCommandReader {
    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program, program == "jupyter" || program == "jupyter-labextension" else {
            return nil
        }
        let arguments = OptionGrammar(valueOptions: ["--app-dir", "--log-level", "--minimize-to"])
            .arguments(command.words.dropFirst())
        var operands = arguments.operands[...]
        if program == "jupyter" {
            guard operands.first?.text == "labextension" else { return nil }
            operands = operands.dropFirst()
        }
        guard operands.first?.text == "install" else { return InstallRequest() }
        let by = "jupyter labextension install"
        return InstallRequest(
            pins: operands.dropFirst().compactMap { word in
                guard let text = word.text else { return word.pin(.npmPackage, .unknown, requestedBy: by, in: command) }
                if text.hasPrefix(".") || text.hasPrefix("/") || text.hasSuffix(".tgz") && !text.contains("://") {
                    return nil
                }
                let version = text.dropFirst().lastIndex(of: "@").map { String(text[text.index(after: $0)...]) }
                let isExact = version.map { NodeVersion.isExact($0) } ?? false
                return word.pin(
                    .npmPackage, isExact ? .exact : .floating, requestedBy: by, in: command,
                    reason: isExact ? nil : version.map { "\($0) is not a single version" })
            })
    }
}
