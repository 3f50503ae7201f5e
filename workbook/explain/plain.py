"""What people paste, made comparable: no colours, no frames, no comments of theirs, no white space."""

import re
from bisect import bisect_left
from dataclasses import dataclass

_CONTROLS = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])|[\x00-\x08\x0b-\x1f\x7f\ufeff]"
)
_HANGUL = r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]"
_COMMENT = re.compile(rf"\s*(?:#|//|--|<!--|←|<-|→|->|⇒|=>|※)[^\n]*{_HANGUL}[^\n]*$")
_MARGIN = re.compile(
    r"^(?:\d{4}-\d\d-\d\dT[\d:.]+Z\s)?"  # GitHub's logs
    r"(?:[\w.-]+-\d+\s+\|\s)?"  # docker compose's
    r"\s*(?:[│|┃]\s)?\s*(?:E\s{2,}|>\s{3,})?"  # rich's frames, pytest's margin
)
_FRAME_END = re.compile(r"\s*[│┃]\s*$")


@dataclass(frozen=True, slots=True)
class Squeezed:
    """A text without white space, so that lines wrapped at any width are whole again.

    Attributes:
        text: what is left.
        starts, ends: where in it a line began and ended before, in order.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def is_line(self, start: int, end: int) -> bool:
        """Whether this part was a line, or several, from the first letter to the last."""
        return _holds(self.starts, start) and _holds(self.ends, end)


def lines_of(pasted: str) -> list[str]:
    """The lines of a terminal's output without colours, margins, frames and Korean comments; empty ones left out."""
    lines = []
    for line in pasted.replace("\r\n", "\n").split("\n"):
        # A progress bar writes over its line: what follows the last carriage return is what was seen.
        line = _CONTROLS.sub("", line.rstrip("\r").rpartition("\r")[2])
        line = _FRAME_END.sub("", _MARGIN.sub("", _COMMENT.sub("", line)))
        ours = re.sub(_HANGUL, "", line).strip()
        # What is left of a remark is its punctuation; the end of a wrapped line may be a full stop alone.
        if ours and (ours == line.strip() or re.search(r"\w", ours)):
            lines.append(ours)
    return lines


def squeeze(lines: list[str]) -> Squeezed:
    """Lines without their white space, in one piece."""
    text, starts, ends = "", [], []
    for line in lines:
        starts.append(len(text))
        text += re.sub(r"\s+", "", line)
        ends.append(len(text))
    return Squeezed(text, tuple(starts), tuple(ends))


def _holds(positions: tuple[int, ...], one: int) -> bool:
    index = bisect_left(positions, one)
    return index < len(positions) and positions[index] == one
