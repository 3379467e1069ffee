import EnvironmentInventory

extension ContractType {
    /// The type of a NumPy dtype's name, `int64`, `float32`, `bool`, `object`; nil for another name
    /// (https://numpy.org/doc/stable/reference/arrays.dtypes.html).
    package init?(numpyName: String) {
        switch numpyName {
        case "bool": self = .boolean
        case "object", "str": self = .string
        case "bytes": self = .binary
        default:
            if numpyName.hasPrefix("datetime64") {
                self = .datetime
            } else if numpyName.contains("int") || numpyName.contains("float"), let type = Self(rawValue: numpyName) {
                self = type
            } else {
                return nil
            }
        }
    }
}
