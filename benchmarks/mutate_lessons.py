"""Change one character of a listing or an output, many times over, and count how many of the changes a check notices.

    python benchmarks/mutate_lessons.py --count 200 --seed 1

Each change is judged by what `make test` runs: the history is built and compared with `history.lock` (all listings end
here, within a second), and the page's outputs are compared with what its commands printed. Changing an output changes
no command, so each page is replayed once, on a throwaway MySQL, and its outputs are compared with that one run.

A change counts as caught when the message names its page and a line of its fence.
"""

import argparse
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.beginning import begin
from workbook.history.build import build
from workbook.history.files import Files
from workbook.history.lock import check_lock
from workbook.lesson.chapters import lesson_files, mistake_files
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Diff, Exchange, Lesson, Mistake, Place, Session, WholeFile
from workbook.lesson.reader import read_lesson, read_mistake
from workbook.mysql import ladder
from workbook.place import CHAPTERS, TEMPLATE
from workbook.replay.compare import normalise, require_same
from workbook.replay.ground import Settings
from workbook.replay.replay import replay
from workbook.say import Problem

CLASSES = ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", " .,:;-_+*/=<>()[]{}'\"|")
"""A character becomes another of its class, as a slip of the finger would have it."""

Printed = dict[int, tuple[str, ...]]
"""What a page's commands printed, by the line of the command."""


@dataclass(frozen=True)
class Spot:
    """A character that may change: its page, line and column (both from 0), its fence, and what it is part of."""

    file: Path
    line: int
    column: int
    place: Place
    part: str
    skipped: bool = False


def spots(page: Lesson | Mistake) -> Iterator[Spot]:
    """Every character of the page's listings and outputs."""
    text = page.file.read_text(encoding="utf-8").split("\n")
    for block in page.blocks:
        ranges: list[tuple[int, int, str]] = []
        if isinstance(block, WholeFile | Diff):
            ranges = [(block.place.first, block.place.last - 1, "listing")]
        elif isinstance(block, Session):
            outputs = ((each.output_line - 1, len(each.output)) for each in block.exchanges)
            ranges = [(line, line + count, "output") for line, count in outputs]
        skipped = isinstance(block, Session) and block.skip is not None
        for line, part in ((line, part) for first, last, part in ranges for line in range(first, last)):
            for column in range(len(text[line])):
                yield Spot(page.file, line, column, block.place, part, skipped)


def changed(spot: Spot, chance: random.Random) -> str:
    """The page's text with another character at the spot."""
    lines = spot.file.read_text(encoding="utf-8").split("\n")
    line = lines[spot.line]
    old = line[spot.column]
    letters = next((each for each in CLASSES if old in each), "가나다라")
    new = chance.choice([letter for letter in letters if letter != old])
    lines[spot.line] = line[: spot.column] + new + line[spot.column + 1 :]
    return "\n".join(lines)


def read(file: Path) -> Lesson | Mistake:
    """Read a page of either kind."""
    return read_lesson(file) if file.name == "lesson.md" else read_mistake(file)


def static(chapters: Path, scratch: Path) -> None:
    """All that is checked without running a lesson. Raises LessonError."""
    history = build(chapters, scratch / "history")
    check_lock(history, chapters)
    for file in [page for lesson in lesson_files(chapters) for page in mistake_files(lesson)]:
        mistake = read_mistake(file)
        # A planted diff must apply to its tag.
        if mistake.tag in history.tags:
            files = Files(mistake, dict(history.tags[mistake.tag].step.files))
            for block in mistake.blocks:
                if isinstance(block, WholeFile | Diff):
                    files.take(block)


def printed_by(page: Lesson | Mistake, chapters: Path, settings: Settings, scratch: Path) -> Printed:
    """Replay a page once and keep what every command printed."""
    printed: Printed = {}

    def keep(file: Path, exchange: Exchange, actual: tuple[str, ...]) -> None:
        require_same(file, exchange, actual)
        printed[exchange.line] = actual

    history = build(chapters, scratch / "history")
    with tempfile.TemporaryDirectory() as root:
        replay(page, history, settings, Path(root), compare=keep)
    return printed


