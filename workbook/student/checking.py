"""`workbook check`: the chapter's checks on the student's project, in sentences on a screen of 80 columns."""

from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, closing
from functools import lru_cache
from pathlib import Path
from typing import Any

from rich.cells import cell_len

from workbook.explain import lastcheck
from workbook.explain.clinic import Page, file_of, read_clinic, title_of
from workbook.explain.lastcheck import Fault, pages_of
from workbook.lesson.errors import shown as path
from workbook.mysql.server import Server
from workbook.place import CHAPTERS
from workbook.say import _
from workbook.student.check import Check, Examination, Verdict, checks_of
from workbook.student.commands import COLUMNS, fold
from workbook.student.ground import SECONDS, Ground
from workbook.student.project import Progress, chapters

INDENT = 9
"""Where the sentences of the screen begin."""
WRONG = "wrong.py"
"""The chapter's file with wrong applications."""


def asked(chapter: str) -> list[Check]:
    """What is asked at a chapter's end: what earlier chapters asked and still holds, then its own."""
    return [check for check in _known(chapter) if check.lasts or check.chapter == chapter]


def _known(chapter: str) -> list[Check]:
    return [check for each in chapters() if each.id <= chapter for check in checks_of(each.id, each.folder)]


def verdicts(
    root: Path,
    chapter: str,
    remarks: list[str] | None = None,
    *,
    only: list[Check] | None = None,
    server: Server | None = None,
    seconds: float = SECONDS,
) -> Generator[Verdict, None, None]:
    """Look at everything that a chapter asks of a project.

    Args:
        remarks: takes up sentences for the end of the screen, which count for nothing.
        only: what to look at; all that is asked when None.
        server: a MySQL on which nobody has anything; one is started when None.
        seconds: how long the student's code may take for one answer.
    """
    wrong: dict[str, list[Path]] = {}
    routes = {each.id: each.route for each in chapters() if each.id <= chapter}
    for each in chapters():
        if routes.get(each.id) and (each.folder / WRONG).exists():
            wrong.setdefault(each.route, []).append(each.folder / WRONG)
    with Ground(root, wrong, server, seconds, [] if remarks is None else remarks) as ground:
        examination = Examination(_known(chapter), routes, ground)
        for check in asked(chapter) if only is None else only:
            yield examination.verdict(check.key)


def screen(root: Path, chapter: str, found: list[Verdict], waiting: AbstractContextManager[Any]) -> Iterator[str]:
    """The lines of the screen, as they come.

    Args:
        found: takes up the verdicts.
        waiting: shown while we look, and gone whenever there is a line.
    """
    told: set[str] = set()
    remarks: list[str] = []
    with closing(verdicts(root, chapter, remarks)) as coming:
        while True:
            with waiting:
                verdict = next(coming, None)
            if verdict is None:
                break
            found.append(verdict)
            yield from shown(verdict, chapter, told)
    earlier = [each for each in found if each.check.chapter != chapter and each.state == "holds"]
    if earlier:
        yield _("Of earlier chapters: {number} still hold", number=len(earlier))
    yield from map(fold, remarks)


def shown(verdict: Verdict, chapter: str, told: set[str]) -> Iterator[str]:
    """A verdict as lines; none for an earlier chapter's that holds, and each sentence once: those `told` already."""
    check, own = verdict.check, verdict.check.chapter == chapter
    if verdict.state == "holds":
        yield from [fold(f"ok       {check.asks}", hanging=INDENT)] if own else []
        return
    fresh = [sentence for sentence in verdict.sentences if sentence not in told]
    told.update(fresh)
    if verdict.state == "unseen" and not own and not fresh:
        return
    mark = _("not seen") if verdict.state == "unseen" else _("missing ")
    yield fold(f"{mark} {'' if own else f'{check.chapter}: '}{check.asks}", hanging=INDENT)
    yield from (fold(sentence, INDENT) for sentence in fresh)
    if verdict.state == "missing" and fresh:  # otherwise it is the fault whose sentence stands above
        yield fold(_("Why it matters: ") + check.why, INDENT)
        see = _("See for yourself:")
        # A command stays whole, to be copied.
        fits = cell_len(f"{see} {check.see}") <= COLUMNS - INDENT
        yield fold(f"{see} {check.see}" if fits else f"{see}\n{check.see}", INDENT)
        for page in pages_of(fault(verdict), _clinic(CHAPTERS)):
            yield fold(_("In the clinic: ") + title_of(page), INDENT)
            yield fold(str(path(file_of(page))), INDENT)


def fault(verdict: Verdict) -> Fault:
    """A verdict as the clinic looks at it."""
    return Fault(verdict.check.name, verdict.check.asks, verdict.sentences, verdict.heard)


@lru_cache
def _clinic(chapters: Path) -> list[Page]:
    return read_clinic(chapters)


def note(root: Path, chapter: str, found: list[Verdict]) -> bool:
    """Write what came of it into the progress file; whether the chapter is done."""
    progress = Progress.read(root)
    wanting = [verdict for verdict in found if verdict.state != "holds"]
    progress.missing[chapter] = [each.check.key for each in wanting]
    done = bool(found) and not wanting
    if done:
        progress.finish(chapter)
    progress.write(root)
    # An unseen check says only what keeps us from looking, and that is another's sentence.
    lastcheck.write(root, [fault(each) for each in sorted(wanting, key=lambda each: each.state == "unseen")])
    return done
