#!/usr/bin/env python3
"""Joins what measure_estimators.py wrote to Sources/InputContracts/Outcomes/BehaviourTable*.swift.

    python make_table.py FOLDER      # own_1.7.json: of one version;  x_1.5_1.7.json: files of 1.5 in 1.7
"""
import glob, json, os, re, sys
folder = sys.argv[1]
target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../Sources/InputContracts/Outcomes")
own, minors = {}, set()
for file in glob.glob(f"{folder}/own_*.json"):
    for line in open(file):
        row = json.loads(line)
        minor = int(row["version"].split(".")[1]); minors.add(minor)
        own.setdefault(row["class"], {})[minor] = row["code"]
rows = {}
for path, codes in own.items():
    if not path.startswith("sklearn."): continue
    groups = []
    for minor in sorted(minors):
        code = codes.get(minor)
        if code is None: continue
        if groups and groups[-1][2] == code and groups[-1][1] == minor - 1: groups[-1][1] = minor
        else: groups.append([minor, minor, code])
    if groups: rows[path] = " ".join(f"{a}-{b}:{c}" if a != b else f"{a}:{c}" for a, b, c in groups)
crossings, measured = {}, set()
results = {}
for file in glob.glob(f"{folder}/x_*.json"):
    a, b = (int(v.split(".")[1]) for v in os.path.basename(file)[2:-5].split("_"))
    lines = [json.loads(line) for line in open(file)]
    measured.add((a, b))
    for row in lines: results[row["class"], a, b] = row["code"]
for path, codes in own.items():
    if path.startswith("sklearn.") and path not in rows: continue
    words = []
    for a in sorted(minors):
        for b in sorted(minors):
            if a == b: continue
            code = results.get((path, a, b)) if (a, b) in measured else None
            if code == "!": words.append(f"{a}>{b}!")
            elif code is None or codes.get(b) is None or code != codes[b]: words.append(f"{a}>{b}?")
    crossings[path] = " ".join(words)
# Pairs that are not the same are the same for most classes: they are written once.
sets = sorted(set(crossings.values()), key=lambda words: (len(words), words))
names = {words: index for index, words in enumerate(sets)}


def swift(name, summary, body):
    text = f"// Made by Tests/InputContractsTests/Oracle/make_table.py of what scikit-learn itself has shown; not edited by hand.\n\n{summary}{body}"
    open(os.path.join(target, name), "w").write(text)


def chunk(items, size):
    return [items[i:i + size] for i in range(0, len(items), size)]


items = sorted(rows.items())
parts = chunk(items, 180)
for index, part in enumerate(parts):
    body = "".join(f"    {path} {text}\n" for path, text in part)
    swift(f"BehaviourRows{index + 1}.swift", "", f"extension BehaviourTable {{\n    // swift-format-ignore\n    static let rows{index + 1} = \"\"\"\n{body}    \"\"\"\n}}\n")
text = "/// What estimators of scikit-learn do with bad values: a line a class, the minor versions and the letters.\nenum BehaviourTable {\n"
text += "    /// The minor versions of scikit-learn 1 that were measured.\n    static let minors: Set<Int> = [" + ", ".join(map(str, sorted(minors))) + "]\n"
text += "    /// The letters of a class, for ranges of versions.\n    static let rows = lines(of: [" + ", ".join(f"rows{i + 1}" for i in range(len(parts))) + "])\n"
text += "    /// The pairs of versions, from and to, between which files of a class fail (!) or are not known (?).\n    static let crossings: [String: String] = lines(of: [crossingsText]).compactMapValues { text in\n        Int(text).flatMap { sets.indices.contains($0) ? sets[$0] : nil }\n    }\n\n"
text += """    private static func lines(of texts: [String]) -> [String: String] {
        var result: [String: String] = [:]
        for text in texts {
            for line in text.split(separator: "\\n") {
                guard let space = line.firstIndex(of: " ") else { continue }
                result[String(line[..<space])] = String(line[line.index(after: space)...])
            }
        }
        return result
    }
}
"""
swift("BehaviourTable.swift", "", text)
body = "".join(f"    {path} {names[words]}\n" for path, words in sorted(crossings.items()))
sets_text = "".join(f"        \"{words}\",\n" for words in sets)
swift("BehaviourCrossings.swift", "", f"extension BehaviourTable {{\n    // swift-format-ignore\n    static let sets = [\n{sets_text}    ]\n    // swift-format-ignore\n    static let crossingsText = \"\"\"\n{body}    \"\"\"\n}}\n")
print(len(rows), "classes,", len(crossings), "crossings,", len(sets), "sets of pairs,", len(measured), "pairs measured")
