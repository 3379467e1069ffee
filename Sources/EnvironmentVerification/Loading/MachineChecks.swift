import BinaryLoading
import ContainerImages
import EnvironmentInventory
import SourceDocuments

/// Objects that need a higher level of x86-64 than the processor that was given.
enum ProcessorCheck {
    static func problems(_ scene: LoadingScene, _ survey: LoadingSurvey) -> [LoadingAssessment.Problem] {
        guard let cpu = scene.options.cpu, let given = ProcessorLevel.number(cpu) else { return [] }
        var roots: [String: LoadingRoot] = [:]
        for item in survey.opened { for path in item.objects where roots[path] == nil { roots[path] = item.root } }
        var problems: [LoadingAssessment.Problem] = []
        for (path, file) in survey.mapped.sorted(by: { $0.key < $1.key }) {
            let needed = level(file)
            guard needed > given else { continue }
            let root = roots[path]
            problems.append(
                LoadingAssessment.Problem(
                    rule: LoadingRules.cpuLevel.name, reach: root.map { $0.isNamed ? .fails : .mayFail } ?? .fails,
                    root: root?.name ?? shownPath(survey.program), chain: [shownPath(path)],
                    needs: ProcessorLevel.name(needed), found: cpu, file: shownPath(path), layer: scene.layer(path)))
        }
        return problems
    }

    /// The level that an object says it needs: by its note, or as NumPy's core by its baseline.
    static func level(_ file: ELFFile) -> Int {
        max(ProcessorLevel.number(bits: file.instructionSets), file.numpy?.instructionLevel ?? 1)
    }
}

/// What CUDA needs: driver, architectures, a toolkit that is asked for a GPU.
struct CUDACheck {
    private(set) var problems: [LoadingAssessment.Problem] = []
    private(set) var unread: [LoadingAssessment.Unread] = []

    /// The least driver for each major of the CUDA runtime
    /// (https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html).
    static let drivers: [Int: String] = [11: "450.80.02", 12: "525.60.13", 13: "580"]

    /// The newest CUDA runtime that is mapped or asked for, by the names of its libraries.
    static func runtime(_ survey: LoadingSurvey) -> Int? {
        let mapped = survey.names.keys.compactMap { LibraryNames.cudaMajor($0) }
        let needed = survey.mapped.values.flatMap(\.needed).compactMap { LibraryNames.cudaMajor($0) }
        return (mapped + needed).max()
    }

    init(_ scene: LoadingScene, _ survey: LoadingSurvey, injected: Set<String>) {
        let objects = survey.mapped.sorted { $0.key < $1.key }
        for (path, file) in objects {
            if let problem = file.deviceCode?.problem {
                unread.append(.init(reason: problem, file: shownPath(path)))
            }
        }
        for path in survey.mapped.keys.sorted()
        where PosixPath.lastComponent(path).hasPrefix("libcuda.so") && path.contains("/stubs/") {
            problems.append(
                .init(
                    rule: LoadingRules.stubDriver.name, reach: .fails, root: shownPath(survey.program),
                    chain: [shownPath(path)], needs: "libcuda.so.1", found: "a stub", file: shownPath(path),
                    layer: scene.layer(path)))
        }
        let runtime = Self.runtime(survey)
        if let driver = scene.options.driver, let major = runtime, let least = Self.drivers[major],
            Self.precedes(driver, least), !hasCompatibility(scene, survey)
        {
            problems.append(
                .init(
                    rule: LoadingRules.oldDriver.name, reach: .fails, root: "CUDA \(major)", needs: "driver >=\(least)",
                    found: driver, file: shownPath(survey.program)))
        }
        addUnsatisfiedConditions(scene, survey)
        if let runtime { addUnaskedGPU(scene, survey, runtime) }
        // An older driver does not compile the PTX of a newer toolkit.
        let compilesPTX =
            scene.options.driver.flatMap { driver in
                runtime.flatMap { Self.drivers[$0] }.map { !Self.precedes(driver, $0) }
            } ?? true
        for gpu in scene.options.gpus {
            guard let architecture = Self.architecture(gpu) else { continue }
            for (path, file) in objects {
                guard let code = file.deviceCode, code.count > 0 else { continue }
                let uncovered = code.uncovered(architecture, countsPTX: compilesPTX)
                // Where most fat binaries are for one architecture each, the others say nothing of this one.
                guard uncovered > 0, !(code.isSplit && code.covers(architecture, countsPTX: compilesPTX)) else {
                    continue
                }
                // A library of kernels may be opened for what another GPU can do (cuSPARSELt on sm_75): torch runs without it.
                let isMost = uncovered * 2 > code.count && !code.isSplit
                problems.append(
                    .init(
                        rule: LoadingRules.missingArchitecture.name, reach: isMost ? .fails : .mayFail,
                        root: PosixPath.lastComponent(path), chain: [shownPath(path)], needs: gpu,
                        found: "\(uncovered) of \(code.count) fat binaries have no code for it", file: shownPath(path),
                        layer: scene.layer(path)))
            }
        }
    }

