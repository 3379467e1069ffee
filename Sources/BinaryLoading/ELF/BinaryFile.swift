/// What a file that a loader may open turned out to be.
package enum BinaryFile: Sendable {
    /// An ELF file whose tables were read.
    case elf(ELFFile)
    /// A file that no loader accepts.
    case damaged(BinaryDamage)
    /// An ELF file that is read only in part: its header is sound, and its tables could not be held while it passed.
    case unread(ELFIdentity, reason: String)

    /// The identity of an ELF file; nil for a damaged file.
    package var identity: ELFIdentity? {
        switch self {
        case .elf(let file): file.identity
        case .unread(let identity, _): identity
        case .damaged: nil
        }
    }

    /// Whether it looks like a library that was cut, emptied or left as a pointer. A few bytes without the magic of ELF, as of a
    /// linker script, may be meant so.
    package var wasLibrary: Bool {
        switch self {
        case .damaged(.noHeader), .damaged(.tooShort), .elf, .unread: false
        case .damaged: true
        }
    }
}

/// Why a file is not a library or program that a loader maps.
package enum BinaryDamage: Sendable, Hashable, CustomStringConvertible {
    /// It has no bytes.
    case empty
    /// It is too short for an ELF header.
    case tooShort
    /// It does not start with the magic number of ELF.
    case noHeader
    /// It is a pointer of Git LFS (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md): the real file was not fetched.
    case largeFilePointer
    /// A segment or table ends after the end of the file: the file was cut.
    case truncated(String)
    /// A value that no loader accepts.
    case malformed(String)

    /// The reason, without a full stop.
    package var description: String {
        switch self {
        case .empty: "the file is empty"
        case .tooShort: "the file is too short for an ELF header"
        case .noHeader: "the file has no ELF header"
        case .largeFilePointer: "the file is a Git LFS pointer: its content was not fetched"
        case .truncated(let what): "the file is cut: \(what)"
        case .malformed(let what): "the file is damaged: \(what)"
        }
    }
}

/// What the first bytes of an ELF file say (https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html).
package struct ELFIdentity: Sendable, Hashable {
    /// Whether addresses have 64 bits.
    package let is64Bit: Bool
    /// Whether numbers are stored with their least byte first.
    package let isLittleEndian: Bool
    /// The number of the machine, `e_machine`.
    package let machine: UInt16
    /// The type of the file, `e_type`: 2 for a program at a fixed address, 3 for a shared object.
    package let type: UInt16

    /// The machine as `uname -m` writes it.
    package var machineName: String {
        switch (machine, is64Bit) {
        case (62, true): "x86_64"
        case (62, false): "x32"
        case (3, _): "i386"
        case (183, _): "aarch64"
        case (40, _): "arm"
        case (243, true): "riscv64"
        case (21, true): isLittleEndian ? "ppc64le" : "ppc64"
        case (22, true): "s390x"
        case (258, true): "loongarch64"
        default: "ELF machine \(machine)"
        }
    }

    /// Whether a process of one file can map another one: same machine, width and byte order.
    package func isCompatible(with other: ELFIdentity) -> Bool {
        machine == other.machine && is64Bit == other.is64Bit && isLittleEndian == other.isLittleEndian
    }
}

/// What a loader reads of an ELF file, and what else decides whether it loads.
package final class ELFFile: Sendable {
    /// The libraries and versions that one dependency has to provide, `DT_VERNEED`.
    package struct VersionNeed: Sendable, Hashable {
        /// The name of the dependency, `libc.so.6`.
        package let file: String
        /// The versions that have to be there.
        package let versions: [String]
    }

    /// The header.
    package let identity: ELFIdentity
    /// `DT_NEEDED`, in its order.
    package let needed: [String]
    /// `DT_SONAME`.
    package let soname: String?
    /// `DT_RPATH`; nil where there is a `DT_RUNPATH`, which makes loaders ignore it.
    package let rpath: String?
    /// `DT_RUNPATH`.
    package let runpath: String?
    /// The loader that the program names, `PT_INTERP`.
    package let interpreter: String?
    /// The versions that are needed, weak ones left out.
    package let versionNeeds: [VersionNeed]
    /// The versions that are defined, without the base version if there is another one.
    package let versions: [String]
    /// The dynamic symbols.
    package let symbols: ELFSymbols
    /// The bits of `GNU_PROPERTY_X86_ISA_1_NEEDED`: 1 baseline, 2 v2, 4 v3, 8 v4.
    package let instructionSets: UInt32
    /// `DF_1_*` flags.
    package let flags: UInt64
    /// Whether the object asks for an executable stack: `PT_GNU_STACK` with the flag, or no `PT_GNU_STACK`.
    package let wantsExecutableStack: Bool
    /// Whether there is a dynamic section; a static program has none.
    package let isDynamic: Bool
    /// What the object says of NumPy.
    package let numpy: NumPyBinding?
    /// The code for GPUs in the object; nil where there is none.
    package let deviceCode: DeviceCode?
    /// The default directories that are written into a loader; empty for anything else.
    package let systemDirectories: [String]
    /// What could not be read, a sentence each without a full stop.
    package let remarks: [String]

    init(_ parts: ELFParts) {
        identity = parts.identity
        needed = parts.needed
        soname = parts.soname
        rpath = parts.runpath == nil ? parts.rpath : nil
        runpath = parts.runpath
        interpreter = parts.interpreter
        versionNeeds = parts.versionNeeds
        versions = parts.versions
        symbols = parts.symbols
        instructionSets = parts.instructionSets
        flags = parts.flags
        wantsExecutableStack = parts.wantsExecutableStack
        isDynamic = parts.isDynamic
        numpy = parts.numpy
        deviceCode = parts.deviceCode
        systemDirectories = parts.systemDirectories
        remarks = parts.remarks
    }

    /// Whether default directories and the cache are left out when this object's needs are searched, `DF_1_NODEFLIB`.
    package var skipsDefaultDirectories: Bool { flags & 0x800 != 0 }
    /// Whether a program that runs may not open it, `DF_1_NOOPEN`.
    package var refusesOpening: Bool { flags & 0x40 != 0 }
    /// Whether it is a position-independent program, which `dlopen` refuses, `DF_1_PIE`.
    package var isProgram: Bool { identity.type == 2 || flags & 0x0800_0000 != 0 }
}

/// The parts of an ``ELFFile`` while they are collected.
struct ELFParts {
    let identity: ELFIdentity
    var needed: [String] = []
    var soname: String?
    var rpath: String?
    var runpath: String?
    var interpreter: String?
    var versionNeeds: [ELFFile.VersionNeed] = []
    var versions: [String] = []
    var symbols = ELFSymbols()
    var instructionSets: UInt32 = 0
    var flags: UInt64 = 0
    var wantsExecutableStack = true
    var isDynamic = false
    var numpy: NumPyBinding?
    var deviceCode: DeviceCode?
    var systemDirectories: [String] = []
    var remarks: [String] = []
}
