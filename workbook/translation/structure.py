"""What must be the same in both languages: headings, fences, comments, links, tables, and some of the front matter."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path, PurePosixPath

from workbook.lesson.errors import LessonError, shown
from workbook.translation.finding import Finding
from workbook.translation.page import Page, Section
from workbook.translation.pairs import english_of, is_english_page, korean_of, located

TRANSLATED = ("title", "goal", "stands", "you_will_learn", "out_of_scope", "notes", "description")
"""Keys of the front matter that hold text; all others hold the same value in both languages."""

_SPOKEN = ("goal", "you_will_learn", "description")
_HANGUL = re.compile(r"[가-힣]")
_WORD = re.compile(r"[A-Za-z][A-Za-z']+")
# CommonMark ends no emphasis between a punctuation mark and a letter, and Korean puts its particles right there.
_STARS = re.compile(r"\*\*|\*(?=[가-힣])")
_SENTENCE = 8
"""This many English words in a paragraph without a Korean one are a sentence that nobody translated."""


def differences(english: Page, korean: Page, root: Path) -> Iterator[Finding]:
    """All that differs and may not, in the order of the Korean page. Headings that differ hide what is below them."""
    yield from _front(english, korean)
    headings = list(_headings(english, korean))
    yield from headings
    if not headings:
        for one, other in zip(english.sections, korean.sections, strict=True):
            yield from _items(english, korean, one, other)
            yield from _links(english, korean, one, other, root)
            yield from _shapes(english, korean, one, other)
            yield from _words(korean, one, other)


def _different(page: Page, line: int, what: str, way: str, slug: str = "") -> Finding:
    return Finding("different", LessonError(page.file, line, what, way=way), slug)


def _front(english: Page, korean: Page) -> Iterator[Finding]:
    for key in english.front:
        line = korean.keys.get(key, 1)
        here, there = korean.front.get(key), english.front[key]
        if key not in korean.front:
            way = "Translate it." if key in TRANSLATED else "Copy it: workbook translation --sync."
            yield _different(korean, 1, f"the front matter has no `{key}`, and the English one has.", way)
        elif key not in TRANSLATED and here != there:
            what = f"`{key}` is {here!r}, and in English {there!r}."
            yield _different(korean, line, what, "Copy it: workbook translation --sync.")
        elif isinstance(there, list) and (not isinstance(here, list) or len(here) != len(there)):
            what = f"`{key}` has not as many entries as in English: {len(there)}."
            yield _different(korean, line, what, "Translate each of them.")
        elif key in _SPOKEN and not _HANGUL.search(str(here)):
            yield _different(korean, line, f"`{key}` has no Korean word.", "Translate it.")
    for key in korean.front.keys() - english.front.keys():
        what = f"the English front matter has no `{key}`."
        yield _different(korean, korean.keys.get(key, 1), what, "Take it out here.")


def _headings(english: Page, korean: Page) -> Iterator[Finding]:
    ours, theirs = korean.sections, english.sections
    if [each.level for each in ours] == [each.level for each in theirs]:
        return
    stamped = {each.stamp.slug for each in ours if each.stamp}
    whole = all(each.stamp for each in ours)
    for one, other in zip_longest(theirs, ours):
        if one and (one.slug not in stamped if whole else other is None or one.level != other.level):
            what = (
                f"the heading `{_head(one)}` of {shown(english.file)}:{one.line} is missing here or has another level."
            )
            line = other.line if other else ours[-1].line
            yield _different(korean, line, what, "Same headings, same order, same levels.", one.slug)
            return
    known = {each.slug for each in theirs}
    extra = next((each for each in ours if each.stamp and each.stamp.slug not in known), ours[-1])
    what = f"the headings are not those of the English page; `{_head(extra)}` is one too many or has another level."
    yield _different(korean, extra.line, what, "Same headings, same order, same levels.")


def _head(section: Section) -> str:
    return f"{'#' * section.level} {section.title}"


def _items(english: Page, korean: Page, one: Section, other: Section) -> Iterator[Finding]:
    where = f"in `{other.title}`"
    if len(one.items) != len(other.items):
        what = f"{len(other.items)} fences and machine comments {where}, and {len(one.items)} in English."
        way = f"Take them from {shown(english.file)}:{one.line}."
        yield _different(korean, other.line, what, way, one.slug)
        return
    for theirs, ours in zip(one.items, other.items, strict=True):
        there = f"{shown(english.file)}:{theirs.first}"
        if theirs.comments != ours.comments:
            what = f"the comments {where} are {_list(ours.comments)}, and {_list(theirs.comments)} at {there}."
            yield _different(korean, ours.first, what, "Copy them: workbook translation --sync.", one.slug)
        if theirs.fence != ours.fence:
            what = f"this fence {where} is not that of {there}."
            yield _different(korean, ours.first, what, "Copy it: workbook translation --sync.", one.slug)


def _list(comments: tuple[str, ...]) -> str:
    return ", ".join(f"`{each}`" for each in comments) or "none"


def _links(english: Page, korean: Page, one: Section, other: Section, root: Path) -> Iterator[Finding]:
    wanted = Counter(located(english.file, target, root) for _, target in one.links)
    found: Counter[str] = Counter()
    for line, target in other.links:
        place = located(korean.file, target, root)
        path, mark, anchor = place.partition("#")
        if path and is_english_page(PurePosixPath(path)):
            way = f"Write {_typed(korean.file, PurePosixPath(path), root)}{mark}{anchor}."
            yield _different(korean, line, f"`{target}` leads to the English page.", way, one.slug)
            found[place] += 1
            continue
        known = place if place in wanted or not path else f"{english_of(PurePosixPath(path))}{mark}{anchor}"
        found[known] += 1
        if found[known] > wanted[known]:
            what = f"`{target}` is a link that the English section ({shown(english.file)}:{one.line}) has not so often."
            yield _different(korean, line, what, "Same links in both languages.", one.slug)
    for place in wanted - found:
        line = next(line for line, target in one.links if located(english.file, target, root) == place)
        path, mark, anchor = place.partition("#")
        here = f"{_typed(korean.file, PurePosixPath(path), root)}{mark}{anchor}" if ":" not in path and path else place
        what = f"`{other.title}` lacks the link of {shown(english.file)}:{line}."
        yield _different(korean, other.line, what, f"Here it is written {here}.", one.slug)


def _typed(file: Path, path: PurePosixPath, root: Path) -> str:
    """The link to a page (its Korean, if there is to be one) as it is written in a Korean file."""
    target = korean_of(path) if is_english_page(path) else path
    return PurePosixPath(os.path.relpath(root / target, file.parent)).as_posix()


def _shapes(english: Page, korean: Page, one: Section, other: Section) -> Iterator[Finding]:
    there = f"{shown(english.file)}:{one.line}"
    if one.tables != other.tables:
        what = f"the tables in `{other.title}` have not the rows and columns of those in {there}."
        yield _different(korean, other.line, what, "Translate each cell, and keep the shape.", one.slug)
    if one.tags != other.tags:
        what = f"`{other.title}` has {other.tags['details']} folded answers, and {there} has {one.tags['details']}."
        yield _different(korean, other.line, what, "Keep <details> and <summary> as they are.", one.slug)


def _words(korean: Page, one: Section, other: Section) -> Iterator[Finding]:
    said = sum(len(_WORD.findall(text.words)) for text in one.texts)
    if said > 2 and not any(_HANGUL.search(text.words) for text in other.texts):
        what = f"`{other.title}` (#{one.slug}) has no Korean text."
        yield _different(korean, other.line, what, "Translate the section.", one.slug)
        return
    for text in other.texts:
        if _STARS.search(text.words):
            what = f"in this paragraph of `{other.title}` stars stay visible: none close between a mark and a letter."
            yield _different(korean, text.line, what, "Take the particle into the emphasis: **`await`는**.", one.slug)
        if len(_WORD.findall(text.words)) >= _SENTENCE and not _HANGUL.search(text.words):
            what = f"this paragraph of `{other.title}` has no Korean word."
            yield _different(korean, text.line, what, "Translate it.", one.slug)
