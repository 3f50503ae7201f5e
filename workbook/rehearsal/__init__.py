"""`workbook ci`: the jobs of a workflow, run on this machine before the push, and shown as they run."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.status import Status
from rich.text import Text

from workbook.clinic import lastcheck
from workbook.rehearsal.act import Event
from workbook.rehearsal.rehearsal import Outcome, current, name_of, rehearse
from workbook.rehearsal.workflow import NOT_HERE, read
from workbook.say import Problem, _

NOT_JUDGED = 3
"""The exit code when nothing failed that ran here, and something that decides could not be run."""

WIDTH, LAST_LINES = 80, 25
"""Columns of a line; how much of the end of a failed step is shown."""

_REASON = re.compile(r"(E  .*|[\w.]+)(Error|Exception)\b|(ERROR|FAILED|error:|fatal:) ")

STUDENT = ".workbook-progress"
"""The file by which a student's project is known."""


def run(workflow: Path, project: Path, job: str | None) -> int:
    """Run the jobs of a workflow, and print each step with its result.

    The files are those of the last commit, as on GitHub; the workflow itself is read from the disk, so that it can be
    tried before it is committed.

    Args:
        workflow: the file, relative to the project or absolute.
        job: the id of the one job to run; all when None.

    Returns:
        0 when every job passed, 1 when one failed, `NOT_JUDGED` when GitHub's verdict cannot be known here.

    Raises:
        Problem: there is no such workflow or job, GitHub would refuse the file, or nothing is committed.
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
        outcomes = rehearse(plan, state, only=job, hear=lambda outcome, event: _show(outcome, event, status))
    if (project / STUDENT).exists():  # a green run forgets a red one, and not what a check found
        faults = [
            lastcheck.Fault("", f"workbook ci, job {each.job}", (_verdict(each),), "\n".join(each.heard or each.lines))
            for each in outcomes
            if each.result != "blocked" and not each.passed
        ]
        lastcheck.write(project, faults, "ci")
    if any(not each.passed and not each.left_out for each in outcomes):
        return 1
    return NOT_JUDGED if any(each.left_out for each in outcomes) else 0


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


def _show(outcome: Outcome, event: Event, status: Status) -> None:
    """Print what there is to say of an event."""
    match event.what:
        case "begun":
            say(f"\nJob {outcome.job}")
        case "noted" | "left out":
            say((NOT_HERE if event.what == "left out" else "") + event.text)
        case "started" if event.place is not None:
            status.update(f"{_shown(outcome.steps[event.place])} …")
        case "ended" if event.place is not None:
            step, well = outcome.steps[event.place], event.text == "success"
            goes_on = _("; the job goes on") if not well and step.get("continue-on-error") == "true" else ""
            word = ("ok       ", "green") if well else ("failed   ", "red")
            shown = Text.assemble(word, f"{_shown(step)} ({event.seconds:.1f} s){goes_on}")
            status.console.print(shown, soft_wrap=True)
            for line in event.lines:
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
