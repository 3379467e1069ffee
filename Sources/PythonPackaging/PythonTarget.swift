import EnvironmentInventory

/// What is installed for: an interpreter on a platform, with the wheel tags and the marker values that follow from them.
package struct PythonTarget: Sendable {
    /// The major version of Python.
    package let major: Int
    /// The minor version of Python.
    package let minor: Int
    /// The tags of the wheels that can be installed, the best first, in the order of the PyPI package `packaging`.
    package let tags: [WheelTag]
    /// The values of the environment markers; a value that the target does not determine (`platform_release`) is empty.
    package let markerEnvironment: [String: String]

    private let ranks: [WheelTag: Int]
    private let platforms: Set<String>
    private let pythons: Set<String>
    private let fullVersion: PythonVersion

    /// Creates a target.
    ///
    /// - Parameters:
    ///   - python: `3.11` or `3.11.7`; without the third number it is the first release.
    ///   - implementation: `cpython` or `pypy`.
    ///   - isFreeThreaded: a CPython that was built without the global interpreter lock.
    ///   - macOS: the version of macOS.
    /// - Returns: nil for a version without two numbers, and for a platform or an implementation that has no tags.
    package init?(
        python: String, platform: Platform, implementation: String = "cpython", isFreeThreaded: Bool = false,
        macOS: (major: Int, minor: Int)? = nil
    ) {
        guard let version = PythonVersion(python), version.release.count >= 2, version.epoch.isZero,
            let major = Int(version.release[0].digits), let minor = Int(version.release[1].digits),
            (2...9).contains(major), (0...99).contains(minor),
            let platforms = PlatformTags.of(platform, macOS: macOS),
            let machine = PlatformTags.machine(of: platform)
        else { return nil }
        self.major = major
        self.minor = minor
        let full = version.release.count == 2 && version.isReleaseOnly ? "\(major).\(minor).0" : version.description
        fullVersion = PythonVersion(full) ?? version
        switch implementation {
        case "cpython":
            tags = Self.cpython(major, minor, isFreeThreaded: isFreeThreaded, platforms: platforms)
        case "pypy": tags = Self.pypy(major, minor, platforms: platforms)
        default: return nil
        }
        self.platforms = Set(platforms + ["any"])
        pythons = Set(tags.map(\.python))
        ranks = Dictionary(zip(tags, tags.indices), uniquingKeysWith: min)
        let system: (os: String, sys: String, name: String) =
            switch platform.os {
            case "darwin": ("posix", "darwin", "Darwin")
            case "windows": ("nt", "win32", "Windows")
            default: ("posix", "linux", "Linux")
            }
        markerEnvironment = [
            "python_version": "\(major).\(minor)", "python_full_version": full, "implementation_version": full,
            "implementation_name": implementation,
            "platform_python_implementation": implementation == "pypy" ? "PyPy" : "CPython",
            "os_name": system.os, "sys_platform": system.sys, "platform_system": system.name,
            "platform_machine": machine, "platform_release": "", "platform_version": "",
        ]
    }

    private static func cpython(
        _ major: Int, _ minor: Int, isFreeThreaded: Bool, platforms: [String]
    ) -> [WheelTag] {
        let python = "cp\(major)\(minor)"
        let hasPymallocFlag = (major, minor) < (3, 8)
        let abi = python + (isFreeThreaded ? "t" : hasPymallocFlag ? "m" : "")
        let stable = isFreeThreaded ? "abi3t" : "abi3"
        let hasStable = (major, minor) >= (3, 2)
        var tags: [WheelTag] = []
        func add(_ python: String, _ abi: String) {
            for platform in platforms { tags.append(WheelTag(python: python, abi: abi, platform: platform)) }
        }
        add(python, abi)
        if hasStable { add(python, stable) }
        add(python, "none")
        if hasStable {
            for older in stride(from: minor - 1, to: 1, by: -1) { add("cp\(major)\(older)", stable) }
        }
        return tags + compatible(major, minor, interpreter: python, platforms: platforms)
    }

    private static func pypy(_ major: Int, _ minor: Int, platforms: [String]) -> [WheelTag] {
        let python = "pp\(major)\(minor)"
        var tags: [WheelTag] = []
        // PyPy's own binary interface has been 7.3 since Python 3.6.
        for abi in ["pypy\(major)\(minor)_pp73", "none"] {
            for platform in platforms { tags.append(WheelTag(python: python, abi: abi, platform: platform)) }
        }
        return tags + compatible(major, minor, interpreter: "pp3", platforms: platforms)
    }

    private static func compatible(
        _ major: Int, _ minor: Int, interpreter: String, platforms: [String]
    ) -> [WheelTag] {
        var versions = ["py\(major)\(minor)", "py\(major)"]
        for older in stride(from: minor - 1, through: 0, by: -1) { versions.append("py\(major)\(older)") }
        var tags: [WheelTag] = []
        for version in versions {
            for platform in platforms { tags.append(WheelTag(python: version, abi: "none", platform: platform)) }
        }
        tags.append(WheelTag(python: interpreter, abi: "none", platform: "any"))
        for version in versions { tags.append(WheelTag(python: version, abi: "none", platform: "any")) }
        return tags
    }

    /// Whether the target's Python satisfies a `requires-python`; nil when that is malformed.
    package func satisfies(_ requiresPython: String) -> Bool? {
        VersionSpecifierSet(requiresPython)?.contains(fullVersion, allowsPrereleases: true)
    }

    /// Whether a marker holds for the target.
    package func holds(_ marker: Marker, extras: Set<String> = [], groups: Set<String> = []) -> Bool {
        marker.holds(in: markerEnvironment, extras: extras, groups: groups)
    }

    /// The variables whose values are those of a machine, and of no target.
    package static let unknownVariables: Set<String> = ["platform_release", "platform_version"]

    /// Whether a marker holds for the target; nil where a machine's own values decide.
    package func outcome(of marker: Marker, extras: Set<String> = [], groups: Set<String> = []) -> Bool? {
        marker.holds(in: markerEnvironment, extras: extras, groups: groups, unknown: Self.unknownVariables)
    }

    /// How well a wheel fits: the lower the better.
    package struct WheelRank: Sendable, Hashable, Comparable {
        let place: Int
        let build: WheelFileName.Build?

        /// Orders by the place of the best tag; of equal ones the higher build number comes first.
        package static func < (left: WheelRank, right: WheelRank) -> Bool {
            if left.place != right.place { return left.place < right.place }
            guard let rightBuild = right.build else { return left.build != nil }
            guard let leftBuild = left.build else { return false }
            return rightBuild < leftBuild
        }
    }

    /// Whether a wheel with a file name can have a tag that runs here, by its interpreters and its platforms each alone:
    /// most of a lock's are for other ones, and need not be taken apart.
    package func mayRun(wheelNamed name: String) -> Bool {
        var name = name
        return name.withUTF8 { name in
            guard name.count > 4, name[(name.count - 4)...].elementsEqual(".whl".utf8) else { return true }
            let fields = name[..<(name.count - 4)]
            guard let platform = fields.lastIndex(of: UInt8(ascii: "-")),
                let abi = fields[..<platform].lastIndex(of: UInt8(ascii: "-")),
                let python = fields[..<abi].lastIndex(of: UInt8(ascii: "-"))
            else { return true }
            return Self.holdsOne(of: pythons, fields[(python + 1)..<abi])
                && Self.holdsOne(of: platforms, fields[(platform + 1)...])
        }
    }

    /// Whether a compressed set of tags may hold one of these; capital letters need the full comparison.
    private static func holdsOne(of tags: Set<String>, _ field: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        field.split(separator: UInt8(ascii: ".")).contains { part in
            part.contains { $0.isASCIIUppercase } || tags.contains(String(decoding: part, as: UTF8.self))
        }
    }

    /// Returns how well a wheel fits; nil when none of its tags is compatible.
    package func rank(of wheel: WheelFileName) -> WheelRank? {
        wheel.tags.compactMap { ranks[$0] }.min().map { WheelRank(place: $0, build: wheel.build) }
    }

    /// Returns the index of the wheel that fits best, the first of equal ones; nil when none fits.
    package func best(of wheels: [WheelFileName]) -> Int? {
        var best: (rank: WheelRank, index: Int)?
        for (index, wheel) in wheels.enumerated() {
            guard let rank = rank(of: wheel) else { continue }
            if let current = best, !(rank < current.rank) { continue }
            best = (rank, index)
        }
        return best?.index
    }
}
