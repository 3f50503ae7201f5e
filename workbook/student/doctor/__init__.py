"""`workbook doctor`: what is wrong with a machine or a project, why it matters, and the command that mends it.

The examinations yield the ids of findings and what stands for their placeholders; the sentences are in `findings.md`:
what is wrong, `why:`, and the `cure:`, or the `step:` that is still ahead.
"""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pymysql import MySQLError
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from workbook.place import CLONE
from workbook.say import Problem, _
from workbook.student.check import entries, in_language
from workbook.student.doctor import database, machine
from workbook.student.doctor import project as files
from workbook.student.doctor.machine import Results

FINDINGS = Path(__file__).with_name("findings.md")


class Finding(NamedTuple):
    """Something wrong, or a step that is still ahead: what, why it matters, and the one command that mends it."""

    what: str
    why: str
    cure: str
    wrong: bool = True


def doctor(project: Path | None = None) -> int:
    """Examine the machine, and the project (the one that we stand in when None) if there is one; change nothing.

    Returns:
        the exit code: 1 when something is wrong, 0 otherwise.
    """
    try:
        here = Path.cwd()
    except FileNotFoundError:
        raise Problem(
            _("The folder you are in is gone."), ways=(_("Go into your project, then run the command again."),)
        ) from None
    project = project.absolute() if project else find_project(here)
    console = Console(highlight=False, width=min(80, Console().width))
    found: list[Finding] = []
    for name, results in examine(project, here):
        facts = list(seen(results))
        wanting = [each for each in facts if isinstance(each, Finding)]
        for each in wanting:
            mark = _("WRONG") if each.wrong else _("to do")
            console.print(Padding(Text(f"{mark}  {name}: {each.what}", "bold" if each.wrong else ""), (1, 0, 0, 2)))
            console.print(Padding(Text(each.why), (0, 0, 0, 6)))
            # Never broken, so that it can be copied.
            console.print(f"      → {each.cure}\n", markup=False, soft_wrap=True)
        if not wanting:
            known = ", ".join(map(str, facts)) or _("fine")
            console.print(Padding(Text(f"ok  {name}: {known}"), (0, 0, 0, 2)))
        found += wanting
    findings = sum(each.wrong for each in found)
    console.print(_("Findings: {findings}.", findings=findings) if findings else _("Nothing is wrong."))
    if steps := len(found) - findings:
        console.print(_("To do: {steps}.", steps=steps))
    return int(findings > 0)


def find_project(here: Path) -> Path | None:
    """The project around a folder: the nearest one above that holds the student's progress, or the application."""
    return next((each for each in (here, *here.parents) if each != CLONE and files.is_project(each)), None)


def examine(project: Path | None, here: Path) -> Iterator[tuple[str, Results]]:
    """Every examination's name and what it finds, in the order in which things depend on each other."""
    yield _("Python"), machine.python(project)
    yield "git", machine.git()
    yield "uv", machine.uv()
    yield _("disk"), machine.disk(project or here)
    yield _("ports"), machine.port()
    yield _("place"), files.place(project, here)
    if project:
        yield ".env", files.env(project)
        yield _("line ends"), files.line_ends(project)
        yield _("packages"), files.packages(project)
        yield _("application"), files.application(project)
    yield from database.examine(project)


def seen(results: Results) -> Iterator[Finding | str]:
    """What an examination finds, in sentences; what keeps it from looking is a finding, too."""
    try:
        for each in results:
            yield each if isinstance(each, str) else _finding(*each)
    except OSError as error:
        quoted = shlex.quote(str(error.filename))
        cure = f"chmod u+rw {quoted}" if isinstance(error, PermissionError) else f"mv {quoted} {quoted}.old"
        yield _finding("unreadable", {"file": error.filename, "strerror": error.strerror, "cure": cure})
    except MySQLError as error:
        yield _finding("mysql_broken", {"said": error.args[-1]})


def _finding(name: str, values: dict[str, object]) -> Finding:
    said = next(each for each in entries(in_language(FINDINGS)) if each.name == name)
    sentences = (said.says[0], said.keyed["why"], said.keyed.get("cure") or said.keyed["step"])
    what, why, cure = (each.format(**values) for each in sentences)
    return Finding(what, why, cure, "cure" in said.keyed)
