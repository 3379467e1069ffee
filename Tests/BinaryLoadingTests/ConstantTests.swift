import BinaryLoading
import TestSupport
import Testing

struct ConstantTests {
    private static let older = "module compiled against API version 0x%x but this version of numpy is 0x%x"
    private static let newer = "module was compiled against NumPy C-API version 0x%x (NumPy 1.23) but the running NumPy"

    @Test(
        "NumPy's messages tell what an object was built with",
        arguments: [
            (older, NumPyBinding.first), (newer, .atLeast(major: 1, minor: 23)),
            (older + "\0" + newer, .atLeast(major: 1, minor: 23)),
            ("module was compiled against NumPy C-API version 0x%x (NumPy 2.0+) but", .atLeast(major: 2, minor: 0)),
            ("NumPy was built with baseline optimizations: \n(X86_V2) but", .core(baseline: ["X86_V2"])),
            (
                "NumPy was built with baseline optimizations: \n(SSE SSE2 SSE3) but",
                .core(baseline: ["SSE", "SSE2", "SSE3"])
            ),
        ])
    func messages(text: String, expected: NumPyBinding) throws {
        var source = ELFBytes()
        source.constants = [UInt8](repeating: 1, count: 700) + Array(text.utf8) + [0]
        let bytes = source.build()
        // Every way of cutting the file in two finds the message.
        for piece in Array(stride(from: 690, to: 900, by: 3)) + [1 << 18] {
            #expect(try elf(bytes, piece: piece).numpy == expected)
        }
    }

    @Test(
        "other texts are none of NumPy's",
        arguments: [
            "this was compiled against API version 3", "module compiled against GTK", "compiled against NumPy",
            "module was compiled against NumPy C-API version 0x%x (NumPy x)", "",
        ])
    func otherTexts(text: String) throws {
        var source = ELFBytes()
        source.constants = Array(text.utf8) + [0]
        #expect(try elf(source.build()).numpy == nil)
    }

    @Test("a file outside of packages is not searched")
    func outsideOfPackages() {
        var source = ELFBytes()
        source.constants = Array(Self.older.utf8)
        guard case .elf(let file) = read(source.build(), isPackageFile: false) else { return }
        #expect(file.numpy == nil)
    }

    @Test("baselines have levels")
    func levels() {
        #expect(NumPyBinding.core(baseline: ["SSE", "SSE2"]).instructionLevel == 1)
        #expect(NumPyBinding.core(baseline: ["X86_V2"]).instructionLevel == 2)
        #expect(NumPyBinding.core(baseline: ["SSE", "AVX2"]).instructionLevel == 3)
        #expect(NumPyBinding.core(baseline: []).instructionLevel == 1)
        #expect(NumPyBinding.first.instructionLevel == nil)
    }

    @Test("the architectures of all fat binaries are read, however the file is cut")
    func architectures() throws {
        var source = ELFBytes()
        let padding = [UInt8](repeating: 0, count: 24)
        source.constants =
            fatBinary([(2, 75), (2, 80), (2, 86)]) + fatBinary([(2, 75), (2, 80), (2, 86)]) + padding
            + fatBinary([(2, 80), (1, 90)])
        let bytes = source.build()
        for piece in [16, 21, 64, 99, 256, 1000, 1 << 18] {
            let code = try #require(try elf(bytes, piece: piece).deviceCode)
            #expect(code.problem == nil)
            #expect(code.count == 3)
            #expect(code.cubins == [75, 80, 86])
            #expect(code.ptx == [90])
            #expect(code.uncovered(75) == 1)
            #expect(code.uncovered(80) == 0)
            #expect(code.uncovered(89) == 0)
            #expect(code.uncovered(90) == 2)
            #expect(code.uncovered(90, countsPTX: false) == 3)
            #expect(code.uncovered(70) == 3)
        }
    }

    @Test("an architecture that few fat binaries have is not what the object was built for")
    func rareArchitectures() throws {
        var source = ELFBytes()
        let many = (0..<20).flatMap { _ in fatBinary([(2, 80), (2, 90)]) }
        source.constants = many + fatBinary([(2, 80), (2, 89), (2, 90), (1, 120)])
        let code = try #require(try elf(source.build()).deviceCode)
        #expect(code.count == 21)
        #expect(code.cubins == [80, 90])
        #expect(code.uncovered(89) == 0 && code.uncovered(75) == 21)
    }

    @Test("an architecture that an eighth of the fat binaries have besides is none that all were built for")
    func kernelsForOne() throws {
        var source = ELFBytes()
        source.constants =
            (0..<52).flatMap { _ in fatBinary([(2, 80), (2, 90)]) }
            + (0..<8).flatMap { _ in fatBinary([(2, 80), (2, 90), (2, 103)]) }
        let code = try #require(try elf(source.build()).deviceCode)
        #expect(code.cubins == [80, 90] && !code.isSplit)
        #expect(code.covers(86) && code.covers(90) && !code.covers(103) && !code.covers(75))
    }

    @Test("a library whose fat binaries are for one architecture each runs on what its list covers")
    func splitKernels() throws {
        var source = ELFBytes()
        let counts: [(UInt32, Int)] = [(80, 3), (90, 10), (120, 12)]
        source.constants = counts.flatMap { architecture, count in
            (0..<count).flatMap { _ in fatBinary([(2, architecture)]) }
        }
        let code = try #require(try elf(source.build()).deviceCode)
        #expect(code.isSplit && code.cubins == [80, 90, 120])
        #expect(code.uncovered(80) == 22 && code.covers(80) && code.covers(89) && !code.covers(100))
    }

    @Test("a damaged fat binary is said, and a number by chance is not")
    func damagedCode() throws {
        var bytes = fatBinary([(2, 80), (2, 90)])
        bytes[16 + 8] = 0xFF
        bytes[16 + 10] = 0xFF
        var source = ELFBytes()
        source.constants = bytes
        #expect(try elf(source.build()).deviceCode?.problem?.contains("fat binary") == true)
        source.constants = [0x50, 0xED, 0x55, 0xBA, 9, 9, 9, 9] + [UInt8](repeating: 0, count: 64)
        #expect(try elf(source.build()).deviceCode == nil)
        // An object without code for GPUs has none.
        source.constants = []
        #expect(try elf(source.build()).deviceCode == nil)
    }

    @Test(
        "default directories stand in the loader",
        arguments: [
            ["/lib/x86_64-linux-gnu/", "/usr/lib/x86_64-linux-gnu/", "/lib/", "/usr/lib/"], ["/lib64/", "/usr/lib64/"],
        ])
    func loaderDirectories(directories: [String]) {
        var source = ELFBytes()
        source.constants =
            Array((["x", "/etc/ld.so.cache"] + directories + ["/proc/self"]).joined(separator: "\0").utf8) + [0]
        guard case .elf(let file) = read(source.build(), isLoader: true) else { return }
        #expect(file.systemDirectories == directories)
    }

    @Test(
        "versions compare number by number",
        arguments: [
            ("GLIBC_2.9", "GLIBC_2.34"), ("GLIBCXX_3.4.9", "GLIBCXX_3.4.29"), ("GLIBC_2.2.5", "GLIBC_2.3"),
            ("CXXABI_1.3.15", "GLIBC_2.1"),
        ])
    func versions(lower: String, higher: String) throws {
        #expect(try #require(SymbolVersion(lower)) < #require(SymbolVersion(higher)))
    }

    @Test("a version without numbers is none", arguments: ["GLIBC_PRIVATE", "LIBGCC", "_1", "X_-1", ""])
    func noVersions(text: String) { #expect(SymbolVersion(text) == nil) }
}
