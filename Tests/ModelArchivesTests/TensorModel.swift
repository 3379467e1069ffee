import TestSupport

@testable import ModelArchives

/// A safetensors file of one tensor of one byte.
let tensorWeights: [UInt8] = {
    let head = Array(#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: head.count >> (8 * $0)) } + head + [0]
}()

/// Reads a model of one tensor with files beside it; of two files with one name the later one counts.
func readTensorModel(_ files: [(String, String)]) throws -> Model {
    let directory = TemporaryDirectory()
    directory.write("model.safetensors", tensorWeights)
    for (name, text) in files { directory.write(name, Array(text.utf8)) }
    return try ModelReader.read(path: directory.path)
}

/// The subjects of what loading a model runs or fetches.
func dangerous(_ model: Model) -> [String] {
    model.findings.filter { $0.rule == "dangerous-global" }.compactMap(\.subject)
}
