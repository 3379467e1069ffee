/// Finds the numbers of values that lie elsewhere: it takes 8 to 16 bytes for each, where a dictionary would have the values too.
struct NumberTable {
    /// The numbers from 1 on, each at the place that the hash of its value gives or at the next free one behind it; 0 where there
    /// is none. Half of the places and more are free.
    private var table: [Int32] = [0]

    init() {}

    /// Knows the values of the numbers below `count`; of those with one value the first.
    init<Value: Hashable>(count: Int, of value: (Int) -> Value) {
        // A number that does not fit is not found; no layer has so many entries.
        let count = min(count, Int(Int32.max) - 1)
        var places = 16
        while places < 2 * count { places *= 2 }
        table = [Int32](repeating: 0, count: places)
        for number in 0..<count {
            let place = place(value(number), value)
            if table[place] == 0 { table[place] = Int32(number + 1) }
        }
    }

    /// The first number that has a value; nil where none has it.
    func first<Value: Hashable>(_ wanted: Value, of value: (Int) -> Value) -> Int? {
        let number = table[place(wanted, value)]
        return number == 0 ? nil : Int(number) - 1
    }

    /// Where the number of a value stands in the table, or would stand.
    private func place<Value: Hashable>(_ wanted: Value, _ value: (Int) -> Value) -> Int {
        var place = wanted.hashValue & (table.count - 1)
        while table[place] != 0, value(Int(table[place]) - 1) != wanted { place = (place + 1) & (table.count - 1) }
        return place
    }
}
