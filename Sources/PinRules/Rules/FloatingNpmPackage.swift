import EnvironmentInventory

/// An npm package without one exact version.
package enum FloatingNpmPackage: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "floating-npm-package",
        summary:
            "npm, npx, yarn, pnpm or bun installs a package without one exact version, or a project without enforcing its lock.",
        why: "A range or a tag takes whatever was published last.",
        help: "Use npm ci (yarn install --immutable, pnpm install --frozen-lockfile), or name one version: name@1.2.3.",
        hadolint: ["DL3016"],
        bad: [
            .init("FROM node:20.15.0\nRUN npm install -g «typescript» eslint@9.6.0\n"),
            .init("FROM node:20.15.0\nRUN npm «install»\n"),
            .init("FROM node:20.15.0\nRUN npx «prettier@3» --check .\n"),
        ],
        good: [
            .init("FROM node:20.15.0\nRUN npm ci\n"),
            .init("FROM node:20.15.0\nRUN npm install -g @scope/tool@1.2.3\n"),
        ])

    /// Floating is an error whatever is required, exact is one at `hashed`.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .npmPackage else { return nil }
        switch pin.strength {
        case .floating:
            return PinJudgement(.error, "\(pin.title) floats: \(pin.reason ?? "it has no version")")
        case .exact where require == .hashed:
            return PinJudgement(.error, "\(pin.title) has a version but no integrity hash")
        default: return nil
        }
    }
}
