"""From which English text each Korean section was written."""

import hashlib
from collections.abc import Iterator

from workbook.lesson.errors import LessonError, shown
from workbook.lesson.markdown import Edit, rewrite
from workbook.translation.finding import Finding
from workbook.translation.page import Page, Section
from workbook.translation.structure import TRANSLATED

LENGTH = 8
"""Hex digits of the SHA-256 that a comment shows."""


def prose_hash(english: Page, section: Section) -> str:
    """The first 8 hex digits of the SHA-256 of a section's prose, without fences and comments, in one line.

    The first section's has the texts of the front matter before it.
    """
    text = section.prose
    if section is english.sections[0]:
        text = "\n".join([*(f"{key}: {english.front[key]}" for key in TRANSLATED if key in english.front), text])
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def stale(english: Page, korean: Page) -> Iterator[Finding]:
    """Sections whose comment is missing, names another heading, or comes from another text. Headings must agree."""
    if not any(section.stamp for section in korean.sections):
        what = "no section says from which English text it was written."
        way = f"When all of it is up to date: workbook translation --accept {shown(korean.file)}"
        yield Finding("different", LessonError(korean.file, 1, what, way=way))
        return
    for one, other in zip(english.sections, korean.sections, strict=False):
        there = f"{shown(english.file)}:{one.line}"
        accept = f"then: workbook translation --accept {shown(korean.file)}#{one.slug}"
        stamp = other.stamp
        if stamp is None:
            what = f"`{other.title}` has no section comment below it."
            yield Finding(
                "different", LessonError(korean.file, other.line, what, way=f"Bring it up to date, {accept}"), one.slug
            )
        elif stamp.slug != one.slug:
            what = f"the comment names the section {stamp.slug}, and the heading at {there} is `{one.title}`."
            way = f"Translate the heading, {accept}"
            yield Finding("different", LessonError(korean.file, stamp.line, what, way=way), one.slug)
        elif stamp.hash != prose_hash(english, one):
            what = f"`{other.title}` was written from another text than {there} (#{one.slug}) has now."
            way = f"Bring it up to date, {accept}"
            yield Finding("stale", LessonError(korean.file, other.line, what, way=way), one.slug)


def stamp(english: Page, korean: Page, slug: str | None = None) -> int:
    """Write the comment below each Korean heading, or below one.

    Args:
        slug: the English heading's id; all when None.

    Returns:
        how many comments were not as they are now.
    """
    lines = korean.file.read_text(encoding="utf-8").split("\n")
    edits: list[Edit] = []
    for one, other in zip(english.sections, korean.sections, strict=True):
        if slug in (None, one.slug):
            line = f"<!-- section: {one.slug} {prose_hash(english, one)} -->"
            had = other.stamp
            if had is None:
                closed = not "".join(lines[other.last : other.last + 1]).strip()
                edits.append(Edit(other.last + 1, 0, (line,) if closed else (line, "")))
            elif (had.slug, had.hash) != tuple(line.split()[2:4]):
                edits.append(Edit(had.line, 1, (line,)))
    rewrite(korean.file, edits)
    return len(edits)
