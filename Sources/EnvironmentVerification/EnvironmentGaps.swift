import EnvironmentInventory
import SourceDocuments

/// The gaps of both sides that bear on the verdict.
///
/// A gap of the training side always does. One of the serving side does unless it hides only packages of which training
/// names none of their kind: such a package is not compared anyway.
struct EnvironmentGaps {
    /// The gaps of the training side, each once: those of its environment and those of the model and its lock.
    let training: [Gap]
    /// The gaps of the serving side that could hide a compared package.
    let serving: [Gap]
    private let trainingName: String
    private let servingName: String

    /// Collects the gaps of two sides.
    init(_ training: TrainingSide, _ serving: ServingSide) {
        trainingName = training.name
        servingName = serving.name
        let compared = Set(training.environment.packages.map(\.ecosystem))
        let systems: Set<Ecosystem> = [.apt, .apk, .rpm]
        var seen: Set<Gap> = []
        self.training = (training.environment.gaps + training.gaps).filter { seen.insert($0).inserted }
        self.serving = serving.environment.gaps.filter { gap in
            switch gap.scope {
            case .anything: true
            case .packages(let ecosystem): compared.contains(ecosystem)
            case .systemPackages: !compared.isDisjoint(with: systems)
            }
        }
    }

    /// Whether there is no gap.
    var isEmpty: Bool { training.isEmpty && serving.isEmpty }

    /// An error for each gap, at the file and line of the entry.
    var findings: [Finding] {
        training.map { finding($0, EnvironmentVerifier.incompleteTraining, trainingName) }
            + serving.map { finding($0, EnvironmentVerifier.incompleteServing, servingName) }
    }

    private func finding(_ gap: Gap, _ rule: Rule, _ name: String) -> Finding {
        let range = gap.source?.line.map {
            SourceRange(start: SourcePosition(line: $0, column: 1), end: SourcePosition(line: $0 + 1, column: 1))
        }
        return Finding(
            rule: rule.name, severity: .error, file: gap.source?.file ?? name, range: range,
            message: gap.subject.isEmpty ? gap.reason : "\(gap.subject): \(gap.reason)", help: rule.help,
            subject: gap.subject.isEmpty ? nil : gap.subject)
    }
}
