"""From a pasted error to the pages of the clinic, with what is certain kept apart from what is likely."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from workbook.explain.clinic import Page
from workbook.explain.paste import Output, outputs, squeeze

MOST = 4
"""More pages than this are no answer: whoever asked would have to read them all."""

SHORTEST = 12
"""Letters, white space not counted, that a torn piece of a line needs to count: shorter ones are in many lines."""

_ERROR = re.compile(
    r"^(?!AssertionError$|Error: Process completed|.*CancelledError)(?:"
    r"(?:[\w.]+\.)?[A-Z]\w+(?:Error|Exception|DoesNotExist|Mismatch)\b(?:: |$)|assert |ERROR \d{4} "
    r"|Error(?: response|: )|(?:fatal|error): )|\[ERROR\]",
    re.MULTILINE,
)
_SUCCESS = re.compile(
    r"^(?:=+ )?\d+ passed\b(?!.*(?:failed|error))|^\d+ files? changed, |^Success\b|^All checks passed|^Already up"
    r"|^INFO: +Application startup complete|^Query OK|^(?:Resolved|Installed|Audited) \d+ packages?|^\w{7,}\.\.\w{7,} ",
    re.MULTILINE,
)


class How(Enum):
    """How much an answer says."""

    CERTAIN = auto()
    """The line is one that the clinic shows, and it leaves no other error: one page, or one a cause."""
    LIKELY = auto()
    """The same words, but they say too little, or with other names, or torn: it may be something else."""
    UNKNOWN = auto()
    """Nothing of it is in the clinic; the pages are the nearest."""
    SUCCESS = auto()
    """It is no error at all."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The pages, the likeliest first, and how far to trust them."""

    how: How
    pages: tuple[Page, ...]


class Hit(NamedTuple):
    """A place of a text that speaks for a page."""

    start: int
    end: int
    page: Page
    sure: bool


def match(pasted: str, clinic: list[Page]) -> Answer:
    """Find the pages for an error: the last one of the last command that said one.

    Args:
        pasted: a traceback or an output, as it was copied: coloured, wrapped, cut, with comments between.
        clinic: the pages.
    """
    printed = outputs(pasted)
    for output in reversed(printed):
        hits = _last(output, clinic)
        sure = {hit.page for hit in hits if hit.sure}
        pages = sure or {hit.page for hit in hits} or _torn(output, clinic)
        if 0 < len(pages) <= MOST:
            return Answer(How.CERTAIN if sure else How.LIKELY, tuple(sorted(pages, key=clinic.index)))
        if pages or _ERROR.search(output.text):
            break
        if _SUCCESS.search(output.text):
            return Answer(How.SUCCESS, ())
    return Answer(How.UNKNOWN, nearest(pasted, clinic))


def _last(output: Output, clinic: list[Page]) -> list[Hit]:
    """What speaks for the last error. One that no page knows leaves what stands above it unsaid.

    But tracebacks that are chained tell one error, and the failures of one run of pytest stand beside each other.
    """
    hits = [Hit(*span, page, sign.sure) for page in clinic for sign in page.signs for span in sign.find(output)]
    likely: list[Hit] = []
    starts = sorted({0, *(found.start() for found in _ERROR.finditer(output.text))})
    for above, start, end in reversed([*zip([0, *starts], starts, [*starts[1:], len(output.text)], strict=False)]):
        here = sorted((hit for hit in hits if start <= hit.start < end), key=lambda hit: hit.start)
        if sure := [hit for hit in here if hit.sure]:
            return [hit for hit in sure if hit.end > sure[-1].start]
        likely = likely or [hit for hit in here if hit.end > here[-1].start]
        between = output.text[above:start]
        chained = between.count("\n") == 1 or "above exception" in between
        if not (chained or (start in output.together and not likely)):
            break
    return likely


def _torn(output: Output, clinic: list[Page]) -> set[Page]:
    """The pages of whose words the text begins or ends in a piece: that is where a selection with the mouse cuts."""
    lines = [squeeze(line) for line in output.text.splitlines()]

    def holds(words: str) -> bool:
        ends = [words[cut:] for cut in range(1, len(words) - SHORTEST + 1)]
        return any(
            (line in words and len(line) >= SHORTEST) or line.startswith(tuple(ends))
            for line in lines[:: len(lines) - 1 or 1]
        )

    parts = {page: [part for sign in page.signs for part in squeeze(sign.words).split("...")] for page in clinic}
    return {page for page in clinic if any(map(holds, parts[page]))}


def nearest(pasted: str, clinic: list[Page]) -> tuple[Page, ...]:
    """The three pages whose errors are most like a line at the text's end."""
    from rapidfuzz import fuzz

    lines = [line for output in outputs(pasted)[-1:] for line in output.text.splitlines()[-12:]]
    likeness = {page: max((fuzz.token_set_ratio(line, page.error) for line in lines), default=0) for page in clinic}
    return tuple(sorted(clinic, key=likeness.__getitem__, reverse=True)[:3])
