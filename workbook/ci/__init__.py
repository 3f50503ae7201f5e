"""`workbook ci`: the jobs of a workflow, run on this machine before the push."""

from pathlib import Path

from workbook.ci import commit
from workbook.ci.rehearsal import Outcome, rehearse
from workbook.ci.report import Report, say, say_what_is_left_out, unheard_push, verdict
from workbook.ci.workflow import read, tool
from workbook.explain import lastcheck
from workbook.say import Problem, _

NOT_JUDGED = 3
"""The exit code when nothing failed that ran here, and something that decides could not be run."""

STUDENT = ".workbook-progress"
"""The file by which a student's project is known."""


def run(workflow: Path, project: Path, job: str | None) -> int:
    """Run the jobs of a workflow, and print each step with its result.

    The files are those of the last commit, as on GitHub; the workflow itself is read from the disk, so that it can be
    tried before it is committed. The throwaway MySQL of the ladder plays the job's MySQL. What would change this
    machine (sudo, systemctl, apt) is left out and named.

    Args:
        workflow: the file, relative to the project or absolute.
        project: a folder in a git repository.
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
        known = ", ".join(plan.jobs)
        raise Problem(
            _("{workflow} has no job {job}.", workflow=workflow, job=job),
            why=_("It has: {known}.", known=known),
            code=2,
        )
    state = commit.current(project)
    say(_("{name} on commit {sha}: {subject}", name=file.name, sha=state.sha, subject=state.subject))
    say_what_is_left_out(state, file)
    say(unheard_push(plan.content, state.branch))
    with Report() as report:
        outcomes = rehearse(plan, state, only=job, hear=report.hear)
    if (project / STUDENT).exists():
        _keep_for_explain(project, [each for each in outcomes if each.result != "blocked" and not each.passed])
    if any(each.judged and not each.passed for each in outcomes):
        return 1
    return 0 if all(each.judged for each in outcomes) else NOT_JUDGED


def _keep_for_explain(project: Path, red: list[Outcome]) -> None:
    """Let `workbook explain` know what failed; a green run forgets a red one, and not what a check found."""
    faults = []
    for each in red:
        heard = each.said.get(-1 if each.red_by is None else each.red_by, each.lines)
        faults.append(lastcheck.Fault("", f"workbook ci, job {each.job}", (verdict(each),), "\n".join(heard)))
    lastcheck.write(project, faults, "ci")
