"""Whether the environment is ready, out of date, or has to be made anew; and the stamp that tells."""

import ast
import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from enum import Enum

from workbook.place import CLONE
from workbook.say import _
from workbook.setup.paths import PINS, PROJECT, PYTHON, STAMP, VENV


class Verdict(Enum):
    """What has to be done."""

    READY = "nothing"
    OUTDATED = "install the pins again, into the environment there is"
    REMAKE = "make a new environment"


@dataclass(frozen=True)
class State:
    """What was found, and in `reason` half a sentence for the person who wonders why; empty the first time."""

    verdict: Verdict
    reason: str = ""


def fingerprint() -> str:
    """The content of what decides what is installed: requirements.lock and pyproject.toml."""
    return hashlib.sha256(PINS.read_bytes() + b"\0" + PROJECT.read_bytes()).hexdigest()


def write_stamp() -> None:
    """Say that the environment is complete. The last act of a setup, and in one piece: no reader sees half of it."""
    content = {"clone": str(CLONE), "python": list(sys.version_info[:2]), "fingerprint": fingerprint()}
    half = STAMP.with_suffix(".half")
    half.write_text(json.dumps(content), encoding="utf-8")
    half.replace(STAMP)


def examine() -> State:
    """Look at the environment without changing it. Takes some 40 ms: it runs the environment's Python once."""
    if not VENV.is_dir():
        return State(Verdict.REMAKE)
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        clone, version, installed = stamp["clone"], tuple(stamp["python"]), stamp["fingerprint"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return State(Verdict.REMAKE, _("the last setup did not finish"))
    if clone != str(CLONE):
        moved = _("the clone was moved or copied here from {clone}", clone=clone)
        return State(Verdict.REMAKE, moved)
    # PYTHON is in the environment only when a person put it there.
    if os.environ.get("PYTHON") and version != sys.version_info[:2]:
        has, asked = ".".join(map(str, version)), ".".join(map(str, sys.version_info[:2]))
        return State(
            Verdict.REMAKE,
            _("it has Python {has} and PYTHON asks for {asked}", has=has, asked=asked),
        )
    if fault := _fault(version):
        return State(Verdict.REMAKE, fault)
    if installed != fingerprint():
        changed = _("requirements.lock or pyproject.toml changed")
        return State(Verdict.OUTDATED, changed)
    return State(Verdict.READY)


def _fault(version: tuple[int, ...]) -> str:
    """Why the environment's Python is of no use, or nothing. A distribution's upgrade can take it away or change it."""
    question = "import sys, workbook; print(ascii((sys.version_info[:2], workbook.__file__)))"
    try:
        # -I: neither the folder that we are in nor PYTHONPATH may answer in the environment's place.
        asked = subprocess.run([PYTHON, "-I", "-c", question], capture_output=True, stdin=subprocess.DEVNULL)
    except OSError:
        return _("its Python is gone")
    if asked.returncode:
        return _("its Python does not run, or does not find the workbook")
    now, file = ast.literal_eval(asked.stdout.decode("ascii"))
    if now != version:
        before, today = ".".join(map(str, version)), ".".join(map(str, now))
        return _("its Python was {before} and is {today}", before=before, today=today)
    if os.path.realpath(file) != str(CLONE / "workbook" / "__init__.py"):
        return _("it imports another clone's workbook, {file}", file=file)
    return ""
