"""What people paste, made comparable: no colours, frames, prefixes of logs, curly quotes or comments of theirs."""

import html
import re
from collections.abc import Iterator
from functools import cached_property

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


class Output:
    """What one command printed, washed.

    Attributes:
        text: its lines without colours, margins, frames and Korean comments; empty ones left out.
        together: where the lines begin that pytest marked as the errors of one run.
    """

    def __init__(self, rows: list[str]) -> None:
        self.text = ""
        self.together = set[int]()
        for row in rows:
            line = _MARGIN.sub("", row)
            if line != row:
                self.together.add(len(self.text))
            self.text += f"{line}\n"

    @cached_property
    def squeezed(self) -> str:
        """The text without white space, so that what a terminal wrapped is whole again."""
        return squeeze(self.text)


def squeeze(text: str) -> str:
    """A text without its white space."""
    return re.sub(r"\s+", "", text)


def outputs(pasted: str) -> list[Output]:
    """What each command printed, in order: a prompt with a command after it parts one output from the next."""
    parts: list[list[str]] = [[]]
    for line in _lines(html.unescape(pasted).translate(_TYPOGRAPHY)):
        if _PROMPT.match(line):
            parts.append([])
        else:
            parts[-1].append(line)
    return [Output(part) for part in parts if part]


def _lines(text: str) -> Iterator[str]:
    for line in text.replace("\r\n", "\n").split("\n"):
        # A progress bar writes over its line: what follows the last carriage return is what was seen.
        plain = _CONTROLS.sub("", line.rstrip("\r").rpartition("\r")[2])
        plain = _PREFIX.sub("", _COMMENT.sub("", plain))
        ours = re.sub(_HANGUL, "", plain).strip()
        # What is left of a remark is its punctuation; the end of a wrapped line may be a full stop alone.
        if ours and (ours == plain.strip() or re.search(r"\w", ours)):
            yield ours
