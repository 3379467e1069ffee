import EnvironmentInventory
import SourceDocuments
import Testing

@testable import InputContracts

/// Single values against the types, categories and ranges of a contract.
@Suite("Values of requests")
struct ValueCheckTests {
    private static func input(_ type: ContractType, _ change: (inout ContractInput) -> Void = { _ in }) -> ContractInput
    {
        var input = ContractInput(name: "a", position: 0)
        input.type = type
        change(&input)
        return input
    }

    /// What is wrong with a JSON value of a type; `-` when it fits.
    private static func problem(_ text: String, _ type: ContractType) throws -> String {
        ValueCheck.problem(try json(text), input(type), isText: false) ?? "-"
    }

    @Test(
        "the ends of the integers",
        arguments: [
            (ContractType.int8, "-128", "127", "-129", "128"), (.int16, "-32768", "32767", "-32769", "32768"),
            (.int32, "-2147483648", "2147483647", "-2147483649", "2147483648"),
            (.uint8, "0", "255", "-1", "256"), (.uint16, "0", "65535", "-1", "65536"),
            (.uint32, "0", "4294967295", "-1", "4294967296"),
            (.int64, "-9223372036854775808", "9223372036854775807", "-9223372036854775809", "9223372036854775808"),
            (.uint64, "0", "18446744073709551615", "-1", "18446744073709551616"),
        ])
    func integers(_ type: ContractType, _ low: String, _ high: String, _ below: String, _ above: String) throws {
        #expect(try Self.problem(low, type) == "-")
        #expect(try Self.problem(high, type) == "-")
        #expect(try Self.problem(below, type).hasSuffix(" is not of type \(type.rawValue)"))
        #expect(try Self.problem(above, type).hasSuffix(" is not of type \(type.rawValue)"))
        // JSON has one kind of number.
        #expect(try Self.problem("7.0", type) == "-")
        #expect(try Self.problem("7.5", type) == "7.5 is not of type \(type.rawValue)")
        #expect(try Self.problem("\"7\"", type) == "\"7\" is not of type \(type.rawValue)")
        #expect(try Self.problem("true", type) == "true is not of type \(type.rawValue)")
        #expect(try Self.problem("1e30", type).hasSuffix(" is not of type \(type.rawValue)"))
    }

    @Test(
        "floats",
        arguments: [
            (ContractType.float64, "1e308", "-"), (.float64, "3", "-"),
            (.float64, "1e999", "1e999 is not of type float64"),
            (.float32, "3.4e38", "-"), (.float32, "3.5e38", "3.5e38 is not of type float32"),
            (.float32, "-3.5e38", "-3.5e38 is not of type float32"), (.float16, "65504", "-"),
            (.float16, "65505", "65505 is not of type float16"), (.float64, "\"1\"", "\"1\" is not of type float64"),
            (.float64, "[1]", "a list is not of type float64"), (.float64, "false", "false is not of type float64"),
        ])
    func floats(_ type: ContractType, _ text: String, _ expected: String) throws {
        #expect(try Self.problem(text, type) == expected)
    }

    @Test(
        "other types",
        arguments: [
            (ContractType.boolean, "true", "-"), (.boolean, "1", "1 is not of type boolean"),
            (.boolean, "\"true\"", "\"true\" is not of type boolean"), (.string, "\"\"", "-"),
            (.string, "1", "1 is not of type string"),
            (.any, "{}", "-"), (.any, "[1]", "-"), (.array, "[]", "-"), (.array, "{}", "a table is not of type array"),
            (.object, "{}", "-"), (.object, "[]", "a list is not of type object"), (.binary, "\"\"", "-"),
            (.binary, "\"aGk=\"", "-"), (.binary, "\"aG\\nk=\"", "-"),
            (.binary, "\"aGk\"", "\"aGk\" is not of type binary"),
            (.binary, "\"a-k=\"", "\"a-k=\" is not of type binary"), (.binary, "1", "1 is not of type binary"),
        ])
    func others(_ type: ContractType, _ text: String, _ expected: String) throws {
        #expect(try Self.problem(text, type) == expected)
    }

