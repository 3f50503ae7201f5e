"""How chapter 43 looks: `make check` in copies of the project, each with a file of ours that a gate should stop."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from workbook.replay.ground import uv
from workbook.student.ground import Program
from workbook.student.shape import Shape
from workbook.student.vocabulary import Found, Ground, Workflow, check, look

UNTESTED, UNREAD = "app/workbook_plant.py", "app/tests/workbook_plant.py"
LAYOUT, LINT, TYPES = "NAME  =  'plant'\n", "import os\n", 'def number() -> int:\n    return "1"\n'
TESTED = re.compile(r"^\d+ (passed|failed)|, \d+ (passed|failed)", re.MULTILINE)

Gates: TypeAlias = Callable[..., tuple[int, str]]


@look
def gates(ground: Ground, python: Path) -> Gates:
    """Run a command of the shell in a copy with a file more: its exit code, and what it printed."""
    database = ground.throwaway.environment(ground.make("gates"))

    def run(command: str, file: str = "", text: str = "") -> tuple[int, str]:
        planted = f'printf %s "$PLANTED" > {file}; {command}' if file else command
        path = f"{Path(uv() or 'uv').parent}:{os.environ['PATH']}"
        program = Program(ground, ["bash", "-c", planted], database | {"PLANTED": text, "PATH": path})
        with program.within(4 * ground.seconds):
            code = program.process.wait()
        return code, program.printed

    return run


def last(said: str) -> str:
    """The last line of what a command printed."""
    return [line for line in said.splitlines() if line.strip()][-1]


@check()
def untested_code_is_stopped(gates: Gates) -> Found:
    """A module that no test enters makes `coverage report` fail, and no failing test does."""
    code, said = gates("uv run coverage run -m pytest -q || exit 99; uv run coverage report", UNTESTED, "NOBODY = 0\n")
    if code == 99:
        yield "red", {"said": last(said)}
    elif code == 0:
        yield "flows", {"file": UNTESTED}


@check(after=untested_code_is_stopped, lasts=False)
def one_command_says_it(gates: Gates) -> Found:
    """`make check` exits with 0."""
    code, said = gates("make check")
    if "No rule to make target" in said or "No targets specified" in said:
        yield "absent", {"said": last(said)}
    elif code:
        yield "red", {"code": code, "said": last(said)}


@check(after=one_command_says_it, lasts=False)
def what_reads_stands_before_what_runs(gates: Gates) -> Found:
    """Each kind of fault stops `make check`, and no test has run by then."""
    for text in (LAYOUT, LINT, TYPES):
        code, said = gates("make check", UNREAD, text)
        if TESTED.search(said):
            yield "late" if code else "passes", {"what": last(text).strip()}


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
