"""Changes to a page's lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines of a file to replace: from line `first` (from 1) on, `count` of them."""

    first: int
    count: int
    lines: tuple[str, ...]


def rewrite(file: Path, edits: Sequence[Edit]) -> None:
    """Replace lines of a file, from its end to its start so that the numbers stay true."""
    lines = file.read_text(encoding="utf-8").split("\n")
    for edit in sorted(edits, key=lambda each: each.first, reverse=True):
        lines[edit.first - 1 : edit.first - 1 + edit.count] = edit.lines
    file.write_text("\n".join(lines), encoding="utf-8", newline="\n")
