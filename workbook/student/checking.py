"""`workbook check` and `hint`: the chapter's checks on the student's project, in sentences."""

import re
from collections.abc import Generator
from contextlib import AbstractContextManager, closing
from functools import lru_cache
from pathlib import Path
from typing import Any

from rich.cells import cell_len

from workbook.explain import lastcheck
from workbook.explain.clinic import Page, file_of, read_clinic, title_of
from workbook.explain.lastcheck import Fault, pages_of
from workbook.history.lock import read_versions
from workbook.lesson.chapters import ChapterFolder
from workbook.lesson.errors import shown as path
from workbook.mysql.server import Server
from workbook.place import CHAPTERS
from workbook.say import Problem, _
from workbook.student import environment, outline, vocabulary
from workbook.student.check import Check, Examination, Verdict, checks_of
from workbook.student.ground import SECONDS, Ground
from workbook.student.project import Progress
from workbook.student.screen import COLUMNS, fold

INDENT = 9
"""Where the sentences of the screen begin."""
WRONG = "wrong.py"
"""The chapter's file with wrong applications."""


def current(root: Path) -> ChapterFolder:
    """The chapter under way in a project."""
    name = Progress.read(root).current
    return outline.chapter(name) if name else outline.chapters()[0]


def asked(chapter: str) -> list[Check]:
    """What is asked at a chapter's end: what earlier chapters asked and still holds, then its own."""
    return [check for check in _known(chapter) if check.lasts or check.chapter == chapter]


def _known(chapter: str) -> list[Check]:
    return [check for each in outline.chapters() if each.id <= chapter for check in checks_of(each.id, each.folder)]


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
    chapters = [each for each in outline.chapters() if each.id <= chapter]
    wrong: dict[str, list[Path]] = {}
    for each in chapters:
        if each.route and (each.folder / WRONG).exists():
            wrong.setdefault(each.route, []).append(each.folder / WRONG)
    with Ground(root, wrong=wrong, server=server, seconds=seconds) as ground:
        ground.remarks = remarks if remarks is not None else []
        routes = {each.id: each.route for each in chapters}
        examination = Examination(_known(chapter), routes, vocabulary, ground)
        for check in asked(chapter) if only is None else only:
            yield examination.verdict(check.key)


def verdicts_while(
    root: Path, chapter: str, remarks: list[str], waiting: AbstractContextManager[Any]
) -> Generator[Verdict, None, None]:
    """As `verdicts`, with something shown while we wait for the next one, and gone whenever there is one to show."""
    with closing(verdicts(root, chapter, remarks)) as coming:
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
    check, own = verdict.check, verdict.check.chapter == chapter
    where = "" if own else f"{check.chapter}: "
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
        # A command stays whole, to be copied.
        fits = cell_len(f"{see} {check.see}") <= COLUMNS - INDENT
        lines.append(fold(f"{see} {check.see}" if fits else f"{see}\n{check.see}", INDENT))
        for page in pages_of(fault(verdict), _clinic(CHAPTERS)):
            lines.append(fold(_("In the clinic: ") + title_of(page), INDENT))
            lines.append(fold(str(path(file_of(page))), INDENT))
    return lines


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


def older_packages(root: Path) -> str:
    """What is older than the chapters' versions; an empty text when nothing is. It is no fault: so are the notes'."""
    python = environment.known(root)
    have = vocabulary.installed(python) if python else {}
    wanted = read_versions(CHAPTERS)
    old = [name for name in wanted if name in have and _version(have[name]) < _version(wanted[name])]
    if not old:
        return ""
    return _(
        "Older than in the chapters: {listed}. What changed since stands under 'The notes and today'.",
        listed=", ".join(f"{name} {have[name]} ({wanted[name]})" for name in old),
    )


def _version(written: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", written.partition("+")[0])[:4])


def next_hint(root: Path, name: str | None = None) -> str:
    """The next of three hints, which is remembered for each check; the last one again when there are no more.

    Args:
        name: a check's name; the first one that the last check found missing when None.

    Raises:
        Problem: no such check; or nothing is known to be missing.
    """
    progress = Progress.read(root)
    chapter = current(root).id
    known = {check.key: check for check in asked(chapter)}
    wanted = [key for key in progress.missing.get(chapter, []) if key in known]
    if name is not None:
        wanted = [key for key in known if name in (key, known[key].name)]
        if not wanted:
            ways = (_("Checks: ") + ", ".join(check.name for check in known.values()),)
            raise Problem(_("There is no check {name}.", name=name), ways=ways, code=2)
    if not wanted:
        nothing = _("The last check found nothing missing.")
        raise Problem(
            nothing if chapter in progress.missing else _("Nothing has been checked yet."), ways=("workbook check",)
        )
    check = known[wanted[0]]
    number = progress.hints[check.key] = progress.hints.get(check.key, 0) + 1
    progress.write(root)
    place = min(number, len(check.hints)) - 1
    kind = (_("A nudge"), _("A pointer"), _("Almost the answer"))[place]
    return f"{check.asks}\n  {kind} ({place + 1}/3): {check.hints[place]}"
