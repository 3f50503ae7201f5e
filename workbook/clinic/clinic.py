"""The error clinic: the mistakes' pages, and the way from a pasted error to those that know it."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NamedTuple

import yaml

from workbook.lesson.chapters import lesson_files, mistake_files
from workbook.say import language, marked

MOST = 4
"""More pages than this are no answer: whoever asked would have to read them all."""

SHORTEST = 12
"""Letters, white space not counted, that a torn piece of a line needs to count: shorter ones are in many lines."""

_CONTROLS = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])|[\x00-\x08\x0b-\x1f\x7f\ufeff]"
)
_TYPOGRAPHY = str.maketrans("\u2018\u2019\u201c\u201d\u00a0", "''\"\" ")
_HANGUL = r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]"
_COMMENT = re.compile(rf"\s*(?:#|//|--|<!--|←|<-|→|->|⇒|=>|※)[^\n]*{_HANGUL}[^\n]*$")
_STAMP = r"(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,]*(?:Z|[+-]\d\d:?\d\d)?\]?\s+)?"
_PREFIX = re.compile(rf"^{_STAMP}(?:[A-Za-z][\w.-]*\s*\|\s)?{_STAMP}\s*(?:[│|┃]\s)?\s*|\s*[│┃]\s*$")
_MARGIN = re.compile(r"^[E>]\s{2,}")
_PROMPT = re.compile(r"^(?:\(\S+\) ?)?(?:(?:[\w.-]+@[\w.-]+[: ]\S* ?)?[$%] +|(?:PS )?[A-Za-z]:\\[^>]*> ?)(?=\S)")
_SLOTS = {"'...'": r"'[^'.]{0,80}'", "...": r"[^\n]{0,80}?"}

_ERROR = re.compile(
    r"^(?!AssertionError$|Error: Process completed|.*CancelledError)(?:"
    r"(?:[\w.]+\.)?[A-Z]\w+(?:Error|Exception|DoesNotExist|Mismatch)\b(?:: |$)|assert |ERROR \d{4} "
    r"|Error(?: response|: )|(?:fatal|error): )|\[ERROR\]",
    re.MULTILINE,
)
_SUCCESS = re.compile(
    r"^(?:=+ )?\d+ passed\b(?!.*(?:failed|error))|^\d+ files? changed, |^Success\b|^All checks passed|^Already up"
    r"|^INFO: +Application startup complete|^Query OK|^(?:Resolved|Installed|Audited) \d+ packages?|^\w{7,}\.\.\w{7,} "
    r"|^(?:✔ )?Container \S+ +(?:Healthy|Started|Running|Created)\b|^nothing to commit|^Switched to |^Successfully "
    r"|^No upgrade items|^Everything up-to-date|^\d+ files? (?:already|left|re)",
    re.MULTILINE,
)


@dataclass(frozen=True, eq=False)
class Page:
    """A page of the clinic, of which only the front matter was read.

    Attributes:
        error: the piece of an output by which people know it.
        check: the check that finds the mistake, if there is one.
        signs: its `error`, and the front matter's `also` and `maybe`, with whether they leave no other mistake;
            `...` stands for anything within a line, `'...'` for a name without dots.
    """

    file: Path
    error: str
    check: str | None
    signs: dict[str, bool]

    @property
    def name(self) -> str:
        """The chapter and the page: `ch36/wrong-prefix`."""
        return f"{self.file.parents[1].name.partition('_')[0]}/{self.file.stem}"


def read_clinic(chapters: Path) -> list[Page]:
    """All pages of the course's mistakes in its order, in a chapter as its lesson names them."""
    found = list[Page]()
    for lesson in lesson_files(chapters):
        names = re.findall(r"\(mistakes/([^)]+)\)", lesson.read_text(encoding="utf-8"))
        place = {name: number for number, name in enumerate(names)}
        found += map(_page, sorted(mistake_files(lesson), key=lambda file: place.get(file.name, len(names))))
    return found


def file_of(page: Page) -> Path:
    """The page in the reader's language, if it is translated."""
    translated = page.file.with_suffix(".ko.md")
    return translated if language() == "ko" and translated.exists() else page.file


def title_of(page: Page) -> str:
    """A page's heading, in the reader's language."""
    heading = re.search(r"^# (.+)$", file_of(page).read_text(encoding="utf-8"), re.MULTILINE)
    return (heading[1] if heading else page.name).replace("`", "")


def _page(file: Path) -> Page:
    text = file.read_text(encoding="utf-8").split("\n---\n")[0]
    front = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    error, maybe = str(front["error"]), front.get("maybe", [])
    # `1 failed`, `1 file changed`: every log has them, and they are no sign of anything.
    own = [] if re.fullmatch(r"\d+ \w+(?: changed)?", error) else [error]
    signs = dict.fromkeys([*own, *front.get("also", [])], True) | dict.fromkeys(maybe, False)
    return Page(file, error, front.get("check"), signs)


