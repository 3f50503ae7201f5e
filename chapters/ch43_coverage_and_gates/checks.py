"""How chapter 43 looks: `make check` in copies of the project, each with a file of ours that one gate should stop."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from workbook.student.ground import Program
from workbook.student.shape import Shape
from workbook.student.vocabulary import Found, Ground, Workflow, check, look

PLANT = "app/workbook_plant.py"
PLANTS = {
    "a layout of its own": "NAME  =  'plant'\n",
    "an import that nobody uses": "import os\n",
    "text where a number was promised": 'def number() -> int:\n    return "1"\n',
}
TESTED = re.compile(r"^\d+ (passed|failed)|, \d+ (passed|failed)", re.MULTILINE)

Gates: TypeAlias = Callable[..., tuple[int, str]]


@look
def gates(ground: Ground, python: Path) -> Gates:
    """Run a command of the shell in a copy that has PLANT with a text: its exit code, and what it printed."""
    database = ground.throwaway.environment(ground.make("gates"))

    def run(command: str, text: str = "") -> tuple[int, str]:
        planted = f'printf %s "$PLANTED" > {PLANT}; {command}' if text else command
        uv = {"UV_PROJECT_ENVIRONMENT": "", "PLANTED": text}
        program = Program(ground, ["bash", "-c", planted], database | uv)
        with program.within(4 * ground.seconds):
            code = program.process.wait()
        return code, program.printed

    return run


@check()
def untested_code_is_stopped(gates: Gates) -> Found:
    """A module that no test enters makes `coverage report` fail, and no failing test does."""
    code, said = gates("uv run coverage run -m pytest -q || exit 99; uv run coverage report", "NOBODY = 0\n")
    if code == 99:
        yield "red", {"code": 1}
    elif code == 0:
        yield "flows", {"file": PLANT}


@check(after=untested_code_is_stopped, lasts=False)
def one_command_says_it(gates: Gates) -> Found:
    """`make check` exits with 0."""
    code, said = gates("make check")
    lines = [line for line in said.splitlines() if line.strip()]
    if "No rule to make target" in said or "No targets specified" in said:
        yield "absent", {"said": lines[-1]}
    elif code:
        yield "red", {"code": code, "said": lines[-1]}


@check(after=one_command_says_it, lasts=False)
def what_reads_stands_before_what_runs(gates: Gates) -> Found:
    """Each of PLANTS stops `make check`, and no test has run by then."""
    for what, text in PLANTS.items():
        code, said = gates("make check", text)
        if TESTED.search(said):
            yield "late" if code else "passes", {"what": what}


@check(after=one_command_says_it)
def ci_asks_the_same(workflow: Workflow) -> Found:
    """A step of the workflow runs `make check`."""
    steps = [str(step.get("run", "")) for job in workflow.jobs.values() for step in job.get("steps", ())]
    if not any(re.search(r"\bmake\b.*\bcheck\b", step) for step in steps):
        yield "apart", {}


def reached(project: Shape, route: str) -> bool:
    """A Makefile has a target check."""
    file = project.root / "Makefile"
    return file.is_file() and "\ncheck:" in file.read_text(encoding="utf-8", errors="replace")
