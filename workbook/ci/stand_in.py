"""The programs that stand in for those which would change this machine, or need GitHub's.

A script of the same name lies first on the job's PATH and runs this module:

    python -I -m workbook.ci.stand_in SETTINGS NAME ARGUMENTS...

What is left out is said in a line that the report shows.
"""

import re
import sys
from pathlib import Path

from workbook.ci import client
from workbook.ci.actions import NOT_HERE
from workbook.ci.gate import ring

NAMES = ("sudo", "systemctl", "service", "timedatectl", "apt-get", "apt", "mysql", "mysqladmin")
"""What a job finds of these names is us."""

_INIT_SCRIPT = re.compile(r"/etc/init\.d/(mysqld?)")
_SERVER = re.compile(r"mysqld?(\.service)?")


def main(arguments: list[str]) -> int:
    """Do what the program of that name would do, as far as it can be done here.

    Returns:
        its exit code.
    """
    settings, name, *rest = arguments
    return run(client.Settings.load(settings), name, rest)


def run(settings: client.Settings, name: str, arguments: list[str]) -> int:
    """As `main`, with the settings read."""
    if name == "sudo":
        return _sudo(settings, arguments)
    if name in ("mysql", "mysqladmin"):
        return client.run(settings, name, arguments)
    words = [word for word in arguments if not word.startswith("-")]
    starts = {"start", "restart"} & set(words)
    if name in ("systemctl", "service") and starts and any(_SERVER.fullmatch(word) for word in words):
        if settings.bell is None:
            print(f"{NOT_HERE}{name} {' '.join(arguments)}")
        else:
            ring(settings.bell)
        return 0
    print(f"{NOT_HERE}{name} {' '.join(arguments)}")
    return 0


def _sudo(settings: client.Settings, arguments: list[str]) -> int:
    rest = list(arguments)
    while rest and (rest[0].startswith("-") or "=" in rest[0]):
        if rest.pop(0) in ("-u", "-g", "-h", "-p") and rest:
            rest.pop(0)
    if not rest:
        return 0
    init_script = _INIT_SCRIPT.fullmatch(rest[0])
    if init_script:
        rest = ["service", init_script[1], *rest[1:]]
    name = Path(rest[0]).name
    if name in NAMES:
        return run(settings, name, rest[1:])
    print(f"{NOT_HERE}sudo {' '.join(rest)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