    /// ISO 8601, as pandas.to_datetime takes it.
    @Test(
        "days",
        arguments: [
            ("2020-01-31", true), ("2020-02-29", true), ("2021-02-29", false), ("1900-02-29", false),
            ("2000-02-29", true), ("2020-04-31", false), ("2020-12-31T23:59:59Z", true), ("2020-12-31 00:00", true),
            ("2020-12-31x", false), ("2020-00-10", false), ("2020-13-10", false), ("2020-01-00", false),
            ("2020-1-31", false), ("2020-+1-31", false), ("2020-01--1", false), ("-020-01-01", false),
            ("20200131", false), ("2020/01/31", false), ("", false), ("2020-01-3", false), ("٢٠٢٠-01-31", false),
            ("2020-01- 1", false),
        ])
    func days(_ text: String, _ isDay: Bool) throws {
        #expect(ValueCheck.isDate(text) == isDay)
        #expect(try Self.problem("\"\(text)\"", .datetime) == (isDay ? "-" : "\"\(text)\" is not of type datetime"))
    }

    @Test("a missing value is refused where the contract says so, and by what becomes of it")
    func missing() throws {
        let null = try json("null")
        func problem(_ nullable: Bool?, _ outcome: ValueOutcome) -> String? {
            ValueCheck.problem(
                null,
                Self.input(.int64) {
                    $0.nullable = nullable
                    $0.onNull = outcome
                }, isText: false)
        }
        let refused = "a missing value is refused"
        for outcome in ValueOutcome.allCases {
            let raises = outcome == .error || outcome == .rejected
            #expect(problem(nil, outcome) == (raises ? refused : nil), "\(outcome)")
            #expect(problem(true, outcome) == (raises ? refused : nil), "\(outcome)")
            #expect(problem(false, outcome) == (outcome == .accepted ? nil : refused), "\(outcome)")
        }
    }

