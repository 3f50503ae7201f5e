"""`workbook ci`: the jobs of a workflow, run on this machine before the push, and shown as they run."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.status import Status
from rich.text import Text

from workbook.ci import commit
from workbook.ci.act import Event
from workbook.ci.rehearsal import Outcome, name_of, rehearse
from workbook.ci.stand_in import NOT_HERE
from workbook.ci.workflow import read, tool
from workbook.explain import lastcheck
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
    file = workflow if workflow.is_absolute() else project / workflow
    plan = read(file)
    tool("act")  # before anything is started
    if job is not None and job not in plan.jobs:
        known = _("It has: {known}.", known=", ".join(plan.jobs))
        raise Problem(_("{workflow} has no job {job}.", workflow=workflow, job=job), why=known, code=2)
    state = commit.current(project)
    say(_("{name} on commit {sha}: {subject}", name=file.name, sha=state.sha, subject=state.subject))
    _say_what_is_left_out(state, file)
    say(unheard_push(plan.content, state.branch))
    with Console(highlight=False).status("") as status:
        outcomes = rehearse(plan, state, only=job, hear=lambda outcome, event: _show(outcome, event, status))
    if (project / STUDENT).exists():  # a green run forgets a red one, and not what a check found
        red = [each for each in outcomes if each.result != "blocked" and not each.passed]
        lastcheck.write(project, [_fault(each) for each in red], "ci")
    if any(each.judged and not each.passed for each in outcomes):
        return 1
    return 0 if all(each.judged for each in outcomes) else NOT_JUDGED


def _fault(outcome: Outcome) -> lastcheck.Fault:
    heard = "\n".join(_heard(outcome) or outcome.lines)
    return lastcheck.Fault("", f"workbook ci, job {outcome.job}", (_verdict(outcome),), heard)


def say(sentence: str) -> None:
    """Print a sentence at once, in lines of 80 columns. Nothing is printed for none."""
    # Rich knows that a Korean letter is two columns wide.
    for line in Text(sentence).wrap(Console(width=WIDTH), WIDTH) if sentence else ():
        print(line.plain.rstrip(), flush=True)


def _say_what_is_left_out(state: commit.Commit, workflow: Path) -> None:
    """Name what the person has on the disk and GitHub would not see."""
    others = [path for path in state.left_out if (state.repository / path).resolve() != workflow.resolve()]
    if len(others) < len(state.left_out):
        say(_("{mine} is not committed; it is taken as it is on the disk.", mine=workflow.name))
    if others:
        named = ", ".join(others[:5]) + (", …" if others[5:] else "")
        say(_("Left out, because not committed: {named}.", named=named))


def unheard_push(workflow: Mapping[str, Any], branch: str) -> str:
    """A sentence when a push of this branch would start nothing: students wait for a run that never comes."""
    on = workflow["on"]
    if not branch or not isinstance(on, dict):
        return ""
    if "push" not in on:
        return _("On GitHub a push does not start this workflow.")
    patterns = (on["push"] or {}).get("branches") or ["**"]
    patterns = patterns if isinstance(patterns, list) else [patterns]
    if any(fnmatchcase(branch, str(pattern)) or str(pattern).startswith("!") for pattern in patterns):
        return ""
    named = ", ".join(map(str, patterns))
    return _(
        "On GitHub a push of the branch {branch} starts nothing: on.push.branches names {named}.",
        branch=branch,
        named=named,
    )


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
            goes_on = _("; the job goes on") if not well and step.get("continue-on-error") is True else ""
            word = ("ok       ", "green") if well else ("failed   ", "red")
            shown = Text.assemble(word, f"{_shown(step)} ({event.seconds:.1f} s){goes_on}")
            status.console.print(shown, soft_wrap=True)
            for line in outcome.said.get(event.place, ()):
                if line.startswith(NOT_HERE):
                    print(f"{'':<9}{line}")
        case "concluded":
            say(f"\n{_verdict(outcome)}")
            said = [line for line in _heard(outcome) if line.strip()]
            # Of several errors the first often tells the most.
            if reasons := [*dict.fromkeys(line[: 3 * WIDTH] for line in said if _REASON.match(line))][:10]:
                print(_("\nWhat it says is wrong:"), *reasons, sep="\n  ")
            if said:
                print(_("\nIts last lines:"), *said[-LAST_LINES:], sep="\n  ")


def _verdict(outcome: Outcome) -> str:
    """What came of a job, in a sentence or two."""
    why = outcome.why or _("it gave no reason")
    match outcome.result:
        case "blocked":
            said = _("skipped: it needs {failed}.", failed=why)
        case "success":
            said = _("The job passed.") if outcome.judged else _("What was run here passed.")
        case "skipped":
            said = _("The job was skipped: its condition does not hold.") if outcome.judged else ""
        case _ if outcome.red_by is not None:
            said = _("The job failed at the step “{name}”: {why}.", name=_shown(outcome.steps[outcome.red_by]), why=why)
        case _:
            said = _("The job failed: {why}.", why=why.rstrip("."))
    if outcome.judged:
        return said
    missing = ", ".join(outcome.left_out)
    return f"{said} {_('The job is not judged, for this was not run here: {missing}.', missing=missing)}".strip()


def _heard(outcome: Outcome) -> list[str]:
    """What the step printed that failed."""
    return outcome.said.get(-1 if outcome.red_by is None else outcome.red_by, [])


def _shown(step: dict[str, Any]) -> str:
    """The name that GitHub's page shows, cut to the line."""
    name = name_of(step) if step.get("name") else f"Run {name_of(step)}"
    return name if len(name) <= WIDTH - 20 else f"{name[: WIDTH - 21]}…"
