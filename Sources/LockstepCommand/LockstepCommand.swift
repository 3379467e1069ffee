import ArgumentParser
import Lockstep

@main
struct LockstepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "lockstep", version: "0.1.0")
}
