"""`workbook ci`: the jobs of a workflow, on this machine, on the committed state of the project."""

import re
import shutil
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from workbook.ci import commit
from workbook.ci.actions import NOT_HERE
from workbook.ci.hints import empty_secrets, unheard_push
from workbook.ci.job import COMMIT, start
from workbook.ci.report import Report
from workbook.ci.server import Mysql, serve
from workbook.ci.service import mentions_mysql, mysql_service, other_services
from workbook.ci.tool import tool
from workbook.ci.words import say, say_mysql, say_what_is_left_out
from workbook.ci.workflow import Workflow, needs, read
from workbook.say import Problem, _


def run(workflow: Path, project: Path, job: str | None) -> int:
    """Run the jobs of a workflow, and print each step with its result.

    The files are those of the last commit, as on GitHub; the workflow itself is read from the disk, so that it can be
    tried before it is committed. The throwaway MySQL of the ladder plays the job's MySQL. Whatever would change this
    machine (sudo, systemctl, apt) is left out and named.

    Args:
        workflow: the file, relative to the project or absolute.
        project: a folder in a git repository.
        job: the id of the one job to run; all when None.

    Returns:
        0 when every job passed, 1 when one failed.

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
    results: dict[str, bool] = {}
    for name, settings in plan.jobs.items():
        if job in (None, name):
            failed = [each for each in needs(settings) if not results.get(each, True)]
            results[name] = _run_job(plan, name, settings, state, failed)
    return 0 if all(results.values()) else 1


def _run_job(plan: Workflow, name: str, job: dict[str, Any], state: commit.Commit, failed: list[str]) -> bool:
    print()
    say(f"Job {name}")
    if failed:
        say(_("skipped: it needs {failed}.", failed=", ".join(failed)))
        return False
    elsewhere = _elsewhere(job)
    if elsewhere:
        say(f"{NOT_HERE}{elsewhere}")
        return True
    service = mysql_service(job)
    if service and service.refusal:
        say(_("The job failed before its first step: the container {image} would stop at once.", image=service.image))
        say(service.refusal)
        return False
    scratch = Path(tempfile.mkdtemp(prefix="workbook-ci-"))
    preinstalled = mentions_mysql(job, plan.content.get("env") or {})
    try:
        commit.clone(state, scratch / COMMIT)
        with serve(state.repository, service, preinstalled=preinstalled) as mysql:
            say_mysql(mysql, service)
            for other in other_services(job):
                say(NOT_HERE + _("the service {other}.", other=other))
            return _run_steps(plan, name, job, mysql, scratch, state.repository)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _run_steps(plan: Workflow, name: str, job: dict[str, Any], mysql: Mysql, scratch: Path, project: Path) -> bool:
    notes, happening = start(plan, name, mysql, scratch, project=project)
    for note in [*notes, empty_secrets(job)]:
        say(note)
    report = Report(job["steps"], lambda line: as_on_github(line, scratch, mysql.ports))
    with closing(happening):
        return report.show(happening)


def as_on_github(line: str, scratch: Path, ports: dict[int, int]) -> str:
    """A printed line without the paths of our scratch folders, and with the ports that the workflow knows."""
    folder = rf"{re.escape(str(scratch))}/act/[0-9a-f]+"
    # act puts an empty line before each script.
    script = rf"{folder}/act/workflow/[^:\s]+: line (\d+)"
    line = re.sub(script, lambda found: f"script: line {int(found[1]) - 1}", line)
    line = re.sub(rf"{folder}/hostexecutor(/|\b)", "", line)
    for known, here in ports.items():
        line = re.sub(rf"\b{here}\b", str(known), line)
    return line


def _elsewhere(job: dict[str, Any]) -> str:
    """Why a job cannot run here, or nothing."""
    if "uses" in job:
        return _("it calls another workflow, {uses}.", uses=job["uses"])
    if "container" in job:
        return _("its steps run in a container, and that needs Docker.")
    return ""
