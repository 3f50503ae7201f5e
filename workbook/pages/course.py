"""What the pages are made of: the files, the history that the lessons build, the mistakes, what each chapter asks."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from workbook.history.build import Commit, History, history_until
from workbook.history.files import Change, Files
from workbook.history.publish import Edition, edition
from workbook.lesson.chapters import mistake_files
from workbook.lesson.markdown import front_lines
from workbook.lesson.model import Diff, Mistake, Session, WholeFile
from workbook.lesson.reader import read_mistake
from workbook.pages.translation import is_english_page, korean_of
from workbook.place import CHAPTERS, CLONE
from workbook.replay.start import starting_point
from workbook.say import Language, Problem
from workbook.student.check import Check, checks_of

PATTERNS = {
    "page": "docs/**/*.md",
    "chapter": "chapters/ch[0-9][0-9]_*/lesson.md",
    "mistake": "chapters/ch[0-9][0-9]_*/mistakes/*.md",
    "notebook": "notebooks/*.ipynb",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A page that has a file; its `kind` is a key of PATTERNS, its `text` is without the front matter.

    `english` is the English file's path in the repository, `file` the one that is read: the language's own, or the
    English one while there is no translation. `page` is the page's file below the site's folder, such as
    `chapters/ch35.md`, `chapter` the id of its chapter, or empty.
    """

    kind: str
    english: str
    file: str
    page: str
    chapter: str
    meta: dict[str, Any]
    text: str
    title: str


def sources(language: Language, root: Path = CLONE) -> list[Source]:
    """All pages that have a file, docs first. Raises Problem: two want the same page; a front matter is not YAML."""
    found: dict[str, Source] = {}
    for kind, pattern in PATTERNS.items():
        for path in sorted(root.glob(pattern)):
            english = PurePosixPath(path.relative_to(root).as_posix())
            if is_english_page(english):
                own = english if language == "en" else korean_of(english)
                file = own if (root / own).exists() else english
                page, chapter = _place(kind, english)
                if page in found:
                    raise Problem(f"{english} and {found[page].english} have the same address.")
                read = _read(kind, str(file), (root / file).read_text(encoding="utf-8"))
                found[page] = Source(kind, str(english), str(file), page, chapter, *read)
    return list(found.values())


def _place(kind: str, path: PurePosixPath) -> tuple[str, str]:
    """A page's file on the site, and its chapter."""
    if kind == "page":
        inner = "/".join(path.parts[1:])
        return "clinic/index.md" if inner == "clinic.md" else inner, ""  # it heads a section of its own
    chapter = path.parts[1][:4]
    return f"{kind}s/{path.stem if kind == 'mistake' else chapter}.md", chapter


def _read(kind: str, file: str, raw: str) -> tuple[dict[str, Any], str, str]:
    """A file's front matter, the text below it, and its title."""
    lines, front = raw.split("\n"), front_lines(raw)
    try:
        meta = yaml.safe_load("\n".join(lines[1 : front - 1])) if front else {}
    except yaml.YAMLError as error:
        raise Problem(f"{file}: its front matter is not YAML.", why=str(error)) from None
    text = "\n".join(lines[front:])
    shown = "".join(json.loads(text)["cells"][0]["source"]) if kind == "notebook" else text
    heading = re.search(r"^# (.+)$", shown, re.MULTILINE)
    return meta, text, str(meta.get("title") or (heading[1].strip() if heading else file))


@dataclass(frozen=True, slots=True)
class Course:
    """All lessons and mistakes.

    Attributes:
        mistakes: each chapter's mistake pages.
        checks: what `workbook check` asks at each chapter's end, in the language at hand.
        edition: whose tags they are, and where they are published.
    """

    history: History
    mistakes: dict[str, list[Mistake]]
    checks: dict[str, list[Check]]
    edition: Edition = field(default_factory=edition)

    def commits_of(self, chapter: str) -> list[Commit]:
        """A chapter's commits, the oldest first."""
        return [commit for commit in self.history.commits if commit.step.lesson.chapter == chapter]


def read_course(chapters: Path = CHAPTERS) -> Course:
    """Read all lessons and mistakes, and build the history. Takes a second or two. Raises LessonError."""
    with history_until(chapters, None) as history:
        lessons = {name: chapter.lesson.file for name, chapter in history.chapters.items()}
        return Course(
            history,
            {name: [*map(read_mistake, mistake_files(lesson))] for name, lesson in lessons.items()},
            {name: checks_of(name, lesson.parent) for name, lesson in lessons.items()},
        )


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


def in_repository(file: Path) -> str:
    """A file's path in the repository, with slashes."""
    return file.resolve().relative_to(CLONE).as_posix()
