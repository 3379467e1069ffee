/// The environment variables that pip and uv read as their options
/// (https://pip.pypa.io/en/stable/topics/configuration/#environment-variables,
/// https://docs.astral.sh/uv/reference/environment/).
struct PipVariables {
    let constraints: [String]
    let requirements: [String]
    let extraIndexes: [String]
    let requiresHashes: Bool
    let leavesOutDependencies: Bool

    init(isUV: Bool, _ command: InstallerCommand) {
        func list(_ name: String) -> [String] {
            (command.variable(name) ?? "").split(separator: " ").map(String.init)
        }
        func isSet(_ name: String) -> Bool {
            ["1", "true", "yes", "on"].contains(command.variable(name)?.lowercased() ?? "")
        }
        if isUV {
            constraints = list("UV_CONSTRAINT")
            requirements = []
            extraIndexes = list("UV_EXTRA_INDEX_URL") + list("UV_INDEX")
            requiresHashes = isSet("UV_REQUIRE_HASHES")
            leavesOutDependencies = isSet("UV_NO_DEPS")
        } else {
            constraints = list("PIP_CONSTRAINT")
            requirements = list("PIP_REQUIREMENT")
            extraIndexes = list("PIP_EXTRA_INDEX_URL")
            requiresHashes = isSet("PIP_REQUIRE_HASHES")
            leavesOutDependencies = isSet("PIP_NO_DEPS")
        }
    }
}
