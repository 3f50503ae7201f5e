"""What the pages are made of: the files, the history that the lessons build, the mistakes, what each chapter asks."""

import json
import posixpath
import re
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import yaml

from workbook.history.build import Commit, History, build
from workbook.history.files import Change, Files
from workbook.lesson.chapters import chapter_id, lesson_files, mistake_files
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Diff, Mistake, Session, WholeFile
from workbook.lesson.reader import read_mistake
from workbook.place import CHAPTERS, CLONE
from workbook.runner.start import starting_point
from workbook.say import Language, Problem, language
from workbook.student.check import checks_of
from workbook.translation.pairs import is_english_page, korean_of

PATTERNS = {
    "page": "docs/**/*.md",
    "lesson": "chapters/ch[0-9][0-9]_*/lesson.md",
    "mistake": "chapters/ch[0-9][0-9]_*/mistakes/*.md",
    "notebook": "notebooks/*.ipynb",
}


@dataclass(frozen=True)
class Source:
    """A page that has a file.

    Attributes:
        kind: a key of PATTERNS.
        english: the English file's path in the repository.
        file: the file that is read: the language's own, or the English one while there is no translation.
        page: the page's file below the site's folder, for example `chapters/ch35.md`.
        chapter: the id of the chapter that it belongs to, or empty.
        raw: the file's text.
    """

    kind: str
    english: str
    file: str
    page: str
    chapter: str
    raw: str

    @cached_property
    def meta(self) -> dict[str, Any]:
        """The front matter; empty when there is none, or none that YAML reads."""
        front = re.match(r"---\n(.*?)\n---\n", self.raw, re.DOTALL)
        try:
            found = yaml.safe_load(front[1]) if front else {}
        except yaml.YAMLError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def text(self) -> str:
        """The file's text without its front matter."""
        return re.sub(r"\A---\n.*?\n---\n", "", self.raw, flags=re.DOTALL)

    @cached_property
    def title(self) -> str:
        """What the page is called: by its front matter, else by its first heading, else by its file."""
        text = self.text
        if self.kind == "notebook":
            text = "\n".join("".join(cell["source"]) for cell in json.loads(text).get("cells", [])[:1])
        heading = re.search(r"^# (.+)$", text, re.MULTILINE)
        return str(self.meta.get("title") or (heading[1].strip() if heading else posixpath.basename(self.english)))


def sources(language: Language, root: Path = CLONE) -> list[Source]:
    """All pages that have a file, docs first.

    Raises:
        Problem: two files want the same page.
    """
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
                raw = (root / file).read_text(encoding="utf-8")
                found[page] = Source(kind, str(english), str(file), page, chapter, raw)
    return list(found.values())


def _place(kind: str, path: PurePosixPath) -> tuple[str, str]:
    """A page's file on the site, and its chapter."""
    if kind == "page":
        inner = "/".join(path.parts[1:])
        return "clinic/index.md" if inner == "clinic.md" else inner, ""  # it heads a section of its own
    chapter = path.parts[1].partition("_")[0].partition(".")[0]
    return f"{kind if kind != 'lesson' else 'chapter'}s/{chapter if kind != 'mistake' else path.stem}.md", chapter


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
    lessons = lesson_files(chapters)
    history = History(chapters, {}, ())
    while lessons:
        try:
            with tempfile.TemporaryDirectory() as scratch:
                history = build(chapters, Path(scratch) / "history", until=chapter_id(lessons[-1]))
            break
        except LessonError as error:
            broken[in_repository(error.file)] = error
            # What is wrong may stand in a table of all chapters: then there is no history at all.
            lessons = lessons[: next((at for at, file in enumerate(lessons) if file.parent in error.file.parents), 0)]
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
