"""The verbs of `python3 workbook/bootstrap.py`, as the Makefile types them."""

import os
import sys
from io import TextIOWrapper

from workbook.place import CLONE
from workbook.say import Problem, _
from workbook.setup import uv
from workbook.setup.clean import clean
from workbook.setup.failures import refused
from workbook.setup.prepare import prepare


def run(arguments: list[str]) -> int:
    """Do what the arguments say: nothing, `clean`, `clean-data`, or `uv` with what uv is to do.

    Returns:
        the exit code: 0; 1 when something is missing or failed; 2 for bad usage; 130 after Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal of an older encoding shows ? for a sign that it lacks
    try:
        _do(arguments)
    except Problem as problem:
        return _show(problem)
    except OSError as error:
        return _show(refused(error))
    except KeyboardInterrupt:
        stopped = _("\nStopped. `make setup` goes on with what is already downloaded.")
        print(stopped, file=sys.stderr)
        return 130
    return 0


def _show(problem: Problem) -> int:
    sys.stdout.flush()
    print(f"\n{problem}\n", file=sys.stderr)
    return problem.code


def _do(arguments: list[str]) -> None:
    match arguments:
        case []:
            prepare()
        case ["clean"]:
            clean(data=False)
        case ["clean-data"]:
            clean(data=True)
        case ["uv", *rest]:
            # The pinned one first: another version may write the lock in another way.
            found = str(uv.OWN) if uv.OWN.exists() else uv.on_path()
            if not found:
                prepare()
                found = str(uv.OWN)
            os.chdir(CLONE)
            os.execve(found, [found, *rest], uv.environment(os.environ))
        case _:
            raise Problem(
                _("{arguments} is not something that bootstrap.py does.", arguments=" ".join(arguments)),
                ways=(
                    _("no argument prepares the clone"),
                    _("or one of: clean, clean-data, uv …"),
                ),
                code=2,
            )
