"""The authors' verbs: build, run, refresh, edit, absorb, bump, report. `cli.py` adds `app` without a name."""

import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from workbook.history.absorb import absorb as write_back
from workbook.history.build import History
from workbook.history.build import build as build_history
from workbook.history.lock import check_lock, write_lock
from workbook.history.template import check_template, lay_out, write_template
from workbook.history.trace import lesson_files
from workbook.history.versions import bump as bump_version
from workbook.history.versions import check_versions
from workbook.lesson.count import Count, count, require_budget
from workbook.lesson.errors import shown
from workbook.lesson.model import Lesson, Mistake
from workbook.lesson.reader import read_lesson, read_mistake
from workbook.place import CLONE, TEMPLATE, private
from workbook.problem import Problem
from workbook.progress import say, stage

if TYPE_CHECKING:
    from workbook.runner.ground import Settings

app = typer.Typer(help="For authors of lessons.")

CHAPTERS = CLONE / "chapters"
Chapters = Annotated[Path, typer.Option(help="The folder of the lessons.", exists=True, file_okay=False)]
ChapterId = Annotated[str, typer.Argument(help="A chapter's id, such as ch35.")]


def history_folder() -> Path:
    """Where `workbook build` leaves the history: a git repository that students' projects are cloned from."""
    return private() / "history"


@app.command()
def build(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if the template differs.")] = False,
    chapters: Chapters = CHAPTERS,
    template: Annotated[Path, typer.Option(help="The template's folder.")] = TEMPLATE,
) -> None:
    """Turn the lessons into the history and the template. Runs no command of a lesson."""
    if check:
        with tempfile.TemporaryDirectory() as scratch:
            history = _checked(chapters, Path(scratch) / "history")
            check_lock(history, chapters)
            check_template(history, template)
        say(f"{shown(template)} is what the lessons build.")
        return
    history = _checked(chapters, history_folder())
    write_lock(history, chapters)
    changed = write_template(history, template)
    for tag, commit in history.tags.items():
        typer.echo(f"{commit.sha[:10]}  {tag}")
    where = shown(history.repository)
    say(f"{len(history.commits)} commits: {where}. {len(changed)} files of {shown(template)} changed.")


@app.command()
def run(
    chapter: ChapterId,
    mistakes: Annotated[bool, typer.Option("--mistakes", help="Its mistakes too.")] = False,
    chapters: Chapters = CHAPTERS,
) -> None:
    """Replay a lesson in a scratch project on a throwaway MySQL, and compare all it shows."""
    from workbook.runner.replay import replay

    with _ground(chapters, chapter) as (history, settings, scratch):
        for number, page in enumerate(_pages(history, chapter, mistakes)):
            with stage(str(shown(page.file))) as tell:
                replay(page, history, settings, scratch / str(number), progress=tell)


@app.command()
def refresh(
    chapter: ChapterId,
    mistakes: Annotated[bool, typer.Option("--mistakes", help="Its mistakes too.")] = False,
    chapters: Chapters = CHAPTERS,
) -> None:
    """Replay a lesson and rewrite the outputs that are not as shown. Review the diff."""
    from workbook.runner.refresh import refresh as take

    changed: list[Path] = []
    with _ground(chapters, chapter) as (history, settings, scratch):
        for number, page in enumerate(_pages(history, chapter, mistakes)):
            with stage(str(shown(page.file))):
                changed += take(page, history, settings, scratch / str(number))
    for path in changed:
        typer.echo(f"rewritten: {shown(path)}")
    if not changed:
        typer.echo("All is as shown.")


@app.command()
def edit(
    chapter: ChapterId,
    directory: Annotated[Path, typer.Argument(help="An empty folder, or one that is not there yet.")],
    chapters: Chapters = CHAPTERS,
) -> None:
    """Lay out the files as they are at a chapter's end, to change them and absorb them."""
    with _history(chapters, chapter) as history:
        state = history.chapters[chapter]
        lay_out({path: text for path, text in state.end.items() if path not in state.left_out}, directory)
    say(f"Change the files in {directory}, then: workbook absorb {chapter} {directory}")


