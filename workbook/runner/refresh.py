"""Replay a page and take what came: outputs rewritten in place, for a person to review as a diff."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbook.history.build import History
from workbook.lesson.blocks import ELISION, elided
from workbook.lesson.markdown import Edit, rewrite
from workbook.lesson.model import Exchange, Lesson, Mistake, WholeFile
from workbook.runner.compare import agrees, normalise
from workbook.runner.ground import Settings
from workbook.runner.replay import replay

_ALIKE = 0.5
"""From which likeness on a changed line is taken for the successor of a shown one."""


@dataclass(slots=True)
class Recorder:
    """Takes outputs and files instead of comparing them."""

    page: Lesson | Mistake
    edits: list[Edit] = field(default_factory=list)
    made: list[Path] = field(default_factory=list)

    def output(self, file: Path, exchange: Exchange, actual: tuple[str, ...]) -> None:
        """Take an output that is not as shown."""
        if not agrees(exchange.output, actual):
            lines = tuple(merged(exchange.output, actual))
            self.edits.append(Edit(exchange.output_line, len(exchange.output), lines))

    def file(self, block: WholeFile, actual: str) -> None:
        """Take a file that a command leaves otherwise than shown."""
        if block.made:
            path = self.page.file.parent / "made" / block.title
            path.write_text(actual, encoding="utf-8", newline="\n")
            self.made.append(path)
        else:
            lines = tuple(actual.removesuffix("\n").split("\n")) if actual else ()
            self.edits.append(Edit(block.place.first + 1, block.place.last - block.place.first - 1, lines))


def refresh(page: Lesson | Mistake, history: History, settings: Settings, root: Path) -> list[Path]:
    """Replay a page and rewrite the outputs (and files that commands leave) that are not as shown.

    Returns:
        the files that changed; none when all is as shown.

    Raises LessonError: what no output can mend: an exit code, a diff, a contract. What was taken until then is written.
    """
    recorder = Recorder(page)
    try:
        replay(page, history, settings, root, compare=recorder.output, accept=recorder.file)
    finally:
        if recorder.edits:
            rewrite(page.file, recorder.edits)
    return [*([page.file] if recorder.edits else []), *recorder.made]


def merged(shown: Sequence[str], actual: Sequence[str]) -> list[str]:
    """The new output in the manner of the old: lines that still agree stay as they are, `...` stays where it was.

    A shown line between elisions that is no longer there gives way to the line most like it.
    """
    plain = normalise(actual)
    if not any(elided(line) for line in shown):
        # Shown lines stay where they differ in volatile values only: small diffs to review.
        result = list(actual)
        matcher = difflib.SequenceMatcher(None, normalise(shown), plain, autojunk=False)
        for block in matcher.get_matching_blocks():
            result[block.b : block.b + block.size] = shown[block.a : block.a + block.size]
        return result
    result, at = [], 0
    for line, wanted in zip(shown, normalise(shown), strict=True):
        if elided(line) or not (like := difflib.get_close_matches(wanted, plain[at:], n=1, cutoff=_ALIKE)):
            continue
        place = plain.index(like[0], at)
        result += [ELISION] * (place > at) + [line if plain[place] == wanted else actual[place]]
        at = place + 1
    return result + [ELISION] * (at < len(actual))
