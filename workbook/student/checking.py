"""`workbook check`, in sentences on a screen of 80 columns; for who is stuck `hint`, `diff` and `solution`."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from rich.cells import cell_len

from workbook.clinic import lastcheck
from workbook.clinic.clinic import file_of, read_clinic, title_of
from workbook.clinic.lastcheck import Fault, pages_of
from workbook.history.files import trace
from workbook.history.git import persons_git
from workbook.lesson.chapters import ChapterFolder
from workbook.lesson.errors import shown as path_of
from workbook.lesson.markdown import headings
from workbook.lesson.model import RestStop, Session
from workbook.lesson.reader import read_lesson, read_text
from workbook.mysql import docker
from workbook.place import CHAPTERS, TEMPLATE
from workbook.replay.compare import undated
from workbook.say import Problem, _
from workbook.student import project
from workbook.student.check import Check, Examination, Verdict, checks_of, moved
from workbook.student.commands import COLUMNS, fold
from workbook.student.ground import Ground
from workbook.student.project import Progress, chapters, current
from workbook.student.start import commit_of, git_folder, history

INDENT = 9
"""Where the sentences of the screen begin."""
_clinic = lru_cache(read_clinic)


def asked(chapter: str) -> list[Check]:
    """What is asked at a chapter's end: what earlier chapters asked and still holds, then its own."""
    return [check for check in _known(chapter) if check.lasts or check.chapter == chapter]


def _known(chapter: str) -> list[Check]:
    known = [each for each in chapters() if each.id <= chapter]
    return [check for each in known for check in checks_of(each.id, each.folder, _moves(each.id, known).items())]


def _moves(after: str, known: list[ChapterFolder]) -> dict[str, str]:
    """Where the routes of a chapter have moved since."""
    return {path: target for each in known if each.id > after for path, target in moved(each.folder).items()}


def verdicts(ground: Ground, chapter: str, only: list[Check] | None = None) -> Iterator[Verdict]:
    """Look at everything that a chapter asks of a project, or at `only` some of it."""
    routes, known = {}, [each for each in chapters() if each.id <= chapter]
    for each in known:
        method, _space, path = each.route.partition(" ")
        routes[each.id] = f"{method} {_moves(each.id, known).get(path, path)}" if path else ""
        if path and (file := each.folder / "wrong.py").exists():
            ground.wrong.setdefault(routes[each.id], []).append(file)
    examination = Examination(_known(chapter), routes, ground)
    return (examination.verdict(check.key) for check in (asked(chapter) if only is None else only))


def screen(root: Path, chapter: str, found: list[Verdict], waiting: AbstractContextManager[Any]) -> Iterator[str]:
    """The lines of the screen, as they come; `found` takes up the verdicts, `waiting` is shown while we look."""
    told: set[str] = set()
    with Ground(root) as ground:
        coming = verdicts(ground, chapter)
        while True:
            with waiting:
                if (verdict := next(coming, None)) is None:
                    break
            found.append(verdict)
            yield from shown(verdict, chapter, told, later=rest_stop(chapter, found) is not None)
    earlier = [each for each in found if each.check.chapter != chapter and each.state == "holds"]
    if earlier:
        yield _("Of earlier chapters: {number} still hold", number=len(earlier))
    yield from map(fold, ground.remarks)


def rest_stop(chapter: str, found: Sequence[Verdict]) -> RestStop | None:
    """The chapter's rest stop up to which all holds, while the next thing that is asked does not hold yet."""
    stops = {f"{chapter}/{stop.last}": stop for stop in stops_of(chapter)}
    wanting = next((number for number, each in enumerate(found) if each.state not in ("holds", "moot")), 0)
    return stops.get(found[wanting - 1].check.key) if wanting else None


@cache
def stops_of(chapter: str) -> tuple[RestStop, ...]:
    """The rest stops of a chapter."""
    return read_lesson(project.chapter(chapter).folder / "lesson.md").stops


def resting(chapter: str, stop: RestStop) -> str:
    """What to say to who has come to a rest stop, with the headings of the lesson in the reader's language."""
    heads = headings(read_text(project.chapter(chapter).lesson))[stop.heading :]
    here = _("All that is asked up to here holds. You are at: {heading}.", heading=heads[0].text)
    return here + "\n" + _("Go on when you like, at: {heading}", heading=heads[1].text)


def shown(verdict: Verdict, chapter: str, told: set[str], *, later: bool = False) -> Iterator[str]:
    """A verdict as lines; none for an earlier chapter's that holds, and each sentence once: those `told` already.

    What is `later` than the rest stop is asked, and not blamed.
    """
    check, own = verdict.check, verdict.check.chapter == chapter
    if verdict.state == "holds":
        yield from [fold(f"ok       {check.asks}", hanging=INDENT)] if own else []
        return
    fresh = [sentence for sentence in verdict.sentences if sentence not in told]
    told.update(fresh)
    if later and verdict.state != "moot":
        yield fold(_("later    {asks}", asks=check.asks), hanging=INDENT)
        yield from (fold(sentence, INDENT) for sentence in fresh if verdict.state == "missing")
        return
    if not own and (verdict.state == "moot" or (verdict.state == "unseen" and not fresh)):
        return
    mark = {"unseen": _("not seen"), "moot": _("unjudged")}.get(verdict.state, _("missing "))
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
            yield fold(str(path_of(file_of(page))), INDENT)


