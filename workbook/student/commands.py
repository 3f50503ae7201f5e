"""The student's verbs: start, check, hint, diff, solution, and where you are. `cli.py` adds `app` without a name."""

import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.cells import cell_len

from workbook.lesson.chapters import ChapterFolder
from workbook.lesson.errors import shown
from workbook.say import _, console
from workbook.student.project import Progress, chapters, current, find, finished, following, require

app = typer.Typer(help="For students.")

COLUMNS = 80
"""The screen's, of which a Korean letter takes two."""

Project = Annotated[Path | None, typer.Option("--project", help="Your project; else the one you stand in.")]
ChapterId = Annotated[str | None, typer.Argument(help="A chapter's id, such as ch35; else the one that is next.")]


def fold(sentence: str, indent: int = 0, hanging: int = 0) -> str:
    """Break each line of a sentence between words; a word that is longer than the screen (a path) stays whole.

    `indent` spaces stand before every line, `hanging` further ones before every line but the first.
    """
    folded = []
    for line in sentence.split("\n"):
        row = " " * indent
        for number, word in enumerate(line.split(" ")):
            longer = f"{row} {word}" if number else f"{row}{word}"
            if cell_len(longer) > COLUMNS and row.strip():
                folded.append(row.rstrip())
                longer = " " * (indent + hanging) + word
            row = longer
        folded.append(row.rstrip())
    return "\n".join(folded)


def show(line: str) -> None:
    """Print a line of what is looked at to the end, also when nobody reads on (`workbook check | head`)."""
    try:
        typer.echo(line)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def where() -> None:
    """Show where you are, and the next command. For bare `workbook`."""
    root = find(Path.cwd())
    first = [
        _("You are not in a project of the workbook."),
        "",
        _("Begin the course:       workbook start ch32 ~/when2meet"),
        _("Or begin in the middle: workbook start ch35 ~/when2meet"),
        _("Or take your own:       workbook adopt, in your repository"),
        _("All commands:           workbook --help"),
    ]
    typer.echo(fold("\n".join(inside(root) if root else first)))


def inside(root: Path) -> list[str]:
    """The chapters, each done, current or ahead, and the next command."""
    progress, now = Progress.read(root), current(root)
    lines = [str(root), ""]
    for each in chapters():
        state = _("done ") if each.id in progress.done else _("now  ") if each.id == now.id else "     "
        lines.append(f"{'>' if each.id == now.id else ' '} {each.id}  {state}  {each.title}{passed(progress, each.id)}")
    lines.append("")
    if now.id not in progress.done:
        lines += [_("Goal: {goal}", goal=now.goal), _read(now), _("When you are done: workbook check")]
        return [*lines, _("Stuck? workbook hint")] if progress.missing.get(now.id) else lines
    after = following(now.id)
    return [*lines, _("Next: workbook start {ids}", ids=after.id) if after else str(finished())]


def passed(progress: Progress, chapter: str) -> str:
    """What of a chapter was skipped, in brackets: Docker, or all of it."""
    if thing := progress.without.get(chapter):
        return " " + _("(without {thing})", thing=thing)
    if chapter >= progress.current or chapter in progress.done:
        return ""
    return " " + (_("(your own)") if chapter < progress.adopted else _("(skipped)"))


def _read(chapter: ChapterFolder) -> str:
    """The sentence that says what to read; the path stands alone, to be copied."""
    return _("Read, from the heading 'Start':\n  {lesson}", lesson=shown(chapter.lesson))


@app.command()
def adopt(
    chapter: Annotated[str | None, typer.Argument(help="A chapter's id; else the one that it has reached.")] = None,
    directory: Annotated[Path | None, typer.Argument(help="Your repository; else the one you stand in.")] = None,
) -> None:
    """Take your own repository of the course as it is: say what it is, and which chapter it has reached."""
    from workbook.student.adopt import adopt as take

    if chapter and directory is None and Path(chapter).expanduser().is_dir():
        directory, chapter = Path(chapter), None
    taken = take(chapter, directory)
    for sentence in taken.told:
        typer.echo(sentence)
    if taken.project != Path.cwd():
        typer.echo(_("Go there:  cd {project}", project=taken.project))
    typer.echo(_("Next: workbook check"))


@app.command()
def start(
    chapter: ChapterId = None,
    directory: Annotated[Path | None, typer.Argument(help="Your project, or where to make it.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="From the tag, also when your code could go on.")] = False,
) -> None:
    """Start a chapter: lay out a project, or take yours there. What you have done is kept."""
    from workbook.student.adopt import theirs
    from workbook.student.start import start as begin

    if own := theirs(directory):
        return adopt(chapter, own)
    done = begin(chapter, directory, fresh=fresh)
    for sentence in done.told:
        typer.echo(fold(sentence))
    typer.echo("")
    typer.echo(fold(f"{done.chapter.id}: {done.chapter.title}. {done.chapter.goal}"))
    if done.project != Path.cwd():
        typer.echo(_("Go there:  cd {project}", project=done.project))
    if (done.project / "migrations").is_dir() and not Progress.read(done.project).adopted:
        typer.echo(_("Bring your database there:  uv run aerich upgrade"))
    typer.echo(fold(_read(done.chapter)))


@app.command()
def check(project: Project = None) -> None:
    """Say in sentences what your project still lacks for the chapter. Exit code 1 when it lacks something."""
    from workbook.student import checking
    from workbook.student.check import Verdict

    root = require(project)
    chapter = current(root)
    found: list[Verdict] = []
    show(f"{chapter.id}: {chapter.title}")
    looking = _("Looking at your project …")
    waiting = console().status(looking) if console().is_terminal else nullcontext()
    for line in checking.screen(root, chapter.id, found, waiting):
        show(line)
    if checking.note(root, chapter.id, found):
        show(_("\n{id} is done. Next: workbook start", id=chapter.id))
        return
    stop = checking.rest_stop(chapter.id, found)
    show("\n" + fold(checking.resting(chapter.id, stop)) if stop else _("\nNot yet. Stuck? workbook hint"))
    raise typer.Exit(1)


@app.command()
def hint(
    name: Annotated[str | None, typer.Argument(help="A check's name; else the first that is missing.")] = None,
    project: Project = None,
) -> None:
    """Give the next of three hints: a nudge, a pointer, almost the answer."""
    from workbook.student.checking import next_hint

    typer.echo(fold(next_hint(require(project), name), hanging=2))


@app.command()
def diff(
    path: Annotated[str, typer.Argument(help="A file or folder of your project.")] = "",
    project: Project = None,
) -> None:
    """Show your code against the chapter's: `-` is the chapter's, `+` is yours."""
    from workbook.student.checking import diff as compared

    root = require(project)
    chapter = current(root).id
    same = _("Your code is that of {chapter}.", chapter=chapter)
    typer.echo(compared(root, chapter, path=path).rstrip("\n") or same)


@app.command()
def solution(
    path: Annotated[str, typer.Argument(help="A file to show whole.")] = "",
    project: Project = None,
) -> None:
    """Show the chapter's answer, once you have asked twice."""
    from workbook.student.checking import solution as answer

    root = require(project)
    typer.echo(answer(root, current(root).id, path).rstrip("\n"))
