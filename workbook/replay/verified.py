"""Verified is remembered: what has passed on this machine passes again as long as nothing that it depends on changes.

The machine's code, the pinned packages and Python count for everything. `FRESH=1` and CI forget it all.
"""

import hashlib
import os
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from workbook.history.build import History
from workbook.lesson.model import Lesson, Mistake
from workbook.place import CLONE, private
from workbook.replay.start import left_out, starting_point

Input = str | Path
"""A value, or a file or folder whose content counts; one that is not there counts as that."""

MACHINE = (CLONE / "workbook", CLONE / "conftest.py", CLONE / "pyproject.toml", CLONE / "requirements.lock")
"""What runs and judges everything that is verified."""


def remembered(what: str, inputs: Iterable[Input]) -> bool:
    """Whether this (its kind and its name, such as `pages/ch35-lesson`) was verified here with exactly these inputs."""
    note, digest = _note(what), _digest(what, inputs)
    if os.environ.get("FRESH") or os.environ.get("CI"):
        return False
    return note.exists() and note.read_text() == digest


def remember(what: str, inputs: Iterable[Input]) -> None:
    """Note that this has been verified; it takes the place of what was noted about it before."""
    note = _note(what)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(_digest(what, inputs))


def page_inputs(page: Lesson | Mistake, history: History, mysql: str) -> list[Input]:
    """What a page's replay depends on: its text, what its commands make, the project before it, versions, MySQL's."""
    commit, files = starting_point(page, history)
    chapters = history.chapters[next(iter(history.chapters))].lesson.file.parents[1]
    before = [str(item) for item in sorted(files.items())]
    beside = [page.file.parent / "made", chapters / "versions.toml"]
    return [page.file, *beside, commit.sha if commit else "", *before, *sorted(left_out(page, history)), mysql]


def _note(what: str) -> Path:
    return private() / "verified" / what


def _digest(what: str, inputs: Iterable[Input]) -> str:
    parts = [what, sys.version, *map(_content, MACHINE)]
    parts += [_content(each) if isinstance(each, Path) else each for each in inputs]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def _content(path: Path) -> str:
    """A digest of a file, or of all in a folder, as it was when it was first asked for: before it was verified."""
    files = sorted(file for file in path.rglob("*") if "__pycache__" not in file.parts) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        if file.is_file():
            digest.update(f"{file.relative_to(path)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
