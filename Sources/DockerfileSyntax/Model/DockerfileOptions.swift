import EnvironmentInventory

/// What is given to a build from outside of the Dockerfile.
package struct DockerfileOptions: Sendable {
    /// `--build-arg NAME=VALUE`.
    package var buildArguments: [String: String]
    /// `--build-context NAME=VALUE`, the value as docker takes it: `docker-image://REF`, a folder, a URL.
    package var buildContexts: [String: String]
    /// The platform to build for, which gives `TARGETPLATFORM` and the like; nil leaves them unknown.
    package var targetPlatform: Platform?
    /// The platform of the builder, which gives `BUILDPLATFORM` and the like; nil leaves them unknown.
    package var buildPlatform: Platform?

    /// Makes options; without any, the file's own defaults hold.
    package init(
        buildArguments: [String: String] = [:], buildContexts: [String: String] = [:], targetPlatform: Platform? = nil,
        buildPlatform: Platform? = nil
    ) {
        self.buildArguments = buildArguments
        self.buildContexts = buildContexts
        self.targetPlatform = targetPlatform
        self.buildPlatform = buildPlatform
    }

    /// The named context of a name; `name`, `name:latest` and `docker.io/library/name` are one.
    func buildContext(_ name: String) -> String? {
        if buildContexts.isEmpty { return nil }
        if let exact = buildContexts[name] { return exact }
        func normal(_ text: String) -> String {
            guard let reference = ImageReference(text) else { return text }
            return reference.canonicalRepository + ":" + (reference.tag ?? "latest")
                + (reference.digest.map { "@\($0)" } ?? "")
        }
        let wanted = normal(name)
        return buildContexts.sorted { $0.key < $1.key }.first { normal($0.key) == wanted }?.value
    }
}
