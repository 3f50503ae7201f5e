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
    """The first difference: positions from 0 among the shown and the actual lines, past the end where one is over."""

    shown: int
    actual: int


def mismatch(shown: Sequence[str], actual: Sequence[str]) -> Mismatch | None:
    """The first difference of shown lines, which may hold `...`, from the actual ones; None when they agree."""
    runs: list[tuple[int, list[str]]] = [(0, [])]  # the lines between the elisions, with the position of the first
    for index, line in enumerate(shown):
        if elided(line):
            runs.append((index + 1, []))
        else:
            runs[-1][1].append(line)
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


def _agreeing(run: Sequence[str], actual: Sequence[str], start: int) -> int:
    for count, line in enumerate(run):
        if start + count >= len(actual) or actual[start + count] != line:
            return count
    return len(run)
