import ArgumentParser
import Pinproof
import EnvironmentInventory

/// What the place has in which an image is to run, for the judgement of what it can load.
struct LoadingArguments: ParsableArguments {
    @Option(help: ArgumentHelp("The processor: x86-64, x86-64-v2, x86-64-v3 or x86-64-v4.", valueName: "level"))
    var cpu: String?

    @Option(help: ArgumentHelp("The version of the NVIDIA driver.", valueName: "version"))
    var driver: String?

    @Option(help: ArgumentHelp("An architecture of a GPU, sm_80; repeatable.", valueName: "sm_XY"))
    var gpu: [String] = []

    @Flag(help: "Do not check whether the image can load what it needs.")
    var noLoading = false

    func validate() throws {
        if let cpu, !["x86-64", "x86-64-v1", "x86-64-v2", "x86-64-v3", "x86-64-v4"].contains(cpu) {
            throw ValidationError("--cpu \(cpu): not a level of x86-64 (x86-64, x86-64-v2, x86-64-v3, x86-64-v4)")
        }
        if let driver, !driver.contains(where: \.isNumber) || !driver.allSatisfy({ $0.isNumber || $0 == "." }) {
            throw ValidationError("--driver \(driver): not a version, 550.54")
        }
        for name in gpu where !name.hasPrefix("sm_") || name.dropFirst(3).prefix(2).count(where: \.isNumber) < 2 {
            throw ValidationError("--gpu \(name): not an architecture, sm_80")
        }
    }

    /// The options of the library.
    var options: LoadingOptions {
        var options = LoadingOptions()
        options.isJudged = !noLoading
        options.cpu = cpu
        options.driver = driver
        options.gpus = gpu
        return options
    }
}
