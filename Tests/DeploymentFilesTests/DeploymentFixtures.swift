import EnvironmentInventory
import SourceDocuments
import TestSupport

@testable import DeploymentFiles

/// The digest of an image, and the image by it.
let digest = "sha256:" + String(repeating: "1", count: 64)
let pinned = "registry.example/churn@\(digest)"

/// Reads a deployment of files by name.
func deployment(_ files: [String: String]) -> Reading<Deployment> {
    DeploymentReading.read(files.map { DeploymentFile(name: $0.key, bytes: Array($0.value.utf8)) })
}

/// Reads a deployment of one file.
func deployment(_ name: String, _ text: String) -> Reading<Deployment> { deployment([name: text]) }

/// The bytes of a file of `Fixtures`.
func fixture(_ name: String) -> [UInt8] {
    let directory = #filePath.prefix(through: #filePath.lastIndex(of: "/") ?? #filePath.startIndex)
    return contents(ofFile: directory + "Fixtures/" + name) ?? []
}

/// The registry of MLflow's file store, below `mlruns`.
let storeFiles = [
    "models/churn/meta.yaml", "models/churn/version-1/meta.yaml", "models/churn/version-2/meta.yaml",
    "models/churn/version-2/tags/owner", "models/churn/tags/runbook_url", "models/churn/aliases/champion",
    "models/churn/aliases/previous",
]

/// A situation with the words of a `preflight.toml`, as preflight makes it.
func situation(_ files: [String: String], outputs: [String] = ["prediction"]) -> DeploymentSituation {
    let reading = deployment(files.filter { $0.key != "preflight.toml" })
    var situation = DeploymentSituation(deployment: reading.value, subject: "churn")
    situation.gaps = reading.gaps
    situation.outputs = outputs
    situation.modelID = "m-1"
    if let text = files["preflight.toml"],
        let table = try? TOMLReader.read(SourceText(name: "preflight.toml", text: text)).table
    {
        if let node = table["rollback"]?.table?["switch"], let name = node.string {
            situation.declaredSwitch = (.init(name), "preflight.toml", node.range)
        }
        for node in table["monitoring"]?.table?["alerts"]?.array ?? [] {
            let text = node.string ?? ""
            let file = String(text.prefix { $0 != "#" })
            situation.declaredAlerts.append(
                .init(text, file: files[file] == nil ? nil : file, source: "preflight.toml", range: node.range))
        }
    }
    situation.claims =
        DeploymentSituation.claims(in: reading.value, names: ["churn"], paths: ["model/MLmodel"])
        + situation.alertClaims
    return situation
}
