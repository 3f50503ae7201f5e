"""The student's project: how it is found, what may become one, and the plain text file that says what is done."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from workbook.place import CLONE
from workbook.say import Problem, _

NAME = ".workbook-progress"

_HEAD = "# Where you are in the workbook. One line a thing; the program reads it again each time.\n"


@dataclass(slots=True)
class Progress:
    """What a student has done; people may read and edit the file.

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

    @staticmethod
    def read(project: Path) -> "Progress":
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

    def write(self, project: Path) -> None:
        """Write the file, whole or not at all."""
        lines = [f"current {self.current}"] if self.current else []
        lines += [f"done {chapter} {day}" for chapter, day in sorted(self.done.items())]
        lines += [f"missing {chapter} {' '.join(names)}" for chapter, names in sorted(self.missing.items()) if names]
        lines += [f"hint {check} {number}" for check, number in sorted(self.hints.items())]
        lines += [f"solution {chapter} {number}" for chapter, number in sorted(self.asked.items())]
        scratch = project / f"{NAME}.new"
        scratch.write_text(_HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
        os.replace(scratch, project / NAME)


def find(start: Path) -> Path | None:
    """The project that a directory lies in: the directory or a parent with a progress file."""
    start = start.absolute()
    return next((each for each in (start, *start.parents) if (each / NAME).is_file()), None)


def require(directory: Path | None) -> Path:
    """The project in a directory that was named, else the one we stand in.

    Raises:
        Problem: there is none.
    """
    place = directory if directory is not None else Path.cwd()
    found = find(place)
    if found is None:
        raise Problem(
            _("{place} is not a project of the workbook.", place=place),
            why=_("A project is a folder that `workbook start` made; it holds the file {name}.", name=NAME),
            ways=(
                _("Go into your project, then run the command again."),
                _("Or name it: --project DIR."),
                _("If you have none yet: workbook start ch32 ~/when2meet"),
            ),
            code=2,
        )
    return found


def room_for(directory: Path) -> Path:
    """A directory in which a new project may be laid out: outside the clone, and empty or not there yet.

    Raises:
        Problem: it lies in the workbook, it is a file, or it holds something.
    """
    target = directory.expanduser().absolute()
    why = ""
    if target.resolve().is_relative_to(CLONE):
        what = _("{target} lies in the workbook itself.", target=target)
        why = _("Your project is a git repository of its own, and one repository must not lie in another.")
    elif target.exists() and not target.is_dir():
        what = _("{target} is a file.", target=target)
    elif target.is_dir() and any(target.iterdir()):
        what = _("{target} holds files that the workbook did not put there, so it is left alone.", target=target)
    else:
        return target
    raise Problem(what, why=why, ways=(_("Name another one: workbook start ch32 ~/when2meet"),), code=2)
