"""The error clinic: the mistakes' pages, and the lines by which each is recognised."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

from workbook.explain.plain import lines_of, squeeze
from workbook.lesson.model import Mistake, Session
from workbook.lesson.reader import read_mistake

LOGIN = ("1045", "1049", "2003")
"""MySQL's numbers of a login that failed. They mean the same whichever program asks, and whatever it asks for."""

_ERROR_LINE = re.compile(r"\b\w*(?:Error|Exception|Warning)\b: |\bERROR \d{4}\b|\[type=\w+, |^assert .* == |: error: ")
_REFUSED = re.compile(r"\b(?:failed|refused|allocated|in use)\b")
_NUMBERED = re.compile(r"(?P<who>.*?)(?:\((?P<a>\d{4}), (?=[\"'])|ERROR (?P<b>\d{4}) \(\w+\): )(?P<says>.*)")
_OWN = re.compile(r"0x[0-9a-f]+|/home/student/when2meet|\d{14}|(?<=\.py:)\d+")

# Sentences of Python, of a library or of the operating system that say what happened and not to whom: a thousand
# mistakes end in them. Aerich's is here because a project without any mistake hears it as well.
_SAYS_LITTLE = re.compile(
    r"(?:AssertionError: )?assert (?!<).*|(?:Index|Name)Error: .*|OSError: .*"
    r"|.*ValidationError: \d+ validation errors? for .*|No changes detected|.*attached to a different loop"
)


@dataclass(frozen=True, slots=True)
class Sign:
    """A line by which a page is recognised.

    Attributes:
        line: as the page shows it.
        exactly: the same line, squeezed; what differs from machine to machine is left open.
        alike: the same line with other names in it, for the lines in which the quotes hold the reader's own names.
        main: whether it holds the page's `error`; the others are what the page shows besides.
        telling: whether the line alone leaves no other error.
    """

    line: str
    exactly: re.Pattern[str]
    alike: re.Pattern[str] | None
    main: bool
    telling: bool


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A page of the clinic.

    Attributes:
        mistake: the page, read.
        phrase: its `error`, squeezed; what differs from machine to machine is left open.
        signs: its `error`'s lines and the other errors that it shows.
        mentions: errors that it only speaks of, in its prose, squeezed.
    """

    mistake: Mistake
    phrase: re.Pattern[str]
    signs: tuple[Sign, ...]
    mentions: tuple[str, ...]

    @property
    def name(self) -> str:
        """The chapter and the page: `ch36/wrong-prefix`."""
        return f"{self.mistake.file.parents[1].name.partition('_')[0]}/{self.mistake.file.stem}"


def read_clinic(chapters: Path) -> list[Page]:
    """All pages, in the course's order.

    Args:
        chapters: the folder of the lessons.

    Raises:
        LessonError: a page does not parse.
    """
    files = sorted(file for file in chapters.glob("*/mistakes/*.md") if not file.stem.endswith(".ko"))
    return [_page(read_mistake(file)) for file in files]


def error_outputs(mistake: Mistake) -> list[tuple[str, ...]]:
    """The outputs on a page that show an error: its `error`, or a line that looks like one."""
    return [
        exchange.output
        for block in mistake.blocks
        if isinstance(block, Session)
        for exchange in block.exchanges
        if error_lines(mistake, exchange.output)
    ]


def error_lines(mistake: Mistake, output: Iterable[str]) -> list[str]:
    """The lines of an output that hold the page's `error` or look like an error, without margins and colours."""
    phrase = _phrase(mistake)
    return [line for line in lines_of("\n".join(output)) if phrase.search(_squeezed(line)) or _ERROR_LINE.search(line)]


def _page(mistake: Mistake) -> Page:
    phrase = _phrase(mistake)
    lines = {line: None for output in error_outputs(mistake) for line in error_lines(mistake, output)}
    signs = tuple(_sign(line, phrase.search(_squeezed(line)) is not None) for line in lines)
    return Page(mistake, phrase, signs, _mentions(mistake))


def _mentions(mistake: Mistake) -> tuple[str, ...]:
    """The errors among the pieces of code in the page's sentences."""
    prose = MarkdownIt("commonmark").parse(mistake.file.read_text(encoding="utf-8"))
    spoken = [child.content for block in prose for child in block.children or () if child.type == "code_inline"]
    return tuple(_squeezed(span) for span in spoken if _ERROR_LINE.search(span) or _REFUSED.search(span))


def _phrase(mistake: Mistake) -> re.Pattern[str]:
    return re.compile(_open(mistake.error, _OWN))


def _sign(line: str, main: bool) -> Sign:
    return Sign(line, re.compile(_open(line, _OWN)), _alike(line), main, not _SAYS_LITTLE.fullmatch(line))


def _alike(line: str) -> re.Pattern[str] | None:
    """The line with other names, when it is one that a driver or the ORM made of an error of MySQL's.

    A statement typed by hand is not: there the name in the quotes is a slip of the hand, and the point of the message.
    """
    numbered = _NUMBERED.fullmatch(line)
    if not numbered:
        return None
    number = numbered["a"] or numbered["b"]
    # A driver's error is a pair of the number and of the sentence in quotes.
    said = numbered["says"].removesuffix(")")[1:-1] if numbered["a"] else numbered["says"]
    names = _open(said, re.compile(r"(?<!for key )'[^']*'|\d+"))
    if number in LOGIN:
        return re.compile(rf"(?:\({number},[\"']|ERROR{number}\(\w+\):){names}")
    if numbered["who"]:
        return re.compile(rf"{re.escape(_squeezed(numbered['who']))}\({number},[\"']{names}")
    return None


def _open(line: str, slot: re.Pattern[str]) -> str:
    """A pattern of the squeezed line in which the slots take anything short."""
    parts, last = [], 0
    for match in slot.finditer(line):
        quoted = match[0].startswith("'")
        parts += [
            re.escape(_squeezed(line[last : match.start()])),
            r"'[^']{0,80}?'" if quoted else r"[\w/.~:\\-]{1,120}?",
        ]
        last = match.end()
    return "".join([*parts, re.escape(_squeezed(line[last:]))])


def _squeezed(line: str) -> str:
    return squeeze([line]).text
