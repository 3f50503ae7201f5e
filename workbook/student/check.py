"""What a chapter asks of a student's project, and how it is looked at."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pymysql

from workbook.say import Problem, _
from workbook.student.ground import Ground
from workbook.student.headings import localised
from workbook.student.seen import Broken

FILE = "checks.py"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a chapter asks for.

    Attributes:
        name: a stable name, for the progress file and for mistake pages.
        asks: what is asked, as a statement that is true of a finished project.
        why: why it matters.
        see: how the student sees it for themselves: a command, or where to look.
        hints: a nudge, a pointer to the chapter, almost the answer.
        look: the sentences that say what is missing; none when nothing is. It may raise Broken.
        lasts: whether it goes on being asked in later chapters.
    """

    name: str
    asks: str
    why: str
    see: str
    hints: tuple[str, str, str]
    look: Callable[[Ground], list[str]]
    lasts: bool = True


State = Literal["holds", "missing", "unseen"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a check: it holds, something is missing, or it is unseen because something else is broken.

    `heard` is what the project's own programs had said of errors by then.
    """

    chapter: str
    check: Check
    state: State
    sentences: tuple[str, ...] = ()
    heard: str = ""


def checks_of(chapter: str, folder: Path) -> list[Check]:
    """The list `CHECKS` of a chapter's `checks.py`; empty when it has none yet."""
    file = folder / FILE
    if not file.exists():
        return []
    name = f"workbook_checks_{chapter}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    found: list[Check] = module.CHECKS
    return found


WORKERS = 3
"""How many checks look at once: each mostly waits for a Python of the project's."""


def judge(ground: Ground, asked: list[tuple[str, Check]]) -> Iterator[Verdict]:
    """Look at each check, and give the verdicts in their order. The student's code cannot make this fail.

    Args:
        asked: chapter id and check.
    """
    with ThreadPoolExecutor(WORKERS) as workers:
        try:
            yield from workers.map(lambda each: _verdict(ground, *each), asked)
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            ground.stop()
            raise


def _verdict(ground: Ground, chapter: str, check: Check) -> Verdict:
    try:
        sentences = tuple(check.look(ground))
    except Broken as broken:
        return Verdict(chapter, check, "unseen", (str(broken),))
    except Problem as problem:
        return Verdict(chapter, check, "unseen", (problem.what,))
    except pymysql.MySQLError as error:
        said = error.args[-1] if error.args else error
        return Verdict(chapter, check, "unseen", (_("MySQL refused: {said}", said=said),))
    if not sentences:
        return Verdict(chapter, check, "holds")
    return Verdict(chapter, check, "missing", sentences, "\n\n".join(ground.heard))


def hint(check: Check, number: int) -> str:
    """The hint of that number, from 1; the last one again when there are no more."""
    kinds = (_("A nudge"), _("A pointer"), _("Almost the answer"))
    place = min(number, len(check.hints)) - 1
    return f"{kinds[place]} ({place + 1}/3): {localised(check.hints[place])}"
