/// Names of libraries that are not looked for like others.
enum LibraryNames {
    /// Whether the NVIDIA toolkit brings a library into the container when it starts
    /// (https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html).
    static func isInjected(_ name: String) -> Bool {
        if ["libcuda.so.1", "libnvidia-ml.so.1", "libnvcuvid.so.1", "libcudadebugger.so.1", "libnvoptix.so.1"].contains(
            name)
        {
            return true
        }
        return ["libnvidia-", "libGLX_nvidia.so", "libEGL_nvidia.so", "libGLESv1_CM_nvidia.so", "libGLESv2_nvidia.so"]
            .contains { name.hasPrefix($0) }
    }

    /// Whether a library belongs to CUDA, cuDNN, TensorRT or NCCL; no distribution's packages have it.
    static func isCUDA(_ name: String) -> Bool {
        guard name.hasPrefix("lib") else { return false }
        let stem = name.dropFirst(3).prefix { $0 != "." && $0 != "_" && $0 != "-" }
        return [
            "cudart", "cublas", "cublasLt", "cufft", "cufftw", "curand", "cusolver", "cusolverMg", "cusparse",
            "cusparseLt",
            "nvrtc", "nvJitLink", "nccl", "cudnn", "nvinfer", "nvonnxparser", "nvToolsExt", "cupti", "cufile",
            "nvshmem",
            "cudss", "nvjpeg", "cutensor", "npp", "nppc", "nppial", "nppicc", "nppidei", "nppif", "nppig", "nppim",
            "nppist",
            "nppisu", "nppitc", "npps", "cutensornet", "custatevec", "nvfatbin",
        ].contains(String(stem))
    }

    /// Whether a name is that of musl's C library.
    static func isMusl(_ name: String) -> Bool { name.hasPrefix("libc.musl-") || name.hasPrefix("ld-musl-") }

    /// The CUDA major of a runtime library, `12` of `libcudart.so.12`; nil for other names.
    static func cudaMajor(_ name: String) -> Int? {
        for stem in ["libcudart.so.", "libcublas.so.", "libcublasLt.so.", "libcusparse.so."] where name.hasPrefix(stem)
        {
            let number = name.dropFirst(stem.count).prefix { $0.isNumber }
            return Int(number)
        }
        return nil
    }
}
