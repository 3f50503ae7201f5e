"""`workbook ci`: the jobs of a workflow, run on this machine before the push, and shown as they run."""

import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.status import Status
from rich.text import Text

from workbook.clinic import lastcheck
from workbook.history.git import persons_git, try_git
from workbook.place import PROGRESS
from workbook.rehearsal import act
from workbook.rehearsal.outcome import Outcome, name_of
from workbook.rehearsal.service import mysql_service, secrets_of, serve
from workbook.rehearsal.workflow import NOT_HERE, Workflow, elsewhere, needs, read, rewrite
from workbook.say import Problem, _

NOT_JUDGED = 3
"""The exit code when nothing failed that ran here, and something that decides could not be run."""

WIDTH, LAST_LINES = 80, 25
"""Columns of a line; how much of the end of a failed step is shown."""

_REASON = re.compile(r"(E  .*|[\w.]+)(Error|Exception)\b|(ERROR|FAILED|error:|fatal:) ")

_STATUS = re.compile(r"\b(always|failure|cancelled)\(\)")
"""With one of these in its `if` a job is run though one that it needs failed."""


def run(workflow: Path, project: Path, job: str | None) -> int:
    """Run the jobs of a workflow, and print each step with its result.

    The files are those of the last commit, as on GitHub; the workflow itself is read from the disk, so that it can be
    tried before it is committed. `job` is the id of the one job to run; all when None.

    Returns 0 when every job passed, 1 when one failed, `NOT_JUDGED` when GitHub's verdict cannot be known here.

    Raises Problem: no such workflow or job, GitHub would refuse the file, nothing is committed.
    """
    file = project / workflow
    plan = read(file)
    if job is not None and job not in plan.jobs:
        known = _("It has: {known}.", known=", ".join(plan.jobs))
        raise Problem(_("{workflow} has no job {job}.", workflow=workflow, job=job), why=known, code=2)
    state = current(project)
    say(_("{name} on commit {sha}: {subject}", name=file.name, sha=state.sha, subject=state.subject))
    others = [path for path in state.left_out if (state.repository / path).resolve() != file.resolve()]
    if len(others) < len(state.left_out):
        say(_("{mine} is not committed; it is taken as it is on the disk.", mine=file.name))
    if others:
        named = ", ".join(others[:5]) + (", …" if others[5:] else "")
        say(_("Left out, because not committed: {named}.", named=named))
    say(unheard_push(plan.content, state.branch))
    with Console(highlight=False).status("") as status:
        outcomes = rehearse(plan, state, only=job, hear=partial(_show, status))
    if (project / PROGRESS).exists():  # a green run forgets a red one, and not what a check found
        faults = [
            lastcheck.Fault("", f"workbook ci, job {each.job}", (_verdict(each),), "\n".join(each.heard or each.lines))
            for each in outcomes
            if each.result != "blocked" and not each.passed
        ]
        lastcheck.write(project, faults, "ci")
    if any(not each.passed and not each.left_out for each in outcomes):
        return 1
    return NOT_JUDGED if any(each.left_out for each in outcomes) else 0


@contextmanager
def _read_or_not() -> Iterator[None]:
    """Print, and run to the end also when nobody reads on (`workbook ci | head`)."""
    try:
        yield
    except (BrokenPipeError, SystemExit):  # which Rich makes of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@_read_or_not()
def say(sentence: str) -> None:
    """Print a sentence at once, in lines of 80 columns. Nothing is printed for none."""
    # Rich knows that a Korean letter is two columns wide.
    for line in Text(sentence).wrap(Console(width=WIDTH), WIDTH) if sentence else ():
        print(line.plain.rstrip(), flush=True)


def unheard_push(workflow: Mapping[str, Any], branch: str) -> str:
    """A sentence when a push of this branch would start nothing: students wait for a run that never comes."""
    push = workflow["on"].get("push") if isinstance(workflow["on"], dict) else None
    patterns = (push or {}).get("branches") or "**"
    patterns = [patterns] if isinstance(patterns, str) else patterns
    if not branch or any(fnmatchcase(branch, pattern) or pattern.startswith("!") for pattern in patterns):
        return ""
    values = {"branch": branch, "named": ", ".join(patterns)}
    return _("On GitHub a push of the branch {branch} starts nothing: on.push.branches names {named}.", **values)


@_read_or_not()
def _show(status: Status, outcome: Outcome, what: str, value: Any = "") -> None:
    """Print what there is to say of what an outcome hears."""
    match what:
        case "begun":
            say(f"\nJob {outcome.job}")
        case "noted" | "left out":
            say((NOT_HERE if what == "left out" else "") + value)
        case "started":
            status.update(f"{_shown(outcome.steps[value])} …")
        case "ended":
            (place, well, seconds), step = value, outcome.steps[value[0]]
            goes_on = _("; the job goes on") if not well and step.get("continue-on-error") == "true" else ""
            word = ("ok       ", "green") if well else ("failed   ", "red")
            status.console.print(Text.assemble(word, f"{_shown(step)} ({seconds:.1f} s){goes_on}"), soft_wrap=True)
            for line in outcome.said[place]:
                if line.startswith(NOT_HERE):
                    print(f"{'':<9}{line}")
        case "concluded":
            say(f"\n{_verdict(outcome)}")
            said = [line for line in outcome.heard if line.strip()]
            # Of several errors the first often tells the most.
            if reasons := [*dict.fromkeys(line[: 3 * WIDTH] for line in said if _REASON.match(line))][:10]:
                print(_("\nWhat it says is wrong:"), *reasons, sep="\n  ")
            if said:
                print(_("\nIts last lines:"), *said[-LAST_LINES:], sep="\n  ")


