"""Runs the program: ``python -m pinproof check .``"""

from __future__ import annotations

import os
import subprocess
import sys

from ._program import PinproofError, find_program


def main() -> int:
    """Runs the program with this process's arguments and returns its exit status."""
    try:
        program = find_program()
    except PinproofError as error:
        print(f"pinproof: {error}", file=sys.stderr)
        return 2
    arguments = [program, *sys.argv[1:]]
    if os.name == "posix":
        os.execv(program, arguments)
    return subprocess.run(arguments, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
