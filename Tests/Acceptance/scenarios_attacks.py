"""A sample of the attacks, of the honest images and of the random changes; attacks.py and random_changes.py run them all."""

import contextlib
import io

from attack_images import Lab
from attacks import attacked, matched
from random_changes import changes
from runner import check, scenario

SAMPLE = [
    "changed module, RECORD forged", "owned shadow", "linked module", "bytecode with a row in RECORD", "pth carriage return",
    "sitecustomize, link made a file", "pyvenv.cfg home twice", "interpreter a script", "profile.d", "-m cProfile", "a pipe",
    "run-parts", "LD_PRELOAD", "ld.so.conf.d and cache", "glibc-hwcaps of the system", "system library replaced",
    "standard library module gone, another takes its place",
]  # fmt: skip
HONEST = ["pip --target", "a blank in the path", "entry script", "user", "itself"]


def printed(function, *words):
    """What a function returns, and what it printed."""
    with contextlib.redirect_stdout(io.StringIO()) as stream:
        result = function(*words)
    return result, stream.getvalue()


@scenario
def a_sample_of_attacks_is_seen(shop):
    """attacks: a sample is run for real, and none that changes what runs is a match"""
    lab = Lab(shop.pinproof.path, shop.kept)
    (seen, missed), text = printed(attacked, lab, lambda name: name in SAMPLE)
    check(missed == 0 and seen == len(SAMPLE), text)
    # An attack that changes nothing would prove nothing.
    check("same " not in text, text)


@scenario
def a_sample_of_honest_images_matches(shop):
    """attacks: a sample of honest images matches"""
    (matching, others), text = printed(matched, Lab(shop.pinproof.path, shop.kept), HONEST)
    check(others == 0 and matching > 10, text)


@scenario
def random_changes_are_found(shop):
    """attacks: 40 random single changes in loadable files are found, or the account names the file"""
    missed, text = printed(changes, Lab(shop.pinproof.path, shop.kept), range(40), 20_260_101)
    check(missed == 0, text)
