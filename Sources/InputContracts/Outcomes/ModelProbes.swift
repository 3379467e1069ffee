import EnvironmentInventory
import PythonPackaging

/// Collects the probes of a model from everything that predicts outcomes.
package enum ModelProbes {
    /// Returns the probes of what a model's files say about its inputs.
    ///
    /// - Parameters:
    ///   - parts: what the files say.
    ///   - training: the environment that the model records.
    ///   - serving: the environment that serves it; nil where outcomes in that of training are asked.
    package static func all(
        _ parts: [ContractPart], training: Environment, serving: Environment?
    ) -> [ContractProbe] {
        var probes: [ContractProbe] = []
        for part in parts {
            switch part.kind {
            case .estimator:
                let version = serving.map(estimatorVersion)
                let libraries = libraries(in: serving ?? training, isServing: serving != nil)
                let estimator = EstimatorProbes(part, serving: version, libraries: libraries)
                if let estimator { probes += estimator.all }
            case .signature:
                if let serving {
                    probes += MLflowServer.probes(of: part.contract, version: version(of: "mlflow", in: serving))
                } else {
                    probes += MLflowServer.probes(of: part, serving: version(of: "mlflow", in: training))
                }
            case .example, .schema: break
            }
        }
        return probes
    }

    /// The version of scikit-learn that serves. An environment without it, or with two of it, serves no version that is known.
    package static func estimatorVersion(in serving: Environment) -> String {
        version(of: "scikit-learn", in: serving) ?? "of no known version"
    }

    /// The versions of LightGBM and XGBoost that serve, as far as they are known.
    private static func libraries(in environment: Environment, isServing: Bool) -> [String: String] {
        var versions: [String: String] = [:]
        for library in BoosterLibrary.allCases {
            versions[library.rawValue] =
                version(of: library.rawValue, in: environment) ?? (isServing ? "of no known version" : nil)
        }
        return versions
    }

    /// The version of a distribution of Python in an environment; nil where there is none, or more than one.
    package static func version(of name: String, in environment: Environment) -> String? {
        let versions = Set(
            environment.packages.filter {
                [.pypi, .conda].contains($0.ecosystem) && NormalizedName.of($0.name) == name
            }
            .compactMap(\.version))
        guard versions.count == 1, let only = versions.first else { return nil }
        return only
    }
}
