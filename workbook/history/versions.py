"""One table of versions for all lessons."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from workbook.lesson.errors import LessonError
from workbook.lesson.model import Diff, Lesson, Session, WholeFile
from workbook.say import Problem

PIN = re.compile(r"(?<![\w.-])([A-Za-z0-9][\w.-]*)(?:\[[\w,-]*\])?==(\d[\w.!+-]*)")
TABLE = "versions.toml"


def read_versions(chapters: Path) -> dict[str, str]:
    """The table `chapters/versions.toml`, by name. Raises Problem when it is missing or malformed."""
    table = chapters / TABLE
    try:
        versions = tomllib.loads(table.read_text(encoding="utf-8"))["versions"]
        return {_canonical(name): version for name, version in versions.items()}
    except FileNotFoundError:
        what = f"{table} is missing: the one table of versions for all lessons."
        raise Problem(what, ways=('Write it: [versions] name = "1.2.3".',)) from None
    except (tomllib.TOMLDecodeError, KeyError, AttributeError) as error:
        raise Problem(f'{table} holds no table [versions] with lines name = "1.2.3": {error}.') from None


def check_versions(lessons: Iterable[Lesson], chapters: Path) -> None:
    """Every pin in a command, a titled file or an added line of a diff is the table's.

    Raises:
        LessonError: naming the first pin that is not.
    """
    pins = [(lesson.file, *pin) for lesson in lessons for pin in pins_of(lesson)]
    versions = read_versions(chapters) if pins else {}
    for file, line, name, version in pins:
        known = versions.get(_canonical(name))
        if known is None:
            way = f'Add it: "{name}" = "{version}".'
            raise LessonError(file, line, f"{name}=={version}, but {TABLE} does not know {name}.", way=way)
        if known != version:
            way = f"Change one: workbook bump {name} {version}."
            raise LessonError(file, line, f"{name}=={version}, but {TABLE} says {known}.", way=way)


def pins_of(lesson: Lesson) -> Iterator[tuple[int, str, str]]:
    """The pins that a lesson types or writes: line, name, version."""
    for number, text in _typed(lesson):
        for match in PIN.finditer(text):
            yield number, match[1], match[2]


def _typed(lesson: Lesson) -> Iterator[tuple[int, str]]:
    for block in lesson.blocks:
        if isinstance(block, WholeFile) and not block.made:
            yield from enumerate(block.content.split("\n"), block.place.first + 1)
        elif isinstance(block, Diff):
            yield from ((hunk.line, text) for hunk in block.hunks for text in hunk.after if text not in hunk.before)
        elif isinstance(block, Session) and block.kind == "console":
            for exchange in block.exchanges:
                yield from enumerate(exchange.typed.split("\n"), exchange.line)


def bump(chapters: Path, files: Iterable[Path], name: str, version: str) -> list[Path]:
    """Change a version in the table and in every page that pins it, outputs too.

    Args:
        files: the pages to look through.

    Returns:
        the files that changed.

    Raises:
        Problem: the table does not know the name.
    """
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
