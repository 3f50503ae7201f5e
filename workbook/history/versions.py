"""One table of versions for all lessons."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from workbook.lesson.errors import LessonError
from workbook.lesson.model import Diff, Lesson, Line, Session, WholeFile
from workbook.say import Problem

PIN = re.compile(r"(?<![\w.-])([A-Za-z0-9][\w.-]*)(?:\[[\w,-]*\])?==(\d[\w.!+-]*)")
TABLE = "versions.toml"


def read_versions(chapters: Path) -> dict[str, str]:
    """The table `chapters/versions.toml`, by name. Raises Problem when it is missing or malformed."""
    table = chapters / TABLE
    try:
        versions = tomllib.loads(table.read_text(encoding="utf-8")).get("versions")
    except FileNotFoundError:
        raise Problem(
            f"{table} is missing: the one table of versions for all lessons.",
            ways=('Write it: [versions] name = "1.2.3".',),
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise Problem(f"{table} is not TOML: {error}.") from None
    if not isinstance(versions, dict) or not all(isinstance(version, str) for version in versions.values()):
        raise Problem(f'{table} holds one table, [versions], with lines name = "1.2.3".')
    return {_canonical(name): version for name, version in versions.items()}


def check_versions(lessons: list[Lesson], chapters: Path) -> None:
    """Every pin in a command, a titled file or an added line of a diff is the table's.

    Raises:
        LessonError: naming the first pin that is not.
    """
    pins = [(lesson, line, name, version) for lesson in lessons for line, name, version in pins_of(lesson)]
    if not pins:
        return
    versions = read_versions(chapters)
    for lesson, line, name, version in pins:
        known = versions.get(_canonical(name))
        if known is None:
            way = f'Add it: "{name}" = "{version}".'
            raise LessonError(lesson.file, line, f"{name}=={version}, but {TABLE} does not know {name}.", way=way)
        if known != version:
            way = f"Change one: workbook bump {name} {version}."
            raise LessonError(lesson.file, line, f"{name}=={version}, but {TABLE} says {known}.", way=way)


def pins_of(lesson: Lesson) -> Iterator[tuple[int, str, str]]:
    """The pins that a lesson types or writes: line, name, version."""
    for line in _typed(lesson):
        for match in PIN.finditer(line.text):
            yield line.number, match[1], match[2]


def bump(chapters: Path, files: list[Path], name: str, version: str) -> list[Path]:
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
    pin = re.compile(rf"((?<![\w.-]){re.escape(name)}(?:\[[\w,-]*\])?==){re.escape(old)}(?![\w.])", re.IGNORECASE)
    entry = re.compile(rf'^("?{re.escape(name)}"?\s*=\s*"){re.escape(old)}"', re.IGNORECASE | re.MULTILINE)
    changed = []
    for file in [chapters / TABLE, *files]:
        text = file.read_text(encoding="utf-8")
        new = entry.sub(rf'\g<1>{version}"', text) if file.name == TABLE else pin.sub(rf"\g<1>{version}", text)
        if new != text:
            file.write_text(new, encoding="utf-8", newline="\n")
            changed.append(file)
    return changed


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _typed(lesson: Lesson) -> Iterator[Line]:
    for block in lesson.blocks:
        if isinstance(block, WholeFile) and not block.made:
            for number, text in enumerate(block.content.split("\n"), block.place.first + 1):
                yield Line(number, text)
        elif isinstance(block, Diff):
            for hunk in block.hunks:
                for text in hunk.after:
                    if text not in hunk.before:
                        yield Line(hunk.line, text)
        elif isinstance(block, Session) and block.kind == "console":
            for exchange in block.exchanges:
                for number, text in enumerate(exchange.typed.split("\n"), exchange.line):
                    yield Line(number, text)
