import EnvironmentInventory
import PythonPackaging

/// Which packages loading the model needs: those that provide a module that it imports, and what these depend on.
///
/// What provides a module is told by the serving side's RECORDs, what a package depends on by its `Requires-Dist` with the
/// serving side's markers. What cannot be told is needed.
struct NeededPackages {
    /// The normalised names; nil when everything is needed.
    private let names: Set<String>?
    private let installed: Set<String>
    /// Whether a missing package of training may be the one that a module needs.
    private let isAnyMissingNeeded: Bool
    /// Whether the model imports files of its own: what these import is not read, so anything may be needed.
    private let importsOwnFiles: Bool
    /// The modules that no installed package provides.
    let unprovided: [String]
    /// The packages that provide what the model itself imports.
    let direct: Set<String>
    /// The packages of training in whose place another distribution is installed that loading needs.
    private let originals: Set<String>

    init(_ training: TrainingSide, _ serving: ServingSide) {
        let packages = serving.environment.packages.filter { $0.ecosystem == .pypi }
        let installed = Set(packages.map(\.name))
        self.installed = installed
        guard let needs = training.needs, !needs.isEmpty else {
            names = nil
            isAnyMissingNeeded = false
            importsOwnFiles = false
            unprovided = []
            direct = []
            originals = []
            return
        }
        var providers: [String: Set<String>] = [:]
        for package in packages {
            let modules = package.modules.isEmpty ? [package.name.replacing("-", with: "_")] : package.modules
            for module in modules { providers[module, default: []].insert(package.name) }
        }
        let known = Set(training.environment.packages.filter { $0.ecosystem == .pypi }.map(\.name))
        var found: Set<String> = []
        var unprovided: [String] = []
        var importsOwnFiles = false
        for module in needs {
            if let names = providers[module] {
                found.formUnion(names)
            } else if let names = Self.providers(of: module, in: known) {
                found.formUnion(names)
            } else if Self.isOwnModule(module, training, serving) {
                importsOwnFiles = true
            } else {
                unprovided.append(module)
            }
        }
        // What training names under another name stands for the distribution that is installed in its place.
        let standIns = found.filter { !known.contains($0) }.flatMap { AlternativeDistributions.originals(of: $0) }
            .filter { known.contains($0) && !installed.contains($0) }
        originals = Set(standIns)
        direct = found
        self.importsOwnFiles = importsOwnFiles
        self.unprovided = unprovided
        isAnyMissingNeeded = unprovided.contains { Self.distributions[$0] == nil }
        names = Self.closure(found, packages, serving)
    }

    /// Whether a package is needed. Of the systems' packages none is: wheels bring their libraries along.
    func contains(_ package: Package) -> Bool {
        guard let names else { return true }
        switch package.ecosystem {
        case .apt, .apk, .rpm: return false
        case .pypi:
            // The package that would provide a module that nothing provides may be any of the missing ones.
            return importsOwnFiles || names.contains(package.name) || originals.contains(package.name)
                || (isAnyMissingNeeded && !installed.contains(package.name))
        default: return true
        }
    }

    /// Whether loading needs a package of the serving side, as far as that is known; true when everything is needed.
    func needs(_ name: String) -> Bool { names?.contains(name) ?? true }

    /// The needed packages that are installed and that training does not name.
    func unnamed(by training: Environment) -> [String] {
        let known = Set(training.packages.map(\.name))
        return (names ?? []).filter { name in
            installed.contains(name) && !known.contains(name)
                && originals.isDisjoint(with: AlternativeDistributions.originals(of: name))
        }.sorted()
    }

    /// The packages of training that provide a module which none of the serving side does: by their names.
    private static func providers(of module: String, in known: Set<String>) -> Set<String>? {
        let names = known.intersection((distributions[module] ?? []) + [NormalizedName.of(module)])
        return names.isEmpty ? nil : names
    }

    /// Modules that are called otherwise than the packages that provide them, as far as models import them.
    private static let distributions: [String: [String]] = [
        "PIL": ["pillow"], "catboost": ["catboost"], "cloudpickle": ["cloudpickle"],
        "cv2": [
            "opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless",
        ],
        "dill": ["dill"], "joblib": ["joblib"], "keras": ["keras"], "lightgbm": ["lightgbm"],
        "mlflow": ["mlflow", "mlflow-skinny", "mlflow-tracing"], "numpy": ["numpy"],
        "onnxruntime": ["onnxruntime", "onnxruntime-gpu"], "pandas": ["pandas"], "scipy": ["scipy"],
        "skimage": ["scikit-image"], "sklearn": ["scikit-learn"], "skops": ["skops"],
        "tensorflow": ["tensorflow", "tensorflow-cpu", "tensorflow-intel", "tensorflow-macos"], "torch": ["torch"],
        "torchvision": ["torchvision"], "transformers": ["transformers"], "xgboost": ["xgboost", "xgboost-cpu"],
        "yaml": ["pyyaml"],
    ]

    /// Whether a module is a file of the model, or one that lies on the import path without a package.
    private static func isOwnModule(_ module: String, _ training: TrainingSide, _ serving: ServingSide) -> Bool {
        let file = module + ".py"
        let isInModel = training.files.contains { entry in
            let parts = entry.path.split(separator: "/")
            return parts.last.map { $0 == file } ?? false || parts.dropLast().contains { $0 == module }
        }
        if isInModel { return true }
        guard let files = serving.fileSystem else { return false }
        return (serving.importPath ?? []).contains { folder in
            files.lookup("\(folder)/\(module)/__init__.py") != nil || files.lookup("\(folder)/\(file)") != nil
        }
    }

    private struct Wanted: Hashable {
        let name: String
        let extras: Set<String>
    }

    private static func closure(_ start: Set<String>, _ packages: [Package], _ serving: ServingSide) -> Set<String> {
        let byName = Dictionary(grouping: packages, by: \.name)
        var target: PythonTarget?
        if let python = serving.environment.python, let platform = serving.environment.platform {
            target = PythonTarget(python: python.version, platform: platform, implementation: python.implementation)
        }
        var seen = Set(start.map { Wanted(name: $0, extras: []) })
        var pending = Array(seen)
        while let next = pending.popLast() {
            for text in (byName[next.name] ?? []).flatMap(\.requirements) {
                guard let requirement = try? Requirement(text) else { continue }
                if let marker = requirement.marker, let target, !target.holds(marker, extras: next.extras) { continue }
                // Without a target only what an extra asks for is known to be left out.
                if let marker = requirement.marker, target == nil, marker.variables.contains("extra") { continue }
                let wanted = Wanted(
                    name: requirement.normalizedName, extras: Set(requirement.extras.map { NormalizedName.of($0) }))
                if seen.insert(wanted).inserted { pending.append(wanted) }
            }
        }
        return Set(seen.map(\.name))
    }
}
