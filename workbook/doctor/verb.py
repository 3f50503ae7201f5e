"""`workbook doctor`: every examination in turn, and the findings told."""

from collections.abc import Callable, Iterator
from pathlib import Path

from pymysql import MySQLError
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from workbook.doctor import database, envfile, machine, pool, ports, scripts
from workbook.doctor.finding import Fact, Finding, Result
from workbook.login import cursor
from workbook.mysql.server import Server
from workbook.say import _
from workbook.settings import database_name

Named = tuple[str, Result]


def doctor(project: Path | None = None, *, here: Path | None = None) -> int:
    """Examine the machine, and the project if there is one; print everything found.

    Args:
        project: its folder; the one you are in, or one above it, when None.
        here: where to look for one; the current directory when None.

    Returns:
        the exit code: 1 when something is wrong, 0 otherwise.
    """
    project = project.absolute() if project else find_project(here or Path.cwd())
    console = Console(highlight=False, width=min(80, Console().width))
    findings = steps = 0
    for name, result in examine(project):
        if isinstance(result, Fact):
            console.print(Padding(Text(f"ok  {name}: {result.words}"), (0, 0, 0, 2)))
            continue
        findings += result.wrong
        steps += not result.wrong
        mark = _("WRONG") if result.wrong else _("to do")
        console.print(Padding(Text(f"{mark}  {name}: {result.what}", "bold" if result.wrong else ""), (1, 0, 0, 2)))
        console.print(Padding(Text(result.why), (0, 0, 0, 6)))
        # Never broken, so that it can be copied.
        console.print(f"      → {result.cure}\n", markup=False, soft_wrap=True)
    told = _("1 finding.") if findings == 1 else _("{findings} findings.", findings=findings)
    told = told if findings else _("Nothing is wrong.")
    ahead = (_(" 1 thing to do.") if steps == 1 else _(" {steps} things to do.", steps=steps)) if steps else ""
    console.print(told + ahead)
    return int(findings > 0)


def find_project(here: Path) -> Path | None:
    """The project around a folder: the nearest one above that holds the student's progress, or the application."""
    for folder in (here.absolute(), *here.absolute().parents):
        if (folder / ".workbook-progress").exists() or (folder / "app/configs").is_dir():
            return folder
    return None


def examine(project: Path | None) -> Iterator[Named]:
    """Every result, in the order in which things depend on each other."""
    yield _("Python"), machine.python(project)
    yield "git", machine.git()
    yield "uv", machine.uv()
    yield "Docker", machine.docker()
    yield _("disk"), machine.disk(project or Path.cwd())
    yield _("place"), machine.place(project or Path.cwd())
    yield _("port") + " 3306", ports.mysql()
    yield _("port") + " 8000", ports.web()
    if project:
        yield from _several(".env", envfile.examine(project), _("fine"))
        yield from _several(_("line ends"), scripts.examine(project), _("fine"))
    reached = database.reach(project)
    if isinstance(reached, Finding):
        yield "MySQL", reached
    else:
        yield "MySQL", Fact(reached.sentence)
        yield from _of_the_server(reached, project)


def _of_the_server(server: Server, project: Path | None) -> Iterator[Named]:
    configured = project is not None and (project / pool.CONFIG).is_file()
    said = pool.look(project) if project and configured else {}
    has_cryptography = bool(said.get("cryptography")) if configured else database.has_cryptography()
    name = database_name(project or Path.cwd())
    asked: list[tuple[str, Callable[..., Result], tuple[object, ...]]] = [
        (_("login"), database.login_method, (has_cryptography,)),
        (_("clock"), database.clock, ()),
    ]
    if project:
        asked.append((_("database"), database.schema, (name,)))
    missing = False
    try:
        with cursor(server) as ask:
            for title, question, arguments in asked:
                result = question(ask, *arguments)
                missing |= question is database.schema and isinstance(result, Finding)
                yield title, result
    except MySQLError as error:
        yield "MySQL", database.refused(error)
        return
    # Without its database no connection of the pool opens, and that was said already.
    if configured and not missing:
        for result in pool.judge(said):
            yield _("pool"), result


def _several(name: str, findings: list[Finding], fine: str) -> Iterator[Named]:
    if not findings:
        yield name, Fact(fine)
    for finding in findings:
        yield name, finding
