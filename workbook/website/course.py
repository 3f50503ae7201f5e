"""What the pages are made of: the history that the lessons build, the mistakes, and what each chapter asks."""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from workbook.course import CHAPTERS
from workbook.history.build import Commit, History, build
from workbook.history.files import Change, Files
from workbook.history.trace import lesson_files, mistake_files
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Diff, Mistake, Session, WholeFile
from workbook.lesson.reader import read_mistake
from workbook.place import CLONE
from workbook.runner.start import starting_point
from workbook.say import language
from workbook.student.check import checks_of


class Asked(NamedTuple):
    """What one check asks for, why, and how a student sees it for themselves."""

    name: str
    asks: str
    why: str
    see: str


@dataclass(frozen=True, slots=True)
class Course:
    """All lessons and mistakes. A lesson that is broken, while it is being written, ends the history before it.

    Attributes:
        mistakes: each chapter's mistake pages.
        checks: what `workbook check` asks at each chapter's end.
        broken: what is wrong, by the file that it stands in.
        names: the name of each commit's page by its SHA: its first tag, or its number when it has none.
    """

    history: History
    mistakes: dict[str, tuple[Mistake, ...]]
    checks: dict[str, list[Asked]]
    broken: dict[str, LessonError]
    names: dict[str, str]

    def commits_of(self, chapter: str) -> list[Commit]:
        """A chapter's commits, the oldest first."""
        return [commit for commit in self.history.commits if commit.step.lesson.chapter == chapter]


def read_course(chapters: Path = CHAPTERS) -> Course:
    """Read all lessons and mistakes, and build the history. Takes a second or two."""
    broken: dict[str, LessonError] = {}
    ids = [file.parent.name for file in lesson_files(chapters)]
    history = History(chapters, {}, ())
    while ids:
        try:
            with tempfile.TemporaryDirectory() as scratch:
                history = build(chapters, Path(scratch) / "history", until=ids[-1].partition("_")[0])
            break
        except LessonError as error:
            broken[in_repository(error.file)] = error
            # What is wrong may stand in a table of all chapters: then there is no history at all.
            ids = ids[: next((at for at, name in enumerate(ids) if name in error.file.parts), 0)]
    mistakes = {}
    for name, chapter in history.chapters.items():
        found = []
        for file in mistake_files(chapter.lesson.file):
            try:
                found.append(read_mistake(file))
            except LessonError as error:
                broken[in_repository(file)] = error
        mistakes[name] = tuple(found)
    checks = {name: asked(chapter.lesson.file.parent) for name, chapter in history.chapters.items()}
    names = {each.sha: each.tags[0] if each.tags else str(at) for at, each in enumerate(history.commits, 1)}
    return Course(history, mistakes, checks, broken, names)


def changes_of(mistake: Mistake, history: History) -> list[Change]:
    """What each titled fence of a mistake page does. Raises LessonError when one does not apply."""
    files = Files(mistake, starting_point(mistake, history)[1])
    changes = []
    for block in mistake.blocks:
        if isinstance(block, WholeFile | Diff):
            changes.append(files.take(block))
        elif isinstance(block, Session) and block.kind == "console" and block.skip is None:
            for exchange in block.exchanges:
                files.run(exchange)
    return changes


def asked(folder: Path) -> list[Asked]:
    """What `workbook check` asks at the end of the chapter in a folder, in the language at hand.

    It stands in `checks.md`, one heading a check, or in `checks.ko.md`; in a chapter that has none yet, in `checks.py`.
    """
    pages = [folder / ("checks.ko.md" if language() == "ko" else "checks.md"), folder / "checks.md"]
    page = next((each for each in pages if each.exists()), None)
    if page is None:
        checks = checks_of(folder.name.partition("_")[0], folder)
        return [Asked(check.name, check.asks, check.why, check.see) for check in checks]
    text = re.sub(r"<!--.*?-->\n?", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = []
    for name, body in re.findall(r"^## `?(\w+)`?\n+((?:(?!## ).*\n?)*)", text, re.MULTILINE):
        said = dict(re.findall(r"^(\w+): *(.+(?:\n(?!\w+:|\d\.|\s*$).+)*)", f"asks: {body.strip()}", re.MULTILINE))
        found.append(Asked(name, *(" ".join(said.get(key, "").split()) for key in ("asks", "why", "see"))))
    return found


def is_red(commit: Commit) -> bool:
    """Whether a test fails at a commit on purpose."""
    return any(tag in commit.step.lesson.red for tag in commit.tags)


def in_repository(file: Path) -> str:
    """A file's path in the repository, with slashes."""
    return file.resolve().relative_to(CLONE).as_posix()
