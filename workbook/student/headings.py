"""Headings that hints name: they are those of the lesson, in the language in which the student reads it."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

from workbook.lesson.chapters import lesson_files, mistake_files
from workbook.place import CHAPTERS
from workbook.say import language

_PART = re.compile(r"(?:ch(?P<en>\d\d)|(?P<ko>\d\d)장)(?P<rest>[^;]*?)(?=;|ch\d\d|\d\d장|$)", re.DOTALL)
_NAMED = re.compile(r"'(?P<name>[A-Z0-9.].*?)'(?=[,.;:!?]| and '| of |[가-힣]|$)")


def named(sentence: str) -> Iterator[tuple[str, str]]:
    """The headings that a sentence names in quotes behind a chapter, `ch36, 'Make it pass'`: chapter id and heading."""
    for part in _PART.finditer(sentence):
        chapter = f"ch{part['en'] or part['ko']}"
        for quoted in _NAMED.finditer(part["rest"]):
            yield chapter, quoted["name"]


def localised(sentence: str) -> str:
    """A sentence in Korean with the headings of the Korean lesson, where there is one; any other as it is."""
    if language() != "ko":
        return sentence
    for chapter, name in named(sentence):
        sentence = sentence.replace(f"'{name}'", f"'{_korean(chapter).get(name, name)}'")
    return sentence


@cache
def titles(chapter: str, korean: bool = False) -> list[str]:
    """The headings of a chapter's lesson and the first ones of its mistake pages; those of a page without Korean stay.

    Args:
        korean: in Korean, in the same order.
    """
    [lesson] = [file for file in lesson_files(CHAPTERS) if file.parent.name.startswith(chapter)]
    found = _headings(lesson, korean)
    for page in mistake_files(lesson):
        found += _headings(page, korean)[:1]
    return found


def _korean(chapter: str) -> dict[str, str]:
    return dict(zip(titles(chapter), titles(chapter, korean=True), strict=True))


def _headings(page: Path, korean: bool) -> list[str]:
    english = _read(page)
    translated = page.with_suffix(".ko.md")
    theirs = _read(translated) if korean and translated.exists() else english
    # A translation that is behind its lesson cannot be paired.
    return theirs if len(theirs) == len(english) else english


def _read(page: Path) -> list[str]:
    body = page.read_text(encoding="utf-8").split("\n---\n", 1)[-1]
    tokens = MarkdownIt("commonmark").parse(body)
    inline = [tokens[place + 1] for place, token in enumerate(tokens) if token.type == "heading_open"]
    return ["".join(child.content for child in token.children or ()) for token in inline]