    /// An image whose variables do not ask the NVIDIA toolkit for a GPU that computes.
    private mutating func addUnaskedGPU(_ scene: LoadingScene, _ survey: LoadingSurvey, _ major: Int) {
        guard scene.isImage else { return }
        let devices = scene.configuration.variable("NVIDIA_VISIBLE_DEVICES")
        let capabilities = scene.configuration.variable("NVIDIA_DRIVER_CAPABILITIES")
        var wrong: (name: String, value: String?)?
        if devices.map({ ["", "void", "none"].contains($0) }) ?? true {
            wrong = ("NVIDIA_VISIBLE_DEVICES", devices)
        } else if let capabilities,
            !capabilities.split(separator: ",").contains(where: { ["all", "compute"].contains($0) })
        {
            wrong = ("NVIDIA_DRIVER_CAPABILITIES", capabilities)
        }
        guard let wrong else { return }
        problems.append(
            .init(
                rule: LoadingRules.unaskedGPU.name, reach: .unread, root: String(major), needs: wrong.name,
                found: wrong.value.map { "'\($0)'" }, file: shownPath(survey.program)))
    }

    /// The number of `sm_80` or `sm_90a`; nil for another name.
    static func architecture(_ name: String) -> Int? {
        let digits = name.hasPrefix("sm_") ? name.dropFirst(3) : name[...]
        return Int(digits.filter { $0 != "." && !$0.isLetter })
    }

    /// Compares versions of drivers number by number.
    static func precedes(_ left: String, _ right: String) -> Bool {
        func numbers(_ text: String) -> [Int] { text.split(separator: ".").map { Int($0) ?? 0 } }
        return numbers(left).lexicographicallyPrecedes(numbers(right))
    }

    /// Whether the loader finds the compatibility driver of the toolkit.
    private func hasCompatibility(_ scene: LoadingScene, _ survey: LoadingSurvey) -> Bool {
        let path = survey.settings?.launch.libraryPath ?? ""
        if path.split(separator: ":").contains(where: { $0.hasSuffix("/compat") }) { return true }
        return survey.settings?.cache?.rows("libcuda.so.1").contains { $0.path.contains("/compat/") } ?? false
    }

    /// `NVIDIA_REQUIRE_*`: alternatives with spaces between them, conditions with commas
    /// (https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html#constraints).
    private mutating func addUnsatisfiedConditions(_ scene: LoadingScene, _ survey: LoadingSurvey) {
        func variable(_ name: String) -> String? { scene.configuration.variable(name) }
        if let value = variable("NVIDIA_DISABLE_REQUIRE"), ["1", "true"].contains(value.lowercased()) { return }
        guard let driver = scene.options.driver else { return }
        for setting in scene.configuration.environment where setting.hasPrefix("NVIDIA_REQUIRE_") {
            guard let sign = setting.firstIndex(of: "=") else { continue }
            let alternatives = setting[setting.index(after: sign)...].split(separator: " ")
            let isMet = alternatives.contains { alternative in
                alternative.split(separator: ",").allSatisfy { Self.holds(String($0), driver) }
            }
            if !isMet, !alternatives.isEmpty {
                problems.append(
                    .init(
                        rule: LoadingRules.oldDriver.name, reach: .fails, root: String(setting[..<sign]),
                        needs: String(setting[setting.index(after: sign)...].prefix(200)), found: driver,
                        file: shownPath(survey.program)))
            }
        }
    }

