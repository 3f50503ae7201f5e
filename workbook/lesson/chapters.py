"""The chapters, found by their folders: what a chapter adds, it adds there, and nothing else names it."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from workbook.lesson.errors import LessonError, shown
from workbook.lesson.minutes import said
from workbook.lesson.model import Session
from workbook.lesson.reader import LESSON_KEYS, LESSON_MAY, read_front_matter, read_lesson, read_mistake, read_text
from workbook.place import CHAPTERS, CLONE
from workbook.say import Language, Problem

README = "README.md"
_OPENED = "<!-- chapters: `workbook build` writes this table from the folders -->"
_CLOSED = "<!-- end of chapters -->"


@dataclass(frozen=True, slots=True)
class ChapterFolder:
    """A chapter as its folder and its front matter tell: its id, such as `ch35`, is also the tag of its last commit.

    `lesson` is in the language that was asked for, or in English; `stands` says what stands at its end; `route` is the
    request that it asks for, `POST /v1/mysql/meetings`; empty when there is none.
    """

    id: str
    folder: Path
    lesson: Path
    title: str
    goal: str
    stands: str
    route: str


def chapters(folder: Path = CHAPTERS, language: Language = "en") -> list[ChapterFolder]:
    """All chapters in the course's order, by their front matter alone, so that it is quick. Raises LessonError."""
    found = []
    for english in lesson_files(folder):
        sister = english.with_suffix(f".{language}.md")
        page = sister if sister.exists() else english
        front = read_front_matter(page, read_text(page), required={}, optional=LESSON_KEYS | LESSON_MAY)
        texts = (front.values.get(key) or "" for key in ("title", "goal", "stands", "route"))
        found.append(ChapterFolder(chapter_id(english), english.parent, page, *texts))
    return found


def lesson_files(folder: Path) -> list[Path]:
    """The lessons in the course's order, by their folders' names. Raises Problem when there are none."""
    files = sorted(folder.glob("ch[0-9][0-9]_*/lesson.md"))
    if not files:
        raise Problem(f"There is no lesson in {shown(folder)}.", ways=("Lessons are chapters/chNN_name/lesson.md.",))
    for before, file in pairwise(files):
        if chapter_id(before) == chapter_id(file):
            raise LessonError(file, 1, f"{chapter_id(file)} is {before.parent.name} already.")
    return files


def mistake_files(lesson: Path) -> list[Path]:
    """The mistake pages beside a lesson, without their translations."""
    return sorted(file for file in lesson.parent.glob("mistakes/*.md") if not file.stem.endswith(".ko"))


def chapter_id(lesson: Path) -> str:
    """The id of the chapter that a lesson is: `ch35` of chapters/ch35_a_failing_test/lesson.md."""
    return lesson.parent.name.partition("_")[0]


def new_readme(folder: Path) -> str | None:
    """The README beside the chapters' folder, with their table; None when it is so, or none. Raises Problem."""
    text = (folder.parent / README).read_text(encoding="utf-8") if (folder.parent / README).exists() else ""
    before, opened, rest = text.partition(_OPENED)
    _, closed, after = rest.partition(_CLOSED)
    if text and not closed:
        raise Problem(f"{README} has no place for the table of chapters: {_OPENED} … {_CLOSED}.")
    rows = ["| chapter | what stands at its end | minutes |", "|---|---|---|"]
    for each in chapters(folder):
        target = each.lesson.relative_to(folder.parent).as_posix()
        rows.append(
            f"| [{each.id} {each.title}]({target}) | {each.stands or each.goal} | {said(read_lesson(each.lesson))} |"
        )
    new = "\n".join([before + opened, *rows, closed + after])
    return new if text and new != text else None


def skips(folder: Path) -> list[str]:
    """Where the blocks of all pages stand that are not run, and why they are not."""
    lessons = lesson_files(folder)
    pages = [read_lesson(file).blocks for file in lessons]
    pages += [read_mistake(file).blocks for lesson in lessons for file in mistake_files(lesson)]
    sessions = [block for blocks in pages for block in blocks if isinstance(block, Session) and block.skip]
    return [f"{shown(each.place.file)}:{each.place.first}: not run: {each.skip}" for each in sessions]


def require_budget(skips: Sequence[str], project: Path = CLONE / "pyproject.toml") -> None:
    """Raises Problem when more blocks are skipped than `max_skips` under `[tool.workbook]` allows."""
    budget = tomllib.loads(project.read_text(encoding="utf-8"))["tool"]["workbook"]["max_skips"]
    if len(skips) > budget:
        what = f"{len(skips)} blocks are not run, and max_skips under [tool.workbook] in pyproject.toml is {budget}."
        raise Problem(what, why="\n".join(skips), ways=("Make a block run here.", "Or raise it, and say why."))
