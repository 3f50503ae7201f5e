"""The student's project: how it is found, its chapters, and the plain text file that says what is done."""

import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from workbook.lesson.chapters import ChapterFolder
from workbook.lesson.chapters import chapters as chapter_folders
from workbook.place import CHAPTERS, PROGRESS
from workbook.say import Language, Problem, _, language

_HEAD = "# Where you are in the workbook. One line a thing; the program reads it again each time.\n"


@dataclass(slots=True)
class Progress:
    """What a student has done; people may read and edit the file.

    `done` has the day on which a chapter passed, `hints` how many of each check (`ch35/a_name`) were given, `asked` how
    often a solution was asked for, `missing` the checks that the last `workbook check` found wanting, by chapter;
    `without` what a chapter was done without (`Docker`), `adopted` the chapter at which their own repository was taken.
    """

    current: str = ""
    done: dict[str, str] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    missing: dict[str, list[str]] = field(default_factory=dict)
    without: dict[str, str] = field(default_factory=dict)
    adopted: str = ""

    @staticmethod
    def read(project: Path) -> "Progress":
        """Read the file; a line that is not understood is passed over, for people edit it."""
        progress, file = Progress(), project / PROGRESS
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines() if file.exists() else ():
            match line.split():
                case ["current", chapter]:
                    progress.current = chapter
                case ["done", chapter, day]:
                    progress.done[chapter] = day
                case ["hint", check, number] if number.isdecimal():
                    progress.hints[check] = int(number)
                case ["solution", chapter, number] if number.isdecimal():
                    progress.asked[chapter] = int(number)
                case ["adopted", chapter]:
                    progress.adopted = chapter
                case ["without", chapter, thing]:
                    progress.without[chapter] = thing
                case ["missing", chapter, *checks]:
                    progress.missing[chapter] = checks
        return progress

    def write(self, project: Path) -> None:
        """Write the file, whole or not at all."""
        lines = [f"current {self.current}"] if self.current else []
        lines += [f"adopted {self.adopted}"] if self.adopted else []
        lines += [f"done {chapter} {day}" for chapter, day in sorted(self.done.items())]
        lines += [f"without {chapter} {thing}" for chapter, thing in sorted(self.without.items())]
        lines += [f"missing {chapter} {' '.join(names)}" for chapter, names in sorted(self.missing.items()) if names]
        lines += [f"hint {check} {number}" for check, number in sorted(self.hints.items())]
        lines += [f"solution {chapter} {number}" for chapter, number in sorted(self.asked.items())]
        scratch = project / f"{PROGRESS}.new"
        scratch.write_text(_HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
        os.replace(scratch, project / PROGRESS)


def find(start: Path) -> Path | None:
    """The project that a directory lies in: the directory or a parent with a progress file."""
    start = start.absolute()
    return next((each for each in (start, *start.parents) if (each / PROGRESS).is_file()), None)


def require(directory: Path | None) -> Path:
    """The project in a directory that was named, else the one we stand in. Raises Problem when there is none."""
    place = directory if directory is not None else Path.cwd()
    if found := find(place):
        return found
    raise Problem(
        _("{place} is not a project of the workbook.", place=place),
        why=_("A project is a folder that `workbook start` or `workbook adopt` knows; it holds {name}.", name=PROGRESS),
        ways=(
            _("Go into your project, then run the command again."),
            _("Or name it: --project DIR."),
            _("If you have a repository of the course already: workbook adopt, in it."),
            _("If you have none yet: workbook start ch32 ~/when2meet"),
        ),
        code=2,
    )


def chapters() -> list[ChapterFolder]:
    """All chapters in order, in the student's language."""
    return _chapters(CHAPTERS, language())


@cache
def _chapters(folder: Path, language: Language) -> list[ChapterFolder]:
    return chapter_folders(folder, language)


def chapter(name: str) -> ChapterFolder:
    """The chapter of that id; `35` will do. Raises Problem when there is none."""
    known = {each.id: each for each in chapters()}
    wanted = name.lower() if name.lower().startswith("ch") else f"ch{name}"
    if wanted not in known:
        what = _("There is no chapter {name}.", name=name)
        raise Problem(what, ways=(_("Chapters: ") + ", ".join(known) + ".",), code=2)
    return known[wanted]


def current(root: Path) -> ChapterFolder:
    """The chapter under way in a project."""
    name = Progress.read(root).current
    return chapter(name) if name else chapters()[0]


def following(name: str) -> ChapterFolder | None:
    """The chapter after one; None after the last."""
    return next((each for each in chapters() if each.id > name), None)


def finished() -> Problem:
    """What to say to who has done the last chapter, and wants the next."""
    new = _("Make a project of your own from the template: workbook new my-app")
    again = _("Do a chapter again, and keep what you have: workbook start ch35 --fresh")
    return Problem(_("You have finished every chapter."), ways=(new, again))
