/// Where a capture is stored in a model, by the model's format.
package enum CaptureNames {
    /// The file name in a directory or archive: allowed by PEP 751, and written by no other tool.
    package static let file = "pylock.pinproof.toml"
    /// The key in the metadata of safetensors and ONNX, and the name of PyTorch's extra file.
    package static let key = "pinproof-pylock.toml"
    /// The bytes that a capture in metadata may have.
    static let maximumSize = 16 << 20
    /// What is added to the name of a model that is one file and has no place for it.
    package static let suffix = ".pylock.toml"
}
