#!/usr/bin/env python3
"""The acceptance tests, which run the program with real tools: Tests/Acceptance/run.py [PROGRAM] [WORD ...]

With words, runs only the scenarios whose title or name contains one of them. Files are created in .acceptance/ (listed in
.gitignore); the Debian base and the training environment stay there for the next run.
"""

import os
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import scenarios_verify  # noqa: E402, F401  registers its scenarios
import scenarios_hazards  # noqa: E402, F401
import scenarios_changed_images  # noqa: E402, F401
import scenarios_attacks  # noqa: E402, F401
import scenarios_everyday  # noqa: E402, F401
import scenarios_conda  # noqa: E402, F401
import scenarios_conda_builds  # noqa: E402, F401
import scenarios_capture  # noqa: E402, F401
import scenarios_ladder  # noqa: E402, F401
import scenarios_inspect  # noqa: E402, F401
import scenarios_attest  # noqa: E402, F401
import scenarios_attach  # noqa: E402, F401
import scenarios_bad_input  # noqa: E402, F401
import scenarios_freeze  # noqa: E402, F401
import scenarios_freeze_bases  # noqa: E402, F401
import scenarios_pages  # noqa: E402, F401
import scenarios_program  # noqa: E402, F401
import scenarios_documents  # noqa: E402, F401
import scenarios_rewrite  # noqa: E402, F401
import scenarios_images  # noqa: E402, F401
import scenarios_scale  # noqa: E402, F401
import scenarios_stored_models  # noqa: E402, F401
import scenarios_fleet  # noqa: E402, F401
import scenarios_bases  # noqa: E402, F401
import scenarios_system_packages  # noqa: E402, F401
import scenarios_surface  # noqa: E402, F401
from runner import Program, die, run_all  # noqa: E402
from workshop import Workshop  # noqa: E402

#: What `.acceptance/` grows to, images that buildah is building among it.
NEEDED_GIGABYTES = 12


def main():
    repository = pathlib.Path(__file__).resolve().parents[2]
    program = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else repository / ".build/release/pinproof").resolve()
    if not os.access(program, os.X_OK):
        die(f"{program} does not exist; run: make build")
    if os.geteuid() != 0:
        die("root is required: buildah, umoci and mmdebstrap unpack file systems with their owners")
    free = shutil.disk_usage(repository).free >> 30
    if free < NEEDED_GIGABYTES:
        print(f"{free} GiB are free at {repository}; the whole run takes about {NEEDED_GIGABYTES}", file=sys.stderr)
    os.umask(0o022)
    shop = Workshop(Program(program), repository / ".acceptance")
    return run_all(shop, sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
