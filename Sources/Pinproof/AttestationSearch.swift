import ContainerImages
import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// Finds the attestations that are kept beside an image and decides which of them speaks.
enum AttestationSearch {
    /// Tries every envelope: those that the key signed and that are about the image and the model have to agree, and one that
    /// says mismatch counts before all others.
    static func run(
        image name: String, key: String, _ options: AttestationVerifier.Options, reading: ReadingOptions
    ) throws(InputError) -> AttestationReport {
        let pem = try readText(key).bytes
        let store = try AttestationStore.open(name, options.target, reading)
        var options = options
        // The bytes of the manifest were held against its digest: nothing more has to be read of the image.
        options.image = store.manifest.description
        if let model = options.model, Digest(model) == nil {
            // Read once, however many envelopes there are.
            options.model = try SubjectReader(target: nil, reading: reading).read(model).description.identity ?? model
        }
        var unread: [String] = []
        let found = try InputError.wrapping { () throws(ArtifactError) in
            try store.envelopes(of: store.manifest, problems: &unread)
        }
        var reports: [AttestationReport] = []
        for one in found {
            let envelope: [UInt8]
            do throws(InputError) {
                envelope = Array(
                    try AttachedStatement(SourceText(name: one.name, bytes: one.envelope)).envelope.json.text().utf8)
            } catch {
                unread.append(error.description)
                continue
            }
            let text = SourceText(name: one.name, bytes: envelope)
            let report = try VerifyAttestation.run(text, pem: pem, key: key, options, reading: reading)
            if report.isSigned, report.verdict != nil, report.preflight == nil { reports.append(report) }
        }
        return decide(reports, name: name, found: found.count, unread: unread, key: key)
    }

    private static func decide(
        _ reports: [AttestationReport], name: String, found: Int, unread: [String], key: String
    ) -> AttestationReport {
        let relevant = reports.filter { report in report.comparisons.allSatisfy(\.isSame) }
        guard !relevant.isEmpty else {
            if var first = reports.first {
                first.problems += unread
                return first
            }
            var none = AttestationReport(file: name)
            none.problems = [
                found == 0
                    ? "\(name) has no attestation beside it"
                    : "none of \(found) attestations beside \(name) is a verification that \(key) signed"
            ]
            none.problems += unread
            return none
        }
        if let mismatch = relevant.first(where: { $0.verdict == .mismatch }) { return mismatch }
        if let undecided = relevant.first(where: { $0.verdict == .notProvable }) {
            guard relevant.contains(where: { $0.verdict == .match }) else { return undecided }
            var report = undecided
            report.problems.append("the attestations do not agree: one of \(relevant.count) says match")
            return report
        }
        return relevant.first { $0.problems.isEmpty } ?? relevant[0]
    }
}
