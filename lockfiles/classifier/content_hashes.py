"""Writes the hashes over what the project declares, which remake.sh changed when it took out the names of hosts, anew with the
functions of the tools themselves: content_hashes.py poetry|pdm|pipenv, run with the Python that has the tool."""

import pathlib
import re
import sys

folder = pathlib.Path(__file__).parent


def write(lock: str, pattern: str, value: str) -> None:
    path = folder / lock
    text, count = re.subn(pattern, lambda found: found[1] + value + '"', path.read_text(), count=1)
    assert count == 1, f"{lock} has no hash"
    path.write_text(text)


match sys.argv[1]:
    case "poetry":
        from poetry.factory import Factory

        write("poetry.lock", r'(\ncontent-hash = ")[0-9a-f]+"', Factory().create_poetry(folder).locker._get_content_hash())
    case "pdm":
        from pdm.project.project_file import PyProject

        write("pdm.lock", r'(\ncontent_hash = "sha256:)[0-9a-f]+"', PyProject(folder / "pyproject.toml", ui=None).content_hash())
    case "pipenv":
        from pipenv.vendor import plette

        with open(folder / "Pipfile") as file:
            write("Pipfile.lock", r'("sha256": ")[0-9a-f]+"', plette.Pipfile.load(file).get_hash().value)
