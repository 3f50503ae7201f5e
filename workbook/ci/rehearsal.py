"""A workflow run for what comes of it, without a screen: as it is, or with something planted in the commit."""

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbook.ci import commit
from workbook.ci.events import Complained, Ended, Event, Over, Said
from workbook.ci.job import COMMIT, start
from workbook.ci.jobs import as_on_github
from workbook.ci.server import serve
from workbook.ci.service import mentions_mysql, mysql_service
from workbook.ci.workflow import Workflow, needs

Watch = Callable[[], bool]

_STARTING = threading.Lock()


@dataclass(slots=True)
class Outcome:
    """What came of a job.

    Attributes:
        job: its id.
        result: `success`, `failure` or `skipped`; an empty text when it never came to its end.
        failed: the name of the first step that failed, or an empty text.
        why: what ended it, such as `exit status 1`.
        reached: the step at whose end the watched thing had happened first, or None.
        red_by: the step that failed first, by its place; None when none did.
        said: the lines that the steps printed, by the step's place.
    """

    job: str
    result: str = ""
    failed: str = ""
    why: str = ""
    reached: int | None = None
    red_by: int | None = None
    said: dict[int, list[str]] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether GitHub would show a green tick."""
        return self.result in ("success", "skipped")

    @property
    def lines(self) -> list[str]:
        """All that was printed."""
        return [line for step in sorted(self.said) for line in self.said[step]]


def rehearse(
    plan: Workflow,
    state: commit.Commit,
    *,
    plant: Callable[[Path], None] = lambda clone: None,
    watch: Watch = lambda: False,
    seconds: float | None = None,
) -> list[Outcome]:
    """Run every job of a workflow on a clone of the commit.

    Args:
        plant: changes the clone and commits it; the project itself is never touched.
        watch: asked at the end of each step whether the planted thing has happened.
        seconds: after how many a job is stopped.

    Returns:
        the jobs' outcomes in their order; one that needs a job that failed is left out.

    Raises:
        Problem: no MySQL can be had on this machine, or act is not installed.
    """
    outcomes: list[Outcome] = []
    for name, job in plan.jobs.items():
        failed = {outcome.job for outcome in outcomes if not outcome.passed}
        if failed & set(needs(job)) or "uses" in job or "container" in job:
            continue
        outcomes.append(_job(plan, name, state, plant, watch, seconds))
    return outcomes


def _job(
    plan: Workflow,
    name: str,
    state: commit.Commit,
    plant: Callable[[Path], None],
    watch: Watch,
    seconds: float | None,
) -> Outcome:
    job = plan.jobs[name]
    outcome = Outcome(name)
    service = mysql_service(job)
    if service and service.refusal:
        outcome.failed, outcome.why = f"service {service.name}", service.refusal
        return outcome
    scratch = Path(tempfile.mkdtemp(prefix="workbook-ci-"))
    try:
        commit.clone(state, scratch / COMMIT)
        plant(scratch / COMMIT)
        preinstalled = mentions_mysql(job, plan.content.get("env") or {})
        with ExitStack() as stack:
            # One at a time: somebody who rehearses twice at once is not to be told that another command is in the way.
            with _STARTING:
                mysql = stack.enter_context(serve(state.repository, service, preinstalled=preinstalled))
            _, happening = start(plan, name, mysql, scratch, project=state.repository, seconds=seconds)
            with closing(happening):
                _follow(happening, job["steps"], outcome, watch, lambda line: as_on_github(line, scratch, mysql.ports))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return outcome


def _follow(
    happening: Iterable[Event],
    steps: list[dict[str, Any]],
    outcome: Outcome,
    watch: Watch,
    translate: Callable[[str], str],
) -> None:
    places = {str(step.get("id") or number): number for number, step in enumerate(steps)}
    for event in happening:
        match event:
            case Said(step, line) if step in places:
                outcome.said.setdefault(places[step], []).append(translate(line))
            case Ended(step, result) if step in places:
                place = places[step]
                if outcome.reached is None and watch():
                    outcome.reached = place
                if result != "success" and outcome.red_by is None and steps[place].get("continue-on-error") is not True:
                    outcome.red_by, outcome.failed = place, name_of(steps[place])
            case Complained(_, reason):
                outcome.why = outcome.why or reason
            case Over(result):
                outcome.result = result


def name_of(step: dict[str, Any]) -> str:
    """A step as GitHub's page calls it."""
    lines = str(step.get("name") or step.get("uses") or step.get("run") or "").strip().splitlines()
    return lines[0] if lines else ""
