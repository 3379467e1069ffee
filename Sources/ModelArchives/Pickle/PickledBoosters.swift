import ArchiveReading
import EnvironmentInventory
import InputContracts
import SourceDocuments

/// The models of LightGBM and XGBoost that a pickle holds: `Booster` objects, of which LightGBM keeps its text and XGBoost its
/// UBJSON (lightgbm/basic.py and xgboost/core.py, `__getstate__`).
enum PickledBoosters {
    /// Returns what the booster in the state of an object says of its features; nil for another class and for one that is not read.
    static func contract(
        of path: String, state: PickleValue, _ heap: PickleHeap, file: String
    ) -> InputContract? {
        let part: ContractPart?
        switch path {
        case BoosterLibrary.lightgbm.boosterPath:
            guard case .text(let index)? = heap.member("_handle", of: state) ?? heap.member("handle", of: state) else {
                return nil
            }
            part = heap.boosterTexts[index]?.read(file: file)
        case BoosterLibrary.xgboost.boosterPath:
            guard let handle = heap.member("handle", of: state), let index = blobIndex(handle, heap),
                let model = heap.boosterDocuments[index], let learner = model["learner"]?.table
            else { return nil }
            let version = model["version"]?.array?.compactMap(\.text).joined(separator: ".")
            part = XGBoostContract.read(learner, version: version, file: file)
        default: return nil
        }
        guard let part, part.contract.gaps.isEmpty else { return nil }
        return part.contract
    }

    /// A bytes value, or the one that a `bytearray` is made of.
    private static func blobIndex(_ value: PickleValue, _ heap: PickleHeap) -> Int? {
        if case .blob(let index) = value { return index }
        guard let node = heap.node(value),
            ["builtins.bytearray", "__builtin__.bytearray"].contains(heap.maker(value)?.path),
            node.items.count == 1, case .blob(let index) = node.items[0]
        else { return nil }
        return index
    }
}

/// Finds out, while a string goes by, whether it is a model of LightGBM, and what it says of its features.
struct BoosterText {
    private static let magic = Array("tree\nversion=".utf8)
    private var start: [UInt8] = []
    private var lines: LightGBMLines?
    private var isOther = false

    mutating func take(_ piece: UnsafeRawBufferPointer) {
        guard !isOther else { return }
        var rest = piece[...]
        if lines == nil {
            let missing = Self.magic.count - start.count
            start += rest.prefix(missing)
            rest = rest.dropFirst(missing)
            guard start.elementsEqual(Self.magic.prefix(start.count)) else {
                isOther = true
                return
            }
            guard start.count == Self.magic.count else { return }
            var begun = LightGBMLines(marker: Array("end of trees".utf8))
            start.withUnsafeBytes { begun.take($0) }
            lines = begun
        }
        lines?.take(UnsafeRawBufferPointer(rebasing: rest))
    }

    /// What the whole string said; nil for another string, and for one that ends too early.
    mutating func contract() -> LightGBMContract? {
        guard var lines else { return nil }
        lines.end()
        return lines.sawMarker && !lines.isTooLong ? lines.contract : nil
    }
}

/// Bytes values of pickles that are XGBoost's: `{"Config": ..., "Model": {"learner": ...}}` in UBJSON.
enum BoosterBytes {
    /// So many bytes tell whether a value is one.
    static let startBytes = 32

    /// Returns whether the first bytes are those of a model.
    static func begins(_ start: [UInt8]) -> Bool {
        // An object, and a key with its length in eight bytes.
        guard start.count >= 18, start.starts(with: [UInt8(ascii: "{"), UInt8(ascii: "L"), 0, 0, 0, 0, 0, 0, 0]) else {
            return false
        }
        return start[10...].starts(with: "Config{".utf8) || start[10...].starts(with: "Model{".utf8)
    }

    /// Reads the value to its end; the part of it that describes the model, nil where it is damaged.
    static func document(of value: PickleSlice) throws(ArchiveReadingError) -> DocumentTable? {
        let nested = PickleInput(value, size: value.count)
        var reader = UBJSONReader(input: nested) { path in
            XGBoostContract.keeps(path.first == "Model" ? Array(path.dropFirst()) : path)
        }
        var found: DocumentTable?
        do throws(ArchiveReadingError) {
            let root = try reader.read()
            if try nested.isAtEnd() { found = root.table?["Model"]?.table }
        } catch { found = nil }
        // Where the file itself ends too early, this says so.
        try value.drain()
        return found
    }
}
