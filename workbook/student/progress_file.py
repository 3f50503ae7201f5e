"""What a student has done: one plain text file in the project, which people may read and edit."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

NAME = ".workbook-progress"

_HEAD = "# Where you are in the workbook. One line a thing; the program reads it again each time.\n"


@dataclass(slots=True)
class Progress:
    """The file's content.

    Attributes:
        current: the chapter under way, or an empty text.
        done: the day on which each finished chapter passed its checks, by chapter id.
        hints: how many hints of each check were given, by `ch35/name-of-the-check`.
        asked: how often the solution of a chapter was asked for, by chapter id.
        missing: the checks that the last `workbook check` found wanting, by chapter id.
    """

    current: str = ""
    done: dict[str, str] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    missing: dict[str, list[str]] = field(default_factory=dict)

    def finish(self, chapter: str) -> None:
        """Note that a chapter's checks passed today, unless they did before."""
        self.done.setdefault(chapter, datetime.now(UTC).astimezone().date().isoformat())


def read(project: Path) -> Progress:
    """Read the file; a line that is not understood is passed over, for people edit it."""
    progress = Progress()
    try:
        lines = (project / NAME).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return progress
    for line in lines:
        match line.split():
            case ["current", chapter]:
                progress.current = chapter
            case ["done", chapter, day]:
                progress.done[chapter] = day
            case ["hint", check, number] if number.isdecimal():
                progress.hints[check] = int(number)
            case ["solution", chapter, number] if number.isdecimal():
                progress.asked[chapter] = int(number)
            case ["missing", chapter, *checks]:
                progress.missing[chapter] = checks
    return progress


def write(project: Path, progress: Progress) -> None:
    """Write the file, whole or not at all."""
    lines = [f"current {progress.current}"] if progress.current else []
    lines += [f"done {chapter} {day}" for chapter, day in sorted(progress.done.items())]
    lines += [f"missing {chapter} {' '.join(names)}" for chapter, names in sorted(progress.missing.items()) if names]
    lines += [f"hint {check} {number}" for check, number in sorted(progress.hints.items())]
    lines += [f"solution {chapter} {number}" for chapter, number in sorted(progress.asked.items())]
    scratch = project / f"{NAME}.new"
    scratch.write_text(_HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    os.replace(scratch, project / NAME)
