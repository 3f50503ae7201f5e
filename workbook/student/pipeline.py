"""The student's workflow, run as GitHub would run it: as it is committed, and with something planted in the commit."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from workbook.history.git import try_git
from workbook.rehearsal import current, rehearse
from workbook.rehearsal.outcome import Outcome, name_of
from workbook.rehearsal.service import Service, mysql_service
from workbook.rehearsal.workflow import Workflow
from workbook.rehearsal.workflow import read as plan_of
from workbook.say import Problem, _
from workbook.student.check import Broken, look
from workbook.student.ground import Ground
from workbook.student.inside import Settings
from workbook.student.shape import files_of, read
from workbook.student.start import commit_all

FOLDER = ".github/workflows"
SECONDS = 600.0
"""How long a job may take; installing packages for the first time is in it."""
TEST = "test_workbook_planted.py"
MODULE = "workbook_planted.py"
MARKER = "workbook-planted"
"""What the planted test leaves beside the clone that it ran in."""

_TEST = '''"""Planted by `workbook check`."""

from pathlib import Path


def test_workbook_planted() -> None:
    Path("{marker}").touch()
    assert {passes}
'''
_MODEL = """

from tortoise.fields import BigIntField as WorkbookField  # noqa: E402
from tortoise.models import Model as WorkbookModel  # noqa: E402


class WorkbookPlanted(WorkbookModel):
    id = WorkbookField(primary_key=True)
"""
_REASON = re.compile(r"E  .*Error|[\w.]+(Error|Exception): |ERROR \d+ \(|(error|fatal|Error): |FAILED |Usage: ")


@look
def workflow(ground: Ground) -> Workflow:
    """The workflow that runs the tests: the first that speaks of pytest, else the first there is.

    Raises Broken: there is none, or GitHub would refuse it, or it is not committed.
    """
    project = ground.project
    files = sorted((project / FOLDER).glob("*.y*ml"))
    if not files:
        raise Broken(_("There is no workflow: {folder} holds no .yml file.", folder=FOLDER))
    file = next((each for each in files if "pytest" in read(each)), files[0])
    try:
        plan = plan_of(file)
        state = current(project)
    except Problem as problem:
        said = problem.what.replace(f"{project}/", "")
        raise Broken(" ".join([said, *problem.why.splitlines()[:1]]) if "YAML" in said else said) from None
    name = file.relative_to(project).as_posix()
    if not try_git(project, "ls-tree", "--name-only", "HEAD", "--", name, looking=True).stdout:
        raise Broken(
            _("{name} is in no commit (the last one is {sha}), and GitHub sees nothing else.", name=name, sha=state.sha)
        )
    return plan


def events(workflow: Workflow) -> list[str]:
    """What starts a workflow."""
    on: Any = workflow.content.get("on")
    return [on] if isinstance(on, str) else [str(each) for each in on or ()]


def mysql_services(workflow: Workflow) -> list[Service]:
    """The MySQL services of the jobs that speak of MySQL."""
    env = workflow.content.get("env")
    jobs = [job for job in workflow.jobs.values() if "mysql" in f"{job}{env}".lower()]
    return [service for job in jobs if (service := mysql_service(job))]


class Step(NamedTuple):
    """The step in which the tests run: its job, its place there, its name on GitHub's page."""

    job: str
    place: int
    name: str


