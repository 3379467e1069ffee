import EnvironmentInventory
import InputContracts
import SourceDocuments
import Testing

@testable import ModelArchives

/// What the readers of libraries' own files do not understand of a model's inputs, with the sentence and the line.
@Suite("Gaps of libraries' contracts")
struct LibraryGapTests {
    private static func table(_ text: String) throws -> DocumentTable {
        try #require(try JSONReader.read(SourceText(name: "m.json", text: text)).table)
    }

    private static func gaps(_ part: ContractPart?) -> [String] { (part?.contract.gaps ?? []).map(\.description) }

    // MARK: XGBoost

    private static func xgboost(_ text: String) throws -> ContractPart? {
        XGBoostContract.read(try table(text), version: "3.2.0", file: "m.json")
    }

    /// A learner with features of these names and types, and what follows.
    private static func learner(_ names: String, _ types: String, _ count: String, _ more: String = "") -> String {
        #"{"feature_names": \#(names), "feature_types": \#(types), "learner_model_param": {"num_feature": \#(count)}\#(more)}"#
    }

    private static func categories(_ encodings: String) -> String {
        #", "gradient_booster": {"model": {"cats": {"enc": \#(encodings)}}}"#
    }

    private static let damagedLearners: [(text: String, gap: String)] = [
        (learner(#"["a"]"#, #"["int", "int"]"#, "2"), "feature_names: it has 1 names and 2 types for 2 features"),
        (learner(#"["a", 1]"#, "[]", "2"), "feature_names: it has 1 names and 0 types for 2 features"),
        (learner("[]", #"["what"]"#, "1"), "what: the type of the feature 0 is not known"),
        (learner("[]", "[]", "\"100001\""), "num_feature: it has more than 100000 features"),
        (
            learner("[]", #"["c"]"#, "1", categories("[{}, {}]")),
            "cats.enc: it has categories for another number of features"
        ),
        (
            learner("[]", #"["c"]"#, "1", categories("[{}]")),
            "cats.enc: the categories of the feature 0 cannot be read"
        ),
        (
            learner("[]", #"["c"]"#, "1", categories(#"[{"values": [null]}]"#)),
            "cats.enc: the categories of the feature 0 cannot be read"
        ),
        (
            learner("[]", #"["c"]"#, "1", categories(#"[{"values": [1], "offsets": []}]"#)),
            "cats.enc: the categories of the feature 0 cannot be read"
        ),
        (
            learner("[]", #"["c"]"#, "1", categories(#"[{"values": [256], "offsets": [0, 1]}]"#)),
            "cats.enc: the categories of the feature 0 cannot be read"
        ),
        (
            learner("[]", #"["c"]"#, "1", categories(#"[{"values": [65, 66], "offsets": [0, 3]}]"#)),
            "cats.enc: the categories of the feature 0 cannot be read"
        ),
        (
            learner("[]", #"["c"]"#, "1", categories(#"[{"values": [65, 66], "offsets": [2, 1]}]"#)),
            "cats.enc: the categories of the feature 0 cannot be read"
        ),
    ]

    @Test("XGBoost", arguments: damagedLearners.indices)
    func xgboostGaps(_ index: Int) throws {
        let (text, gap) = Self.damagedLearners[index]
        let part = try Self.xgboost(text)
        #expect(Self.gaps(part) == ["m.json:1: \(gap)"])
        #expect(part?.contract.inputs.isEmpty == true)
    }

    @Test("a model of XGBoost that says no number of features says nothing")
    func xgboostAbsent() throws {
        let counts = [Self.learner("[]", "[]", "0"), Self.learner("[]", "[]", "\"x\"")]
        for text in ["{}", #"{"learner_model_param": {}}"#] + counts {
            #expect(try Self.xgboost(text) == nil)
        }
    }

    /// https://xgboost.readthedocs.io/en/stable/python/python_api.html#xgboost.DMatrix, feature_types
    @Test(
        "XGBoost's types",
        arguments: [
            ("int", ContractType.int64), ("i", .boolean), ("float", .float64), ("q", .float64), ("c", .any),
        ])
    func xgboostTypes(_ word: String, _ type: ContractType) throws {
        let input = try #require(try Self.xgboost(Self.learner("[]", "[\"\(word)\"]", "1"))?.contract.inputs.first)
        #expect(input.type == type && input.name == nil && input.onNull == .accepted)
    }

    @Test("categories that cannot be decoded are text of which no value is known")
    func xgboostUndecodable() throws {
        let text = Self.learner(
            "[]", #"["c"]"#, "1", Self.categories(#"[{"values": [-61, -87], "offsets": [0, 1, 2]}]"#))
        let input = try #require(try Self.xgboost(text)?.contract.inputs.first)
        #expect(input.type == .string && input.categories == nil)
    }

    @Test(
        "XGBoost's answers",
        arguments: [
            (#""binary:logistic""#, "", [nil]), (#""multi:softprob""#, #", "num_class": "3""#, [nil, 3]),
            (#""multi:softmax""#, #", "num_class": "3""#, [nil]),
            (#""reg:squarederror""#, #", "num_target": "2""#, [nil, 2]),
        ] as [(String, String, [Int?])])
    func xgboostOutputs(_ objective: String, _ parameters: String, _ shape: [Int?]) throws {
        let text =
            #"{"learner_model_param": {"num_feature": "1"\#(parameters)}, "objective": {"name": \#(objective)}}"#
        let part = try Self.xgboost(text)
        #expect(part?.contract.outputs == [ContractOutput(name: nil, type: .float32, shape: shape)])
        #expect(part?.contract.binding == .position && part?.contract.library?.training == "3.2.0")
    }

    // MARK: LightGBM

    private static func lightGBM(_ lines: [String]) -> ContractPart? {
        var contract = LightGBMContract()
        for (index, line) in lines.enumerated() where LightGBMContract.keeps(Array(line.utf8)[...]) {
            contract.take(Array(line.utf8)[...], number: index + 1)
        }
        return contract.read(file: "m.txt")
    }

    @Test(
        "LightGBM",
        arguments: [
            (
                ["feature_names=a b", "max_feature_idx=0"],
                "m.txt: feature_infos: it has another number of entries than there are features"
            ),
            (["feature_names=a"], "m.txt: feature_infos: it has another number of entries than there are features"),
            (
                ["feature_names=a", "max_feature_idx=0", "feature_infos=[0:1] [0:1]"],
                "m.txt:3: feature_infos: it has another number of entries than there are features"
            ),
            (
                ["feature_names=a", "max_feature_idx=0", "feature_infos=[0:x]"],
                "m.txt:3: feature_infos: the range of a cannot be read"
            ),
            (
                ["feature_names=a", "max_feature_idx=0", "feature_infos=[0:1:2]"],
                "m.txt:3: feature_infos: the range of a cannot be read"
            ),
            (
                ["feature_names=a", "max_feature_idx=0", "feature_infos=[0:1"],
                "m.txt:3: feature_infos: the range of a cannot be read"
            ),
            (
                ["feature_names=a", "max_feature_idx=0", "feature_infos=0:x:2"],
                "m.txt:3: feature_infos: the categories of a cannot be read"
            ),
            (
                ["feature_names=a", "max_feature_idx=0", "pandas_categorical:[[1]"],
                "m.txt:3: pandas_categorical: the list of categories cannot be read"
            ),
            (
                ["feature_names=a", "max_feature_idx=0", "pandas_categorical:{}"],
                "m.txt:3: pandas_categorical: the list of categories cannot be read"
            ),
            (
                ["feature_names=a", "max_feature_idx=0", "feature_infos=0:1", "pandas_categorical:[[1]]"],
                "m.txt:4: pandas_categorical: nothing says which feature has which categories"
            ),
        ] as [([String], String)])
    func lightGBMGaps(_ lines: [String], _ gap: String) {
        let part = Self.lightGBM(lines)
        #expect(Self.gaps(part) == [gap] && part?.contract.inputs.isEmpty == true)
    }

    @Test("the first line of a key counts, and a line of another key is not kept")
    func lightGBMLines() throws {
        let part = Self.lightGBM([
            "tree", "feature_names=a b", "feature_names=c", "max_feature_idx=1", "feature_infos=[0:1] [-inf:inf]",
            "feature_names_of_others=x", "objective=multiclass num_class:3", "num_class=3",
        ])
        let contract = try #require(part?.contract)
        #expect(contract.inputs.map(\.name) == ["a", "b"] && contract.binding == .position)
        #expect(contract.inputs[0].range?.maximum == 1 && contract.inputs[0].onOutside == .silent)
        #expect(contract.inputs[1].range?.minimum == nil && contract.inputs[1].onOutside == nil)
        #expect(contract.outputs == [ContractOutput(name: nil, type: .float64, shape: [nil, 3])])
        #expect(contract.inputs[0].sources.map(\.line) == [2, 5])
        #expect(Self.lightGBM(["max_feature_idx=1"]) == nil)
    }

    @Test(
        "the type of categories is that of their values",
        arguments: [
            (#"[["a"]]"#, ContractType.string), ("[[1.5]]", .float64), ("[[1]]", .int64), ("[[true, false]]", .boolean),
            ("[[]]", .int64), (#"[[1, "a"]]"#, .string),
        ])
    func lightGBMCategories(_ values: String, _ type: ContractType) {
        let part = Self.lightGBM([
            "feature_names=a", "max_feature_idx=0", "[categorical_feature: 0]", "pandas_categorical:\(values)",
        ])
        #expect(part?.contract.inputs.first?.type == type && part?.contract.inputs.first?.onUnseen == .silent)
    }

    // MARK: CatBoost and Keras

    @Test(
        "CatBoost",
        arguments: [
            (#"{"features_info": {"float_features": [{}]}}"#, "float_features"),
            (#"{"features_info": {"float_features": [{"flat_feature_index": -1}]}}"#, "float_features"),
            (#"{"features_info": {"text_features": [1]}}"#, "text_features"),
            (
                #"{"features_info": {"float_features": [{"flat_feature_index": 0}], "categorical_features": [{"flat_feature_index": 0}]}}"#,
                "categorical_features"
            ), (#"{"features_info": {"float_features": [{"flat_feature_index": 100000}]}}"#, "float_features"),
        ])
    func catBoostGaps(_ text: String, _ key: String) throws {
        let part = CatBoostContract.read(try Self.table(text), version: nil, file: "m.json")
        #expect(Self.gaps(part) == ["m.json:1: \(key): a feature has no place of its own"])
    }

    @Test("CatBoost's features by their place in the row; one that is left out leaves no contract")
    func catBoost() throws {
        func part(_ text: String) throws -> ContractPart? {
            CatBoostContract.read(try Self.table(text), version: "1.2", file: "m.json")
        }
        let found = try part(
            #"{"features_info": {"float_features": [{"flat_feature_index": 2, "feature_id": "x"}], "categorical_features": [{"flat_feature_index": 0, "feature_name": "c"}], "text_features": [{"flat_feature_index": 1, "feature_id": ""}]}}"#
        )
        #expect(found?.contract.inputs.map(\.name) == ["c", nil, "x"])
        #expect(found?.contract.inputs.map(\.type) == [.any, .string, .float32])
        #expect(try part(#"{"features_info": {"float_features": [{"flat_feature_index": 1}]}}"#) == nil)
        #expect(try part(#"{"features_info": {}}"#) == nil)
        #expect(try part("{}") == nil)
    }

    @Test("Keras' input layers, and those without a shape or a known type")
    func keras() throws {
        func part(_ layers: String) throws -> ContractPart? {
            let text = #"{"config": {"layers": [\#(layers)]}}"#
            return KerasContract.read(try JSONReader.read(SourceText(name: "m.json", text: text)), file: "m.json")
        }
        func layer(_ config: String) -> String { #"{"class_name": "InputLayer", "config": {\#(config)}}"# }
        let reason = "the input layer has no shape or no known type"
        for config in [
            #""name": "a""#, #""name": "a", "batch_shape": 1"#,
            #""name": "a", "batch_shape": [], "dtype": "complex64""#,
        ] { #expect(Self.gaps(try part(layer(config))) == ["m.json:1: a: \(reason)"], "\(config)") }
        let two = try part(
            layer(#""name": "a", "batch_shape": [null, 3], "dtype": "float64""#) + #", {"class_name": "Dense"}, "#
                + layer(
                    #""name": "b", "batch_input_shape": [null, 2, 1], "dtype": {"config": {"name": "int32"}}"#))
        #expect(two?.contract.inputs.map(\.shape) == [[nil, 3], [nil, 2, 1]])
        #expect(two?.contract.inputs.map(\.type) == [.float64, .int32] && two?.contract.binding == .name)
        #expect(try part(layer(#""batch_shape": [null, 3]"#))?.contract.binding == .position)
        #expect(try part(#"{"class_name": "Dense"}"#) == nil)
    }
}
