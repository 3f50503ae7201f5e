"""Line ends of the project's scripts."""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from workbook.doctor.finding import Finding
from workbook.say import _

SKIPPED = {".git", ".venv", "node_modules", "__pycache__", ".pytest_cache", ".workbook"}
NAMES = ("Makefile", "Dockerfile")
"""Scripts that do not start with `#!`."""


def examine(project: Path) -> list[Finding]:
    """Each script whose lines end as on Windows."""
    return [_finding(script.relative_to(project)) for script in _scripts(project) if b"\r\n" in script.read_bytes()]


def _scripts(project: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(project):
        folders[:] = sorted(set(folders) - SKIPPED)
        for name in sorted(files):
            path = Path(folder) / name
            if path.is_file() and (name.endswith(".sh") or name in NAMES or _has_interpreter(path)):
                yield path


def _has_interpreter(path: Path) -> bool:
    with path.open("rb") as opened:
        return opened.read(2) == b"#!"


def _finding(script: Path) -> Finding:
    return Finding(
        _("{script} has Windows line ends (CRLF).", script=script),
        _("Linux looks for a program whose name ends in a carriage return: `bad interpreter`, in CI and in Docker."),
        f"sed -i 's/\\r$//' {shlex.quote(str(script))}",
    )
