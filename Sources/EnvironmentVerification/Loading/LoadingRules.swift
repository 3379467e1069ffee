import EnvironmentInventory

/// The rules about what an image can load. `verify` names them in its findings and in `loading.problems`.
package enum LoadingRules {
    private static func rule(_ name: String, _ summary: String, why: String, help: String) -> Rule {
        Rule(name: name, summary: summary, why: why, help: help)
    }

    static let missingLibrary = rule(
        "missing-library", "A shared library that a needed file asks for is nowhere on the loader's search path.",
        why: "The import fails: `ImportError: libGL.so.1: cannot open shared object file`.",
        help: "Install the package that has the library in the image; `freeze --apt` pins it.")
    static let missingVersion = rule(
        "missing-symbol-version",
        "The library that the loader takes lacks a symbol version that a needed file asks for.",
        why: "The import fails: `version 'GLIBCXX_3.4.29' not found`. The file was built for a newer distribution.",
        help: "Use a newer base image, or a wheel that was built for an older one.")
    static let missingSymbol = rule(
        "missing-symbol", "Nothing that is loaded defines a symbol that a needed file asks for.",
        why: "The import fails: `undefined symbol`. Two libraries do not fit together.",
        help: "Install the versions that were locked together.")
    static let missingLoader = rule(
        "missing-loader", "The loader that the interpreter names is not in the image.",
        why: "Nothing starts: the base image has another C library, or a layer hides the directory of the loader.",
        help: "Use a base image of the C library that the interpreter was built for.")
    static let damagedLibrary = rule(
        "damaged-library", "A file that has to be loaded is cut off, empty, a Git LFS pointer or not an ELF file.",
        why: "The loader stops at it, even where another copy of the library follows on its path.",
        help: "Build the image again; fetch large files with `git lfs pull` before.")
    static let wrongArchitecture = rule(
        "wrong-architecture", "A file that has to be loaded is for another machine.",
        why: "The loader skips it, and the import fails.",
        help: "Install for the platform of the image, for example with `docker build --platform`.")
    static let wrongWheel = rule(
        "wrong-wheel", "No tag of an installed wheel fits the interpreter, C library and machine of the image.",
        why: "An installer would refuse it. It was copied in, or the base image was exchanged.",
        help: "Install the packages in the image that serves, or on its base image.")
    static let wrongPythonABI = rule(
        "wrong-python-abi", "An extension module is for another Python only.",
        why: "Python does not find the module: `ModuleNotFoundError`, often of a submodule.",
        help: "Install the packages with the interpreter that the image starts.")
    static let wrongCLibrary = rule(
        "wrong-libc", "A file was built for musl and the image has glibc, or the other way round.",
        why: "The loader of one C library does not load files of the other.",
        help: "Use a base image of the C library that the wheels were built for.")
    static let numpyABI = rule(
        "numpy-abi", "A needed file was built for another generation of NumPy's C interface.",
        why: "The import fails: `numpy.dtype size changed`, or `module compiled against API version`.",
        help: "Install the NumPy that the packages were locked with.")
    static let executableStack = rule(
        "executable-stack", "A library asks for an executable stack, which glibc 2.41 and newer refuse to libraries.",
        why: "The import fails: `cannot enable executable stack`.",
        help: "Use a newer release of the package, or clear the flag with `patchelf --clear-execstack`.")
    static let cpuLevel = rule(
        "cpu-level", "A needed file needs instructions that the processor given with --cpu lacks.",
        why: "The process ends with an illegal instruction.",
        help: "Serve on a newer processor, or install a build for the older one.")
    static let unsatisfiedRequirement = rule(
        "requires-unsatisfied", "An installed version does not meet what a needed package requires.",
        why: "The package checks it at run time, or uses what the other version does not have.",
        help: "Install the versions that were locked together; `pip check` lists the conflicts.")
    static let missingRuntime = rule(
        "cuda-runtime-missing", "A library of CUDA, cuDNN, TensorRT or NCCL is nowhere on the loader's search path.",
        why: "The import fails, or the first use of the GPU does.",
        help: "Install the nvidia wheels that the package names, or use a base image with that CUDA runtime.")
    static let oldDriver = rule(
        "cuda-driver-too-old", "The driver given with --driver is older than the CUDA runtime needs.",
        why: "CUDA calls fail: `CUDA driver version is insufficient for CUDA runtime version`.",
        help: "Update the driver, or use packages that are built for an older CUDA.")
    static let missingArchitecture = rule(
        "cuda-architecture", "A library has no code for a GPU given with --gpu.",
        why: "Its first call fails: `no kernel image is available for execution on the device`.",
        help: "Use a build that has code for this GPU.")
    static let stubDriver = rule(
        "cuda-stub", "The CUDA driver library that would be taken is the stub for linking.",
        why: "Every CUDA call fails: the stub takes the place of the driver that the host brings.",
        help: "Remove the `stubs` directory from LD_LIBRARY_PATH.")
    static let unaskedGPU = rule(
        "gpu-not-asked", "CUDA is needed, and the image does not ask the NVIDIA toolkit for a GPU.",
        why: "Without NVIDIA_VISIBLE_DEVICES and NVIDIA_DRIVER_CAPABILITIES no driver is brought into the container.",
        help: "Set NVIDIA_VISIBLE_DEVICES and NVIDIA_DRIVER_CAPABILITIES=compute,utility, or use an image of NVIDIA.")

    /// All of them.
    package static let all = [
        missingLibrary, missingVersion, missingSymbol, missingLoader, damagedLibrary, wrongArchitecture, wrongWheel,
        wrongPythonABI, wrongCLibrary, numpyABI, executableStack, cpuLevel, unsatisfiedRequirement, missingRuntime,
        oldDriver, missingArchitecture, stubDriver, unaskedGPU,
    ]
}
