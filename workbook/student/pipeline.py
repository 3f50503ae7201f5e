"""The student's workflow, run as GitHub would run it: as it is committed, and with something planted in the commit."""

import re
from collections.abc import Callable
from pathlib import Path

from workbook.ci import commit
from workbook.ci.rehearsal import Outcome, rehearse
from workbook.ci.workflow import Workflow, read
from workbook.say import Problem, _
from workbook.student import gitrepo
from workbook.student.ground import Ground
from workbook.student.seen import Broken

FOLDER = ".github/workflows"
SECONDS = 180.0
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


def workflow_of(ground: Ground) -> Workflow:
    """The workflow that runs the tests: the first that speaks of pytest, else the first there is.

    Raises:
        Broken: there is none, or GitHub would refuse it, or it is not committed.
    """
    return ground.once("workflow", lambda: _workflow(ground))


def _workflow(ground: Ground) -> Workflow:
    files = sorted((ground.project / FOLDER).glob("*.y*ml"))
    if not files:
        raise Broken(
            _("There is no workflow: {folder} holds no .yml file.", folder=FOLDER) + _elsewhere(ground.project)
        )
    file = next((each for each in files if "pytest" in each.read_text(encoding="utf-8", errors="replace")), files[0])
    try:
        plan = read(file)
        state = commit.current(ground.project)
    except Problem as problem:
        said = problem.what.replace(f"{ground.project}/", "")
        raise Broken(" ".join([said, *problem.why.splitlines()[:1]]) if "YAML" in said else said) from None
    name = file.relative_to(ground.project).as_posix()
    if not gitrepo.run(ground.project, "ls-tree", "--name-only", "HEAD", "--", name, check=False):
        raise Broken(
            _("{name} is in no commit (the last one is {sha}), and GitHub sees nothing else.", name=name, sha=state.sha)
        )
    return plan


def _elsewhere(project: Path) -> str:
    """Where a workflow lies that GitHub does not find."""
    found = gitrepo.run(project, "ls-files", "-c", "-o", "--exclude-standard", "--", "*.yml", "*.yaml", check=False)
    for path in found.splitlines():
        if "runs-on:" in (project / path).read_text(encoding="utf-8", errors="replace"):
            return _(" GitHub does not look at {path}.", path=path)
    return ""


def as_committed(ground: Ground) -> list[Outcome]:
    """The jobs as they would be on GitHub, with a test of ours that passes and a module that no test enters.

    Raises:
        Broken: there is no workflow to run.
    """
    return ground.once("ci", lambda: _as_committed(ground))


def _as_committed(ground: Ground) -> list[Outcome]:

    def plant(clone: Path) -> None:
        _plant_test(ground, clone, passes=True)
        _unused_module(clone).write_text('"""Planted by `workbook check`."""\n\nNOBODY = 0\n', encoding="utf-8")
        gitrepo.commit_all(clone, "Planted")

    found = _rehearse(ground, plant)
    if all(outcome.passed for outcome in found):
        return found
    # A gate on coverage may be red for what we planted.
    found = _rehearse(ground, lambda clone: None)
    ground.heard += ["\n".join(outcome.lines) for outcome in found if not outcome.passed]
    unjudged = [each for outcome in found if not outcome.passed for each in outcome.left_out]
    if unjudged:
        raise Broken(_("The job is not judged, for this was not run here: {missing}.", missing=", ".join(unjudged)))
    return found


def with_a_failing_test(ground: Ground) -> list[Outcome]:
    """The jobs with one more test, which fails."""

    def plant(clone: Path) -> None:
        _plant_test(ground, clone, passes=False)
        gitrepo.commit_all(clone, "Planted")

    return ground.once("ci with a failing test", lambda: _rehearse(ground, plant))


def with_a_broken_application(ground: Ground) -> list[Outcome]:
    """The jobs with an application that cannot be imported."""

    def plant(clone: Path) -> None:
        file = _application(clone)
        file.write_text(file.read_text(encoding="utf-8") + "\nimport workbook_planted_nowhere\n", encoding="utf-8")
        gitrepo.commit_all(clone, "Planted")

    return ground.once("ci with a broken application", lambda: _rehearse(ground, plant))


def with_a_forgotten_migration(ground: Ground) -> list[Outcome]:
    """The jobs with one more model, for which there is no migration.

    Raises:
        Broken: the project names no module with models.
    """

    def plant(clone: Path) -> None:
        for module in ground.own.first("models") or ():
            path = clone / module.replace(".", "/")
            for file in (path.with_suffix(".py"), path / "__init__.py"):
                if file.is_file():
                    file.write_text(file.read_text(encoding="utf-8") + _MODEL, encoding="utf-8")
                    gitrepo.commit_all(clone, "Planted")
                    return
        raise Broken(_("No module with models is registered."))

    return ground.once("ci with a forgotten migration", lambda: _rehearse(ground, plant))


def _rehearse(ground: Ground, plant: Callable[[Path], None]) -> list[Outcome]:
    plan, state = workflow_of(ground), commit.current(ground.project)
    clones: list[Path] = []

    def plant_in(clone: Path) -> None:
        clones.append(clone)
        plant(clone)

    def watch() -> bool:
        if ground.stopped:
            raise Broken(_("Stopped."))
        return (clones[-1].parent / MARKER).exists()

    try:
        return rehearse(plan, state, plant=plant_in, watch=watch, seconds=SECONDS)
    except Problem as problem:
        raise Broken(problem.what) from None


def _plant_test(ground: Ground, clone: Path, *, passes: bool) -> None:
    """A test beside those that send the chapter's request: where the workflow certainly should look.

    One that fails stands alone, for the others take their time and would not change what comes of it.
    """
    tests = [file for file in _python_files(clone) if re.fullmatch(r"test_.*|.*_test", file.stem)]
    if not tests:
        raise Broken(_("No test is committed."))
    asking = [file for file in tests if ground.path in file.read_text(encoding="utf-8", errors="replace")]
    target = (asking or tests)[0].with_name(TEST)
    for file in () if passes else tests:
        file.unlink()
    target.write_text(_TEST.format(marker=clone.parent / MARKER, passes=passes), encoding="utf-8")


def _unused_module(clone: Path) -> Path:
    """A place beside the application's modules, in a folder without `__init__.py` if there is one."""
    top = _application(clone).relative_to(clone).parts[0]
    folders = {file.parent for file in _python_files(clone) if file.relative_to(clone).parts[0] == top}
    folders = {folder for folder in folders if not {"tests", "migrations"} & set(folder.relative_to(clone).parts)}
    chosen = min(folders, key=lambda folder: ((folder / "__init__.py").exists(), -len(folder.parts), folder))
    return chosen / MODULE


def _application(clone: Path) -> Path:
    """The file that makes the application."""
    for file in _python_files(clone):
        if "tests" not in file.parts and "FastAPI(" in file.read_text(encoding="utf-8", errors="replace"):
            return file
    raise Broken(_("No committed module makes a FastAPI application."))


def _python_files(clone: Path) -> list[Path]:
    return [clone / path for path in gitrepo.run(clone, "ls-files", "--", "*.py").splitlines()]