class Output:
    """What one command printed, washed; `together` tells where lines begin that pytest marked as one run's errors."""

    def __init__(self, rows: list[str]) -> None:
        self.text = ""
        self.together = set[int]()
        for row in rows:
            line = _MARGIN.sub("", row)
            if line != row:
                self.together.add(len(self.text))
            self.text += f"{line}\n"
        self.squeezed = squeeze(self.text)

    def places(self, words: str) -> Iterator[tuple[int, int]]:
        """Where a page's words stand, wrapped as they may be, and within no longer word."""
        parts = re.split(r"('\.\.\.'|\.\.\.)", words)
        if all(squeeze(part) in self.squeezed for part in parts[::2]):
            inner = r"\s*".join(_SLOTS.get(part) or r"\s*".join(map(re.escape, squeeze(part))) for part in parts)
            before = r"\b" if words[0].isalnum() else ""
            after = r"(?!\w|[.-]\w)" if words[-1].isalnum() else ""
            yield from (found.span() for found in re.finditer(before + inner + after, self.text))


def squeeze(text: str) -> str:
    """A text without its white space."""
    return re.sub(r"\s+", "", text)


def outputs(pasted: str) -> list[Output]:
    """What each command printed, in order: a prompt with a command after it parts one output from the next."""
    parts: list[list[str]] = [[]]
    for row in html.unescape(pasted).translate(_TYPOGRAPHY).replace("\r\n", "\n").split("\n"):
        # A progress bar writes over its line: what follows the last carriage return is what was seen.
        line = _CONTROLS.sub("", row.rstrip("\r").rpartition("\r")[2])
        line = _PREFIX.sub("", _COMMENT.sub("", line)).strip()
        ours = re.sub(_HANGUL, "", line).strip()
        if _PROMPT.match(ours):
            parts.append([])
        # What is left of a remark is its punctuation; the end of a wrapped line may be a full stop alone.
        elif ours and (ours == line or re.search(r"\w", ours)):
            parts[-1].append(ours)
        elif line and not _MARGIN.match(line):  # somebody says what came next
            parts.append([])
    return [Output(part) for part in parts if part]


class How(Enum):
    """How much an answer says, as a sentence."""

    # The words leave no other error: one page, or one a cause.
    CERTAIN = marked("The clinic knows this error.")
    # The words say too little, or are torn.
    LIKELY = marked("This may be it. The words are the same, but other mistakes can end in them too.")
    UNKNOWN = marked(
        "I don't know this one. The three nearest pages of the clinic, which may have nothing to do with it:"
    )
    SUCCESS = marked("This is no error: the command did what it should. There is nothing to explain.")


class Answer(NamedTuple):
    """The pages, the likeliest first, and how far to trust them."""

    how: How
    pages: tuple[Page, ...]


class Hit(NamedTuple):
    """A place of a text that speaks for a page."""

    start: int
    end: int
    page: Page
    sure: bool


def match(pasted: str, clinic: Sequence[Page]) -> Answer:
    """Find the pages for an error, as it was copied: the last one of the last command that said one."""
    for output in reversed(outputs(pasted)):
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


def _last(output: Output, clinic: Sequence[Page]) -> list[Hit]:
    """What speaks for the last error. One that no page knows leaves what stands above it unsaid.

    But tracebacks that are chained tell one error, and the failures of one run of pytest stand beside each other.
    """
    hits = [
        Hit(*span, page, sure) for page in clinic for words, sure in page.signs.items() for span in output.places(words)
    ]
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


def _torn(output: Output, clinic: Sequence[Page]) -> set[Page]:
    """The pages of whose words the text begins or ends in a piece: that is where a selection with the mouse cuts."""
    lines = [squeeze(line) for line in output.text.splitlines()]
    outer = lines[:: len(lines) - 1 or 1]

    def holds(words: str) -> bool:
        ends = tuple(words[cut:] for cut in range(1, len(words) - SHORTEST + 1))
        return any((line in words and len(line) >= SHORTEST) or line.startswith(ends) for line in outer)

    return {page for page in clinic if any(map(holds, squeeze("...".join(page.signs)).split("...")))}


def nearest(pasted: str, clinic: Sequence[Page]) -> tuple[Page, ...]:
    """The three pages whose errors are most like a line at the text's end."""
    from rapidfuzz import fuzz

    lines = [line for output in outputs(pasted)[-1:] for line in output.text.splitlines()[-12:]]
    likeness = {page: max((fuzz.token_set_ratio(line, page.error) for line in lines), default=0) for page in clinic}
    return tuple(sorted(clinic, key=likeness.__getitem__, reverse=True)[:3])
