"""What the last failing `workbook check` or `workbook ci` said, kept for `workbook explain`, and the pages for it."""

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from workbook.clinic.clinic import Answer, How, Page, match, nearest
from workbook.history.git import try_git
from workbook.say import Problem

NAME = "workbook-last-check.json"
"""In the project's `.git`: no commit can hold it, and deleting it loses nothing."""

FEW = 3
"""So many pages of a check are worth naming when the error does not say which of them it is."""


class Fault(NamedTuple):
    """Something that failed: a check, or a job of a workflow.

    Attributes:
        check: the check's name; empty for a job.
        asks: what it asks, as the student read it; the job's name.
        sentences: what it said was missing.
        heard: what the project's own programs had said by then.
    """

    check: str
    asks: str
    sentences: tuple[str, ...]
    heard: str


def write(project: Path, faults: list[Fault], command: str = "check") -> None:
    """Keep what `command` (`check` or `ci`) found, in order; nothing found forgets what the same one said before."""
    file = _file(project)
    if file and faults:
        # Of a long log the end: there stands the error.
        kept = [each._replace(heard=each.heard[-60_000:]) for each in faults]
        file.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    elif file and all(bool(each.check) == (command == "check") for each in read(project)):
        file.unlink(missing_ok=True)


def read(project: Path) -> list[Fault]:
    """What failed last, in order; nothing when it has passed since, or none was run."""
    file = _file(project)
    try:
        kept = json.loads(file.read_text(encoding="utf-8")) if file else []
        return [Fault(check, asks, tuple(sentences), heard) for check, asks, sentences, heard in kept]
    except (OSError, ValueError, TypeError):
        return []


def pages_of(fault: Fault, clinic: list[Page]) -> tuple[Page, ...]:
    """The pages that belong to a failing check: those whose error was heard, else all if they are few."""
    own = tuple(page for page in clinic if page.check == fault.check)
    # A sentence that names a test tells that test's own error, and no page has it.
    told = any("::" in sentence for sentence in fault.sentences)
    answer = _answer(fault, own)
    return answer.pages if answer else () if told or len(own) > FEW else own


def answer_for(fault: Fault, clinic: list[Page]) -> Answer:
    """What to answer who asks about a failing check: the error itself first, then what the check is for."""
    own = tuple(page for page in clinic if page.check == fault.check)
    if answer := _answer(fault, own) or _answer(fault, clinic):
        return answer
    if 0 < len(own) <= FEW:
        return Answer(How.LIKELY, own)
    return Answer(How.UNKNOWN, nearest("\n".join((fault.heard, *fault.sentences)), clinic))


def _answer(fault: Fault, clinic: Sequence[Page]) -> Answer | None:
    # Its own sentences first: what was heard may be another check's.
    answers = (match(said, clinic) for said in ("\n".join(fault.sentences), fault.heard))
    return next((answer for answer in answers if answer.how in (How.CERTAIN, How.LIKELY)), None)


def _file(project: Path) -> Path | None:
    """In git's own folder, which may lie elsewhere (a worktree); None outside a repository."""
    with suppress(Problem):
        done = try_git(project, "rev-parse", "--absolute-git-dir", looking=True)
        if done.returncode == 0:
            return Path(done.stdout.strip()) / NAME
    return None