def fault(verdict: Verdict) -> Fault:
    """A verdict as the clinic looks at it."""
    return Fault(verdict.check.name, verdict.check.asks, verdict.sentences, verdict.heard)


def note(root: Path, chapter: str, found: list[Verdict]) -> bool:
    """Write what came of it into the progress file; whether the chapter is done."""
    progress = Progress.read(root)
    wanting = [verdict for verdict in found if verdict.state in ("missing", "unseen")]
    progress.missing[chapter] = [each.check.key for each in wanting]
    done = bool(found) and not wanting
    if done:
        progress.done.setdefault(chapter, date.today().isoformat())
        if _needs_docker(chapter) and not docker.usable(TEMPLATE):
            progress.without[chapter] = "Docker"
    progress.write(root)
    # An unseen check says only what keeps us from looking, and that is another's sentence.
    lastcheck.write(root, [fault(each) for each in sorted(wanting, key=lambda each: each.state == "unseen")])
    return done


def _needs_docker(chapter: str) -> bool:
    """Whether a lesson has commands that only a Docker engine can run."""
    blocks = read_lesson(project.chapter(chapter).folder / "lesson.md").blocks
    return any(isinstance(block, Session) and "Docker" in (block.skip or "") for block in blocks)


def next_hint(root: Path, name: str | None = None) -> str:
    """The next of three hints to the check of that name, else to the first that is missing; the last one comes again.

    Raises Problem: there is no such check; or nothing is known to be missing.
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
        what = nothing if chapter in progress.missing else _("Nothing has been checked yet.")
        raise Problem(what, ways=("workbook check",))
    check = known[wanted[0]]
    number = progress.hints[check.key] = progress.hints.get(check.key, 0) + 1
    progress.write(root)
    place = min(number, len(check.hints)) - 1
    kind = (_("A nudge"), _("A pointer"), _("Almost the answer"))[place]
    return f"{check.asks}\n  {kind} ({place + 1}/3): {check.hints[place]}"


def diff(root: Path, chapter: str, *, backwards: bool = False, path: str = "") -> str:
    """What differs between the chapter's end and the project as it lies there, new files too; empty when nothing does.

    `backwards` from the project to the chapter's end; of `path` alone, a file or folder, unless it is empty.
    Raises Problem: it is no repository.
    """
    tag, course = _course(root, chapter)
    skipped = [f":(exclude){name}" for name in sorted(trace(CHAPTERS, chapter)[-1].left_out)]
    with tempfile.TemporaryDirectory() as scratch:
        # An index of our own: what the student has staged stays as it is.
        index = Path(scratch) / "index"
        if (git_folder(root) / "index").exists():
            shutil.copyfile(git_folder(root) / "index", index)
        env = course | {"GIT_INDEX_FILE": str(index)}
        persons_git(root, "add", "--intent-to-add", ".", looking=True, env=env)
        options = ["--no-color", "--no-ext-diff", "--src-prefix=a/", "--dst-prefix=b/"] + ["-R"] * backwards
        told = persons_git(root, "diff", *options, tag, "--", path or ".", *skipped, looking=True, env=env)
    sections = re.split(r"^(?=diff --git )", told, flags=re.MULTILINE)
    return "".join(section for section in sections if not _is_another_day(section))


def _course(root: Path, chapter: str) -> tuple[str, dict[str, str]]:
    """A chapter's commit, and an environment in which git finds it, also in a repository that does not have it."""
    tag = commit_of(root, f"refs/tags/{chapter}") or commit_of(history(), f"refs/tags/{chapter}")
    return tag, os.environ | {"GIT_ALTERNATE_OBJECT_DIRECTORIES": str(history() / ".git/objects")}


def _is_another_day(section: str) -> bool:
    """Whether all that differs is the date in a migration's name, which says when somebody made it."""
    renamed = re.search(r"^similarity index 100%\nrename from (.+)\nrename to (.+)$", section, re.MULTILINE)
    return renamed is not None and undated(renamed[1]) == undated(renamed[2])


def solution(root: Path, chapter: str, path: str = "") -> str:
    """The chapter's answer: a file whole, or the changes that remain; the first time a sentence that asks back."""
    progress = Progress.read(root)
    times = progress.asked[chapter] = progress.asked.get(chapter, 0) + 1
    progress.write(root)
    if times < 2:
        return _("You learn more from a hint: workbook hint\nTo see the answer, ask once more: workbook solution")
    if path:
        tag, course = _course(root, chapter)
        return persons_git(root, "show", f"{tag}:{path}", looking=True, env=course)
    changes = diff(root, chapter, backwards=True)
    if not changes:
        return _("Your code is that of {chapter} already.", chapter=chapter)
    head = _("# From your code to that of {chapter}. A whole file: workbook solution app/main.py", chapter=chapter)
    return f"{head}\n{changes}"
