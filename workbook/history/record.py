"""What a listing is in the record `history.lock`, and which listing is not as recorded."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from workbook.history.files import Change
from workbook.lesson.errors import LessonError, shown

LOCK = "history.lock"


def digest(text: str) -> str:
    """The name under which the record holds a file's text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def with_changed_listing(error: LessonError, done: Iterable[tuple[str, Change]], chapters: Path) -> LessonError:
    """Say which listing before a fence that does not apply is not as recorded: the mistake is likely there.

    Args:
        done: the listings before it, each with its chapter.

    Returns:
        the same error; it is as it was when there is no record, or nothing before the fence differs from it.
    """
    try:
        recorded = _recorded((chapters / LOCK).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return error
    for chapter, change in done:
        place = change.block.place
        if next(recorded[chapter, change.block.title], None) != digest(change.after):
            where = f"{shown(place.file)}:{place.first}"
            error.why += f"\n\nBefore it, {change.block.title} at {where} is not what {LOCK} has recorded."
            break
    return error


def _recorded(text: str) -> dict[tuple[str, str], Iterator[str]]:
    """The digests that a file has in a chapter, one after the other."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in text.splitlines():
        chapter, _, rest = line.partition(" file ")
        if rest:
            title, _, value = rest.rpartition(" ")
            found[chapter, title].append(value)
    return defaultdict(lambda: iter(()), {key: iter(values) for key, values in found.items()})
