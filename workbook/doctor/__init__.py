"""`workbook doctor`: what is wrong with a machine or a project, why it matters, and the command that mends it."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from workbook.doctor import database, machine
from workbook.doctor import project as files
from workbook.doctor.machine import Finding, Results
from workbook.say import _


def doctor(project: Path | None = None, *, here: Path | None = None) -> int:
    """Examine the machine, and the project (the one around `here` when None) if there is one; change nothing.

    Returns:
        the exit code: 1 when something is wrong, 0 otherwise.
    """
    here = (here or Path.cwd()).absolute()
    project = project.absolute() if project else find_project(here)
    console = Console(highlight=False, width=min(80, Console().width))
    findings = steps = 0
    for name, results in examine(project, here):
        try:
            found = list(results)
        except OSError as error:
            what = _("{file} cannot be read: {strerror}.", file=error.filename, strerror=error.strerror)
            found = [Finding(what, _("The application cannot read it."), f"ls -l {error.filename}")]
        wanting = [each for each in found if isinstance(each, Finding)]
        for each in wanting:
            findings += each.wrong
            steps += not each.wrong
            mark = _("WRONG") if each.wrong else _("to do")
            console.print(Padding(Text(f"{mark}  {name}: {each.what}", "bold" if each.wrong else ""), (1, 0, 0, 2)))
            console.print(Padding(Text(each.why), (0, 0, 0, 6)))
            # Never broken, so that it can be copied.
            console.print(f"      → {each.cure}\n", markup=False, soft_wrap=True)
        if not wanting:
            words = ", ".join(map(str, found)) or _("fine")
            console.print(Padding(Text(f"ok  {name}: {words}"), (0, 0, 0, 2)))
    console.print(_("Findings: {findings}.", findings=findings) if findings else _("Nothing is wrong."))
    if steps:
        console.print(_("To do: {steps}.", steps=steps))
    return int(findings > 0)


def find_project(here: Path) -> Path | None:
    """The project around a folder: the nearest one above that holds the student's progress, or the application."""
    for folder in (here, *here.parents):
        if (folder / ".workbook-progress").exists() or (folder / "app/configs").is_dir():
            return folder
    return None


def examine(project: Path | None, here: Path) -> Iterator[tuple[str, Results]]:
    """Every examination's name and what it finds, in the order in which things depend on each other."""
    yield _("Python"), machine.python(project)
    yield "git", machine.git()
    yield "uv", machine.uv()
    yield _("disk"), machine.disk(project or here)
    yield _("ports"), machine.port()
    if project:
        yield _("place"), files.place(project, here)
        yield ".env", files.env(project)
        yield _("line ends"), files.line_ends(project)
        yield _("packages"), files.packages(project)
        yield _("application"), files.application(project)
    yield from database.examine(project)
