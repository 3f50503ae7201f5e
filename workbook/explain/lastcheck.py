"""What the last failing `workbook check` or `workbook ci` said, kept for `workbook explain`, and the pages for it."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbook.explain.clinic import Page
from workbook.explain.match import MOST, Answer, How, match, nearest

NAME = "workbook-last-check.json"
"""In the project's `.git`: no commit can hold it, and deleting it loses nothing."""

LETTERS = 60_000
"""Letters of what was heard that are kept: the end, for there stands the error."""

FEW = 3
"""So many pages of a check are worth naming when the error does not say which of them it is."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that failed: a check, or a step of a workflow.

    Attributes:
        check: the check's name; empty for a step.
        asks: what it asks, as the student read it; the step's name.
        sentences: what it said was missing.
        heard: what the project's own programs had said by then: errors, and messages of tests.
    """

    check: str
    asks: str
    sentences: tuple[str, ...]
    heard: str


def write(project: Path, faults: list[Fault], command: str = "check") -> None:
    """Keep what failed, in order; an empty list forgets what the same command said before.

    Args:
        command: the verb that found it, `check` or `ci`.
    """
    file = _file(project)
    if file and faults:
        kept = [(each.check, each.asks, each.sentences, each.heard[-LETTERS:]) for each in faults]
        file.write_text(json.dumps({"command": command, "faults": kept}, ensure_ascii=False), encoding="utf-8")
    elif file and read(project)[0] in (command, ""):
        file.unlink(missing_ok=True)


def read(project: Path) -> tuple[str, list[Fault]]:
    """The command that failed last and what it found, in order; nothing when it has passed since, or none was run."""
    file = _file(project)
    try:
        kept: Any = json.loads(file.read_text(encoding="utf-8")) if file else {"command": "", "faults": []}
        return kept["command"], [Fault(each[0], each[1], tuple(each[2]), each[3]) for each in kept["faults"]]
    except (OSError, ValueError, LookupError, TypeError):
        return "", []


def pages_of(fault: Fault, clinic: list[Page]) -> tuple[Page, ...]:
    """The pages that belong to a failing check: those whose error was heard, else all if they are few."""
    own = [page for page in clinic if page.check == fault.check]
    if answer := _answer(fault, own):
        return answer.pages
    # A sentence that names a test tells that test's own error, and no page has it.
    told = any("::" in sentence for sentence in fault.sentences)
    return tuple(own) if len(own) <= FEW and not told else ()


def answer_for(fault: Fault, clinic: list[Page]) -> Answer:
    """What to answer who asks about a failing check: the error itself first, then what the check is for."""
    own = [page for page in clinic if page.check == fault.check]
    answer = _answer(fault, own) or _answer(fault, clinic)
    if answer is None and 0 < len(own) <= MOST:
        return Answer(How.LIKELY, tuple(own))
    return answer or Answer(How.UNKNOWN, nearest("\n".join((fault.heard, *fault.sentences)), clinic))


def _answer(fault: Fault, clinic: list[Page]) -> Answer | None:
    # Its own sentences first: what was heard may be another check's.
    for said in ("\n".join(fault.sentences), fault.heard):
        answer = match(said, clinic)
        if answer.how in (How.CERTAIN, How.LIKELY):
            return answer
    return None


def _file(project: Path) -> Path | None:
    """In git's own folder, which may lie elsewhere (a worktree); None outside a repository."""
    command = ["git", "rev-parse", "--absolute-git-dir"]
    try:
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return Path(done.stdout.strip()) / NAME if done.returncode == 0 else None
