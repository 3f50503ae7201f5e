"""The jobs of a workflow, run for what comes of them: as they are, or with something planted in the commit."""

import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from workbook.history.git import persons_git, try_git
from workbook.rehearsal import act
from workbook.rehearsal.act import Event
from workbook.rehearsal.service import mysql_service, secrets_of, serve
from workbook.rehearsal.workflow import NOT_HERE, Workflow, elsewhere, is_unknown, needs, rewrite
from workbook.say import Problem, _


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
        left_out: what could not be run here and may have decided the result: then the job is not judged.
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
    def heard(self) -> list[str]:
        """What the step printed that failed."""
        return self.said.get(-1 if self.red_by is None else self.red_by, [])

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
            case "ended" if event.place is not None:
                step, self.said[event.place] = self.steps[event.place], list(event.lines)
                if self.reached is None and watch():
                    self.reached = event.place
                if self.red_by is not None:
                    return
                if event.text != "success" and step.get("continue-on-error") != "true":
                    self.red_by, self.failed = event.place, name_of(step)
                if self.red_by is not None or is_unknown(step):
                    self.left_out += [line[len(NOT_HERE) :] for line in event.lines if line.startswith(NOT_HERE)]


def rehearse(
    plan: Workflow,
    state: Commit,
    *,
    plant: Callable[[Path], None] = lambda clone: None,
    watch: Callable[[], bool] = lambda: False,
    seconds: float | None = None,
    only: str | None = None,
    hear: Callable[[Outcome, Event], None] = lambda outcome, event: None,
) -> list[Outcome]:
    """Run the jobs of a workflow on a clone of the commit, each in one of its own; what came of them, in their order.

    Args:
        plant: changes the clone and commits it. All that the steps can write to lies in the clone's parent folder.
        watch: asked at the end of each step whether the planted thing has happened.
        seconds, only: after how many a job is stopped; the one job to run. None for never, and for all.
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
    plan: Workflow, name: str, state: Commit, plant: Callable[[Path], None], seconds: float | None
) -> Generator[Event, None, None]:
    job = plan.jobs[name]
    if missing := elsewhere(job):
        yield from (Event("left out", missing), Event("over", "skipped"))
        return
    with tempfile.TemporaryDirectory(prefix="workbook-ci-", ignore_cleanup_errors=True) as temporary:
        scratch, repository = Path(temporary), state.repository
        # No file is shared with the person's: the copy may change its owner.
        clone = ("clone", "--quiet", "--no-hardlinks", str(repository), str(scratch / "commit"))
        persons_git(repository, *clone, looking=True)
        plant(scratch / "commit")
        with serve(repository, job) as mysql:
            rewritten, empty = rewrite(plan.content, name, scratch / "commit", mysql)
            yield Event("noted", mysql.said)
            yield Event("noted", empty and _("Secrets are empty here: {listed}.", listed=empty))
            played = mysql_service(job)
            for each in job.get("services") or {}:
                if not played or each != played.name:
                    yield Event("left out", _("the service {other}", other=each))
            yield from act.run(rewritten, scratch, mysql, secrets_of(job), seconds)


def name_of(step: dict[str, Any]) -> str:
    """A step as GitHub's page calls it."""
    lines = str(step.get("name") or step.get("uses") or step.get("run") or "").strip().splitlines()
    return lines[0] if lines else ""
