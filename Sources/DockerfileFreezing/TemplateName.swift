/// The names that the template of a frozen Dockerfile can use; docs/freeze.md describes each.
package enum TemplateName: String, Sendable, Hashable, CaseIterable {
    case version
    case lockName = "lock.name"
    case lockDigest = "lock.sha256"
    case baseReference = "base.reference"
    case baseName = "base.name"
    case baseDigest = "base.digest"
    case epoch
    case user
    case entrypoint
    case installer
    case installerImage = "installer.image"
    case installerPath = "installer.path"
    case installerStage = "installer.stage"
    case installerCopied = "installer.copied"
    case installFile = "install.file"
    case secrets
    case credentials
    case environment
    case project
    case projectFiles = "project.files"
    case choice
    case pip
    case uv
    case uvSync = "uv.sync"
    case uvPip = "uv.pip"
    case conda
    case micromamba
    case explicit
    case explicitPip = "explicit.pip"
    case pixi
    case build
    case buildTools = "build.tools"
    case buildSdists = "build.sdists"
    case buildSources = "build.sources"
    case buildRepositories = "build.repositories"
    case apt
    case aptSnapshot = "apt.snapshot"
    case aptSources = "apt.sources"
    case aptPackages = "apt.packages"
    case model
    case modelFolder = "model.folder"
    case modelDigest = "model.sha256"
    case serve
    case servePort = "serve.port"
    case serveConfiguration = "serve.configuration"
}

/// The values of a template's names: a text, or whether a section is rendered.
struct TemplateValues: Sendable, Hashable {
    private var texts: [TemplateName: String] = [:]
    private var sections: Set<TemplateName> = []

    /// The text of a name; nil where it has none.
    subscript(name: TemplateName) -> String? {
        get { texts[name] }
        set { texts[name] = newValue }
    }

    /// Renders the section of a name although the name has no text.
    mutating func render(_ name: TemplateName, if isRendered: Bool = true) {
        if isRendered { sections.insert(name) } else { sections.remove(name) }
    }

    /// Whether the section of a name is rendered: ``render(_:if:)`` was called, or its text is not empty.
    func isRendered(_ name: TemplateName) -> Bool { sections.contains(name) || texts[name]?.isEmpty == false }
}
