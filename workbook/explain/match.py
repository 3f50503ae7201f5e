"""From a pasted error to the pages of the clinic, with what is certain kept apart from what is likely."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain

from rapidfuzz import fuzz

from workbook.explain.clinic import LOGIN, Page, Sign
from workbook.explain.plain import Squeezed, lines_of, squeeze

MOST = 4
"""More pages than this are no answer: whoever asked would have to read them all."""

SHORTEST = 14
"""Letters that a torn piece of a line needs to count: shorter ones are in many lines."""

DAMAGED = 95
"""rapidfuzz's score, of 100, from which a torn piece still is a piece of that line."""


class How(Enum):
    """How much an answer says."""

    CERTAIN = auto()
    """The line is one that the clinic shows, and it leaves no other error: one page, or one a cause."""
    LIKELY = auto()
    """The same words, but they say too little, or with other names, or torn: it may be something else."""
    UNKNOWN = auto()
    """Nothing of it is in the clinic; the pages are the nearest."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The pages, the likeliest first, and how far to trust them."""

    how: How
    pages: tuple[Page, ...]


def match(pasted: str, clinic: list[Page]) -> Answer:
    """Find the pages for an error.

    Args:
        pasted: a traceback or an output, as it was copied: coloured, wrapped, cut, with comments between.
        clinic: the pages.
    """
    lines = lines_of(pasted)
    text = squeeze(lines)
    own, besides = _pages(clinic, lambda sign: sign.telling and _is_said(sign, text))
    certain = own or besides
    if certain and len(certain) <= MOST:
        return Answer(How.CERTAIN, _ranked(certain, text, lines))
    phrased = [page for page in clinic if page.phrase.search(text.text)]
    own, besides = _pages(clinic, lambda sign: _is_there(sign, text))
    spoken_of = [page for page in clinic if any(mention in text.text for mention in page.mentions)]
    likely = phrased + own + besides or spoken_of or list(chain(*_pages(clinic, lambda sign: _is_torn(sign, lines))))
    if likely and len(set(likely)) <= MOST:
        return Answer(How.LIKELY, _ranked(list(dict.fromkeys(likely)), text, lines))
    return Answer(How.UNKNOWN, _ranked(clinic, text, lines)[:3])


def _pages(clinic: list[Page], holds: Callable[[Sign], bool]) -> tuple[list[Page], list[Page]]:
    """The pages with such a line: those whose own `error` it is, and those that show it besides."""
    found = {page: [sign.main for sign in page.signs if holds(sign)] for page in clinic}
    own = [page for page, mains in found.items() if any(mains)]
    return own, [page for page, mains in found.items() if mains and not any(mains)]


def _is_said(sign: Sign, text: Squeezed) -> bool:
    """Whether the line stands there as the page shows it. Of a login, the names are the reader's own."""
    if _is_line(sign, text):
        return True
    return sign.alike is not None and any(number in sign.line for number in LOGIN) and _is_there(sign, text)


def _is_there(sign: Sign, text: Squeezed) -> bool:
    """Whether the line stands there, with the page's names in it or with others."""
    return _is_line(sign, text) or (sign.alike is not None and sign.alike.search(text.text) is not None)


def _is_line(sign: Sign, text: Squeezed) -> bool:
    return any(text.is_line(*found.span()) for found in sign.exactly.finditer(text.text))


def _is_torn(sign: Sign, lines: list[str]) -> bool:
    """Whether the first or the last line is a piece of this one: that is where a selection with the mouse cuts."""
    return any(
        SHORTEST <= len(line) <= len(sign.line) and fuzz.partial_ratio(line, sign.line) >= DAMAGED
        for line in lines[:1] + lines[-1:]
    )


def _ranked(pages: list[Page], text: Squeezed, lines: list[str]) -> tuple[Page, ...]:
    """The pages by what speaks for each: its own `error` word for word, then likeness of its lines to those given."""
    asked = lines[-12:]

    def score(page: Page) -> tuple[float, float, float]:
        if not asked or not page.signs:
            return (0, 0, 0)
        shown = [sign.line for sign in page.signs]
        nearest = max(fuzz.token_set_ratio(line, sign) for line in asked for sign in shown)
        return (page.phrase.search(text.text) is not None, nearest, max(fuzz.ratio(line, asked[-1]) for line in shown))

    return tuple(sorted(pages, key=score, reverse=True))