    @Test("categories are compared by value, whatever form a number has")
    func categories() throws {
        func problem(_ values: [ContractScalar], _ text: String, isOpen: Bool = false, _ unseen: ValueOutcome? = nil)
            throws -> String?
        {
            ValueCheck.problem(
                try json(text),
                Self.input(.any) {
                    $0.categories = .init(values: values, isOpen: isOpen)
                    $0.onUnseen = unseen
                }, isText: false)
        }
        #expect(try problem([.integer(1)], "1.0") == nil)
        #expect(try problem([.number(1)], "1") == nil)
        #expect(try problem([.number(1.5)], "1.5") == nil)
        #expect(try problem([.boolean(true)], "true") == nil)
        #expect(try problem([.text("x")], "\"x\"") == nil)
        #expect(try problem([.integer(1)], "true") == "true is none of the 1 known values")
        #expect(try problem([.integer(1), .text("1")], "\"2\"") == "\"2\" is none of the 2 known values")
        // An open list refuses only where the model does.
        #expect(try problem([.integer(1)], "2", isOpen: true) == nil)
        #expect(try problem([.integer(1)], "2", isOpen: true, .silent) == nil)
        #expect(try problem([.integer(1)], "2", isOpen: true, .error) == "2 is none of the 1 known values")
        let long = String(repeating: "x", count: 100)
        #expect(
            try problem([], "\"\(long)\"") == "\"\(long.prefix(60))\" is none of the 0 known values")
    }

    @Test("a range of a schema refuses, one of training does not")
    func ranges() throws {
        func problem(_ text: String, _ kind: ContractRange.Kind = .constraint) throws -> String? {
            ValueCheck.problem(
                try json(text),
                Self.input(.float64) { $0.range = ContractRange(minimum: 0, maximum: 9.5, kind: kind) }, isText: false)
        }
        #expect(try problem("0") == nil)
        #expect(try problem("9.5") == nil)
        #expect(try problem("-0.5") == "-0.5 is less than 0.0")
        #expect(try problem("10") == "10 is more than 9.5")
        #expect(try problem("10", .training) == nil)
        let endless = ContractRange(minimum: -.infinity, maximum: .nan, kind: .constraint)
        #expect(endless.minimum == nil && endless.maximum == nil)
    }

    @Test(
        "values with parts",
        arguments: [
            (#"[{"r": "x"}]"#, "-"), (#"[{"r": "x", "n": 1}]"#, "-"), (#"[{"r": "x", "n": null}]"#, "-"),
            (#"[{"n": 1}]"#, "the object lacks r"), (#"[{"r": null}]"#, "r: null is not of type string"),
            (#"[{"r": "x", "n": 1.5}]"#, "n: 1.5 is not of type int64"),
            (#"[{"r": "x", "z": 1}]"#, "the object has z, which its type does not name"),
            (#"[1]"#, "an integer is where an object belongs"), (#"{}"#, "a table is where a list belongs"),
            ("[]", "-"),
        ])
    func structures(_ text: String, _ expected: String) throws {
        let structure = ContractStructure.array(
            .object([
                .init(name: "r", structure: .scalar(.string), isRequired: true),
                .init(name: "n", structure: .scalar(.int64), isRequired: false),
            ]))
        let input = Self.input(.array) { $0.structure = structure }
        #expect(ValueCheck.problem(try json(text), input, isText: false) ?? "-" == expected)
    }

    @Test("maps have any names and one type")
    func maps() throws {
        let input = Self.input(.object) { $0.structure = .map(.scalar(.float64)) }
        func problem(_ text: String) throws -> String? {
            ValueCheck.problem(try json(text), input, isText: false)
        }
        #expect(try problem(#"{"x": 1, "y": 2.5}"#) == nil)
        #expect(try problem(#"{"x": "1"}"#) == "\"1\" is not of type float64")
        #expect(try problem("[1]") == "a list is where an object belongs")
    }

    @Test(
        "fields of CSV are read as their column says",
        arguments: [
            (ContractType.int64, "7", "-"), (.int64, "7.0", "-"), (.int64, "7.5", "7.5 is not of type int64"),
            (.int64, "x", "\"x\" is not of type int64"), (.int64, " 7", "\" 7\" is not of type int64"),
            (.float64, "1e3", "-"),
            (.float64, "inf", "inf is not of type float64"), (.boolean, "True", "-"), (.boolean, "FALSE", "-"),
            (.boolean, "1", "\"1\" is not of type boolean"), (.boolean, "tRUE", "\"tRUE\" is not of type boolean"),
            (.string, "7", "-"),
            (.datetime, "2020-01-31", "-"), (.any, "x", "-"), (.uint8, "300", "300 is not of type uint8"),
        ])
    func texts(_ type: ContractType, _ text: String, _ expected: String) {
        let node = DocumentNode(.string(text), at: SourcePosition(line: 1, column: 1))
        #expect(ValueCheck.problem(node, Self.input(type), isText: true) ?? "-" == expected)
    }

    @Test("a category of numbers takes the field of CSV that is written so, as number or as text")
    func textCategories() {
        func problem(_ values: [ContractScalar], _ type: ContractType, _ text: String) -> String? {
            ValueCheck.problem(
                DocumentNode(.string(text), at: SourcePosition(line: 1, column: 1)),
                Self.input(type) { $0.categories = .init(values: values, isOpen: false) }, isText: true)
        }
        #expect(problem([.integer(1)], .int64, "1") == nil)
        #expect(problem([.text("1")], .int64, "1") == nil)
        #expect(problem([.text("1")], .int64, "2") == "2 is none of the 1 known values")
    }

    @Test(
        "elements of tensors",
        arguments: [
            ("[[1, 2], [3, 4]]", "-"), ("[[1, 2], [3]]", "a list has 1 values, 2 belong there"),
            ("[[1, 2], 3]", "an integer is where a list belongs"), ("[]", "-"),
            ("[[1, \"x\"]]", "\"x\" is not of type float64"),
            ("[[1, null]]", "-"), ("7", "an integer is where a list belongs"),
        ])
    func tensors(_ text: String, _ expected: String) throws {
        let problem = ValueCheck.element(
            try json(text), shape: [nil, 2][...], of: Self.input(.float64), isText: false)
        #expect(problem ?? "-" == expected)
        // An integer has no value that is missing.
        let null = ValueCheck.element(try json("null"), shape: [][...], of: Self.input(.int32), isText: false)
        #expect(null == "null is not of type int32")
    }
}