    /// Whether a condition holds for a driver; what it says of brands or architectures is not known, and holds.
    private static func holds(_ condition: String, _ driver: String) -> Bool {
        for name in ["cuda", "driver"] where condition.hasPrefix(name) {
            let rest = condition.dropFirst(name.count)
            guard let sign = [">=", "<=", "!=", "=", "<", ">"].first(where: { rest.hasPrefix($0) }),
                let own = name == "cuda" ? cuda(of: driver) : driver
            else { return true }
            let wanted = String(rest.dropFirst(sign.count))
            let (isBefore, isAfter) = (precedes(own, wanted), precedes(wanted, own))
            switch sign {
            case ">=": return !isBefore
            case "<=": return !isAfter
            case "<": return isBefore
            case ">": return isAfter
            case "=": return !isBefore && !isAfter
            default: return isBefore || isAfter
            }
        }
        return true
    }

    /// The branches of drivers from which on a version of CUDA is supported
    /// (https://docs.nvidia.com/cuda/cuda-toolkit-release-notes/index.html, table of toolkits and drivers).
    private static let branches: [(driver: Int, cuda: String)] = [
        (410, "10.0"), (418, "10.1"), (440, "10.2"), (450, "11.0"), (455, "11.1"), (460, "11.2"), (465, "11.3"),
        (470, "11.4"), (495, "11.5"), (510, "11.6"), (515, "11.7"), (520, "11.8"), (525, "12.0"), (530, "12.1"),
        (535, "12.2"), (545, "12.3"), (550, "12.4"), (555, "12.5"), (560, "12.6"), (565, "12.7"), (570, "12.8"),
        (575, "12.9"), (580, "13.0"),
    ]

    /// The newest CUDA that a driver supports; nil for one that is newer than those that are known, and for an older one.
    static func cuda(of driver: String) -> String? {
        guard let branch = driver.split(separator: ".").first.flatMap({ Int($0) }), let last = branches.last,
            branch < last.driver + 5
        else { return nil }
        return branches.last { $0.driver <= branch }?.cuda
    }
}

/// What everything that is loaded needs of the place where it runs.
enum LoadingNeeds {
    static func needs(_ survey: LoadingSurvey, _ scene: LoadingScene) -> LoadingAssessment.Needs {
        var needs = LoadingAssessment.Needs()
        // What the image itself brings is no need of the place; what packages bring was built somewhere else.
        let packaged = Set(survey.opened.flatMap(\.objects)).union(survey.opened.map(\.root.path))
        let numpyFiles = Set(survey.opened.filter { $0.root.distribution == "numpy" }.flatMap(\.objects))
        var newest: [String: SymbolVersion] = [:]
        var level = 1
        var numpy: [String] = []
        for (path, file) in survey.mapped where packaged.contains(path) && scene.isPackaged(path) {
            for version in file.versionNeeds.flatMap(\.versions).compactMap({ SymbolVersion($0) }) {
                if newest[version.name].map({ $0 < version }) ?? true { newest[version.name] = version }
            }
            level = max(level, ProcessorCheck.level(file))
            switch numpyFiles.contains(path) ? nil : file.numpy {
            case .first: numpy.append("<2")
            case .atLeast(let major, let minor): numpy.append(">=\(major).\(minor)")
            case .core, nil: break
            }
            if let code = file.deviceCode, code.count > 0 {
                needs.architectures[PosixPath.lastComponent(path)] = .init(
                    cubins: code.cubins.map(String.init), ptx: code.ptx.map(String.init))
            }
        }
        needs.glibc = newest["GLIBC"]?.number
        needs.glibcxx = newest["GLIBCXX"]?.number
        if survey.machine?.machineName == "x86_64" { needs.cpu = ProcessorLevel.name(level) }
        needs.numpy = combined(numpy)
        if let major = CUDACheck.runtime(survey) {
            needs.cudaRuntime = String(major)
            needs.cudaDriver = CUDACheck.drivers[major].map { ">=\($0)" }
        }
        return needs
    }

    /// The strictest of several bounds, `>=1.23,<2`.
    private static func combined(_ bounds: [String]) -> String? {
        let lower = bounds.filter { $0.hasPrefix(">=") }.max { left, right in
            CUDACheck.precedes(String(left.dropFirst(2)), String(right.dropFirst(2)))
        }
        let parts = [lower, bounds.contains("<2") ? "<2" : nil].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ",")
    }
}
