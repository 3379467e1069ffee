import ArchiveReading
import EnvironmentInventory
import Testing

@testable import ModelArchives

/// The gaps of a pickle, each scalar of the text being a byte.
private func gaps(_ text: String) throws -> [String] {
    let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    let head = FileHead(path: "m.pkl", bytes: Array(bytes.prefix(512)), size: bytes.count)
    let source = MemoryByteSource(bytes, name: "m.pkl")
    return try #require(try PickleFormat.readFile(source, head: head, file: "m.pkl")).gaps.map(\.subject)
}

/// `MODULE.NAME(ARGUMENTS)` in protocol 0.
private func call(_ path: String, _ arguments: String...) -> String { "\(name(path))(\(arguments.joined())tR" }

private func name(_ path: String) -> String {
    let parts = path.split(separator: ".")
    return "c\(parts.dropLast().joined(separator: "."))\n\(parts.last ?? "")\n"
}

private func text(_ text: String) -> String { "S'\(text)'\n" }

private let cloudpickle = "cloudpickle.cloudpickle"
private let type = name("builtins.type")
/// A function as cloudpickle makes one.
private let function = call("\(cloudpickle)._make_function", "I1\n", "(d", "N", "N", "N")

/// A class with a method, kept in the memo.
private func own(
    _ memo: Int, _ method: String = "predict", metaclass: String = type, bases: String = "(t", kept: String = "(d"
) -> String {
    call("\(cloudpickle)._make_skeleton_class", metaclass, text("X"), bases, kept, text("id"), "N") + "p\(memo)\n0"
        + call("\(cloudpickle)._class_setstate", "g\(memo)\n", "((d\(text(method))\(function)s(dt") + "0"
}

@Test(
    "methods of metaclasses, of bases and of members that making a class runs are named",
    arguments: [
        // cloudpickle makes the class, keeps it in a table, and sets its attributes.
        ("__setattr__", own(1, "__setattr__", bases: "(\(type)t") + own(2, metaclass: "g1\n")),
        ("mro", own(1, "mro", bases: "(\(type)t") + own(2, metaclass: "g1\n")),
        ("__hash__", own(1, "__hash__", bases: "(\(type)t") + own(2, metaclass: "g1\n")),
        (
            "__call__",
            own(1, "__call__", bases: "(\(type)t") + own(2, metaclass: "g1\n", bases: "(\(type)t")
                + own(3, metaclass: "g2\n")
        ),
        // The metaclass of a base is that of the class.
        ("__init__", own(1, "__init__", bases: "(\(type)t") + own(2, metaclass: "g1\n") + own(3, bases: "(g2\nt")),
        ("__set_name__", own(1, "__set_name__") + own(2, kept: "(d\(text("x"))g1\n(tRs")),
        (
            "__subclasshook__",
            own(1, "__subclasshook__")
                + call("\(cloudpickle)._class_setstate", "g1\n", "((d\(text("_abc_impl"))(\(name("a.B"))ls(dt") + "0"
        ),
        // A class is given a state, or elements, and Python takes the methods of its objects for its own.
        ("__setstate__", own(1, "__setstate__") + "g1\n(d\(text("x"))I1\nsb0"),
        ("append", own(1, "append") + "g1\nI1\na0"),
        // A base of Python's own asks the arguments.
        ("__hash__", own(1, "__hash__") + own(2, bases: "(\(name("builtins.dict"))t") + "g2\n(((g1\n)\u{81}I1\ntltR0"),
    ])
func methodsThatMakingAClassRuns(_ method: String, _ pickle: String) throws {
    #expect(try gaps(pickle + "N.").contains(method))
    #expect(try gaps(pickle.replacingMethod(method) + "N.").isEmpty)
}

extension String {
    /// The same with a method that nothing runs.
    fileprivate func replacingMethod(_ method: String) -> String {
        split(separator: text(method), omittingEmptySubsequences: false).joined(separator: text("predict"))
    }
}

/// An enumeration as cloudpickle makes one, with attributes.
private func enumeration(_ members: String, _ attributes: String = "", bases: String = name("enum.Enum")) -> String {
    call("\(cloudpickle)._make_skeleton_enum", "(\(bases)t", text("E"), text("E"), "(d\(members)", text("m"), "N", "N")
        + "p5\n0" + call("\(cloudpickle)._class_setstate", "g5\n", "((d\(attributes)(dt") + "0"
}

@Test("an enumeration whose members are values is understood")
func enumerationsOfPickles() throws {
    let member = text("A") + "I1\ns"
    let stock =
        text("__new__") + "cenum\nEnum.__new__\ns" + text("__new_member__")
        + call("builtins.getattr", name("builtins.object"), text("__new__")) + "s" + text("__str__")
        + call("builtins.getattr", name("enum.Enum"), text("__str__")) + "s"
    #expect(try gaps(enumeration(member, stock) + "g5\n(I1\ntR.").isEmpty)
    #expect(try gaps(enumeration(member, stock, bases: name("builtins.str") + name("enum.Enum")) + "N.").isEmpty)
    // `EnumType` runs these for every member.
    for method in ["__init__", "__new__", "_generate_next_value_"] {
        #expect(try gaps(enumeration(member + text(method) + function + "s") + "N.").contains(method))
        let based = enumeration(member, bases: "g1\n" + name("enum.Enum"))
        #expect(try gaps(own(1, method) + based + "N.").contains(method))
    }
    #expect(try gaps(own(1, "__set_name__") + enumeration(text("A") + "g1\n)\u{81}s") + "N.") == ["__set_name__"])
    // A value that is no member.
    let missing = enumeration(member, stock + text("_missing_") + function + "s")
    #expect(try gaps(missing + "g5\n(I1\ntR.") == ["_missing_"])
    #expect(try gaps(missing + "N.").isEmpty)
    // Attributes that are called, given to others, or of other types.
    let new = call("builtins.getattr", name("builtins.object"), text("__new__"))
    #expect(!(try gaps(new + "(\(name("a.B"))tR.").isEmpty))
    #expect(!(try gaps(call("a.Apply", new) + ".").isEmpty))
    #expect(!(try gaps("cenum\nEnum.__new__\n(\(name("a.B"))tR.").isEmpty))
    #expect(!(try gaps(call("builtins.getattr", name("a.B"), text("__new__")) + ".").isEmpty))
    #expect(!(try gaps(call("builtins.getattr", name("builtins.object"), text("__class__")) + ".").isEmpty))
}
