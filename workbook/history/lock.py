"""Two records beside the lessons: which versions they pin, and what they built when `workbook build` last ran.

`history.lock` holds every commit, and every file that a fence leaves. The template shows only what is left at the end;
a listing that a later chapter replaces is held here: change one character of it, and the check names its fence.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.history.files import Change
from workbook.lesson.chapters import chapter_id, mistake_files
from workbook.lesson.errors import LessonError, shown
from workbook.lesson.model import Diff, Lesson, Session, WholeFile
from workbook.lesson.reader import read_mistake
from workbook.say import Problem

if TYPE_CHECKING:
    from workbook.history.build import History

LOCK = "history.lock"
TABLE = "versions.toml"
PIN = re.compile(r"(?<![\w.-])([A-Za-z0-9][\w.-]*)(?:\[[\w,-]*\])?==(\d[\w.!+-]*)")
_END = "then nothing more"
_HEAD = "# Written by `workbook build`. A commit that changes here changes under the feet of readers who have it."

Entry = tuple[str, Path, int]  # a line of the record, and the place in the lesson that it speaks of


def write_lock(history: "History", chapters: Path) -> None:
    """Record what the lessons build."""
    lines = [_HEAD, *(line for line, _, _ in _entries(history))]
    (chapters / LOCK).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def check_lock(history: "History", chapters: Path) -> None:
    """Raises LessonError, naming the first fence or commit that is not as recorded; Problem when there is no record."""
    recorded = _recorded(chapters)
    if not recorded:
        raise Problem(f"{shown(chapters / LOCK)} is missing.", ways=("Write it: workbook build.",))
    now = [*_entries(history), (_END, [*history.chapters.values()][-1].lesson.file, 1)]
    for before, (line, file, place) in zip([*recorded, _END], now, strict=False):
        if before != line:
            what = f"from here on the lessons build something else than recorded: {' '.join(line.split()[1:3])}."
            why = f"recorded: {before}\n     now: {line}"
            way = "If the change is meant: workbook build, and commit what it writes."
            raise LessonError(file, place, what, why=why, way=way)


def blame(error: LessonError, changes: Iterable[Change], chapters: Path) -> LessonError:
    """The same error; it says which listing before it is not as recorded, because the mistake is likely there."""
    recorded = {*_recorded(chapters)}
    for line, file, place in map(_listing, changes):
        if recorded and line not in recorded:
            error.why += f"\n\nBefore it, {shown(file)}:{place} is not what {LOCK} has recorded."
            break
    return error


def _recorded(chapters: Path) -> list[str]:
    text = (chapters / LOCK).read_text(encoding="utf-8") if (chapters / LOCK).exists() else ""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _entries(history: "History") -> Iterator[Entry]:
    """For each commit the files that its fences leave, then its SHA and tags; then what no commit holds."""
    for commit in history.commits:
        file = commit.step.lesson.file
        yield from map(_listing, commit.step.changes)
        yield " ".join((chapter_id(file), "commit", commit.sha, *commit.tags)), file, commit.step.line
    for chapter in history.chapters.values():
        for file in mistake_files(chapter.lesson.file):
            for block in read_mistake(file).blocks:
                if isinstance(block, WholeFile):
                    text = block.content
                elif isinstance(block, Diff):
                    text = repr([(hunk.before, hunk.after) for hunk in block.hunks])
                else:
                    continue
                line = f"{chapter_id(file.parent)} mistake {block.title} {_digest(text)} {file.stem}"
                yield line, file, block.place.first
        yield from map(_listing, chapter.changes[sum(len(step.changes) for step in chapter.steps) :])


def _listing(change: Change) -> Entry:
    place = change.block.place
    return f"{chapter_id(place.file)} file {change.block.title} {_digest(change.after)}", place.file, place.first


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_versions(chapters: Path) -> dict[str, str]:
    """The table `chapters/versions.toml`, by name. Raises Problem when it is missing or malformed."""
    try:
        versions = tomllib.loads((chapters / TABLE).read_text(encoding="utf-8"))["versions"]
        return {_canonical(name): version for name, version in versions.items()}
    except (FileNotFoundError, tomllib.TOMLDecodeError, KeyError, AttributeError) as error:
        what = f'{chapters / TABLE} holds no table [versions] with lines name = "1.2.3": {error}.'
        raise Problem(what) from None


def check_versions(lessons: Iterable[Lesson], chapters: Path) -> None:
    """Raises LessonError: a pin in a command, a titled file or an added line of a diff is not the table's."""
    lines = [(lesson.file, number, text) for lesson in lessons for number, text in _typed(lesson)]
    pins = [(file, number, match) for file, number, text in lines for match in PIN.finditer(text)]
    versions = read_versions(chapters) if pins else {}
    for file, number, match in pins:
        known = versions.get(_canonical(match[1]), "nothing")
        if known != match[2]:
            way = f"Change one: workbook bump {match[1]} {match[2]}."
            raise LessonError(file, number, f"{match[1]}=={match[2]}, but {TABLE} says {known}.", way=way)


def _typed(lesson: Lesson) -> Iterator[tuple[int, str]]:
    """What a lesson types or writes: line by line, with its number."""
    for block in lesson.blocks:
        if isinstance(block, WholeFile) and not block.made:
            yield from enumerate(block.content.split("\n"), block.place.first + 1)
        elif isinstance(block, Diff):
            yield from ((hunk.line, text) for hunk in block.hunks for text in hunk.after if text not in hunk.before)
        elif isinstance(block, Session) and block.kind == "console":
            for exchange in block.exchanges:
                yield from enumerate(exchange.typed.split("\n"), exchange.line)


def bump(chapters: Path, files: Iterable[Path], name: str, version: str) -> list[Path]:
    """Change a version in the table and in every page of `files` that pins it, outputs too; which of them changed."""
    old = read_versions(chapters).get(_canonical(name))
    if old is None:
        raise Problem(f"{TABLE} does not know {name}.", ways=(f'Add it: "{name}" = "{version}".',), code=2)
    named, told = re.escape(name), re.escape(old)
    pin = re.compile(rf"((?<![\w.-]){named}(?:\[[\w,-]*\])?==){told}(?![\w.])()", re.IGNORECASE)
    entry = re.compile(rf'^("?{named}"?\s*=\s*"){told}(")', re.IGNORECASE | re.MULTILINE)
    changed = []
    for file in [chapters / TABLE, *files]:
        text = file.read_text(encoding="utf-8")
        new = (entry if file.name == TABLE else pin).sub(rf"\g<1>{version}\g<2>", text)
        if new != text:
            file.write_text(new, encoding="utf-8", newline="\n")
            changed.append(file)
    return changed


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
