# -*- coding: utf-8 -*-
"""Prepares this clone: `python3 workbook/bootstrap.py`, before anything is installed.

This one file is written in what Python 2.7 and 3.6 still read, so that an old Python answers with a sentence and
not with a SyntaxError. It finds a Python that is new enough and hands over to `workbook/setup/`.
"""
# ruff: noqa: UP009, UP010, UP032

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

TOO_OLD_KO = """
파이썬 {found}은(는) 너무 오래됐어요. 워크북에는 파이썬 {oldest} 이상이 필요해요.

  찾은 것: {executable}
  필요한 것: 파이썬 {oldest}부터 {newest}까지{looked}

할 수 있는 일(하고 나서 명령을 다시 입력하세요):
  - Debian, Ubuntu, Windows(WSL):  sudo apt install python3 python3-venv
    (배포판의 python3가 {oldest}보다 오래됐으면 아래의 uv를 쓰세요)
  - macOS:                         brew install python@3.13
  - uv가 있으면 어디서나:          uv python install 3.13
  - 다른 곳에 설치되어 있으면:     make setup PYTHON=/path/to/python3.13
"""

NATIVE_WINDOWS = """
The workbook runs on Linux and macOS, and on Windows inside WSL. This is a Python of Windows itself.

What you can do:
  - in PowerShell:              wsl --install
  - then in the Ubuntu window:  sudo apt update && sudo apt install -y git make python3 python3-venv
  - clone there (in your Linux home, not below /mnt/c) and type: make setup
"""

NATIVE_WINDOWS_KO = """
워크북은 리눅스와 macOS에서, Windows에서는 WSL 안에서 실행돼요.
이것은 Windows용 파이썬이에요.

할 수 있는 일:
  - PowerShell에서:      wsl --install
  - 그다음 Ubuntu 창에서:
      sudo apt update && sudo apt install -y git make python3 python3-venv
  - 거기서(/mnt/c 아래가 아니라 리눅스 홈에) 클론하고 입력하세요: make setup
"""


def text(en, ko):
    # type: (str, str) -> str
    """The sentence in the student's language, as workbook/language.py decides; an old Python cannot read that file."""
    wish = os.environ.get("WORKBOOK_LANG", "").lower()
    if wish not in ("en", "ko"):
        locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
        wish = locale.lower().partition("_")[0]
    # In the C locale an old Python would print escapes for Hangul.
    legible = "utf" in (sys.stderr.encoding or "utf-8").lower()
    return ko if wish == "ko" and legible else en


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
        print(text(NATIVE_WINDOWS, NATIVE_WINDOWS_KO), file=sys.stderr)
        return 1
    chosen = os.environ.get("PYTHON")  # set by a person alone: the Makefile's own default is not exported
    if sys.version_info < OLDEST:
        if not chosen:
            for python in candidates():
                if serves(python):
                    hand_over(python)
        asked = text(" (PYTHON={} was asked for)", " (요청한 것: PYTHON={})").format(chosen)
        none = text("; no python3.x on PATH is one", ". PATH의 python3.x 중에는 없어요")
        screen = text(TOO_OLD, TOO_OLD_KO).format(
            found=dotted(sys.version_info[:3]),
            oldest=dotted(OLDEST),
            newest=dotted(NEWEST),
            executable=sys.executable,
            looked=asked if chosen else none,
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
