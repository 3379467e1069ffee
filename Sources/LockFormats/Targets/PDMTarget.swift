import EnvironmentInventory
import PythonPackaging

/// One environment that a pdm.lock was resolved for, an entry of `[[metadata.targets]]`
/// (https://pdm-project.org/en/latest/usage/lock-targets/).
struct PDMTarget: Sendable {
    /// The Python versions; nil for all.
    var python: String?
    /// The platform as pdm writes it, `manylinux_2_17_x86_64`; nil for all.
    var platform: String?
    /// The implementation, `cpython`; nil for all.
    var implementation: String?
    /// The first member that nobody knows here: what it limits cannot be determined.
    var unknown: String?

    init(_ fields: DocumentFields) throws(LockReadingError) {
        python = try fields.string("requires_python")
        platform = try fields.string("platform")
        implementation = try fields.string("implementation")
        unknown = fields.table.members.map(\.key).first {
            !["requires_python", "platform", "implementation"].contains($0)
        }
    }

    /// The target as an error names it.
    var description: String {
        let known = [python.map { "Python " + $0 }, platform, implementation].compactMap { $0 }
        return known.joined(separator: " on ") + (unknown.map { " with \($0), which is not known here" } ?? "")
    }

    /// Whether pdm would install for a target from this one. A higher version of the C library or of macOS than the
    /// target's is accepted, as pdm accepts it with a warning.
    func fits(_ target: ResolvedTarget) -> Bool {
        if let python, PythonRules.python(target.pythonVersion, satisfies: python) == false { return false }
        if unknown != nil { return false }
        if let implementation, implementation != "cpython" { return false }
        guard let platform else { return true }
        guard let (family, machine) = Self.parts(of: platform) else { return false }
        return family == Self.family(of: target.platform) && machine == PlatformTags.machine(of: target.platform)
    }

    /// The family and the machine of a platform as pdm writes it
    /// (https://pdm-project.org/en/latest/usage/lock-targets/#platform); nil for one that is not of its grammar.
    private static func parts(of platform: String) -> (family: String, machine: String)? {
        let whole = [
            "linux": "manylinux_x86_64", "windows": "windows_amd64", "macos": "macos_arm64",
            "alpine": "musllinux_x86_64",
        ]
        let text = whole[platform] ?? platform
        guard let end = text.firstIndex(of: "_") else { return nil }
        let family = String(text[..<end])
        var rest = text[text.index(after: end)...]
        // The version of the C library or of macOS, where there is one.
        for _ in 0..<2 {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, rest.dropFirst(digits.count).first == "_" else { break }
            rest = rest.dropFirst(digits.count + 1)
        }
        return (family, machine(String(rest), family: family))
    }

    private static func machine(_ name: String, family: String) -> String {
        switch (family, name) {
        case ("windows", "x86_64"), ("windows", "amd64"): "AMD64"
        case ("windows", "arm64"), ("windows", "aarch64"): "ARM64"
        case ("macos", "aarch64"): "arm64"
        case ("windows", "x86"), ("windows", "i386"), ("windows", "i686"): "x86"
        case (_, "x86"), (_, "i386"): "i686"
        case ("manylinux", "arm64"), ("musllinux", "arm64"): "aarch64"
        case (_, "amd64"): "x86_64"
        default: name
        }
    }

    private static func family(of platform: Platform) -> String {
        switch platform.os {
        case "darwin": "macos"
        case "windows": "windows"
        default: platform.cLibrary?.family == .musl ? "musllinux" : "manylinux"
        }
    }
}

/// A choice that a lock offers only for some targets.
struct CoveredSelection: PackageChoice {
    let file: String
    let targets: [PDMTarget]
    let selection: any PackageChoice

    var packages: [LockedPackage] { selection.packages }

    func packages(for target: ResolvedTarget) throws(LockReadingError) -> [LockedPackage] {
        guard targets.isEmpty || targets.contains(where: { $0.fits(target) }) else {
            throw LockReadingError(
                file: file, place: nil,
                reason: "is not locked for Python \(target.pythonVersion) on \(target.platform); it is for "
                    + targets.map(\.description).joined(separator: "; "))
        }
        return try selection.packages(for: target)
    }

    func gaps(of packages: [LockedPackage], for target: ResolvedTarget) -> [Gap] {
        selection.gaps(of: packages, for: target)
    }
}
