"""`workbook check`: the chapter's checks on the student's project, in sentences."""

from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, closing
from functools import lru_cache
from pathlib import Path
from typing import Any

from rich.cells import cell_len

from workbook.course import CHAPTERS
from workbook.explain import lastcheck
from workbook.explain.belonging import pages_of
from workbook.explain.clinic import Page, read_clinic
from workbook.explain.lastcheck import Fault
from workbook.explain.show import file_of, title_of
from workbook.lesson.errors import shown as path
from workbook.say import _
from workbook.student import environment, outline, progress_file
from workbook.student.check import Check, Verdict, checks_of, judge
from workbook.student.ground import Ground
from workbook.student.headings import localised
from workbook.student.outdated import older_packages
from workbook.student.screen import COLUMNS, fold

INDENT = 9
"""Where the sentences of the screen begin."""

PATH = "/v1/mysql/meetings"
"""The route of the chapters up to 37."""


def current(root: Path) -> outline.Chapter:
    """The chapter under way in a project."""
    name = progress_file.read(root).current
    return outline.chapter(name) if name else outline.chapters()[0]


def asked(chapter: str) -> list[tuple[str, Check]]:
    """What is asked at a chapter's end: what earlier chapters asked and still holds, then its own."""
    found = []
    for each in outline.chapters():
        if each.id > chapter:
            break
        found += [(each.id, check) for check in checks_of(each.id, each.folder) if check.lasts or each.id == chapter]
    return found


def verdicts(root: Path, chapter: str, *, seconds: float | None = None) -> Generator[Verdict, None, None]:
    """Look at everything that a chapter asks of a project.

    Args:
        seconds: how long each look may take.
    """
    arguments = {} if seconds is None else {"seconds": seconds}
    with Ground(root, path=PATH, **arguments) as ground:
        yield from judge(ground, asked(chapter))


def verdicts_while(root: Path, chapter: str, waiting: AbstractContextManager[Any]) -> Iterator[Verdict]:
    """As `verdicts`, with something shown while we wait for the next one, and gone whenever there is one to show."""
    coming = verdicts(root, chapter)
    with closing(coming):
        while True:
            with waiting:
                verdict = next(coming, None)
            if verdict is None:
                return
            yield verdict


def shown(verdict: Verdict, chapter: str, told: set[str]) -> list[str]:
    """A verdict as lines; none for an earlier chapter's that holds, and each sentence once.

    Args:
        chapter: the chapter under way.
        told: the sentences that were shown already; it grows.
    """
    check, own = verdict.check, verdict.chapter == chapter
    where = "" if own else f"{verdict.chapter}: "
    if verdict.state == "holds":
        return [fold(f"ok       {check.asks}", hanging=INDENT)] if own else []
    fresh = [sentence for sentence in verdict.sentences if sentence not in told]
    told.update(fresh)
    if verdict.state == "unseen" and not own and not fresh:
        return []
    mark = _("not seen") if verdict.state == "unseen" else _("missing ")
    lines = [fold(f"{mark} {where}{check.asks}", hanging=INDENT), *(fold(sentence, INDENT) for sentence in fresh)]
    if verdict.state == "missing" and fresh:  # otherwise it is the fault whose sentence stands above
        lines.append(fold(_("Why it matters: ") + check.why, INDENT))
        see = _("See for yourself:")
        how = localised(check.see)
        # A command stays whole, to be copied.
        fits = cell_len(f"{see} {how}") <= COLUMNS - INDENT
        lines.append(fold(f"{see} {how}" if fits else f"{see}\n{how}", INDENT))
        for page in pages_of(fault(verdict), _clinic()):
            lines.append(fold(_("In the clinic: ") + title_of(page), INDENT))
            lines.append(fold(str(path(file_of(page))), INDENT))
    return lines


def fault(verdict: Verdict) -> Fault:
    """A verdict as the clinic looks at it."""
    return Fault(verdict.check.name, verdict.check.asks, verdict.sentences, verdict.heard)


@lru_cache
def _clinic() -> list[Page]:
    return read_clinic(CHAPTERS)


def note(root: Path, chapter: str, found: list[Verdict]) -> bool:
    """Write what came of it into the progress file; whether the chapter is done."""
    progress = progress_file.read(root)
    wanting = [verdict for verdict in found if verdict.state != "holds"]
    progress.missing[chapter] = [f"{each.chapter}/{each.check.name}" for each in wanting]
    done = bool(found) and not wanting
    if done:
        progress.finish(chapter)
    progress_file.write(root, progress)
    # An unseen check says only what keeps us from looking, and that is another's sentence.
    lastcheck.write(root, [fault(each) for each in sorted(wanting, key=lambda each: each.state == "unseen")])
    return done


def remarks(root: Path) -> list[str]:
    """What is older than the chapters' versions. It is no fault: the notes' pins are older, too."""
    python = environment.known(root)
    found = older_packages(python) if python else []
    if not found:
        return []
    listed = ", ".join(f"{name} {have} ({wanted})" for name, have, wanted in found)
    return [
        _("Older than in the chapters: {listed}. What changed since stands under 'The notes and today'.", listed=listed)
    ]
