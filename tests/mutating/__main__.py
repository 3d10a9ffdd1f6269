"""`make mutants`: changes the code of one room, one small change at a time, and asks whether a test notices.

    make mutants ARGS=engine                     the changes of a room that were not tried yet
    make mutants ARGS="engine pair judge"        of some of its files alone
    make mutants ARGS="engine --lived"           those again that nobody noticed, after tests were written
    make mutants ARGS="engine --examples"        without the properties, which take longest; then --lived with them
    make mutants ARGS="engine --show"            what lived so far
    make mutants ARGS="engine --again"           everything afresh

The seed of Hypothesis is fixed, so that a change that lives, lives every time.
"""

from __future__ import annotations

import argparse
import os
import sys

import pytest
from mutmut.mutation.trampoline import set_mutant_under_test

from tests.mutating.fates import ALL, LIVED, Fates, change_code
from tests.mutating.rooms import ROOMS
from tests.mutating.trying import Trial

PLUGINS = ["-p", "pytest_socket", "-p", "_hypothesis_pytestplugin"]
QUIET = ["--rootdir=.", "-q", "-s", "--tb=no", "--no-header", "--no-summary", "-p", "no:cacheprovider"]


def main() -> None:
    """Try a room's changes and say which of them nobody noticed."""
    options = _options()
    room = ROOMS[options.room]
    files = room.files(options.files)
    if not options.show:
        set_mutant_under_test("mutant_generation")
        change_code(room.files([]))
        _try(options, Fates(files), room.tests)
    sys.stdout.write("\n".join(("", *Fates(files).told())) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("room", choices=ROOMS)
    parser.add_argument("files", nargs="*", help="some of its files, without their ending")
    parser.add_argument("--again", action="store_true", help="also what was tried before")
    parser.add_argument("--lived", action="store_true", help="try again what nobody noticed")
    parser.add_argument("--examples", action="store_true", help="without the properties")
    parser.add_argument("--show", action="store_true", help="try nothing, show what lived before")
    return parser.parse_args()


def _wanted(options: argparse.Namespace) -> tuple[str, ...]:
    if options.again:
        return ALL
    return LIVED if options.lived else ("not checked",)


def _try(options: argparse.Namespace, fates: Fates, tests: tuple[str, ...]) -> None:
    changes = fates.pick(_wanted(options))
    os.chdir("mutants")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # the others cost time and are not needed
    trial = Trial(changes, fates.note, options.examples)
    pytest.main([*PLUGINS, *QUIET, "--hypothesis-seed=1", *tests], plugins=[trial])
    os.chdir("..")
    fates.save()


if __name__ == "__main__":
    main()
