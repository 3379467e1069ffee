import EnvironmentInventory
import ParallelWork
import SourceDocuments

/// The recorded results of a fleet: `DIR/<pair>.json`, each a `pinproof/verify/1`.
package struct FleetResults: Sendable {
    /// The directory.
    package let directory: String

    /// Names a directory.
    package init(directory: String) { self.directory = directory }

    /// The file of a pair's result.
    package func path(_ pair: String) -> String { join(directory, "\(pair).json") }

    /// What a recorded result says.
    private struct Recorded: Sendable {
        let verdict: Verdict
        let required: String
        let reasons: [String]
    }

    /// Whether a whole result is recorded that required this evidence.
    package func isRecorded(_ pair: String, required: Evidence) -> Bool {
        recorded(pair)?.required == required.rawValue
    }

    private func recorded(_ pair: String) -> Recorded? {
        guard isRegularFile(path(pair)), let text = try? readText(path(pair)),
            let table = (try? JSONReader.read(text, maximumDepth: 128))?.table,
            table["schema"]?.string == "pinproof/verify/1", let required = table["required"]?.string,
            let verdict = table["verdict"]?.string.flatMap({ Verdict(rawValue: $0) })
        else { return nil }
        return Recorded(verdict: verdict, required: required, reasons: verdict == .match ? [] : Self.reasons(table))
    }

    /// The most reasons of one pair.
    private static let maximumReasons = 5

    /// Why a verdict is not a match: packages, facts, gaps and errors, in this order.
    private static func reasons(_ table: DocumentTable) -> [String] {
        var reasons: [String] = []
        let wanted = table["verdict"]?.string ?? ""
        for item in (table["packages"]?.array ?? []).compactMap(\.table) where item["verdict"]?.string == wanted {
            let name = item["name"]?.string ?? "a package"
            let why = item["reasons"]?.array?.first?.string
            let versions = [item["training"], item["serving"]].map { $0?.table?["version"]?.string }
            let step = versions[0] == versions[1] ? "" : " \(versions[0] ?? "?") -> \(versions[1] ?? "absent")"
            reasons.append("\(name)\(step)" + (why.map { ": \($0)" } ?? ""))
        }
        for item in (table["environment"]?.array ?? []).compactMap(\.table) where item["verdict"]?.string == wanted {
            let why = item["reasons"]?.array?.first?.string
            reasons.append((item["name"]?.string ?? "a fact") + (why.map { ": \($0)" } ?? ""))
        }
        for item in (table["findings"]?.array ?? []).compactMap(\.table) where item["severity"]?.string == "error" {
            reasons.append(item["message"]?.string ?? "a finding")
        }
        for side in ["training", "serving"] {
            for gap in (table["gaps"]?.table?[side]?.array ?? []).compactMap(\.table) {
                reasons.append("\(gap["subject"]?.string ?? "a gap"): \(gap["reason"]?.string ?? "")")
            }
        }
        let rest = reasons.count - maximumReasons
        return reasons.prefix(maximumReasons) + (rest > 0 ? ["and \(rest) more"] : [])
    }

    /// Makes the report of a plan.
    package func report(_ plan: FleetPlan) async -> FleetReport {
        await runBlocking { (_: Cancellation) in
            let rows = mapInParallel(plan.pairs) { pair in
                let found = recorded(pair.id)
                let missing = [pair.problem ?? "no result is recorded"]
                return FleetReport.Row(
                    pair: pair.id, name: pair.entry.name ?? pair.entry.model, model: pair.entry.model,
                    image: pair.entry.image, pinned: pair.pinned, verdict: found?.verdict,
                    reasons: found?.reasons ?? missing, sameModels: pair.sameModels, sameImages: pair.sameImages)
            }
            return FleetReport(rows: rows, notes: plan.notes, problems: plan.problems)
        }
    }
}
