"""The student's verbs: start, check, hint, diff, solution, and where you are. `cli.py` adds `app` without a name."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from workbook.say import _, console
from workbook.student.screen import fold

app = typer.Typer(help="For students.")

Project = Annotated[Path | None, typer.Option("--project", help="Your project; else the one you stand in.")]
ChapterId = Annotated[str | None, typer.Argument(help="A chapter's id, such as ch35; else the one that is next.")]


def where(project: Path | None = None) -> None:
    """Show where you are, and the next command. For bare `workbook`."""
    from workbook.student import where as screen
    from workbook.student.project import find, require

    root = require(project) if project is not None else find(Path.cwd())
    typer.echo(fold(screen.inside(root) if root else screen.outside()))


@app.command()
def start(
    chapter: ChapterId = None,
    directory: Annotated[Path | None, typer.Argument(help="Your project, or where to make it.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="From the tag, also when your code could go on.")] = False,
) -> None:
    """Start a chapter: lay out a project, or take yours there. What you have done is kept."""
    from workbook.student.start import start as begin
    from workbook.student.where import read_this

    done = begin(chapter, directory, fresh=fresh)
    for sentence in done.told:
        typer.echo(fold(sentence))
    typer.echo("")
    typer.echo(fold(f"{done.chapter.id}: {done.chapter.title}. {done.chapter.goal}"))
    if done.project != Path.cwd():
        typer.echo(_("Go there:  cd {project}", project=done.project))
    if (done.project / "migrations").is_dir():
        typer.echo(_("Bring your database there:  uv run aerich upgrade"))
    typer.echo(fold(read_this(done.chapter)))


@app.command()
def check(project: Project = None) -> None:
    """Say in sentences what your project still lacks for the chapter. Exit code 1 when it lacks something."""
    from workbook.student import checking
    from workbook.student.check import Verdict
    from workbook.student.project import require

    root = require(project)
    chapter = checking.current(root)
    found: list[Verdict] = []
    told: set[str] = set()
    remarks: list[str] = []
    typer.echo(f"{chapter.id}: {chapter.title}")
    looking = _("Looking at your project …")
    waiting = console().status(looking) if console().is_terminal else nullcontext()
    for verdict in checking.verdicts_while(root, chapter.id, remarks, waiting):
        found.append(verdict)
        for line in checking.shown(verdict, chapter.id, told):
            typer.echo(line)
    earlier = [each for each in found if each.check.chapter != chapter.id and each.state == "holds"]
    if earlier:
        typer.echo(_("Of earlier chapters: {number} still hold", number=len(earlier)))
    for remark in filter(None, [*remarks, checking.older_packages(root)]):
        typer.echo(fold(remark))
    if checking.note(root, chapter.id, found):
        typer.echo(_("\n{id} is done. Next: workbook start", id=chapter.id))
        return
    typer.echo(_("\nNot yet. Stuck? workbook hint"))
    raise typer.Exit(1)


@app.command()
def hint(
    name: Annotated[str | None, typer.Argument(help="A check's name; else the first that is missing.")] = None,
    project: Project = None,
) -> None:
    """Give the next of three hints: a nudge, a pointer, almost the answer."""
    from workbook.student.checking import next_hint
    from workbook.student.project import require

    typer.echo(fold(next_hint(require(project), name), hanging=2))


@app.command()
def diff(
    path: Annotated[str, typer.Argument(help="A file or folder of your project.")] = "",
    project: Project = None,
) -> None:
    """Show your code against the chapter's: `-` is the chapter's, `+` is yours."""
    from workbook.student import checking
    from workbook.student.compare import diff as compared
    from workbook.student.project import require

    root = require(project)
    chapter = checking.current(root).id
    same = _("Your code is that of {chapter}.", chapter=chapter)
    typer.echo(compared(root, chapter, path=path).rstrip("\n") or same)


@app.command()
def solution(
    path: Annotated[str, typer.Argument(help="A file to show whole.")] = "",
    project: Project = None,
) -> None:
    """Show the chapter's answer, once you have asked twice."""
    from workbook.student import checking
    from workbook.student.compare import solution as answer
    from workbook.student.project import require

    root = require(project)
    typer.echo(answer(root, checking.current(root).id, path).rstrip("\n"))
