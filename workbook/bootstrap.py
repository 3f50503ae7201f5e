"""Prepares this clone: `python3 workbook/bootstrap.py`, before anything is installed.

This one file is written in what Python 2.7 and 3.6 still read, so that an old Python answers with a sentence and
not with a SyntaxError. It finds a Python that is new enough and hands over to `workbook/setup/`.
"""
# ruff: noqa: UP010, UP032

from __future__ import print_function

import os
import re
import subprocess
import sys

OLDEST = (3, 11)
"""The oldest Python that serves: `requires-python` in pyproject.toml."""

NEWEST = (3, 14)
"""The newest Python that every pinned package has a ready-made wheel for; a newer one may need a C compiler."""

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OWN = os.path.join(ROOT, ".venv")

TOO_OLD = """
Python {found} is too old: the workbook needs Python {oldest} or newer.

  found:  {executable}
  needed: Python {oldest} to {newest}{looked}

What you can do, then type the command again:
  - Debian, Ubuntu, Windows with WSL:  sudo apt install python3 python3-venv
    (a release whose python3 is older than {oldest}: take uv, below)
  - macOS:                             brew install python@3.13
  - anywhere, with uv:                 uv python install 3.13
  - it is installed elsewhere:         make setup PYTHON=/path/to/python3.13
"""

NATIVE_WINDOWS = """
The workbook runs on Linux and macOS, and on Windows inside WSL. This is a Python of Windows itself.

What you can do:
  - in PowerShell:              wsl --install
  - then in the Ubuntu window:  sudo apt update && sudo apt install -y git make python3 python3-venv
  - clone there (in your Linux home, not below /mnt/c) and type: make setup
"""


def dotted(version):
    # type: (tuple[int, ...]) -> str
    """`(3, 11)` as people write it."""
    return ".".join(str(part) for part in version)


def serves(python, newest=None):
    # type: (str, tuple[int, int] | None) -> bool
    """Whether this executable runs, and is a Python of `OLDEST` to `newest` (no limit when None)."""
    # A pyenv shim carries the name of a version that is not switched on: only running it tells.
    limit = " and sys.version_info[:2] <= {}".format(newest) if newest else ""
    question = "import sys; sys.exit(not (sys.version_info >= {}{}))".format(OLDEST, limit)
    with open(os.devnull, "r+") as nothing:
        try:
            return subprocess.call([python, "-c", question], stdin=nothing, stdout=nothing, stderr=nothing) == 0
        except OSError:
            return False


def candidates():
    # type: () -> list[str]
    """Every `python3.x` on PATH that may serve, the newest of the well-tried first, then the one that uv knows."""
    found = []
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        if os.path.realpath(folder).startswith(os.path.realpath(OWN) + os.sep):
            continue  # .venv is what gets remade: it cannot be what remakes it
        for name in names:
            match = re.match(r"python3\.(\d+)$", name)
            if match and int(match.group(1)) >= OLDEST[1]:
                minor = int(match.group(1))
                found.append((minor <= NEWEST[1], minor, os.path.join(folder, name)))
    found.sort(key=lambda entry: entry[:2], reverse=True)
    return [path for _, _, path in found] + known_to_uv()


def known_to_uv():
    # type: () -> list[str]
    """The Python that uv has installed for its user, which need not be on PATH; empty without uv."""
    command = ["uv", "python", "find", "--system", "--no-python-downloads", ">=" + dotted(OLDEST)]
    with open(os.devnull, "r+") as nothing:
        try:
            process = subprocess.Popen(command, stdin=nothing, stdout=subprocess.PIPE, stderr=nothing, cwd=os.sep)
        except OSError:
            return []
        answer = process.communicate()[0].decode("utf-8", "replace").strip()
    return [answer] if answer else []


def hand_over(python):
    # type: (str) -> None
    """Go on as the same command under another Python; does not come back."""
    sys.stdout.flush()
    command = [python, os.path.abspath(__file__)]
    command.extend(sys.argv[1:])
    os.execv(python, command)


def main():
    # type: () -> int
    """Check the Python, then do what the arguments say; returns the exit code."""
    if os.name == "nt":
        print(NATIVE_WINDOWS, file=sys.stderr)
        return 1
    chosen = os.environ.get("PYTHON")  # set by a person alone: the Makefile's own default is not exported
    if sys.version_info < OLDEST:
        if not chosen:
            for python in candidates():
                if serves(python):
                    hand_over(python)
        screen = TOO_OLD.format(
            found=dotted(sys.version_info[:3]),
            oldest=dotted(OLDEST),
            newest=dotted(NEWEST),
            executable=sys.executable,
            looked=" (PYTHON={} was asked for)".format(chosen) if chosen else "; no python3.x on PATH is one",
        )
        print(screen, file=sys.stderr)
        return 1
    if os.path.realpath(sys.prefix) == os.path.realpath(OWN):
        hand_over(getattr(sys, "_base_executable", ""))
    if sys.version_info[:2] > NEWEST and not chosen:
        for python in candidates():
            if serves(python, NEWEST):
                hand_over(python)
    # As a script its own folder comes first on the path, and names there (`site`) would hide the standard library's.
    sys.path[0] = ROOT
    from workbook.setup.verbs import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