def _verdict(outcome: Outcome) -> str:
    """What came of a job, in a sentence or two."""
    why, missing = outcome.why or _("it gave no reason"), ", ".join(outcome.left_out)
    match outcome.result:
        case "blocked":
            said = _("skipped: it needs {failed}.", failed=why)
        case "success":
            said = _("What was run here passed.") if missing else _("The job passed.")
        case "skipped":
            said = "" if missing else _("The job was skipped: its condition does not hold.")
        case _ if outcome.red_by is not None:
            said = _("The job failed at the step “{name}”: {why}.", name=_shown(outcome.steps[outcome.red_by]), why=why)
        case _:
            said = _("The job failed: {why}.", why=why.rstrip("."))
    if missing:
        said += " " + _("The job is not judged, for this was not run here: {missing}.", missing=missing)
    return said.strip()


def _shown(step: dict[str, Any]) -> str:
    """The name that GitHub's page shows, cut to the line."""
    name = name_of(step) if step.get("name") else f"Run {name_of(step)}"
    return name if len(name) <= WIDTH - 20 else f"{name[: WIDTH - 21]}…"


class Commit(NamedTuple):
    """What a run is about; `branch` is empty on a detached HEAD, `left_out` names what is changed or new."""

    repository: Path
    sha: str
    subject: str
    branch: str
    left_out: tuple[str, ...]


def current(project: Path) -> Commit:
    """The commit that the project stands on; a Problem when nothing is committed in the folder."""
    last = try_git(project, "log", "-1", "--format=%h %s", looking=True)
    if last.returncode:
        what = _("Nothing is committed in {repository}, so GitHub would check out nothing.", repository=project)
        raise Problem(what, why=last.stderr.strip(), ways=("git init, git add -A, git commit",))
    sha, _space, subject = last.stdout.strip().partition(" ")
    repository = Path(persons_git(project, "rev-parse", "--show-toplevel", looking=True).strip())
    branch = persons_git(project, "branch", "--show-current", looking=True).strip()
    changed = ("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all")
    entries = persons_git(repository, *changed, looking=True).split("\0")
    return Commit(repository, sha, subject, branch, tuple(entry[3:] for entry in entries if entry))


def rehearse(
    plan: Workflow,
    state: Commit,
    *,
    plant: Callable[[Path], None] = lambda clone: None,
    watch: Callable[[], bool] = lambda: False,
    seconds: float = 0,
    only: str | None = None,
    hear: Callable[..., None] = lambda *told: None,
) -> list[Outcome]:
    """Run the jobs of a workflow on a clone of the commit, each in one of its own; what came of them, in their order.

    `plant` changes the clone and commits it; all that the steps can write to lies in the clone's parent folder. `watch`
    and `hear` are an outcome's own. After `seconds` (0: never) a job is stopped; with `only` this one alone is run.
    Raises Problem: no MySQL can be had on this machine, or act cannot run.
    """
    outcomes: list[Outcome] = []
    for name, job in plan.jobs.items():
        if only not in (None, name):
            continue
        needed = [next((one for one in outcomes if one.job == each), Outcome(each)) for each in needs(job)]
        outcome = Outcome(name, job.get("steps") or (), needed, hear, watch)
        hear(outcome, "begun")
        service, missing = mysql_service(job), elsewhere(job)
        waits = [each.job for each in needed if each.counts_as == "failure" or each.result == "blocked"]
        if waits and not _STATUS.search(str(job.get("if"))):
            outcome.result, outcome.why = "blocked", ", ".join(waits)
        elif service and service.refusal:
            outcome.failed, outcome.why = f"service {service.name}", service.refusal
        elif missing:
            outcome.leave_out(missing)
            outcome.result = "skipped"
        else:
            _run(outcome, plan, state, plant, seconds)
        hear(outcome, "concluded")
        outcomes.append(outcome)
    return outcomes


def _run(outcome: Outcome, plan: Workflow, state: Commit, plant: Callable[[Path], None], seconds: float) -> None:
    job = plan.jobs[outcome.job]
    for each in outcome.needed:
        if (each.left_out or not each.result) and f"needs.{each.job}.outputs" in str(job):
            outcome.leave_out(_("what the job {job} hands on", job=each.job))
    before = {each.job: (each.counts_as, each.outputs) for each in outcome.needed}
    with tempfile.TemporaryDirectory(prefix="workbook-ci-", ignore_cleanup_errors=True) as temporary:
        scratch, repository = Path(temporary), state.repository
        # No file is shared with the person's: the copy may change its owner.
        clone = ("clone", "--quiet", "--no-hardlinks", str(repository), str(scratch / "commit"))
        persons_git(repository, *clone, looking=True)
        plant(scratch / "commit")
        with serve(repository, job) as mysql:
            rewritten, empty = rewrite(plan.content, outcome.job, scratch / "commit", mysql, before)
            outcome.hear(outcome, "noted", mysql.said)
            outcome.hear(outcome, "noted", empty and _("Secrets are empty here: {listed}.", listed=empty))
            played = mysql_service(job)
            for each in job.get("services") or {}:
                if not played or each != played.name:
                    outcome.leave_out(_("the service {other}", other=each))
            act.run(outcome, rewritten, scratch, mysql, secrets_of(job), seconds)