@app.command()
def absorb(
    chapter: ChapterId,
    directory: Annotated[Path, typer.Argument(help="The folder that was edited.", exists=True, file_okay=False)],
    chapters: Chapters = CHAPTERS,
) -> None:
    """Write the changed files of a folder back into the chapter's fences."""
    with _history(chapters, chapter) as history:
        done = write_back(history, history.chapters[chapter], directory)
    for file, line, path in done.placed:
        typer.echo(f"{shown(file)}:{line}: {path}")
    for path, reason in done.unplaced:
        typer.echo(f"not placed: {path}: {reason}")
    with _history(chapters, None):
        say("All lessons still build.")
    if done.unplaced:
        raise typer.Exit(1)


@app.command()
def bump(
    name: Annotated[str, typer.Argument(help="A package of the table.")],
    version: Annotated[str, typer.Argument(help="Its new version.")],
    chapters: Chapters = CHAPTERS,
) -> None:
    """Change a package's version in the table and in every lesson. `workbook run` says what it breaks."""
    for path in bump_version(chapters, sorted(chapters.glob("ch*/**/*.md")), name, version):
        typer.echo(f"changed: {shown(path)}")


@app.command()
def report(chapters: Chapters = CHAPTERS) -> None:
    """Per lesson: listings, commands, outputs, how many are verified, and every skip with its reason."""
    from rich.table import Table

    pages: list[tuple[str, Count]] = []
    for file in lesson_files(chapters):
        pages.append((file.parent.name, count(read_lesson(file).blocks)))
        pages += [(f"  {each.stem}", count(read_mistake(each).blocks)) for each in mistake_files(file)]
    table = Table("page", *("listings", "commands", "outputs", "verified", "skips"), box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, each in pages:
        numbers = (each.listings, each.commands, each.outputs, each.verified, len(each.skips))
        table.add_row(name, *map(str, numbers))
    typer.echo(_text_of(table))
    skips = [skip for _, each in pages for skip in each.skips]
    for skip in skips:
        typer.echo(f"{shown(skip.file)}:{skip.line}: not run: {skip.reason}")
    require_budget(skips, max_skips())


def mistake_files(lesson: Path) -> list[Path]:
    """The mistake pages beside a lesson, without their translations."""
    return sorted(file for file in lesson.parent.glob("mistakes/*.md") if not file.stem.endswith(".ko"))


def max_skips(project: Path = CLONE / "pyproject.toml") -> int:
    """The budget of skips, `max_skips` under `[tool.workbook]`; none when it is not set."""
    settings = tomllib.loads(project.read_text(encoding="utf-8")).get("tool", {}).get("workbook", {})
    return int(settings.get("max_skips", 0))


def _checked(chapters: Path, repository: Path) -> History:
    history = build_history(chapters, repository)
    check_versions([chapter.lesson for chapter in history.chapters.values()], chapters)
    return history


def _text_of(table: object) -> str:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(table)
    return captured.get().rstrip()


def _pages(history: History, chapter: str, mistakes: bool) -> list[Lesson | Mistake]:
    lesson = history.chapters[chapter].lesson
    return [lesson, *([read_mistake(file) for file in mistake_files(lesson.file)] if mistakes else [])]


@contextmanager
def _history(chapters: Path, until: str | None) -> Iterator[History]:
    """The history up to a chapter, in a folder of its own, so that a broken later lesson is in nobody's way."""
    with tempfile.TemporaryDirectory() as scratch:
        history = build_history(chapters, Path(scratch) / "history", until=until)
        if until is not None and until not in history.chapters:
            known = ", ".join(file.parent.name.partition("_")[0] for file in lesson_files(chapters))
            raise Problem(f"There is no chapter {until}.", ways=(f"Chapters: {known}.",), code=2)
        yield history


@contextmanager
def _ground(chapters: Path, chapter: str) -> Iterator[tuple[History, "Settings", Path]]:
    """The history up to a chapter, a throwaway server, and an empty folder for scratch projects."""
    from workbook.mysql import ladder
    from workbook.runner.ground import Settings

    scratch = Path(tempfile.mkdtemp(prefix="workbook-lesson-"))
    try:
        with _history(chapters, chapter) as history, ladder.climb(TEMPLATE, use="test") as server:
            yield history, Settings(server=server, own_server=True), scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
