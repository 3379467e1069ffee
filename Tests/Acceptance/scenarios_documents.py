"""The documents: their sessions are what the program answers, and what they name exists."""

import pathlib
import re

import sessions
from claims import CLAIMS
from runner import check, run, scenario

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *sorted((REPOSITORY / "docs").glob("*.md"))]


@scenario
def sessions_are_true(shop):
    """the sessions in README are what the program answers"""
    program = pathlib.Path(shop.pinproof.path)
    counted = 0
    for document in DOCUMENTS:
        lines, count = sessions.renewed(program, document)
        counted += count
        old, new = document.read_text().split("\n"), lines
        for index, (before, after) in enumerate(zip(old, new)):
            check(before == after, f"{document.name}:{index + 1}: the document says\n{before}\nand the program\n{after}")
        check(len(old) == len(new), f"{document.name}: the sessions have {len(new) - len(old)} more lines than the document")
    check(counted >= 3, f"README has a session for each of the three jobs; found {counted}")


@scenario
def options_exist(shop):
    """the options that the documents name exist"""
    helps = {}

    def help_of(command):
        if command not in helps:
            helps[command] = run(shop.pinproof.path, *command.split(), "--help")
        return helps[command]

    commands = set(re.findall(r"^  ([a-z-]+) ", help_of("").split("SUBCOMMANDS:")[1], re.M))
    seen = 0
    for document in DOCUMENTS:
        # A command line goes on after a backslash; what follows a dash and a blank is no longer the program's.
        text = document.read_text().replace("\\\n", " ")
        for line in re.findall(r"^(?:    |\$ )?pinproof [^\n]*$|`pinproof [^`]*`", text, re.M):
            words = line.strip("`$ ").split(" -- ")[0].split()[1:]
            # `help` shows the help of the command after it, and is in no list.
            if words[:1] == ["help"]:
                words = words[1:]
            if not words or words[0].startswith(("-", "<")) or words[0].isupper():
                continue
            check(words[0] in commands, f"{document.name}: there is no command {words[0]}: {line}")
            for option in (re.sub(r"[=,;:.)].*", "", word) for word in words[1:] if word.startswith("--")):
                seen += 1
                nested = words[0] in ("fleet", "cache") and len(words) > 1 and re.fullmatch("[a-z]+", words[1])
                known = re.findall(r"--[a-z][a-z-]*", help_of(" ".join(words[: 2 if nested else 1])))
                check(option in known, f"{document.name}: {words[0]} has no option {option}: {line}")
    check(seen > 20, f"the documents name more options than {seen}")


@scenario
def formats_are_complete(shop):
    """README names every format of locks and models that the sources read"""
    readme = (REPOSITORY / "README.md").read_text()
    rows = dict(re.findall(r"^\| (locks and declarations|models) \| (.*) \|$", readme, re.M))
    known = {"locks and declarations": "LockFormats", "models": "ModelArchives"}
    # Formats that are part of another row's name, or that nobody saves on purpose.
    other_names = {"requirements": "requirements.txt", "conda explicit": "@EXPLICIT"}
    for row, room in known.items():
        for path in sorted((REPOSITORY / f"Sources/{room}/Formats").glob("*.swift")):
            name = re.search(r'static let name(?:: String)? = "([^"]+)"', path.read_text())
            check(name, f"{path.name} has no name of its format")
            words = re.split(r"[ /-]", other_names.get(name[1], name[1]).lower())
            check(any(word in rows[row].lower() for word in words), f"README does not name {name[1]} in the row {row}")


@scenario
def claims_are_tested(shop):
    """each claim in README is held by a test"""
    readme = " ".join((REPOSITORY / "README.md").read_text().split())
    tests = {}
    for path in sorted((REPOSITORY / "Tests").rglob("*")):
        if path.suffix in (".py", ".swift"):
            tests[path.name] = tests.get(path.name, "") + path.read_text()
    for claim, held_by in CLAIMS.items():
        check(claim in readme, f"README does not say: {claim}")
        for reference in held_by:
            file, _, name = reference.partition(" ")
            check(file in tests, f"there is no test file {file}, for: {claim}")
            found = not name or re.search(rf"\b(?:def|func) {name}\b", tests[file])
            check(found, f"{file} has no test {name}, for: {claim}")
    # Every row of the tables of commands, evidence, formats and exit statuses, and every item of a list, has an entry.
    for line in (REPOSITORY / "README.md").read_text().splitlines():
        if re.match(r"\| (?!when|level|status|\|)[^-|]", line) or line.startswith("- "):
            words = " ".join(line.split())
            held = any(claim[:40] in words or words.startswith(claim[:40]) for claim in CLAIMS)
            check(held, f"claims.py has no entry for this line of README: {line}")
