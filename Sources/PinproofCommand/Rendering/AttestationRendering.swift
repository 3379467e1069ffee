import EnvironmentInventory
import FindingReports
import Pinproof
import SourceDocuments

extension AttestationReport {
    /// The report for a person.
    var text: String {
        var output = ""
        if let verdict = verdictText, problems.isEmpty {
            output += "\(verdict): \(shown(file)) is signed with the key"
            output +=
                comparisons.isEmpty
                ? "\n" : " and is about the given \(comparisons.map(\.role.rawValue).joined(separator: " and "))\n"
        } else {
            output += "refused: \(shown(file))\n"
        }
        for problem in problems { output += "  \(shown(problem))\n" }
        guard let required else { return output }
        for answer in preflight?.answers ?? [] {
            output +=
                "\(answer.question.rawValue): \(answer.answer.words)\(answer.isRequired ? "" : " (not required)")\n"
        }
        for subject in subjects {
            let digests = subject.sortedDigests.map { "\($0.key):\($0.value)" }
            output += "subject   \(shown(subject.name))  \(shown(digests.joined(separator: " ")))\n"
        }
        output += "required  \(required.rawValue)\n"
        if let version { output += "by        pinproof \(shown(version))\n" }
        for role in [Comparison.Role.image, .model] where !comparisons.contains(where: { $0.role == role }) {
            output +=
                "note: the \(role.rawValue) was not compared: --\(role.rawValue) names the one that is to be used\n"
        }
        return output
    }

    /// The verdict of the statement in a word.
    private var verdictText: String? { preflight?.verdict.rawValue ?? verdict?.rawValue }

    /// The report for programs, `pinproof/verify-attestation/1`; its keys are documented in docs/attestation.md.
    var json: JSONValue {
        .members([
            "schema": .string("pinproof/verify-attestation/1"),
            "file": .string(file),
            "accepted": .boolean(isAccepted),
            "signed": .boolean(isSigned),
            "verdict": .optional(verdictText),
            "required": .optional(required?.rawValue),
            "version": .optional(version),
            "payloadDigest": .optional(preflight?.payloadDigest),
            "questions": .array(
                (preflight?.answers ?? []).map {
                    .members([
                        "question": .string($0.question.rawValue), "answer": .string($0.answer.rawValue),
                        "required": .boolean($0.isRequired),
                    ])
                }),
            "subjects": .array(
                subjects.map { subject in
                    .members([
                        "name": .string(subject.name),
                        "digest": .object(subject.sortedDigests.map { .init($0.key, .string($0.value)) }),
                    ])
                }),
            "compared": .array(
                comparisons.map {
                    .members([
                        "what": .string($0.role.rawValue), "name": .string($0.name), "same": .boolean($0.isSame),
                    ])
                }),
            "problems": .strings(problems),
        ])
    }
}

extension AttestationReport.Subject {
    fileprivate var sortedDigests: [(key: String, value: String)] { digests.sorted { $0.key < $1.key } }
}
