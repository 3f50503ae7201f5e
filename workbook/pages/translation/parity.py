"""Two pages compared: the first token that is not the same, links, words, and sections written from an older text."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from workbook.lesson.errors import LessonError, shown
from workbook.pages.translation import Pair, link_in_korean
from workbook.pages.translation.page import Section, Token, read_page

_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_WORD = re.compile(r"(?<![{A-Za-z'])[A-Za-z][A-Za-z']+")  # a {placeholder} is none
# CommonMark ends no emphasis between a punctuation mark and a letter, and Korean puts its particles right there.
_STARS = re.compile(r"\*\*|\*(?=[\uac00-\ud7a3])")
_SENTENCE = 8  # so many English words in a paragraph without a Korean one are a sentence that nobody translated


class Finding(LessonError):
    """What is not in step, and what to do; `slug` is the English section's, empty for the whole page."""

    def __init__(self, file: Path, line: int, what: str, way: str, slug: str = "") -> None:
        super().__init__(file, line, what, way=way)
        self.slug = slug

    def __str__(self) -> str:
        """One line: file, line, what it is, what to do."""
        return " ".join([self.what, *self.ways])


class Comparison:
    """The two pages of a pair, read. Raises LessonError when one cannot be read."""

    def __init__(self, pair: Pair, root: Path) -> None:
        self.pair, self.root = pair, root
        self.english, self.korean = read_page(pair.english), read_page(pair.korean)

    def differences(self) -> Iterator[Finding]:
        """What differs and may not. Headings that differ hide what is below them."""
        if [each.level for each in self.english] != [each.level for each in self.korean]:
            # Where all say from which heading they were written, that tells more than the level.
            stamped = all(each.stamp for each in self.korean)
            theirs = [each.head(each.slug * stamped) for each in self.english]
            ours = [each.head(each.stamp.partition(" ")[0] * stamped) for each in self.korean]
            yield from self._tokens(theirs, ours)
            return
        for one, other in zip(self.english, self.korean, strict=True):
            yield from self._tokens(one.skeleton(), other.skeleton(), one.slug)
            yield from self._links(one, other)
            yield from self._words(one, other)

    def stale(self) -> Iterator[Finding]:
        """Sections that do not say, or no longer truly, from which English text they were written."""
        for one, other in zip(self.english, self.korean, strict=False):
            if one.prose and other.stamp != one.own_stamp():
                there = f"{shown(self.pair.english)}:{one.first}"
                what = f"`{other.title}` was not written from the text that {there} (#{one.slug}) has now."
                way = f"Bring it up to date, then: workbook translation --accept {shown(self.pair.korean)}#{one.slug}"
                yield Finding(self.pair.korean, other.first, what, way, one.slug)

    def _tokens(self, theirs: list[Token], ours: list[Token], slug: str = "") -> Iterator[Finding]:
        """The first token that is not the same, with the line where it begins to differ in both pages."""
        ends = [Token("end", each[-1].first, each[-1].first, "no more") for each in (theirs, ours)]
        pairs = ((their or ends[0], our or ends[1]) for their, our in zip_longest(theirs, ours))
        for pair in pairs:
            if (pair[0].kind, pair[0].value) != (pair[1].kind, pair[1].value):
                lines = [part.value.split("\n") for part in pair]
                at = next((n for n, (one, other) in enumerate(zip_longest(*lines)) if one != other), 0)
                (there, their), (here, our) = (
                    (min(part.first + at, part.last), f"{part.kind} `{each[min(at, len(each) - 1)]}`")
                    for part, each in zip(pair, lines, strict=True)
                )
                what = f"here is the {our}, and {shown(self.pair.english)}:{there} has the {their}."
                copied = pair[0].kind == pair[1].kind and pair[0].kind in ("key", "fence", "comment")
                way = "Copy it: workbook translation --sync." if copied else "Keep the order and the shape."
                yield Finding(self.pair.korean, here, what, way, slug)
                return

    def _links(self, one: Section, other: Section) -> Iterator[Finding]:
        """Links that lead elsewhere; in any order, for Korean puts its words in another."""
        theirs = Counter(link_in_korean(self.pair, part.value, self.root) for part in one.of("link"))
        ours = Counter(part.value for part in other.of("link"))
        if theirs != ours:
            more, lacking = (", ".join(each) or "none" for each in (ours - theirs, theirs - ours))
            line = next((part.first for part in other.of("link") if part.value in ours - theirs), other.first)
            what = f"the links of `{other.title}` are not those of {shown(self.pair.english)}:{one.first}."
            yield Finding(self.pair.korean, line, what, f"Too many: {more}; lacking: {lacking}.", one.slug)

    def _words(self, one: Section, other: Section) -> Iterator[Finding]:
        """Words that stayed English, and emphasis that does not close."""
        if _english(*one.of("text")) > 2 and not any(_HANGUL.search(part.value) for part in other.of("text")):
            what = f"`{other.title}` (#{one.slug}) has no Korean text."
            yield Finding(self.pair.korean, other.first, what, "Translate the section.", one.slug)
            return
        for part in other.of("text", "spoken"):
            if _STARS.search(part.value):
                what = f"stars stay visible in this paragraph of `{other.title}`."
                yield Finding(self.pair.korean, part.first, what, "Take the particle into the emphasis.", one.slug)
            if _english(part) >= (_SENTENCE if part.kind == "text" else 1) and not _HANGUL.search(part.value):
                what = f"this text of `{other.title}` has no Korean word."
                yield Finding(self.pair.korean, part.first, what, "Translate it.", one.slug)


def findings_of(pair: Pair, root: Path) -> list[Finding]:
    """What is not in step between two pages that exist, in the order of the Korean one."""
    try:
        pages = Comparison(pair, root)
    except LessonError as error:
        return [Finding(error.file, error.line, error.what.partition(": ")[2], " ".join(error.ways))]
    found = list(pages.differences())
    if len(pages.english) == len(pages.korean):
        found += pages.stale()
    return sorted(found, key=lambda finding: finding.line)


def _english(*parts: Token) -> int:
    """How many English words they have."""
    return sum(len(_WORD.findall(part.value)) for part in parts)