def judge(
    spot: Spot, text: str, chapters: Path, printed: Printed | None, scratch: Path, settings: Settings | None = None
) -> str:
    """Which check notices the change: `static`, `replay`, `elsewhere` (a message with another place), or `missed`.

    With `settings` a mistake page whose planted listing changed is replayed; nothing but its own run holds that.
    """
    before = spot.file.read_text(encoding="utf-8")
    spot.file.write_text(text, encoding="utf-8")
    check = "static"
    try:
        page = read(spot.file)
        if spot.part == "output":
            check = "replay"
            for exchange in [each for block in page.blocks if isinstance(block, Session) for each in block.exchanges]:
                if exchange.line in (printed or {}):
                    require_same(page.file, exchange, printed[exchange.line])
        check = "static"
        static(chapters, scratch)
        if spot.part == "listing" and isinstance(page, Mistake) and settings is not None:
            check = "replay"
            printed_by(page, chapters, settings, scratch)
    except LessonError as error:
        lines = map(int, re.findall(rf"{re.escape(str(spot.file))}:(\d+)", str(error)))
        return check if any(spot.place.first <= line <= spot.place.last for line in lines) else "elsewhere"
    except Problem:
        return "elsewhere"
    finally:
        spot.file.write_text(before, encoding="utf-8")
    return "missed"


def why_missed(spot: Spot, text: str) -> str:
    """In a few words."""
    if spot.skipped:
        return "the block is not run"
    old, new = spot.file.read_text(encoding="utf-8").split("\n")[spot.line], text.split("\n")[spot.line]
    return "a normalised value" if normalise([old]) == normalise([new]) else "unknown"


def main() -> int:
    """Mutate, judge, print the count. Returns 1 when a change was missed that no normaliser and no skip explains."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        chapters, scratch = Path(folder) / "chapters", Path(folder)
        shutil.copytree(CHAPTERS, chapters)
        files = [page for lesson in lesson_files(chapters) for page in (lesson, *mistake_files(lesson))]
        pages = {file: read(file) for file in files}
        chosen = chance.sample([spot for page in pages.values() for spot in spots(page)], arguments.count)
        replayed = {spot.file for spot in chosen if spot.part == "output"}
        printed: dict[Path, Printed] = {}
        with ladder.climb(TEMPLATE, use="test") as server:
            static(chapters, scratch)
            settings = Settings(server=server, own_server=True)
            for file in sorted(replayed):
                print(f"replaying {file.relative_to(chapters)}", file=sys.stderr, flush=True)
                printed[file] = printed_by(pages[file], chapters, settings, scratch)
            verdicts = []
            for spot in chosen:
                text = changed(spot, chance)
                verdicts.append((spot, text, judge(spot, text, chapters, printed.get(spot.file), scratch, settings)))
        reasons = [why_missed(spot, text) if verdict == "missed" else verdict for spot, text, verdict in verdicts]
        for (spot, text, verdict), reason in zip(verdicts, reasons, strict=True):
            if verdict in ("missed", "elsewhere"):
                where = f"{spot.file.relative_to(chapters)}:{spot.line + 1}"
                print(f"{verdict}: {where}: {reason}: {text.splitlines()[spot.line]}")
    for (part, verdict), count in sorted(Counter((spot.part, verdict) for spot, _, verdict in verdicts).items()):
        print(f"{part:8} {verdict:10} {count:4}")
    noticed = sum(verdict != "missed" for _, _, verdict in verdicts)
    print(f"{noticed} of {len(chosen)} changes were noticed.")
    return int("unknown" in reasons)


if __name__ == "__main__":
    begin(main)
