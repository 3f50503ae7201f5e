"""A terminal of 80 columns: a command runs in it, and what a person would see at its end is taken off."""

import os
import pty
import re
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from rich.cells import cell_len

COLUMNS, LINES = 80, 50

_TOKEN = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\x1b[=>()][0-9A-B]?|([\r\n])|([^\x1b\r\n]+)")


def run(command: str, cwd: Path, env: Mapping[str, str]) -> tuple[int, list[str]]:
    """Run a command of bash's on a terminal of its own; nobody types. Its exit code, and the lines on the screen."""
    ours, theirs = pty.openpty()
    settings = {name: value for name, value in env.items() if name not in ("COLUMNS", "LINES")}
    settings["TERM"] = "xterm-256color"
    sized = ["bash", "--noprofile", "--norc", "-c", f"stty cols {COLUMNS} rows {LINES}; {command}"]
    streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    process = subprocess.Popen(sized, cwd=cwd, env=settings, start_new_session=True, **streams)
    os.close(theirs)
    printed = b""
    # Linux says by an error when the last writer is gone.
    with open(ours, "rb", buffering=0) as screen, suppress(OSError):
        while read := screen.read(65536):
            printed += read
    return process.wait(), seen(printed.decode(errors="replace"))


def seen(printed: str) -> list[str]:
    """What stands on the screen after all that was printed: lines written over are gone, so are colours.

    It knows what rich makes use of: carriage return, cursor up, erase the line.
    """
    lines: list[str] = [""]
    row = column = 0
    for found in _TOKEN.finditer(printed):
        numbers, letter, control, text = found.groups()
        if control == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif control == "\r":
            column = 0
        elif letter == "A":
            row = max(0, row - int(numbers or 1))
        elif letter == "K":
            lines[row] = "" if numbers == "2" else lines[row][:column]
        elif text:
            lines[row] = lines[row][:column] + text + lines[row][column + len(text) :]
            column += len(text)
    shown = "\n".join(lines).rstrip()
    return [line.rstrip() for line in shown.split("\n")] if shown else []


def too_wide(lines: list[str]) -> list[str]:
    """The lines that the terminal would have broken, but git's own and those that are one word: a path stays whole."""
    wide = [line for line in lines if cell_len(line) > COLUMNS and " " in line.strip()]
    return [line for line in wide if not line.startswith("diff --git ")]