class Rehearsal:
    """The workflow as it is committed, and what becomes of it when something is planted.

    `red` is the first job that is red, `step` where the tests run, `lines` all that was printed.
    """

    def __init__(self, ground: Ground, workflow: Workflow, models: Sequence[str], route: str) -> None:
        """Run the jobs as they would be on GitHub, with a test of ours that passes and a module that no test enters."""
        self._ground, self._workflow, self._models = ground, workflow, models
        self._path = route.partition(" ")[2]
        found = self._run(self._plant_green)
        if not all(outcome.passed for outcome in found):
            # A gate on coverage may be red for the module that we planted.
            found = self._run(partial(self._plant_test, passes=True))
            ground.heard += ["\n".join(outcome.lines) for outcome in found if not outcome.passed]
            unjudged = ", ".join(each for outcome in found if not outcome.passed for each in outcome.left_out)
            if unjudged:
                raise Broken(_("The job is not judged, for this was not run here: {missing}.", missing=unjudged))
        self.red = next((outcome for outcome in found if not outcome.passed), None)
        self.lines = [line.strip() for outcome in found for line in outcome.lines]
        self.step: Step | None = None
        for each in reversed(found):
            if each.reached is not None:
                self.step = Step(each.job, each.reached, name_of(each.steps[each.reached]))

    @property
    def why_red(self) -> str:
        """The line that tells the most of why the first red job is red."""
        assert self.red is not None
        said = [line.strip() for line in self.red.heard]
        reasons = [line for line in said if _REASON.match(line)] or list(filter(None, said))
        return reasons[0][:200] if reasons else self.red.why or "?"

    def unnoticed(self) -> Iterator[str]:
        """What is not noticed of a failing `test`, or of an `error` of importing: by its step, or by its `job`."""
        assert self.step is not None
        if self._workflow.jobs[self.step.job].get("continue-on-error") == "true":
            yield "job"
            return
        for kind, plant in (("test", partial(self._plant_test, passes=False)), ("error", self._break)):
            outcome = next((each for each in self._run(plant) if each.job == self.step.job), None)
            if outcome and (outcome.passed or (outcome.red_by or 0) > self.step.place):
                yield kind
                return

    def green_with_a_forgotten_migration(self) -> bool:
        """Whether all jobs are green with one more model, for which there is no migration."""
        return all(outcome.passed for outcome in self._run(self._forget))

    def _run(self, plant: Callable[[Path], None]) -> list[Outcome]:
        clones: list[Path] = []

        def planted(clone: Path) -> None:
            clones.append(clone)
            plant(clone)
            commit_all(clone, "Planted")

        reached = lambda: (clones[-1].parent / MARKER).exists()  # noqa: E731
        state = current(self._ground.project)
        return rehearse(self._workflow, state, plant=planted, watch=reached, seconds=SECONDS)

    def _plant_green(self, clone: Path) -> None:
        self._plant_test(clone, passes=True)
        _unused_module(clone).write_text('"""Planted by `workbook check`."""\n\nNOBODY = 0\n', encoding="utf-8")

    def _plant_test(self, clone: Path, *, passes: bool) -> None:
        """A test beside those that send the chapter's request: where the workflow certainly should look."""
        found = [file for file in _python_files(clone) if re.fullmatch(r"test_.*|.*_test", file.stem)]
        if not found:
            raise Broken(_("No test is committed."))
        target = next((file for file in found if self._path in read(file)), found[0]).with_name(TEST)
        target.write_text(_TEST.format(marker=clone.parent / MARKER, passes=passes), encoding="utf-8")

    def _break(self, clone: Path) -> None:
        file = _application(clone)
        file.write_text(read(file) + "\nimport workbook_planted_nowhere\n", encoding="utf-8")

    def _forget(self, clone: Path) -> None:
        ends = [f"/{module.replace('.', '/')}{end}" for module in self._models for end in (".py", "/__init__.py")]
        files = [file for file in _python_files(clone) if file.as_posix().endswith(tuple(ends))]
        if not files:
            raise Broken(_("No module with models is registered."))
        files[0].write_text(read(files[0]) + _MODEL, encoding="utf-8")


@look
def rehearsal(ground: Ground, workflow: Workflow, settings: Settings, route: str) -> Rehearsal:
    """The workflow, rehearsed."""
    return Rehearsal(ground, workflow, settings.models, route)


def _unused_module(clone: Path) -> Path:
    """A place beside the application's modules, in a folder without `__init__.py` if there is one."""
    top = _application(clone).relative_to(clone).parts[0]
    folders = {file.parent for file in _python_files(clone) if file.relative_to(clone).parts[0] == top}
    folders = {folder for folder in folders if not {"tests", "migrations"} & set(folder.relative_to(clone).parts)}
    return min(folders, key=lambda folder: ((folder / "__init__.py").exists(), -len(folder.parts), folder)) / MODULE


def _application(clone: Path) -> Path:
    """The file that makes the application; one at the top only when there is no other."""
    files = [file for file in _python_files(clone) if "tests" not in file.parts and "FastAPI" in read(file)]
    if not files:
        raise Broken(_("No committed module makes a FastAPI application."))
    return min(files, key=lambda file: (file.parent == clone, "FastAPI(" not in read(file), file))


def _python_files(clone: Path) -> list[Path]:
    return [clone / path for path in files_of(clone) if path.suffix == ".py"]
