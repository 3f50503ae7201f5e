"""Lists as GitHub reads them, rewritten so that Python-Markdown reads the same."""

import re
from collections.abc import Sequence

from markdown_it.token import Token

_INDENT = 4
_MARKER = re.compile(r"\s*(?:[-*+]|\d+[.)])(?:\s{1,4}(?=\S)|\s)?")


def fit(lines: Sequence[str], tokens: Sequence[Token]) -> dict[int, str]:
    """What to put in place of lines that lists hold.

    CommonMark lets an item's further lines stand under its text, after two or three spaces. Python-Markdown wants four
    for each level, and an empty line before a list.

    Args:
        lines: the whole page's lines.
        tokens: the page's block tokens.

    Returns:
        new text by line number, from 0.
    """
    offsets: dict[int, tuple[int, int]] = {}
    starts: set[int] = set()
    depth = 0
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            if depth == 0 and token.map:
                starts.add(token.map[0])
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif token.type == "list_item_open" and token.map:
            top, end = token.map
            line = lines[top]
            had = len(line) - len(line.lstrip())
            marker = _MARKER.match(line)
            offsets[top] = (had, _INDENT * (depth - 1))
            for number in range(top + 1, end):
                offsets[number] = (marker.end() if marker else 0, _INDENT * depth)
    new = {number: _shift(lines[number], *offset) for number, offset in offsets.items()}
    for number in starts:
        if number and lines[number - 1].strip():
            new[number] = f"\n{new[number]}"
    return new


def _shift(line: str, had: int, wanted: int) -> str:
    if not line.strip():
        return ""
    indent = len(line) - len(line.lstrip())
    return " " * (wanted + max(0, indent - had)) + line.lstrip()
