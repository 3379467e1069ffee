/// The version of Pinproof, as `--version`, reports and attestations name it.
public let pinproofVersion = "0.1.0"
