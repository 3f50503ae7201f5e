"""The jobs of a workflow, run for what comes of them: as they are, or with something planted in the commit."""

import tempfile
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbook.ci import act, commit
from workbook.ci.act import Event
from workbook.ci.service import mysql_service, secrets_of, serve
from workbook.ci.stand_in import NOT_HERE
from workbook.ci.workflow import Workflow, elsewhere, is_unknown, needs, rewrite
from workbook.say import _

_STARTING = threading.Lock()


@dataclass(slots=True)
class Outcome:
    """What came of a job.

    Attributes:
        result: `success`, `failure` or `skipped`; `blocked` when it needs a job that failed; empty when it never ended.
        failed: the name of the first step that failed, or an empty text.
        why: what ended it, such as `exit code 1`.
        reached: the step at whose end the watched thing had happened first, or None.
        red_by: the step that failed first, by its place; None when none did.
        said: the lines that the steps printed, by the step's place.
        left_out: what could not be run here and may have decided the result.
    """

    job: str
    steps: Sequence[dict[str, Any]] = ()
    result: str = ""
    failed: str = ""
    why: str = ""
    reached: int | None = None
    red_by: int | None = None
    said: dict[int, list[str]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether nothing that ran here failed."""
        return self.result in ("success", "skipped")

    @property
    def judged(self) -> bool:
        """Whether GitHub's tick would have the same colour; False when what decides it could not be run here."""
        return not self.left_out

    @property
    def lines(self) -> list[str]:
        """All that was printed."""
        return [line for step in sorted(self.said) for line in self.said[step]]

    def take(self, event: Event, watch: Callable[[], bool]) -> None:
        """Note what an event tells; at the end of a step `watch` is asked."""
        match event.what:
            case "left out":
                self.left_out.append(event.text)
            case "complained":
                self.why = self.why or event.text
            case "over":
                self.result = event.text
            case "said" if event.place is not None:
                self.said.setdefault(event.place, []).append(event.text)
            case "ended" if event.place is not None:
                step, said = self.steps[event.place], self.said.get(event.place, ())
                if self.reached is None and watch():
                    self.reached = event.place
                if self.red_by is not None:
                    return
                if event.text != "success" and step.get("continue-on-error") is not True:
                    self.red_by, self.failed = event.place, name_of(step)
                if self.red_by is not None or is_unknown(step):
                    self.left_out += [line.removeprefix(NOT_HERE) for line in said if line.startswith(NOT_HERE)]


def rehearse(
    plan: Workflow,
    state: commit.Commit,
    *,
    plant: Callable[[Path], None] = lambda clone: None,
    watch: Callable[[], bool] = lambda: False,
    seconds: float | None = None,
    only: str | None = None,
    hear: Callable[[Outcome, Event], None] = lambda outcome, event: None,
) -> list[Outcome]:
    """Run the jobs of a workflow on a clone of the commit; the jobs' outcomes in their order.

    Args:
        plant: changes the clone and commits it. All that the steps can write to lies in the clone's parent folder.
        watch: asked at the end of each step whether the planted thing has happened.
        seconds: after how many a job is stopped.
        only: the one job to run; all when None.
        hear: told of each event as it happens; the outcome holds it already.

    Raises:
        Problem: no MySQL can be had on this machine, or act cannot run.
    """
    outcomes: list[Outcome] = []
    for name, job in plan.jobs.items():
        if only not in (None, name):
            continue
        outcome = Outcome(name, job.get("steps") or ())
        hear(outcome, Event("begun"))
        waits = [each.job for each in outcomes if not each.passed and each.job in needs(job)]
        service = mysql_service(job)
        if waits:
            outcome.result, outcome.why = "blocked", ", ".join(waits)
        elif service and service.refusal:
            outcome.failed, outcome.why = f"service {service.name}", service.refusal
        else:
            with closing(_run(plan, name, state, plant, seconds)) as happening:
                for event in happening:
                    outcome.take(event, watch)
                    hear(outcome, event)
        hear(outcome, Event("concluded"))
        outcomes.append(outcome)
    return outcomes


def _run(
    plan: Workflow, name: str, state: commit.Commit, plant: Callable[[Path], None], seconds: float | None
) -> Generator[Event, None, None]:
    job = plan.jobs[name]
    if missing := elsewhere(job):
        yield from (Event("left out", text=missing), Event("over", text="skipped"))
        return
    service = mysql_service(job)
    with ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(prefix="workbook-ci-", ignore_cleanup_errors=True)
        scratch = Path(stack.enter_context(temporary))
        commit.clone(state, scratch / "commit")
        plant(scratch / "commit")
        # One at a time: somebody who rehearses twice at once is not to be told that another command is in the way.
        with _STARTING:
            mysql = stack.enter_context(serve(state.repository, job))
        rewritten, empty = rewrite(plan.content, name, scratch / "commit", mysql.ports)
        yield from (Event("noted", text=sentence) for sentence in mysql.said)
        if empty:
            yield Event("noted", text=_("Secrets are empty here: {listed}.", listed=empty))
        for each in job.get("services") or {}:
            if not service or each != service.name:
                yield Event("left out", text=_("the service {other}", other=each))
        yield from act.run(rewritten, scratch, mysql, secrets_of(job), seconds)


def name_of(step: dict[str, Any]) -> str:
    """A step as GitHub's page calls it."""
    lines = str(step.get("name") or step.get("uses") or step.get("run") or "").strip().splitlines()
    return lines[0] if lines else ""
