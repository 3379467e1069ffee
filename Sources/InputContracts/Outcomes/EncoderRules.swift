import EnvironmentInventory

/// What encoders of categories make of a value.
enum EncoderRules {
    /// The columns that a OneHotEncoder gives; nil where rare categories share one.
    static func width(_ estimator: Estimator) -> Int? {
        guard let lists = estimator["categories_"]?.elements, estimator["drop"]?.isNone ?? true,
            estimator["_infrequent_enabled"]?.boolean != true, estimator["max_categories"]?.isNone ?? true,
            estimator["min_frequency"]?.isNone ?? true
        else { return nil }
        var count = 0
        for list in lists {
            guard let elements = list.elements else { return nil }
            count += elements.count
        }
        return count
    }

    /// What an encoder makes of a row.
    static func transform(_ estimator: Estimator, _ row: ProbeRow) -> ProbeStep {
        let name = estimator.className
        guard row.isTracked, let lists = estimator["categories_"]?.elements else {
            return .unknown("the columns of \(name) have no known places")
        }
        var result = row
        result.cells = [:]
        result.count = TransformerRules.width(estimator, row.count)
        var spread: Set<ProbeCell> = []
        for (index, cell) in row.cells {
            if case .boolean = cell, name == "TargetEncoder" {
                return .unknown("\(name) treats truth values in several ways")
            }
            guard lists.indices.contains(index), let elements = lists[index].elements else {
                return .unknown("the categories of \(name) are not readable")
            }
            guard let isKnown = isKnown(cell, in: elements) else {
                return .unknown("whether \(name) knows the value depends on the type of the column")
            }
            switch encode(estimator, cell, isKnown: isKnown, elements) {
            case .failure(let step): return step.step
            case .success(let next):
                if let next {
                    if name == "OneHotEncoder" { spread.insert(next) } else { result.cells[index] = next }
                } else {
                    result.reason = "\(name) knows the value"
                }
            }
        }
        if name == "TargetEncoder", estimator.text("target_type_") == "multiclass" {
            return .passes(result.spread(result.values, count: result.count))
        }
        if spread.isEmpty { return .passes(result) }
        // Where in its own columns a OneHotEncoder puts a value does not matter to what follows, how many it has does.
        if let count = result.count, count > 0 {
            result.cells = [0: .moderate]
            return .passes(result)
        }
        return .passes(result.spread(spread, count: nil))
    }

    private struct Refusal: Error { let step: ProbeStep }

    /// The value in the result; nil for one that is as in training.
    private static func encode(
        _ estimator: Estimator, _ cell: ProbeCell, isKnown: Bool, _ categories: [EstimatorValue]
    ) -> Result<ProbeCell?, Refusal> {
        let name = estimator.className
        let hasText = categories.contains { $0.text != nil }
        if isKnown {
            switch cell {
            case .nan:
                guard name == "OrdinalEncoder" else { return .success(nil) }
                // Without the attribute the code of a missing value is NaN.
                let code = estimator["encoded_missing_value"]
                return .success(code?.isNaN ?? true ? .nan : nil)
            case .none, .imputed: return .success(nil)
            default: return .success(.moderate)
            }
        }
        let handling = estimator.text("handle_unknown") ?? "error"
        if name != "TargetEncoder", handling == "error" {
            return .failure(Refusal(step: .raises("\(name)(handle_unknown=error) does not know the value")))
        }
        switch cell {
        case .infinity:
            return .failure(
                Refusal(
                    step: hasText
                        ? .unknown("\(name) of text treats infinity in several ways")
                        : .raises("\(name) refuses infinity")))
        case .boolean:
            // Alone in its column it is an array of truth values, which some versions do not find among numbers.
            return .failure(Refusal(step: .unknown("\(name) treats truth values in several ways")))
        case .number, .moderate, .large:
            if hasText { return .failure(Refusal(step: .unknown("\(name) of text treats numbers in several ways"))) }
        default: break
        }
        switch name {
        case "OrdinalEncoder":
            guard let code = estimator["unknown_value"] else {
                return .failure(Refusal(step: .unknown("\(name) does not say its unknown_value")))
            }
            if code.isNaN { return .success(.nan) }
            return .success(code.number.map { .number($0) } ?? .moderate)
        default: return .success(.moderate)
        }
    }

    /// Whether a value is one of the categories; nil where that depends on the type of the column.
    private static func isKnown(_ cell: ProbeCell, in categories: [EstimatorValue]) -> Bool? {
        let hasText = categories.contains { $0.text != nil }
        switch cell {
        case .nan: return categories.contains(where: \.isNaN)
        case .none:
            if categories.contains(where: \.isNone) { return true }
            return !hasText && categories.contains(where: \.isNaN) ? nil : false
        case .unseen, .text: return false
        case .infinity: return false
        case .number(let value): return hasText ? false : categories.contains { $0.number == value }
        case .boolean(let value):
            if hasText { return false }
            return categories.contains { $0.boolean == value || $0.number == (value ? 1 : 0) }
        case .moderate, .large: return hasText ? false : nil
        case .imputed(let scalar):
            guard let scalar else { return nil }
            return categories.contains { category in
                switch (scalar, category) {
                case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
                case (.boolean(let left), .boolean(let right)): left == right
                case (.integer(let left), _): category.number == Double(left)
                case (.number(let left), _): category.number == left
                default: false
                }
            }
        }
    }
}
