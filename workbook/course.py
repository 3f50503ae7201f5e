"""The course on disk: where its chapters are, their pages, the budget of skips, and histories made on the way."""

import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbook.history.build import History, build
from workbook.history.trace import lesson_files, mistake_files
from workbook.history.versions import check_versions
from workbook.lesson.model import Lesson, Mistake
from workbook.lesson.reader import read_mistake
from workbook.place import CHAPTERS as CHAPTERS
from workbook.place import CLONE, private
from workbook.say import Problem


def history_folder() -> Path:
    """Where `workbook build` leaves the history: a git repository that students' projects are cloned from."""
    return private() / "history"


def pages(history: History, chapter: str, *, mistakes: bool) -> list[Lesson | Mistake]:
    """A chapter's lesson, and its mistake pages if asked for. Raises LessonError when a page does not parse."""
    lesson = history.chapters[chapter].lesson
    return [lesson, *([read_mistake(file) for file in mistake_files(lesson.file)] if mistakes else [])]


def max_skips(project: Path = CLONE / "pyproject.toml") -> int:
    """The budget of skips, `max_skips` under `[tool.workbook]`; none when it is not set."""
    settings = tomllib.loads(project.read_text(encoding="utf-8")).get("tool", {}).get("workbook", {})
    return int(settings.get("max_skips", 0))


def checked(chapters: Path, repository: Path) -> History:
    """The whole history, its pins compared with the table. Raises LessonError."""
    history = build(chapters, repository)
    check_versions([chapter.lesson for chapter in history.chapters.values()], chapters)
    return history


@contextmanager
def history_until(chapters: Path, until: str | None) -> Iterator[History]:
    """The history up to a chapter in a folder of its own, so that a broken later lesson is in nobody's way.

    Raises:
        LessonError: a lesson up to there does not build.
        Problem: there is no such chapter.
    """
    with tempfile.TemporaryDirectory() as scratch:
        known = [file.parent.name.partition("_")[0] for file in lesson_files(chapters)]
        if until is not None and until not in known:
            raise Problem(f"There is no chapter {until}.", ways=(f"Chapters: {', '.join(known)}.",), code=2)
        yield build(chapters, Path(scratch) / "history", until=until)
