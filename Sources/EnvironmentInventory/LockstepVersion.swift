/// The version of Lockstep, as `--version`, reports and attestations name it.
public let lockstepVersion = "0.1.0"
