"""`...` alone on a line stands for any lines; nothing else is loose."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

ELISION = "..."


def elided(line: str) -> bool:
    """Whether a shown line stands for any lines."""
    return line.strip() == ELISION


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first difference, as positions from 0.

    Attributes:
        shown: the shown line that is not there; past the end when the actual lines go on.
        actual: where it should have been among the actual lines; past the end when they are over.
    """

    shown: int
    actual: int


def mismatch(shown: Sequence[str], actual: Sequence[str]) -> Mismatch | None:
    """Compare shown lines, which may hold `...`, with the actual ones.

    Returns:
        None when they agree, otherwise the first difference.
    """
    runs = _runs(shown)
    position = 0
    for index, (first, run) in enumerate(runs):
        start = 0
        if index:
            end = len(actual) - len(run)
            if index == len(runs) - 1 and end >= position and _agreeing(run, actual, end) == len(run):
                return None
            # `max` takes the first of the best: leftmost is right, and tells most when none is.
            start = max(range(position, len(actual) + 1), key=partial(_agreeing, run, actual))
        agreeing = _agreeing(run, actual, start)
        if agreeing < len(run):
            return Mismatch(first + agreeing, start + agreeing)
        position = start + len(run)
    return Mismatch(len(shown), position) if position < len(actual) else None


def _runs(shown: Sequence[str]) -> list[tuple[int, list[str]]]:
    """The lines between the elisions, with the position of the first of each; empty runs at the ends are kept."""
    runs: list[tuple[int, list[str]]] = [(0, [])]
    for index, line in enumerate(shown):
        if elided(line):
            runs.append((index + 1, []))
        else:
            runs[-1][1].append(line)
    return runs


def _agreeing(run: Sequence[str], actual: Sequence[str], start: int) -> int:
    for count, line in enumerate(run):
        if start + count >= len(actual) or actual[start + count] != line:
            return count
    return len(run)
